"""Which accounts are protected, what takes a second person, and who that can be."""

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from doakte_content.access.gains import circle_of
from doakte_content.organisation.enums import Capability
from doakte_content.organisation.models import Membership, Role
from doakte_content.organisation.policies import is_named
from doakte_content.organisation.queries import has_capability, people_with

from .models import AccountChange

Kind, State = AccountChange.Kind, AccountChange.State
#: Who has it decides about emergency access (R61), and is told of what technicians do.
DECIDES = Capability.DATA_PROTECTION
#: Changes by which the person gains: they do not agree to these themselves.
GAINS = {Kind.SUPERUSER, Kind.MEMBERSHIP, Kind.ROLE}


def manages(user) -> bool:
    """Say whether `user` is a technician who administers accounts."""
    return user.is_active and user.has_perm("auth.change_user")


def sees_all(user) -> bool:
    """Say whether `user` reads what happened to accounts: technicians, and the data-protection role."""
    return manages(user) or has_capability(user, DECIDES)


def deciding_roles() -> list[int]:
    # Roles are few; a search inside JSON differs from database to database.
    return [role.pk for role in Role.objects.all() if DECIDES in role.capabilities]


def deciding_memberships() -> QuerySet[Membership]:
    """Return the memberships that let somebody decide about emergency access, now or from a later day on."""
    lasting = Q(ends__isnull=True) | Q(ends__gte=timezone.localdate())
    return Membership.objects.filter(lasting, role__in=deciding_roles())


def is_protected(account) -> bool:
    """Say whether one technician alone must not touch `account`: it decides about what technicians ask for.

    Also while it is not active: activated again, it would decide again.
    """
    return account.is_superuser or deciding_memberships().filter(user=account).exists()


def is_alone(actor) -> bool:
    """Say whether there is nobody besides `actor` who could be asked: a house that is being set up."""
    if actor is None:
        return False
    others = get_user_model().objects.filter(is_superuser=True, is_active=True).exclude(pk=actor.pk)
    return not others.exists() and not deciding_memberships().exclude(user=actor).exists()


def takes_second_person(account, actor) -> bool:
    """Say whether what `actor` wants to do to `account` needs a second person."""
    return is_protected(account) and not is_alone(actor)


def holds_nothing(account) -> bool:
    """Say whether the account opens nothing yet, so that a wrong address in it can simply be corrected."""
    return not account.is_superuser and not is_named(account)


def has_password_here(account) -> bool:
    """Say whether the password is kept here, or may be: not by the directory, and not by the house's provider."""
    if hasattr(account, "directory_account"):
        return False
    return account.has_usable_password() or not account.socialaccount_set.exists()


def deciders(change: AccountChange) -> QuerySet:
    """Return who can be the second person: other technicians with all rights, and the data-protection role.

    Not who asked for it, nor who stands in for them or the other way round.
    """
    found = Q(is_superuser=True) | Q(pk__in=people_with(DECIDES).order_by().values("pk"))
    people = get_user_model().objects.filter(found, is_active=True)
    if change.requested_by:
        people = people.exclude(pk__in=circle_of(change.requested_by))
    if change.kind in GAINS:
        people = people.exclude(pk=change.account_id)
    return people


def may_agree(user, change: AccountChange) -> bool:
    return change.state == State.WAITING and deciders(change).filter(pk=user.pk).exists()


def may_refuse(user, change: AccountChange) -> bool:
    """Say whether `user` may stop a change: a second person, whose account it is, and who has asked for it."""
    if change.state not in (State.WAITING, State.UNCONFIRMED):
        return False
    if user.pk in (change.account_id, change.requested_by_id):
        return True
    return deciders(change).filter(pk=user.pk).exists()
