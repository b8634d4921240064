"""The one place that decides who may see and do what. Every door asks here.

A superuser is a technical administrator and gets no content by that (R61).
"""

from django.db.models import Q, QuerySet
from django.utils import timezone

from doakte_content.organisation.enums import Capability, Right
from doakte_content.organisation.queries import absent_people, has_capability, kept_on_user, memberships

from .models import Guarded, ScopeReader

__all__ = [
    "Capability",
    "Right",
    "allowed_scopes",
    "can",
    "has_capability",
    "principals",
    "right_in",
    "visible",
]


@kept_on_user
def principals(user) -> frozenset[str]:
    """Return the keys under which `user` holds rights today: person, offices and all above them, roles."""
    if not user.is_active or user.is_anonymous:
        return frozenset()
    keys = {f"user:{pk}" for pk in (user.pk, *absent_people(user))}
    for membership in memberships(user):
        keys.add(f"role:0:{membership.role_id}")
        for unit_id in membership.org_unit.line_ids:
            keys |= {f"org:{unit_id}", f"role:{unit_id}:{membership.role_id}"}
    return frozenset(keys)


def readers_of(user, right: Right) -> QuerySet[ScopeReader]:
    return ScopeReader.objects.filter(principal__in=principals(user), right__gte=right).filter(
        Q(ends__isnull=True) | Q(ends__gt=timezone.now())
    )


def allowed_scopes(user, right: Right = Right.READ) -> QuerySet:
    """Return the ids of the scopes in which `user` holds `right`, as a query to be used in a filter."""
    return readers_of(user, right).values("scope_id")


def visible(queryset, user, right: Right = Right.READ):
    """Keep of `queryset` (of a `Guarded` model) what `user` holds `right` on. Adds one indexed subquery."""
    return queryset.filter(scope__in=allowed_scopes(user, right))


def right_in(user, scope_id: int) -> Right | None:
    """Return the highest right of `user` in a scope, or None. One query per scope and request."""
    known = kept_rights(user)
    if scope_id not in known:
        rows = readers_of(user, Right.PASS).filter(scope=scope_id).values_list("right", flat=True)
        highest = max(rows, default=None)
        known[scope_id] = None if highest is None else Right(highest)
    return known[scope_id]


@kept_on_user
def kept_rights(user) -> dict:
    return {}


def can(user, right: Right, thing: Guarded) -> bool:
    """Say whether `user` holds `right` on `thing`."""
    held = right_in(user, thing.scope_id)
    return held is not None and held >= right
