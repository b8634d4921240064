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
    Q,
    QuerySet,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from doakte_content.access.models import Cause, Grant, Notice, Scope
from doakte_content.access.notices import tell
from doakte_content.access.policies import Right, allowed
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


class Owners:
    """Which office owns a place: the one that the nearest place above it names. One query."""

    def __init__(self):
        self.by_scope = dict(Scope.objects.filter(office__isnull=False).values_list("pk", "office"))

    def of(self, path: str) -> int | None:
        """Return the office that owns the scope with this path, None where nobody does."""
        line = reversed(path.strip("/").split("/"))
        return next((self.by_scope[int(pk)] for pk in line if pk and int(pk) in self.by_scope), None)


def to_outsiders(offices: QuerySet[OrgUnit]) -> Q:
    """Return the condition on grants under which they reach somebody who does not belong to `offices`."""
    inside = offices.values("pk")
    members = Membership.objects.active().filter(org_unit__in=inside).values("user")
    to_people = Q(user__is_active=True) & ~Q(user__in=members)
    to_offices = Q(org_unit__isnull=False) & ~Q(org_unit__in=inside)
    return to_people | to_offices | Q(org_unit__isnull=True, role__isnull=False)


def reviewed_grants() -> QuerySet[Grant]:
    """Return what is to be reviewed once a year, with the day it was given or confirmed last."""
    grants = Grant.objects.current().filter(cause__in=REVIEWED).exclude(scope__path="")
    return grants.annotate(last_reviewed=Coalesce("reviewed_at", "created_at"))


def due(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    """Return of `reviewed_grants` those that nobody has given or confirmed within the last year."""
    return grants.filter(last_reviewed__lt=due_before())


def reviewable(user, *, due_only: bool = False) -> QuerySet[Grant]:
    """Return what outsiders hold in the part of the plan of the offices that `user` leads, the oldest first.

    With `due_only` what is due. Four queries at most, however much there is.
    """
    offices = led_offices(user)
    if offices is None:
        return Grant.objects.none()
    grants = reviewed_grants().filter(to_outsiders(offices), allowed(user, Right.MANAGE, own=True))
    grants = due(grants) if due_only else grants
    owners, led = Owners(), set(offices.values_list("pk", flat=True))
    own = [pk for pk, path in grants.values_list("pk", "scope__path") if owners.of(path) in led]
    found = reviewed_grants().filter(pk__in=own)
    return found.select_related("scope", "user", "org_unit", "role", "created_by", "reviewed_by").order_by(
        "last_reviewed", "pk"
    )


def remind_leaders() -> None:
    """Tell whoever leads an office and has something to review, unless they have been told and not read it yet."""
    told = Notice.objects.filter(kind="access.review", read_at__isnull=True).values("user")
    leading = Membership.objects.active().filter(role__owner_right__gte=Right.MANAGE).values("user")
    leaders = get_user_model().objects.filter(is_active=True, pk__in=leading).exclude(pk__in=told)
    tell([person for person in leaders if reviewable(person, due_only=True)], "access.review")


@dataclass(frozen=True)
class Overdue:
    """How much an office has not reviewed in time."""

    office: OrgUnit
    leaders: list
    count: int
    oldest: datetime


def overdue_offices() -> list[Overdue]:
    """Return the offices with overdue reviews, protected places counted in, by code. Five queries."""
    owners, offices = Owners(), OrgUnit.objects.in_bulk()
    works_in: dict[int, list[str]] = defaultdict(list)
    overdue = due(reviewed_grants()).filter(Q(user__isnull=True) | Q(user__is_active=True))
    members = Membership.objects.active().filter(user__in=overdue.values("user"))
    for user, path in members.values_list("user", "org_unit__path"):
        works_in[user].append(path)
    days: dict[int, list[datetime]] = defaultdict(list)
    for place, user, office, day in overdue.values_list(
        "scope__path", "user", "org_unit__path", "last_reviewed"
    ):
        owner = owners.of(place)
        belongs_to = works_in[user] if user else [office or ""]
        if owner and not any(path.startswith(offices[owner].path) for path in belongs_to):
            days[owner].append(day)
    leaders = leaders_of(days)
    found = [Overdue(offices[pk], leaders[pk], len(given), min(given)) for pk, given in days.items()]
    return sorted(found, key=lambda one: one.office.code)


def leaders_of(offices: Iterable[int]) -> dict[int, list]:
    """Return {office: people whose role there manages its part of the plan}. One query."""
    leaders: dict[int, list] = defaultdict(list)
    leading = Membership.objects.active().filter(
        org_unit__in=list(offices), role__owner_right__gte=Right.MANAGE, user__is_active=True
    )
    for one in leading.select_related("user").order_by("pk"):
        leaders[one.org_unit_id].append(one.user)
    return leaders
