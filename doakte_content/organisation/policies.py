"""Rules about accounts and about who gives rights to whom."""

from django.core.exceptions import ValidationError
from django.db import router
from django.db.models import ProtectedError
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from .queries import memberships


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


def check_own_role(actor, role, *, owner_right: int, everywhere_right: int, capabilities) -> None:
    """Raise `ValidationError` when `actor` would raise a role that they act by, for themselves or as deputy (R61).

    `role` is the role as it stands; the other values are what it would become.
    """
    if actor is None or all(membership.role_id != role.pk for membership in memberships(actor)):
        return
    raised = owner_right > role.owner_right or everywhere_right > role.everywhere_right
    if raised or set(capabilities) - set(role.capabilities):
        raise ValidationError(
            _(
                "You hold this role yourself, or stand in for somebody who does. You cannot give it more "
                "rights. Ask somebody else of the administration to do it."
            )
        )
