"""Rules about accounts and about who gives rights to whom."""

from django.core.exceptions import ValidationError
from django.db import router
from django.db.models import ProtectedError
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _


def is_named(user) -> bool:
    """Say whether something that is kept for good refers to `user`, so that the account can only be deactivated."""
    try:
        Collector(using=router.db_for_write(type(user)), origin=user).collect([user])
    except ProtectedError:
        return True
    return False


def check_not_oneself(actor, *people) -> None:
    """Raise `ValidationError` when `actor` would give rights to themselves: that takes somebody else (R61)."""
    if actor is not None and any(person is not None and person.pk == actor.pk for person in people):
        raise ValidationError(
            _("You cannot change your own rights. Ask somebody else of the administration to do it.")
        )
