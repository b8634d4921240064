"""Searching, and suggestions while somebody types."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import render

from doakte_content.access.policies import Right, visible
from doakte_content.asked import number
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.intranet.places import record_url
from doakte_content.intranet.queries import main_groups
from doakte_content.records.enums import State
from doakte_content.retrieval.queries import KINDS, Filters, search, suggest

MAX_LENGTH = 200
#: Digits of a page, a year, an office: no longer number counts anything here.
SMALL = 9


@login_required
def results(request):
    text = request.GET.get("q", "")[:MAX_LENGTH]
    filters = filters_from(request)
    drafts = request.GET.get("drafts") == "1"
    page = number(request.GET.get("page"), SMALL) or 1
    result = search(request.user, text, filters=filters, page=page, drafts=drafts)
    context = {
        "section": "search",
        "show_header_search": False,
        "text": text,
        "filters": filters,
        "drafts": drafts,
        "asked": bool(text.strip()) or not filters.is_empty,
        "result": result,
        "units": unit_choices(request.user, filters.unit),
        "facets": result.facets,
    }
    return render(request, "doakte/intranet/search.html", context)


@login_required
def suggestions(request):
    """Return what could be meant, as JSON: a list of title, reference and address."""
    found = suggest(request.user, request.GET.get("q", "")[:MAX_LENGTH])
    return JsonResponse(
        {
            "suggestions": [
                {"title": record.title, "reference": record.reference, "url": record_url(record)}
                for record in found
            ]
        }
    )


def filters_from(request) -> Filters:
    """Return the filters that the address asks for; what makes no sense, or is not theirs to see, is left out."""
    asked = request.GET
    return Filters(
        unit=unit_from(asked.get("unit", ""), request.user),
        office=number(asked.get("office"), SMALL),
        kind=asked["kind"] if asked.get("kind") in KINDS else None,
        year=number(asked.get("year"), SMALL),
        state=asked["state"] if asked.get("state") in State.values else None,
    )


def unit_from(value: str, user) -> FilePlanUnit | None:
    try:
        uuid = UUID(value)
    except ValueError:
        return None
    return visible(FilePlanUnit.objects.all(), user, Right.PASS).filter(uuid=uuid).first()


def unit_choices(user, chosen: FilePlanUnit | None) -> list[FilePlanUnit]:
    """Return the main groups and, where a deeper unit was chosen, that as well."""
    units = list(main_groups(user))
    if chosen and chosen not in units:
        units.append(chosen)
    return sorted(units, key=lambda unit: unit.sort_key)
