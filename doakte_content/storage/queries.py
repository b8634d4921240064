"""What other rooms ask the storage. Who may see a file is for the asker to decide first."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import UUID

from django.db.models import Q

from .media_types import PDF
from .models import Blob, Derivation

Kind, State = Derivation.Kind, Derivation.State


class Use(Protocol):
    """A use of stored content, such as a version: what its forms are asked for by."""

    @property
    def uuid(self) -> UUID: ...

    @property
    def blob_id(self) -> int: ...


class NamedUse(NamedTuple):
    """A `Use` without the row that it stands for."""

    uuid: UUID
    blob_id: int


#: {(identifier of the use, kind): derived form}
Forms = dict[tuple[UUID, str], Derivation]


def forms_of(uses: Iterable[Use]) -> Forms:
    """Return the derived forms of each use, done or not, without the text, in one query."""
    uses = list(uses)
    rows = list(_rows_for(uses).defer("text"))
    return {(uuid, row.kind): row for uuid, row in _each_its_own(uses, rows)}


def text_of(uses: Iterable[Use]) -> dict[UUID, str]:
    """Return the text of each use that has one, in one query."""
    uses = list(uses)
    rows = list(_rows_for(uses).only("blob_id", "use", "kind", "state", "text"))
    found = _each_its_own(uses, rows)
    return {uuid: row.text for uuid, row in found if row.kind == Kind.TEXT and row.state == State.DONE}


def pdf_path(blob: Blob, media_type: str, use: UUID | None = None) -> Path | None:
    """Return where the PDF form of a blob lies: the blob itself if it is a PDF; None if there is none (yet)."""
    return blob.path if media_type == PDF else _file(blob, Kind.PDF, use)


def thumbnail_path(blob: Blob, use: UUID | None = None) -> Path | None:
    """Return where the thumbnail lies, or None if there is none (yet)."""
    return _file(blob, Kind.THUMBNAIL, use)


def derivation_states(blob: Blob, use: UUID | None = None) -> dict[str, Derivation]:
    """Return the derived forms of a blob by kind, without the text: `state` and `get_note_display()` are for people."""
    return {derivation.kind: derivation for derivation in blob.derivations.filter(use=use).defer("text")}


def belong_to(uses, blobs) -> Q:
    """Return the condition that a derived form is one of these uses' (identifiers) or shared by these contents."""
    return Q(use__in=uses) | Q(use=None, blob__in=blobs)


def _rows_for(uses: list[Use]):
    return Derivation.objects.filter(belong_to({one.uuid for one in uses}, {one.blob_id for one in uses}))


def _each_its_own(uses: list[Use], rows: list[Derivation]) -> Iterator[tuple[UUID, Derivation]]:
    """Give each use its forms: its own as soon as one is ordered, else those shared by all of the content."""
    own: dict[UUID, list[Derivation]] = {}
    shared: dict[int, list[Derivation]] = {}
    for row in rows:
        if row.use:
            own.setdefault(row.use, []).append(row)
        else:
            shared.setdefault(row.blob_id, []).append(row)
    for one in uses:
        for row in own.get(one.uuid) or shared.get(one.blob_id, []):
            yield one.uuid, row


def _file(blob: Blob, kind: Kind, use: UUID | None) -> Path | None:
    done = blob.derivations.defer("text").filter(kind=kind, use=use, state=State.DONE).first()
    return done.path if done else None
