"""Which forms a file of a type has, and how one of them is made."""

import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from doakte_content.folders import FILE_MODE, make_folder

from . import isolated, media_types, renditions, text
from .limits import CannotDerive
from .models import Derivation, rendition_path
from .queries import pdf_path
from .store import sha256_of

Kind, State, Note = Derivation.Kind, Derivation.State, Derivation.Note

#: After this time the process that reads a file is killed. Each is shorter than the lease in `actions`.
SECONDS = {Kind.TEXT: 30.0, Kind.THUMBNAIL: 45.0, Kind.PDF: 150.0}

_FILES = {Kind.THUMBNAIL: "thumbnail.jpg", Kind.PDF: "form.pdf"}


@dataclass
class Result:
    """What a derivation brought, field by field."""

    engine: str = ""
    note: str = Note.NONE
    pages: int | None = None
    text: str = ""
    file: str = ""
    file_sha256: str = ""

    def fields(self) -> dict:
        return asdict(self)


def kinds_for(media_type: str) -> list[Kind]:
    """Return what is derived from a file of this type at once. What needs the PDF form comes after it."""
    kinds = []
    if text.can_extract(media_type):
        kinds.append(Kind.TEXT)
    if media_type == media_types.PDF or media_type in media_types.IMAGES:
        kinds.append(Kind.THUMBNAIL)
    if renditions.can_render(media_type):
        kinds.append(Kind.PDF)
    return kinds


def kinds_after_pdf(media_type: str, state: State) -> list[Kind]:
    """Return what is derived once the PDF form is there, or is known never to come."""
    if media_type in media_types.IMAGES:
        return []
    kinds = [] if text.can_extract(media_type) else [Kind.TEXT]
    return [*kinds, Kind.THUMBNAIL] if state == State.DONE else kinds


def work(derivation: Derivation) -> Result:
    """Make one derived form and return the result. Raises CannotDerive."""
    return _WORK[Kind(derivation.kind)](derivation)


def _extract_text(derivation: Derivation) -> Result:
    path, media_type = derivation.blob.path, derivation.media_type
    if not text.can_extract(media_type):
        path, media_type = _pdf_form(derivation), media_types.PDF
    found = _apart("extract_text", path, media_type, seconds=SECONDS[Kind.TEXT])
    return Result(engine=found["engine"], note=Note(found["note"]), pages=found["pages"], text=found["text"])


def _draw_thumbnail(derivation: Derivation) -> Result:
    path, media_type = derivation.blob.path, derivation.media_type
    if media_type not in media_types.IMAGES:
        path, media_type = _pdf_form(derivation), media_types.PDF
    return _with_file(
        derivation,
        lambda target: _apart("draw_thumbnail", path, media_type, target, seconds=SECONDS[Kind.THUMBNAIL]),
    )


def _render_pdf(derivation: Derivation) -> Result:
    path, media_type = derivation.blob.path, derivation.media_type
    if media_type in media_types.OFFICE:
        # LibreOffice is a process of its own, with limits of its own.
        return _with_file(derivation, lambda target: renditions.render_pdf(path, media_type, target))
    return _with_file(
        derivation, lambda target: _apart("render_pdf", path, media_type, target, seconds=SECONDS[Kind.PDF])
    )


def _apart(function: str, *arguments, seconds: float):
    """Have one of the functions of `isolated_work` called in the process that may break by the file."""
    return isolated.call(
        f"doakte_content.storage.isolated_work:{function}", *map(str, arguments), seconds=seconds
    )


def _pdf_form(derivation: Derivation) -> Path:
    path = pdf_path(derivation.blob, derivation.media_type, derivation.use)
    if path is None:
        raise CannotDerive(Note.UNSUPPORTED, unavailable=True)
    return path


def _with_file(derivation: Derivation, make: Callable[[Path], str]) -> Result:
    """Let `make` write a file, which then appears in its place complete or not at all."""
    sha256 = derivation.blob.sha256
    use = f".{derivation.use.hex}" if derivation.use else ""
    name = f"{sha256[:2]}/{sha256[2:4]}/{sha256}{use}.{_FILES[Kind(derivation.kind)]}"
    final = rendition_path(name)
    make_folder(final.parent)
    # The ending stays last: some libraries choose the format by it.
    temporary = final.with_name(f"{uuid.uuid4().hex}.{_FILES[Kind(derivation.kind)]}")
    try:
        engine = make(temporary)
        temporary.chmod(FILE_MODE)
        file_sha256 = sha256_of(temporary)
        os.replace(temporary, final)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
    return Result(engine=engine, file=name, file_sha256=file_sha256)


_WORK: dict[Kind, Callable[[Derivation], Result]] = {
    Kind.TEXT: _extract_text,
    Kind.THUMBNAIL: _draw_thumbnail,
    Kind.PDF: _render_pdf,
}
