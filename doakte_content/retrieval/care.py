"""Keeping the index true: walks through the stock in slices, each one a short transaction.

A walk has two halves: over the pages, for what is missing or out of date, then over the entries, for what exists no
longer. How far it is stands in a row (`Walk`), saved together with what it asks for (`actions.request`): a kill costs
nothing and repeats nothing, and the old entries serve until they are replaced.

A check compares fingerprints: of the facts (place, type, office, year, state, references) and of the head (title,
references, keywords). It does not read texts again; a rebuild does.
"""

import logging
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from modelsearch.backends import get_search_backend
from wagtail.models import Page

from . import actions, reading
from .backends.common import fingerprint_of
from .models import IndexJob, Walk

logger = logging.getLogger(__name__)

#: Pages or entries looked at in one transaction.
SLICE = 1_000
#: The queue gets no more while so much waits in it: what people change comes soon.
MOST_WAITING = 2_000
KEPT_FOR = timedelta(days=90)


def start(purpose: Walk.Purpose) -> Walk:
    """Begin a walk, or go on with one for the same purpose that has not come to its end."""
    Walk.objects.filter(finished_at__lt=timezone.now() - KEPT_FOR).delete()
    for model in actions.indexed_models():
        get_search_backend().get_index_for_model(model).prepare(model)
    return Walk.objects.filter(purpose=purpose, finished_at=None).first() or Walk.objects.create(
        purpose=purpose
    )


def go_on(walk: Walk | None = None) -> bool:
    """Do the next slice of a walk (or of the oldest one); say whether anything was done.

    Nothing is while the queue is full. Two workers at once do one slice after the other.
    """
    if IndexJob.objects.order_by()[:MOST_WAITING].count() >= MOST_WAITING:
        return False
    with transaction.atomic():
        open_walks = Walk.objects.select_for_update().filter(finished_at=None).order_by("pk")
        found = (open_walks.filter(pk=walk.pk) if walk else open_walks).first()
        if found is None:
            return False
        slice_of(found)
        found.save()
    return True


def slice_of(walk: Walk) -> None:
    """Look at the next slice, and step on."""
    if walk.half == Walk.Half.PAGES:
        last = look_at_pages(walk)
        if last is None:
            walk.half, walk.position = Walk.Half.ENTRIES, 0
            return
    else:
        last = look_at_entries(walk)
        if last is None:
            walk.finished_at = timezone.now()
            if walk.findings:
                logger.warning("The search index was not that of the stock: %s", walk)
            return
    walk.position = last


def look_at_pages(walk: Walk) -> int | None:
    """Look for pages without an entry, or with an old one; return the last key looked at."""
    pages = Page.objects.filter(content_type__in=indexed_types(), pk__gt=walk.position).order_by("pk")
    keys = list(pages.values_list("pk", flat=True)[:SLICE])
    if not keys:
        return None
    walk.seen += len(keys)
    if walk.purpose == Walk.Purpose.REBUILD:
        actions.request(keys)
        return keys[-1]
    missing, outdated = [], []
    for model, objects in reading.load(keys, with_texts=False).items():
        kept = get_search_backend().get_index_for_model(model).fingerprints(model, list(objects))
        missing += objects.keys() - kept.keys()
        outdated += [key for key in kept if kept[key] != fingerprint_of(objects[key])]
    waiting = set(
        IndexJob.objects.filter(page_id__in=[*missing, *outdated]).values_list("page_id", flat=True)
    )
    walk.missing += len(set(missing) - waiting)
    walk.outdated += len(set(outdated) - waiting)
    if walk.purpose == Walk.Purpose.REPAIR:
        actions.request([*missing, *outdated])
    return keys[-1]


def look_at_entries(walk: Walk) -> int | None:
    """Look for entries of pages that are gone; return the last entry looked at."""
    index = get_search_backend().get_index_for_model(Page)
    entries = index.entries_after(walk.position, SLICE, list(indexed_types()))
    if not entries:
        return None
    keys = {key for _, key in entries}
    gone = keys - set(Page.objects.filter(pk__in=keys).values_list("pk", flat=True))
    waiting = set(IndexJob.objects.filter(page_id__in=gone).values_list("page_id", flat=True))
    walk.surplus += len(gone - waiting)
    if walk.purpose != Walk.Purpose.CHECK:
        actions.request(gone)
    return entries[-1][0]


def indexed_types() -> list[int]:
    return sorted(
        found.pk for found in ContentType.objects.get_for_models(*actions.indexed_models()).values()
    )
