"""Ordering binders, making them, and clearing them away."""

import logging
import os
import uuid
from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from doakte_content.access.policies import Right, can
from doakte_content.folders import make_folder
from doakte_content.journal.actions import record as journal
from doakte_content.records.models import RecordFile
from doakte_content.records.policies import check_right
from doakte_content.records.reading import details_of_reading
from doakte_content.storage.file_names import clean
from doakte_content.storage.store import sha256_of

from .assemble import assemble
from .contents import contents_of, is_waiting, numbers_of
from .models import Binder, folder

logger = logging.getLogger(__name__)

State = Binder.State

#: How long a worker may be silent before another takes over; each document done renews it. Long, because a
#: thousand pages in one piece take a while.
LEASE = timedelta(seconds=180)
MAX_ATTEMPTS = 3
#: How long a result is kept, and how long a request waits for PDF forms that are still being made.
KEPT = timedelta(days=1)
PATIENCE = timedelta(minutes=3)


class LeaseLost(Exception):
    """Another worker has taken over."""


@transaction.atomic
def request_binder(record_file: RecordFile, *, actor) -> Binder:
    """Order a file as one PDF for `actor` and return the order; `queries` tell how far it is (story 9).

    Asking again while one is being made returns that. Raises `PermissionDenied`.
    """
    check_right(actor, Right.READ, record_file)
    running = Binder.objects.filter(
        record_file_uuid=record_file.uuid, requested_by=actor, state__in=[State.PENDING, State.RUNNING]
    ).first()
    if running:
        return running
    binder = Binder.objects.create(
        record_file_uuid=record_file.uuid,
        requested_by=actor,
        language=translation.get_language() or "",
        file_name=clean(f"{record_file.reference}.pdf"),
    )
    details = details_of_reading(actor, record_file) or {}
    journal("record.export", actor=actor, subject=record_file, data={"binder": str(binder.uuid), **details})
    ring_on_commit()
    return binder


def open_binders():
    """Return the orders that may be taken now: waiting, or left by a worker whose lease has run out."""
    return Binder.objects.filter(
        Q(state=State.PENDING) | Q(state=State.RUNNING, lease_until__lt=timezone.now())
    ).order_by("pk")


def make(binder_id: int) -> bool:
    """Make one binder if it is open and nobody else is at it; tell whether this call did it.

    Idempotent, and safe to be killed at any moment: the work then falls to whoever comes after the lease.
    """
    binder = take(binder_id)
    if binder is None:
        return False
    record_file = RecordFile.objects.filter(uuid=binder.record_file_uuid).first()
    # Rights may have ended since the order was given.
    if (
        binder.attempts > MAX_ATTEMPTS
        or record_file is None
        or not can(binder.requested_by, Right.READ, record_file)
    ):
        return save(binder, state=State.FAILED, finished_at=timezone.now())
    temporary = folder() / f"{uuid.uuid4().hex}.part"
    make_folder(folder())
    try:
        with translation.override(binder.language or None):
            cases = contents_of(record_file, binder.requested_by)
            total = sum(len(case.documents) for case in cases)
            save(binder, done=0, total=total, contents=numbers_of(cases))
            pages = assemble(
                record_file, cases, binder.requested_by, temporary, lambda done: keep_lease(binder, done)
            )
        sha256 = sha256_of(temporary)
        keep_lease(binder, binder.total)
        os.replace(temporary, binder.path)
        return save(binder, state=State.DONE, pages=pages, sha256=sha256, finished_at=timezone.now())
    except LeaseLost:
        return False
    except Exception:
        logger.exception("Binder %s failed", binder.uuid)
        return save(binder, state=State.FAILED, finished_at=timezone.now())
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def take(binder_id: int) -> Binder | None:
    """Take the lease of one open order; None if somebody else has it, it is done, or files are still converted."""
    binder = open_binders().select_related("requested_by").filter(pk=binder_id).first()
    if binder is None:
        return None
    if binder.created_at > timezone.now() - PATIENCE:
        record_file = RecordFile.objects.filter(uuid=binder.record_file_uuid).first()
        if record_file and is_waiting(record_file):
            return None
    taken = (
        open_binders()
        .order_by()
        .filter(pk=binder_id, attempts=binder.attempts)
        .update(state=State.RUNNING, attempts=F("attempts") + 1, lease_until=timezone.now() + LEASE)
    )
    binder.attempts += 1
    return binder if taken else None


def keep_lease(binder: Binder, done: int) -> None:
    """Renew the lease and say how far the work is. Raises `LeaseLost`."""
    if not save(binder, done=done, lease_until=timezone.now() + LEASE):
        raise LeaseLost


def save(binder: Binder, **values) -> bool:
    """Save values of an order, unless its lease was lost meanwhile; tell whether they were saved."""
    held = Binder.objects.filter(pk=binder.pk, state=State.RUNNING, attempts=binder.attempts)
    for name, value in values.items():
        setattr(binder, name, value)
    return bool(held.update(**values))


def clear_away() -> int:
    """Remove results older than a day with their rows, and files that a killed worker has left; return how many.

    The row goes first: a file without row is found here next time, a row without file would promise one.
    """
    deadline = timezone.now() - KEPT
    Binder.objects.filter(created_at__lt=deadline).delete()
    if not folder().is_dir():
        return 0
    kept = {f"{one}.pdf" for one in Binder.objects.values_list("uuid", flat=True)}
    removed = 0
    for path in folder().iterdir():
        if path.name not in kept and path.stat().st_mtime < deadline.timestamp():
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def ring_on_commit() -> None:
    from .tasks import ring  # The task calls this module.

    transaction.on_commit(ring, robust=True)
