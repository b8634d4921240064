"""Keywords that are offered while one types: only such as stand on records that the person knows of."""

from django.http import JsonResponse

from doakte_content.records.listing import known
from doakte_content.records.models import Keyword

LIMIT = 10


def suggest(request):
    term = request.GET.get("term", "").strip()
    if not term:
        return JsonResponse([], safe=False)
    seen = known(request.user).order_by().values("pk")
    words = Keyword.objects.filter(name__istartswith=term, records__content_object__in=seen)
    return JsonResponse(
        list(words.order_by("name").values_list("name", flat=True).distinct()[:LIMIT]), safe=False
    )
