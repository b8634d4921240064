"""Follows what changes in the organisation, which is a lower room and knows no scopes."""

from django.utils.translation import gettext as _

from doakte_content.organisation.models import Role
from doakte_content.organisation.signals import organisation_changed, role_reach

from .actions import apply_role
from .models import Grant

RIGHTS = {"owner_right", "everywhere_right"}


def follow_role(sender, *, actor, instance, changes, **kwargs) -> None:
    """Bring the plan to what a role now carries, in the transaction that changed it (W6)."""
    if sender is Role and RIGHTS & changes.keys():
        apply_role(instance, actor=actor)


def say_reach(sender, *, instance, **kwargs) -> str:
    """Return in how many places a role gives rights."""
    places = Grant.objects.current().filter(role=instance).values("scope").distinct().count()
    return _("It gives rights in %s places of the file plan; a change takes effect there at once.") % places


def connect() -> None:
    organisation_changed.connect(follow_role, dispatch_uid="doakte_access.role")
    role_reach.connect(say_reach, dispatch_uid="doakte_access.reach")
