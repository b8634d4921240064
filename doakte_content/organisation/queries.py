"""Questions about who works where. Answers are kept on the user object, that is for one request."""

from functools import wraps

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from .enums import Capability
from .models import Deputyship, Membership, OrgUnit, Role


def kept_on_user(function):
    """Keep the answer on the user object: one request asks many times."""
    name = f"_doakte_{function.__name__}"

    @wraps(function)
    def wrapper(user):
        if not hasattr(user, name):
            setattr(user, name, function(user))
        return getattr(user, name)

    return wrapper


@kept_on_user
def absent_people(user) -> list[int]:
    """Return the ids of the people whose deputy `user` is today (R55)."""
    return list(
        Deputyship.objects.active()
        .filter(deputy=user, absent__is_active=True)
        .values_list("absent_id", flat=True)
    )


@kept_on_user
def memberships(user) -> list[Membership]:
    """Return today's memberships of `user`, those of the people they stand in for included."""
    if not user.is_active or user.is_anonymous:
        return []
    people = [user.pk, *absent_people(user)]
    return list(
        Membership.objects.active().filter(user__in=people).select_related("org_unit", "role").order_by("pk")
    )


def own_memberships(user) -> list[Membership]:
    """Return today's memberships of `user` alone."""
    return [membership for membership in memberships(user) if membership.user_id == user.pk]


def has_capability(user, capability: str) -> bool:
    """Say whether one of the user's own roles carries `capability` (see `enums.Capability`)."""
    return any(capability in membership.role.capabilities for membership in own_memberships(user))


def people_with(capability: Capability) -> QuerySet:
    """Return the active people of whom one of today's own memberships carries `capability`, by name."""
    # Roles are few; a search inside JSON differs from database to database.
    roles = [role.pk for role in Role.objects.all() if capability in role.capabilities]
    members = Membership.objects.active().filter(role__in=roles).values("user_id")
    people = get_user_model().objects.filter(is_active=True, pk__in=members)
    return people.order_by("last_name", "first_name", "username")


def closed_offices() -> dict[int, OrgUnit]:
    """Return all closed offices by key, with their successors at hand. Two queries."""
    closed = OrgUnit.objects.filter(closed_on__isnull=False).prefetch_related("successors")
    return {office.pk: office for office in closed}


def authority_line(org_unit: OrgUnit, closed: dict[int, OrgUnit] | None = None) -> set[int]:
    """Return the ids of the units whose signing authority covers `org_unit` (R51).

    These are the unit and all above it; for a closed one also those of its successors, so that what lies with an
    office that was reorganised can still be signed (R58). `closed` (see `closed_offices`) saves queries where many
    are asked for.
    """
    line: set[int] = set()
    waiting, seen = [org_unit], set()
    while waiting:
        unit = waiting.pop()
        if unit.pk in seen:
            continue
        seen.add(unit.pk)
        line.update(unit.line_ids)
        if unit.closed_on:
            waiting += (closed or {}).get(unit.pk, unit).successors.all()
    return line


def signing_authority(user, org_unit) -> Membership | None:
    """Return the membership by which `user` may sign finally for `org_unit`, an own one before a deputised one."""
    if org_unit is None:
        return None
    held = [membership for membership in memberships(user) if membership.final_sign]
    line = authority_line(org_unit) if held else set()
    candidates = [membership for membership in held if membership.org_unit_id in line]
    return min(candidates, key=lambda one: one.user_id != user.pk, default=None)
