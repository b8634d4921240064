"""The one place that decides who may see and do what. Every door asks here.

A superuser is a technical administrator and gets no content by that (R61).
"""

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from doakte_content.organisation.enums import Capability, Right
from doakte_content.organisation.queries import (
    absent_people,
    has_capability,
    kept_on_user,
    memberships,
    own_memberships,
)

from .holding import Holding, HoldsByRow, HoldsIn, HoldsWhere
from .models import Guarded, ScopeReader

__all__ = [
    "Capability",
    "Right",
    "acts_for",
    "allowed",
    "allowed_scopes",
    "can",
    "has_capability",
    "known_where",
    "own_principals",
    "principals",
    "right_in",
    "visible",
]


def keys_of(user_id: int, held) -> set[str]:
    """Return the keys of a person with the memberships `held`: the person, offices and all above them, roles."""
    keys = {f"user:{user_id}"}
    for membership in held:
        keys.add(f"role:0:{membership.role_id}")
        for unit_id in membership.org_unit.line_ids:
            keys |= {f"org:{unit_id}", f"role:{unit_id}:{membership.role_id}"}
    return keys


@kept_on_user
def own_principals(user) -> frozenset[str]:
    """Return the keys under which `user` holds rights today in the own name."""
    if not user.is_active or user.is_anonymous:
        return frozenset()
    return frozenset({f"alone:{user.pk}"} | keys_of(user.pk, own_memberships(user)))


@kept_on_user
def principals(user) -> frozenset[str]:
    """Return the keys under which `user` holds rights today, those of the people they stand in for included (R55)."""
    keys = set(own_principals(user))
    if keys:
        for person in absent_people(user):
            keys |= principals_of_absent(user, person)
    return frozenset(keys)


def principals_of_absent(user, absent_id: int) -> set[str]:
    return keys_of(absent_id, [one for one in memberships(user) if one.user_id == absent_id])


def current(readers: QuerySet[ScopeReader]) -> QuerySet[ScopeReader]:
    return readers.filter(Q(ends__isnull=True) | Q(ends__gt=timezone.now()))


def holding(user, right: Right, *, own: bool = False) -> Holding:
    """Return the question whether `user` holds `right`; with `own`, in the own name alone."""
    keys = own_principals(user) if own else principals(user)
    return Holding(tuple(sorted(keys)), f"user:{user.pk}", right, timezone.now())


def readers_of(user, right: Right) -> QuerySet[ScopeReader]:
    """Return the rows by which `user` holds at least `right`; an exclusion of this person wins (R57)."""
    return ScopeReader.objects.filter(HoldsByRow(holding(user, right)))


def allowed_scopes(user, right: Right = Right.READ) -> set[int]:
    """Return the ids of the scopes in which `user` holds `right`. One query."""
    return set(readers_of(user, right).values_list("scope_id", flat=True))


def allowed(user, right: Right = Right.READ, scope: str = "scope", *, own: bool = False) -> HoldsIn:
    """Return the condition that `user` holds `right` in a scope, to which `scope` leads. One indexed subquery.

    With `own`, in the own name alone.
    """
    return HoldsIn(scope, holding(user, right, own=own))


def known_where(user, is_open: str) -> HoldsWhere:
    """Return the condition that `user` may read where the column `is_open` says yes, or else edit."""
    return HoldsWhere(is_open, holding(user, Right.READ))


def visible(queryset, user, right: Right = Right.READ):
    """Keep of `queryset` (of a `Guarded` model) what `user` holds `right` on."""
    return queryset.filter(allowed(user, right))


def rights_in(user, scope_id: int) -> dict[str, int]:
    """Return {principal: highest right} of `user` in a scope, empty if excluded. One query per scope and request."""
    known = kept_rights(user)
    if scope_id not in known:
        rows = current(ScopeReader.objects.filter(scope=scope_id, principal__in=principals(user)))
        held: dict[str, int] = {}
        for principal, right in rows.order_by("right").values_list("principal", "right"):
            if right == Right.EXCLUDED:
                if principal == f"user:{user.pk}":
                    held = {}
                    break
            else:
                held[principal] = right
        known[scope_id] = held
    return known[scope_id]


@kept_on_user
def kept_rights(user) -> dict:
    return {}


def right_in(user, scope_id: int) -> Right | None:
    """Return the highest right of `user` in a scope, or None."""
    highest = max(rights_in(user, scope_id).values(), default=None)
    return None if highest is None else Right(highest)


def can(user, right: Right, thing: Guarded) -> bool:
    """Say whether `user` holds `right` on `thing`."""
    held = right_in(user, thing.scope_id)
    return held is not None and held >= right


def acts_for(user, right: Right, thing: Guarded):
    """Return the absent person for whom `user` acts when doing what takes `right` on `thing` (R55).

    None where the own rights are enough, or where nobody's are.
    """
    absent = absent_people(user)
    held = rights_in(user, thing.scope_id) if absent else {}
    enough = {principal for principal, highest in held.items() if highest >= right}
    if not enough or enough & own_principals(user):
        return None
    acting = next(person for person in absent if enough & principals_of_absent(user, person))
    return get_user_model().objects.get(pk=acting)
