"""What other rooms ask the storage. Who may see a file is for the asker to decide first."""

from collections.abc import Iterable
from pathlib import Path

from .media_types import PDF
from .models import Blob, Derivation

Kind, State = Derivation.Kind, Derivation.State


def text_of(blob_ids: Iterable[int]) -> dict[int, str]:
    """Return the text of each of these blobs that has one, in one query."""
    found = Derivation.objects.filter(blob_id__in=list(blob_ids), kind=Kind.TEXT, state=State.DONE)
    return dict(found.values_list("blob_id", "text"))


def pdf_path(blob: Blob, media_type: str) -> Path | None:
    """Return where the PDF form of a blob lies: the blob itself if it is a PDF; None if there is none (yet)."""
    return blob.path if media_type == PDF else _file(blob, Kind.PDF)


def thumbnail_path(blob: Blob) -> Path | None:
    """Return where the thumbnail lies, or None if there is none (yet)."""
    return _file(blob, Kind.THUMBNAIL)


def derivation_states(blob: Blob) -> dict[str, Derivation]:
    """Return the derived forms of a blob by kind, without the text: `state` and `get_note_display()` are for people."""
    return {derivation.kind: derivation for derivation in blob.derivations.defer("text")}


def _file(blob: Blob, kind: Kind) -> Path | None:
    done = blob.derivations.defer("text").filter(kind=kind, state=State.DONE).first()
    return done.path if done else None
