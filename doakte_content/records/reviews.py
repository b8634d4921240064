"""The access review: once a year, whoever leads an office confirms or withdraws what outsiders may see there (W36).

Outsiders are active people without a place in the office or below it, other offices, and roles elsewhere. A place
belongs to the office that owns the nearest part of the plan. What is protected is reviewed by those leaders only who
may manage it; to others it does not exist, and they count it neither.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import (
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, Length
from django.utils import timezone

from doakte_content.access.models import Cause, Grant, Notice, Scope, ScopeReader
from doakte_content.access.notices import tell
from doakte_content.access.policies import Right, current, own_principals
from doakte_content.organisation.models import Membership, OrgUnit
from doakte_content.organisation.queries import own_memberships

REVIEWED = (Cause.SHARE, Cause.PROTECTION, Cause.EMERGENCY)
#: So long a confirmation holds (setting DOAKTE_REVIEW_DAYS).
DAYS = 365


def due_before() -> datetime:
    """Return the time before which something must have been given or confirmed last to be due."""
    return timezone.now() - timedelta(days=getattr(settings, "DOAKTE_REVIEW_DAYS", DAYS))


def led_offices(user) -> QuerySet[OrgUnit] | None:
    """Return the offices, with those below, whose part of the plan `user` manages by a role; None if there are none."""
    leading = [one.org_unit for one in own_memberships(user) if one.role.owner_right >= Right.MANAGE]
    if not leading:
        return None
    condition = Q(pk__in=[])
    for office in leading:
        condition |= Q(path__startswith=office.path)
    return OrgUnit.objects.filter(condition)


def with_owner(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    """Add `owning_office`: whose part of the plan a grant lies in, by the nearest place above that names one."""
    owning = Scope.objects.filter(office__isnull=False).exclude(path="")
    inside = ExpressionWrapper(OuterRef("scope__path"), output_field=CharField())
    owning = owning.annotate(inside=inside).filter(inside__startswith=F("path"))
    return grants.annotate(
        owning_office=Subquery(owning.order_by(Length("path").desc()).values("office")[:1]),
        last_reviewed=Coalesce("reviewed_at", "created_at"),
    )


def to_outsiders(offices: QuerySet[OrgUnit]) -> Q:
    """Return the condition on grants under which they reach somebody who does not belong to `offices`."""
    inside = offices.values("pk")
    members = Membership.objects.active().filter(org_unit__in=inside).values("user")
    to_people = Q(user__is_active=True) & ~Q(user__in=members)
    to_offices = Q(org_unit__isnull=False) & ~Q(org_unit__in=inside)
    return to_people | to_offices | Q(org_unit__isnull=True, role__isnull=False)


def reviewable(user) -> QuerySet[Grant]:
    """Return what outsiders hold in the part of the plan of the offices that `user` leads, the oldest first."""
    offices = led_offices(user)
    if offices is None:
        return Grant.objects.none()
    held = current(ScopeReader.objects.filter(principal__in=own_principals(user)))
    excluded = held.filter(right=Right.EXCLUDED, principal=f"user:{user.pk}").values("scope")
    managed = held.filter(right=Right.MANAGE).exclude(scope__in=excluded).values("scope")
    grants = Grant.objects.current().filter(cause__in=REVIEWED, scope__in=managed)
    grants = with_owner(grants.filter(to_outsiders(offices))).filter(owning_office__in=offices.values("pk"))
    return grants.select_related("scope", "user", "org_unit", "role", "created_by", "reviewed_by").order_by(
        "last_reviewed", "pk"
    )


def due(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    """Return of `reviewable` grants those that nobody has given or confirmed within the last year."""
    return grants.filter(last_reviewed__lt=due_before())


def remind_leaders() -> None:
    """Tell whoever leads an office and has something to review, unless they have been told and not read it yet."""
    told = Notice.objects.filter(kind="access.review", read_at__isnull=True).values("user")
    leading = Membership.objects.active().filter(role__owner_right__gte=Right.MANAGE).values("user")
    leaders = get_user_model().objects.filter(is_active=True, pk__in=leading).exclude(pk__in=told)
    tell([person for person in leaders if due(reviewable(person)).exists()], "access.review")


@dataclass(frozen=True)
class Overdue:
    """How much an office has not reviewed in time."""

    office: OrgUnit
    leaders: list
    count: int
    oldest: datetime


def overdue_offices() -> list[Overdue]:
    """Return the offices with overdue reviews, protected places counted in, by code. Three queries."""
    grants = with_owner(Grant.objects.current().filter(cause__in=REVIEWED).exclude(scope__path=""))
    grants = grants.filter(last_reviewed__lt=due_before(), owning_office__isnull=False)
    owner = OrgUnit.objects.filter(pk=OuterRef("owning_office")).values("path")[:1]
    grants = grants.annotate(owner_path=Subquery(owner))
    inside = Membership.objects.active().filter(user=OuterRef("user"))
    inside = inside.filter(org_unit__path__startswith=OuterRef("owner_path"))
    outside = (
        (Q(user__is_active=True) & ~Exists(inside))
        | (Q(org_unit__isnull=False) & ~Q(org_unit__path__startswith=F("owner_path")))
        | Q(org_unit__isnull=True, role__isnull=False)
    )
    rows = grants.filter(outside).order_by().values_list("owning_office")
    counted = {
        office: (count, oldest) for office, count, oldest in rows.annotate(Count("pk"), Min("last_reviewed"))
    }
    leaders = leaders_of(counted)
    offices = OrgUnit.objects.filter(pk__in=counted)
    return [Overdue(office, leaders[office.pk], *counted[office.pk]) for office in offices]


def leaders_of(offices: Iterable[int]) -> dict[int, list]:
    """Return {office: people whose role there manages its part of the plan}. One query."""
    leaders: dict[int, list] = defaultdict(list)
    leading = Membership.objects.active().filter(
        org_unit__in=list(offices), role__owner_right__gte=Right.MANAGE, user__is_active=True
    )
    for one in leading.select_related("user").order_by("pk"):
        leaders[one.org_unit_id].append(one.user)
    return leaders
