"""What pickers offer while somebody types."""

from uuid import UUID

from django.http import Http404, JsonResponse
from django.views.decorators.http import require_GET

from .pickers import AT_MOST, SOURCES


@require_GET
def search(request, source):
    """Answer with the first of what fits `q`; for people who may use the admin, as all addresses there."""
    if source not in SOURCES:
        raise Http404
    asked = SOURCES[source]
    about = request.GET.get("about", "")
    try:
        candidates = asked.candidates(request.user, str(UUID(about)) if about else "")
    except ValueError:
        raise Http404 from None
    found = asked.search(candidates, request.GET.get("q", "")[:100])
    offered = [{"id": one.pk, "label": asked.label(one), "hint": asked.hint(one)} for one in found[:AT_MOST]]
    return JsonResponse({"found": offered, "more": len(found) > AT_MOST})
