"""What offices hold: parts of the plan, what is shared with them, members, units below. Looks at everything."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext
from wagtail.models import Page

from doakte_content.access.models import Cause, Grant
from doakte_content.fileplan.models import FilePlan, FilePlanUnit
from doakte_content.organisation.models import Membership, OrgUnit
from doakte_content.organisation.names import name_of

from .models import Moved


@dataclass(frozen=True)
class Item:
    """Something that passes to another office as a whole."""

    kind: Moved
    #: Names the item in a form, "unit-5".
    key: str
    label: str
    hint: str
    #: The office that holds it.
    office: OrgUnit
    #: A `FilePlanUnit`, a list of `Grant`, a `Membership` or an `OrgUnit`.
    thing: Any


@dataclass(frozen=True)
class Holdings:
    items: list[Item]
    #: How many records lie in the parts of the plan that the offices are in charge of.
    records: int

    @property
    def fingerprint(self) -> str:
        """Return a mark that differs as soon as the offices hold something else."""
        keys = sorted(f"{item.key} {item.office.pk} {item.hint}" for item in self.items)
        return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:32]


def holdings(offices: list[OrgUnit]) -> Holdings:
    """Return what `offices` hold today. The number of queries does not depend on how much that is."""
    units = list(
        FilePlanUnit.objects.filter(office__in=offices)
        .select_related("office", "plan", "scope")
        .order_by("plan", "sort_key")
    )
    items = [
        Item(Moved.UNIT, f"unit-{unit.pk}", str(unit), str(unit.plan), unit.office, unit) for unit in units
    ]
    items += [*shares(offices), *members(offices), *children(offices)]
    return Holdings(items, count_records({office.pk for office in offices}))


def shares(offices: list[OrgUnit]) -> list[Item]:
    """Return what is shared with `offices`, together for each unit in which it lies.

    Records are not named: whoever reorganises need not be allowed to see them (R61).
    """
    grants = (
        Grant.objects.current()
        .filter(org_unit__in=offices)
        .exclude(cause=Cause.OWNER)
        .select_related("scope", "org_unit", "role")
    )
    lines = {grant.pk: grant.scope.line_ids for grant in grants}
    scopes = {pk for line in lines.values() for pk in line}
    places: dict[int, Any] = {}
    for model in (FilePlan, FilePlanUnit):
        places |= {place.scope_id: place for place in model.objects.filter(scope__in=scopes)}
    together = defaultdict(list)
    for grant in grants:
        nearest = next(pk for pk in reversed(lines[grant.pk]) if pk in places)
        together[nearest, grant.org_unit].append(grant)
    return [
        Item(
            Moved.SHARE,
            f"share-{scope_id}-{office.pk}",
            str(places[scope_id]),
            ngettext("%s right", "%s rights", len(given)) % len(given),
            office,
            given,
        )
        for (scope_id, office), given in together.items()
    ]


def members(offices: list[OrgUnit]) -> list[Item]:
    """Return the memberships that have not ended."""
    found = (
        Membership.objects.lasting().filter(org_unit__in=offices).select_related("user", "org_unit", "role")
    )
    found = found.order_by("user__last_name", "user__first_name", "pk")
    return [
        Item(Moved.MEMBER, f"member-{one.pk}", name_of(one.user), str(one.role), one.org_unit, one)
        for one in found
    ]


def children(offices: list[OrgUnit]) -> list[Item]:
    """Return the open units that are part of `offices` and do not end with them."""
    found = OrgUnit.objects.open().filter(parent__in=offices).exclude(pk__in=[one.pk for one in offices])
    return [
        Item(Moved.CHILD, f"child-{one.pk}", str(one), one.get_kind_display(), one.parent, one)
        for one in found.select_related("parent")
    ]


def count_records(office_ids: set[int]) -> int:
    """Return how many records lie where one of these offices is in charge, by the nearest unit that names one."""
    owners = dict(FilePlanUnit.objects.filter(office__isnull=False).values_list("path", "office"))
    count = 0
    for path, office in owners.items():
        above = next((owners[way] for way in ways_up(path) if way in owners), None)
        if (office in office_ids) == (above in office_ids):
            continue
        below = Page.objects.filter(path__startswith=path).not_exact_type(FilePlanUnit).count()
        count += below if office in office_ids else -below
    return count


def ways_up(path: str) -> list[str]:
    """Return the paths of the pages above, the nearest first."""
    return [path[:end] for end in range(len(path) - Page.steplen, 0, -Page.steplen)]
