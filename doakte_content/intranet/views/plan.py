"""The start page and the file plan."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from doakte_content.access.denials import found_or_refuse
from doakte_content.access.policies import Right, visible
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.fileplan.queries import children_of, effective_rules, line_of, visible_plans
from doakte_content.intranet.places import unit_crumbs
from doakte_content.intranet.queries import main_groups, recently_published, upper_units
from doakte_content.intranet.views.records import list_of_children


@dataclass
class Branch:
    """A unit (its row) and the units below it, as far as the reader sees them."""

    unit: Any
    branches: list["Branch"] = field(default_factory=list)


def grow(units: list) -> dict[int, list[Branch]]:
    """Return {plan id: its branches} for units that are sorted by level."""
    roots: dict[int, list[Branch]] = {}
    by_path: dict[str, Branch] = {}
    for unit in units:
        branch = by_path[unit.path] = Branch(unit)
        above = by_path.get(unit.path[: -FilePlanUnit.steplen])
        (above.branches if above else roots.setdefault(unit.plan_id, [])).append(branch)
    return roots


@login_required
def start(request):
    context = {
        "section": "start",
        "show_header_search": False,
        "groups": main_groups(request.user),
        "documents": recently_published(request.user),
    }
    return render(request, "doakte/intranet/start.html", context)


@login_required
def plan(request):
    plans = list(visible_plans(request.user))
    branches = grow(upper_units(request.user, plans))
    grown = [(one, branches.get(one.pk, [])) for one in plans]
    return render(request, "doakte/intranet/plan.html", {"section": "plan", "plans": grown})


@login_required
def unit(request, uuid):
    seen = visible(FilePlanUnit.objects.select_related("successor"), request.user, Right.PASS)
    unit = found_or_refuse(request.user, seen, uuid=uuid)
    line = line_of(unit)
    context = {
        "section": "plan",
        "unit": unit,
        "breadcrumbs": unit_crumbs(line[:-1]),
        "rules": effective_rules(unit, line),
        "units": children_of(unit, request.user),
    } | list_of_children(request, unit)
    return render(request, "doakte/intranet/unit.html", context)
