"""Everything that changes the storage."""

import logging
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from . import derivers
from .derivers import Result
from .errors import DamagedStore, FileTooLarge
from .limits import CannotDerive
from .models import Blob, Derivation
from .signals import text_ready
from .store import write_blob

logger = logging.getLogger(__name__)

Kind, State, Note = Derivation.Kind, Derivation.State, Derivation.Note

#: How long a worker may be silent before another takes over. Each is longer than the work's own time limit.
LEASES = {
    Kind.TEXT: timedelta(seconds=45),
    Kind.THUMBNAIL: timedelta(seconds=60),
    Kind.PDF: timedelta(seconds=180),
}
#: A file on which this many workers were lost is left alone.
MAX_ATTEMPTS = 3


def check_size(size: int) -> None:
    """Raise FileTooLarge if a file of this many bytes may not be stored; ask before reading an upload."""
    if size > settings.DOAKTE_MAX_UPLOAD_BYTES:
        raise FileTooLarge(settings.DOAKTE_MAX_UPLOAD_BYTES)


def store(stream: BinaryIO, *, max_bytes: int | None = None) -> Blob:
    """Store the content of a binary stream and return its blob; the same content always gives the same blob (R16).

    The file is on the disk before the row exists. If the caller's transaction fails afterwards, the file stays as an
    orphan, which check_integrity names; it is taken up again when the same content comes once more.
    Raises EmptyFile, FileTooLarge (`max_bytes`, by default DOAKTE_MAX_UPLOAD_BYTES) or DamagedStore.
    """
    sha256, size = write_blob(stream, settings.DOAKTE_MAX_UPLOAD_BYTES if max_bytes is None else max_bytes)
    # Insert first: mostly the content is new, and a conflict must not cost the caller's transaction.
    Blob.objects.bulk_create([Blob(sha256=sha256, size=size)], ignore_conflicts=True)
    blob = Blob.objects.get(sha256=sha256)
    if blob.size != size:
        raise DamagedStore(sha256)
    return blob


def request_derivations(blob: Blob, media_type: str, use: UUID | None = None) -> None:
    """Order what can be derived from a blob of this type, in the caller's transaction, and ring when it commits.

    `use` is the version that it is made for (`Derivation.use`); whether the blob has been worked on for another makes
    no difference. Asking again for what is there or on its way changes nothing.
    """
    kinds = derivers.kinds_for(media_type)
    if use and not kinds:
        # Forms of its own, if none: what the same content has elsewhere is not for this version.
        none = {"state": State.UNAVAILABLE, "note": Note.UNSUPPORTED, "media_type": media_type}
        Derivation.objects.get_or_create(use=use, kind=Kind.TEXT, defaults={"blob": blob, **none})
    _order(blob, media_type, kinds, use)


def derive(derivation_id: int) -> bool:
    """Do one piece of work if it is open and nobody else has it; tell whether this call did it.

    Idempotent, safe to call from any number of processes, and safe to be killed at any moment: the work then falls to
    whoever comes after the lease has run out. A file that three workers were lost on is given up.
    """
    derivation = _take(derivation_id)
    if derivation is None:
        return False
    if derivation.attempts > MAX_ATTEMPTS:
        return _save(derivation, State.FAILED, Result(note=Note.GAVE_UP))
    try:
        result = derivers.work(derivation)
    except CannotDerive as reason:
        return _save(
            derivation, State.UNAVAILABLE if reason.unavailable else State.FAILED, Result(note=reason.note)
        )
    except OSError:
        # The disk is full or gone. That passes: the lease runs out, and somebody tries again.
        logger.exception("Derivation %s of blob %s was interrupted", derivation.kind, derivation.blob)
        return False
    except Exception:
        # A file of a kind we did not foresee: it would fail again.
        logger.exception("Derivation %s of blob %s failed", derivation.kind, derivation.blob)
        return _save(derivation, State.FAILED, Result(note=Note.UNEXPECTED))
    return _save(derivation, State.DONE, result)


def read_texts() -> None:
    """Read all texts that wait to be read, here and now; what workers have taken is left to them."""
    waiting = Derivation.objects.filter(state=State.PENDING, kind=Kind.TEXT).order_by("pk")
    last = 0
    while keys := list(waiting.filter(pk__gt=last).values_list("pk", flat=True)[:1000]):
        for key in keys:
            derive(key)
        last = keys[-1]


def rebuild(derivations) -> int:
    """Order the given derivations (a queryset) anew, whatever became of them; return how many."""
    with transaction.atomic():
        count = derivations.exclude(state=State.RUNNING).update(
            state=State.PENDING, attempts=0, lease_until=None, updated_at=timezone.now()
        )
        ring_on_commit()
    return count


def release_leases() -> None:
    """Free what a worker holds that is known to be gone.

    Harmless if it is not: its result then no longer counts, and the work is done again.
    """
    Derivation.objects.filter(state=State.RUNNING).update(lease_until=timezone.now())


def open_derivations():
    """Return the rows that may be taken now: waiting, or left by a worker whose lease has run out."""
    return Derivation.objects.filter(
        Q(state=State.PENDING) | Q(state=State.RUNNING, lease_until__lte=timezone.now()),
    )


def _order(blob: Blob, media_type: str, kinds: list[Kind], use: UUID | None) -> None:
    if not kinds:
        return
    Derivation.objects.bulk_create(
        [Derivation(blob=blob, use=use, kind=kind, media_type=media_type) for kind in kinds],
        ignore_conflicts=True,
    )
    ring_on_commit()


def ring_on_commit() -> None:
    from .tasks import ring  # The task calls this module.

    transaction.on_commit(ring, robust=True)


def _take(derivation_id: int) -> Derivation | None:
    """Take the lease of one open row; None if somebody else has it or it is done."""
    derivation = open_derivations().select_related("blob").defer("text").filter(pk=derivation_id).first()
    if derivation is None:
        return None
    lease_until = timezone.now() + LEASES[Kind(derivation.kind)]
    taken = (
        open_derivations()
        .filter(pk=derivation_id, attempts=derivation.attempts)
        .update(state=State.RUNNING, attempts=F("attempts") + 1, lease_until=lease_until)
    )
    derivation.attempts += 1
    return derivation if taken else None


def _save(derivation: Derivation, state: State, result: Result) -> bool:
    """Save a result, unless the lease was lost meanwhile: then another worker's result counts."""
    with transaction.atomic():
        saved = Derivation.objects.filter(
            pk=derivation.pk, state=State.RUNNING, attempts=derivation.attempts
        ).update(state=state, lease_until=None, updated_at=timezone.now(), **result.fields())
        if not saved:
            return False
        blob = derivation.blob
        if derivation.kind == Kind.TEXT:
            text_ready.send(sender=Blob, blob=blob, use=derivation.use)
        elif derivation.kind == Kind.PDF:
            kinds = derivers.kinds_after_pdf(derivation.media_type, state)
            # What was made of an earlier PDF form, or given up without one.
            blob.derivations.filter(kind__in=kinds, use=derivation.use).exclude(
                state__in=[State.PENDING, State.RUNNING]
            ).update(state=State.PENDING, attempts=0, updated_at=timezone.now())
            _order(blob, derivation.media_type, kinds, derivation.use)
    return True
