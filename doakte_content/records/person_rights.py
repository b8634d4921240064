"""All places in which somebody holds a right, with what each comes from, for reports.

A place is named where something was granted; what lies below inherits it and is not listed again.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from doakte_content.access.explain import Standing, Way, given_to, principal_condition, ways_of
from doakte_content.access.models import Cause, Grant, Scope
from doakte_content.access.policies import Right, allowed, readers_of
from doakte_content.access.wagtail_policy import known_to
from doakte_content.counts import Count, CountOf
from doakte_content.fileplan.models import FilePlanUnit

from .models import Record
from .place_names import PlaceName, names_of_places

PER_PAGE = 50
#: Places read at once for a table without an end.
BATCH = 250


@dataclass(frozen=True)
class HeldPlace:
    """A place, somebody's highest right there, the ways to it, and how many records they see there and below."""

    scope_id: int
    is_record: bool
    name: PlaceName
    right: Right
    ways: list[Way]
    records: Count


def current_grants(standing: Standing) -> QuerySet[Grant]:
    """Return the grants that reach a person today, exclusions aside."""
    return Grant.objects.current().filter(given_to(standing)).exclude(cause=Cause.EXCLUSION)


def held_scopes(standing: Standing) -> QuerySet[Scope]:
    """Return the places in which something is granted to a person who is not excluded there, units first, in order."""
    unit_key = FilePlanUnit.objects.filter(uuid=OuterRef("owner_uuid")).values("sort_key")[:1]
    record_key = Record.objects.filter(uuid=OuterRef("owner_uuid")).values("reference_key")[:1]
    scopes = Scope.objects.exclude(path="").filter(
        allowed(standing.user, scope="pk"), pk__in=current_grants(standing).values("scope")
    )
    return (
        scopes.annotate(record_key=Subquery(record_key))
        .annotate(
            is_record=Case(When(record_key__isnull=False, then=1), default=0, output_field=IntegerField()),
            key=Coalesce(F("record_key"), Subquery(unit_key), Value("")),
        )
        .order_by("is_record", "key", "pk")
    )


def after(scopes: QuerySet[Scope], last: Any | None) -> QuerySet[Scope]:
    """Return what follows the row `last` of `held_scopes`, everything for None."""
    if last is None:
        return scopes
    same = Q(is_record=last.is_record)
    return scopes.filter(
        Q(is_record__gt=last.is_record)
        | (same & Q(key__gt=last.key))
        | (same & Q(key=last.key, pk__gt=last.pk))
    )


def places_of(standing: Standing, scopes: list[Any], asked_by) -> list[HeldPlace]:
    """Return these rows of `held_scopes` with what a person holds there, named as `asked_by` may know them.

    The number of queries depends neither on the places nor on the grants.
    """
    grants: dict[int, list[Grant]] = defaultdict(list)
    reaching = current_grants(standing).filter(scope__in=[scope.pk for scope in scopes])
    for given in reaching.select_related("user", "org_unit", "role", "created_by"):
        grants[given.scope_id].append(given)
    rights = readers_of(standing.user, Right.READ).filter(scope__in=scopes)
    highest = dict(rights.values_list("scope").annotate(Max("right")))
    names = names_of_places([scope.owner_uuid for scope in scopes], asked_by)
    records = records_seen(standing.user, scopes)
    return [
        HeldPlace(
            scope.pk,
            bool(scope.is_record),
            names[scope.owner_uuid],
            Right(highest[scope.pk]),
            ways_of(standing, grants[scope.pk]),
            records[scope.pk],
        )
        for scope in scopes
        if scope.pk in highest and scope.owner_uuid in names
    ]


def records_seen(user, scopes: list[Scope]) -> dict[int, Count]:
    """Return {scope: how many records `user` sees in it and in the places below}. One query."""
    inside = Record.objects.filter(known_to(user), scope__path__startswith=OuterRef("path"))
    counted = Scope.objects.filter(pk__in=[scope.pk for scope in scopes]).annotate(records=CountOf(inside))
    return {pk: Count(number) for pk, number in counted.values_list("pk", "records")}


def all_places(standing: Standing, asked_by) -> Iterator[HeldPlace]:
    """Yield every place in which a person holds a right, reading many at once."""
    scopes = held_scopes(standing)
    last = None
    while batch := list(after(scopes, last)[:BATCH]):
        yield from places_of(standing, batch, asked_by)
        last = batch[-1]


def exclusions_of(standing: Standing) -> QuerySet[Grant]:
    """Return the grants that keep a person out of something."""
    kept_out = Grant.objects.current().filter(cause=Cause.EXCLUSION)
    kept_out = kept_out.filter(principal_condition(standing.user.pk, []))
    return kept_out.exclude(scope__path="").select_related("scope", "created_by", "user")
