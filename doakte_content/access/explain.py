"""By which grants somebody holds a right: in the own name, through an office or role, or for somebody absent.

What is said here is derived from the grants themselves, not from the readers that decide. The number of queries
depends neither on the grants nor on the people.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Q, QuerySet

from doakte_content.organisation.enums import Right
from doakte_content.organisation.models import Deputyship, Membership

from .models import Cause, Grant


@dataclass(frozen=True)
class Way:
    """One grant by which a person holds a right, and what connects the two."""

    grant: Grant
    #: The place in an office that brings it, None for what was given to the person.
    membership: Membership | None = None
    #: Set where the right is that of an absent person (R55).
    deputyship: Deputyship | None = None


@dataclass
class Standing:
    """What decides today which grants reach a person: the own places in offices, and whom they stand in for."""

    user: Any
    memberships: list[Membership] = field(default_factory=list)
    deputyships: list[tuple[Deputyship, list[Membership]]] = field(default_factory=list)


@dataclass
class Holder:
    """A person, office or role that holds grants in a place; `count` people of an office or role, None for a person."""

    principal: str
    label: str
    grants: list[Grant]
    count: int | None = None

    @property
    def right(self) -> Right:
        return Right(max(given.right for given in self.grants))

    @property
    def has_left(self) -> bool:
        return self.count is None and not self.grants[0].user.is_active


def standings(people: Iterable) -> dict[int, Standing]:
    """Return how each of these people stands today. Two queries."""
    found = {person.pk: Standing(person) for person in people}
    stand_ins = Deputyship.objects.active().filter(deputy__in=found, absent__is_active=True)
    stand_ins = list(stand_ins.select_related("absent").order_by("pk"))
    everybody = {*found, *(one.absent_id for one in stand_ins)}
    held: dict[int, list[Membership]] = {pk: [] for pk in everybody}
    memberships = Membership.objects.active().filter(user__in=everybody).select_related("org_unit", "role")
    for membership in memberships.order_by("pk"):
        held[membership.user_id].append(membership)
    for pk, standing in found.items():
        if standing.user.is_active:
            standing.memberships = held[pk]
    for one in stand_ins:
        if found[one.deputy_id].user.is_active:
            found[one.deputy_id].deputyships.append((one, held[one.absent_id]))
    return found


def excluding(grants: Iterable[Grant]) -> list[Grant]:
    """Return of the grants that reach a place those that keep somebody out."""
    return [given for given in grants if given.cause == Cause.EXCLUSION]


def giving(grants: Iterable[Grant]) -> list[Grant]:
    """Return of the grants that reach a place those that let somebody in."""
    return [given for given in grants if given.cause != Cause.EXCLUSION]


def ways_of(standing: Standing, grants: list[Grant]) -> list[Way]:
    """Return by which of `grants` (see `queries.reaching`) a person holds rights, the highest first.

    None for who is not active any more, and for who is excluded (R57).
    """
    user = standing.user
    if not user.is_active or any(given.user_id == user.pk for given in excluding(grants)):
        return []
    ways = []
    for given in giving(grants):
        if given.user_id == user.pk:
            ways.append(Way(given))
        elif membership := membership_for(given, standing.memberships):
            ways.append(Way(given, membership))
        for deputyship, memberships in standing.deputyships:
            if given.user_id == deputyship.absent_id:
                ways.append(Way(given, None, deputyship))
            elif membership := membership_for(given, memberships):
                ways.append(Way(given, membership, deputyship))
    return sorted(ways, key=lambda way: (-way.grant.right, way.deputyship is not None))


def membership_for(given: Grant, memberships: Iterable[Membership]) -> Membership | None:
    """Return the first of `memberships` that belongs to the office or role of a grant."""
    if given.user_id:
        return None
    for membership in memberships:
        in_office = given.org_unit_id is None or given.org_unit_id in membership.org_unit.line_ids
        if in_office and given.role_id in (None, membership.role_id):
            return membership
    return None


def membership_condition(given: Grant) -> Q:
    """Return which memberships belong to the office or role of a grant."""
    condition = Q()
    if given.org_unit_id:
        condition &= Q(org_unit__path__startswith=given.org_unit.path)
    if given.role_id:
        condition &= Q(role=given.role_id)
    return condition


def holding(grants: Iterable[Grant]) -> Q:
    """Return the condition on people under which they hold one of `grants` in the own name."""
    named, groups = set(), {}
    for given in grants:
        if given.user_id:
            named.add(given.user_id)
        else:
            groups[given.principal] = membership_condition(given)
    condition = Q(pk__in=named)
    if groups:
        belonging = Q(pk__in=[])
        for one in groups.values():
            belonging |= one
        condition |= Q(pk__in=Membership.objects.active().filter(belonging).values("user"))
    return condition


def people_among(grants: list[Grant], *, deputies: bool = True) -> QuerySet:
    """Return the active people, by name, to whom `grants` (see `queries.reaching`) give a right.

    With `deputies` those too who stand in for one of them today. Who is excluded is not among them, but who stands
    in for somebody excluded is: that is what the deputy is there for (§ 20 VwVfG).
    """
    people = get_user_model().objects.filter(is_active=True)
    condition = holding(giving(grants))
    if deputies:
        absent = people.filter(condition).values("pk")
        standing_in = Deputyship.objects.active().filter(absent__in=absent).values("deputy")
        condition |= Q(pk__in=standing_in)
    excluded = [given.user_id for given in excluding(grants)]
    return people.filter(condition).exclude(pk__in=excluded).order_by("last_name", "first_name", "username")


def holders_among(grants: list[Grant]) -> list[Holder]:
    """Return who holds `grants`: offices and roles with the number of their people, then people. One query."""
    by_principal: dict[str, Holder] = {}
    for given in giving(grants):
        known = by_principal.setdefault(given.principal, Holder(given.principal, given.principal_label, []))
        known.grants.append(given)
    groups = [holder for holder in by_principal.values() if not holder.grants[0].user_id]
    if groups:
        members = Membership.objects.active().filter(user__is_active=True)
        members = members.exclude(user__in=[given.user_id for given in excluding(grants)])
        counts = members.aggregate(
            **{
                f"group_{place}": Count("user", distinct=True, filter=membership_condition(group.grants[0]))
                for place, group in enumerate(groups)
            }
        )
        for place, group in enumerate(groups):
            group.count = counts[f"group_{place}"]
    return sorted(
        by_principal.values(), key=lambda one: (one.count is None, one.count == 0, -one.right, one.label)
    )


def given_to(standing: Standing) -> Q:
    """Return the condition on grants under which they reach a person, those of absent people included."""
    condition = principal_condition(standing.user.pk, standing.memberships)
    for deputyship, memberships in standing.deputyships:
        condition |= principal_condition(deputyship.absent_id, memberships)
    return condition


def principal_condition(user_id: int, memberships: Iterable[Membership]) -> Q:
    condition = Q(user=user_id)
    for membership in memberships:
        in_office = Q(org_unit__in=membership.org_unit.line_ids)
        condition |= in_office & (Q(role__isnull=True) | Q(role=membership.role_id))
        condition |= Q(org_unit__isnull=True, role=membership.role_id)
    return condition
