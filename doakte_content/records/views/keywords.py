"""Keywords that are offered while one types: only such as stand on records that the person knows of."""

from django.db.models import OuterRef, Subquery
from django.http import JsonResponse

from doakte_content.records.listing import known
from doakte_content.records.models import Keyword

LIMIT = 10


def suggest(request):
    term = request.GET.get("term", "").strip()
    if not term:
        return JsonResponse([], safe=False)
    # One such record is enough: looked for word by word, not among all records of all words.
    seen = known(request.user).filter(keyword_items__tag=OuterRef("pk")).order_by().values("pk")[:1]
    words = Keyword.objects.filter(name__istartswith=term).annotate(seen=Subquery(seen))
    words = words.filter(seen__isnull=False).order_by("name")
    return JsonResponse(list(words.values_list("name", flat=True)[:LIMIT]), safe=False)
