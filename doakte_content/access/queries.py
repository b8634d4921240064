"""Who may see a place, and why."""

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from doakte_content.organisation.models import Membership

from .models import Cause, Grant, Scope


def reaching(scope: Scope) -> list[Grant]:
    """Return the current grants that hold in `scope`: its own, those inherited up to the nearest cut, exclusions.

    The nearest first. Two queries.
    """
    line = sorted(Scope.objects.filter(pk__in=scope.line_ids), key=lambda one: -len(one.line_ids))
    distance = {one.pk: place for place, one in enumerate(line)}
    inherited = []
    for one in line:
        inherited.append(one.pk)
        if one.cut:
            break
    holds = Q(scope__in=inherited) | Q(scope__in=distance, cause=Cause.EXCLUSION)
    grants = Grant.objects.current().filter(holds)
    grants = grants.select_related("user", "org_unit", "role", "scope", "created_by")
    return sorted(grants, key=lambda one: (distance[one.scope_id], -one.right, one.pk))


def people_of(given: Grant) -> QuerySet:
    """Return the active people who hold a grant today, by name; not those who stand in for them."""
    people = get_user_model().objects.filter(is_active=True)
    if given.user_id:
        people = people.filter(pk=given.user_id)
    else:
        members = Membership.objects.active()
        if given.org_unit_id:
            members = members.filter(org_unit__path__startswith=given.org_unit.path)
        if given.role_id:
            members = members.filter(role=given.role_id)
        people = people.filter(pk__in=members.values("user"))
    return people.order_by("last_name", "first_name", "username")
