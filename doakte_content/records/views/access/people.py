"""The choice of people about whom access is explained: also of those who have left, and who work nowhere yet."""

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from doakte_content.organisation.names import name_of
from doakte_content.organisation.pickers import BY_NAME, PERSON_HINT, PeopleSource, register

from .base import may_explain


class EverybodySource(PeopleSource):
    def label(self, found) -> str:
        return name_of(found) if found.is_active else _("%s (has left)") % name_of(found)


def everybody(user=None, about="") -> QuerySet:
    """Return all people, for those who explain access."""
    people = get_user_model().objects.order_by(*BY_NAME)
    return people if user is None or may_explain(user) else people.none()


EVERYBODY = register(EverybodySource("alle", everybody, PERSON_HINT))
