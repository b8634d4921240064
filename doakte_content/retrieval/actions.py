"""Everything that changes the index: asking for a page to be indexed, and doing it."""

import logging
import time
import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from modelsearch.backends import get_search_backend
from modelsearch.index import get_indexed_models
from wagtail.models import Page

from doakte_content.access.pages import GuardedPage

from . import reading
from .models import IndexJob

logger = logging.getLogger(__name__)

#: Pages written in one transaction: few enough that no other writer waits noticeably on SQLite.
BATCH_SIZE = 500 if connection.vendor == "postgresql" else 25
REQUEST_SIZE = 2_000
LONGEST_DELAY = timedelta(hours=1)


def indexed_models() -> list[type[Page]]:
    """Return the page types that are indexed by this queue: all guarded ones."""
    return [model for model in get_indexed_models() if issubclass(model, GuardedPage)]


def request(page_ids: Iterable[int]) -> None:
    """Have pages indexed after the transaction that is going on. One query."""
    jobs = [IndexJob(page_id=page_id) for page_id in set(page_ids)]
    if not jobs:
        return
    IndexJob.objects.bulk_create(
        jobs,
        batch_size=REQUEST_SIZE,
        update_conflicts=True,
        unique_fields=["page_id"],
        update_fields=["token", "requested_at", "retry_at", "attempts", "error"],
    )
    if not any(callback[1] is ring for callback in connection.run_on_commit):
        transaction.on_commit(ring, robust=True)


def request_all() -> int:
    """Have every page of every indexed type indexed again; return how many. The old entries serve meanwhile."""
    types = ContentType.objects.get_for_models(*indexed_models()).values()
    pages = Page.objects.filter(content_type__in=types).order_by("pk").values_list("pk", flat=True)
    last = total = 0
    while page_ids := list(pages.filter(pk__gt=last)[:REQUEST_SIZE]):
        request(page_ids)
        last, total = page_ids[-1], total + len(page_ids)
    return total


def ring() -> None:
    """Wake a worker. Nothing depends on it: the sweeper asks for the same task."""
    from .tasks import index_pending  # The task calls this module.

    index_pending.delay()


def due():
    """Return the jobs that may be done now, the oldest first."""
    return IndexJob.objects.filter(Q(retry_at=None) | Q(retry_at__lte=timezone.now())).order_by(
        "requested_at"
    )


def work_off(seconds: float | None = None) -> int:
    """Do what is due until nothing is left, or `seconds` have passed; return how many pages were done.

    Any number of workers may run it at once, and be killed at any moment.
    """
    started, done = time.monotonic(), 0
    while batch := index_batch():
        done += batch
        if seconds is not None and time.monotonic() - started >= seconds:
            break
    return done


def index_batch() -> int:
    """Index the pages of the oldest jobs; return how many were done.

    A page that cannot be indexed does not hold up the others: it is put off, each time for longer.
    """
    jobs = dict(due().values_list("page_id", "token")[:BATCH_SIZE])
    try:
        return index_pages(jobs)
    except Exception:
        logger.exception("Indexing of %s pages failed, trying them one by one", len(jobs))
    done = 0
    for page_id, token in jobs.items():
        try:
            done += index_pages({page_id: token})
        except Exception as error:
            logger.exception("Indexing of page %s failed", page_id)
            put_off(page_id, token, error)
    return done


def index_pages(jobs: dict[int, uuid.UUID]) -> int:
    """Write or remove the entries of the pages named in `jobs`; return how many.

    What is written was read after the job was there. If the page changes meanwhile, the job's token changes with
    it, and the entry is left to whoever takes the new job: an old state never overwrites a newer one.
    """
    if not jobs:
        return 0
    objects = reading.load(list(jobs))
    backend = get_search_backend()
    with transaction.atomic():
        held = set(
            IndexJob.objects.select_for_update(skip_locked=True)
            .filter(page_id__in=jobs, token__in=jobs.values())
            .values_list("page_id", flat=True)
        )
        gone = held.difference(*(found for found in objects.values()))
        for model, found in objects.items():
            backend.add_bulk(model, [page for page_id, page in found.items() if page_id in held])
        if gone:
            backend.get_index_for_model(Page).remove(Page, gone)
        IndexJob.objects.filter(page_id__in=held).delete()
    return len(held)


def put_off(page_id: int, token: uuid.UUID, error: Exception) -> None:
    """Note why a page could not be indexed, and try again later; do nothing if it was changed meanwhile."""
    job = IndexJob.objects.filter(page_id=page_id, token=token).first()
    if job is None:
        return
    delay = min(timedelta(seconds=10 * 2 ** min(job.attempts, 10)), LONGEST_DELAY)
    IndexJob.objects.filter(page_id=page_id, token=token).update(
        attempts=job.attempts + 1, retry_at=timezone.now() + delay, error=repr(error)[:1000]
    )
