"""Putting the parts of a binder into one PDF."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.utils.translation import gettext as _
from pypdf import PdfReader, PdfWriter

from doakte_content.records.models import RecordFile
from doakte_content.storage.limits import CannotDerive
from doakte_content.storage.models import Derivation
from doakte_content.storage.pdf import open_pdf

from .contents import CasePart, Part
from .sheets import Counts, Entry, contents_pages, front, substitute
from .stamps import Stamper

logger = logging.getLogger(__name__)

#: More than this stays out of one binder, with a page that says so: a worker's memory is limited.
MAX_PAGES = 10_000
MAX_BYTES = 300 * 1024 * 1024
#: pdfium's FPDF_REMOVE_SECURITY; by number, so that pdfium is loaded only where it is needed.
REMOVE_SECURITY = 3


@dataclass
class Section:
    """Pages that belong together: the line of the contents, and what their stamps name."""

    level: int
    title: str
    reference: str
    first: int  # index among the pages after the front


def assemble(
    record_file: RecordFile, cases: list[CasePart], user, target: Path, progress: Callable[[int], None]
) -> int:
    """Write the binder to `target` and return its number of pages. `progress` gets the documents done so far."""
    body = Body()
    done = 0
    for part in cases:
        body.section(0, str(part.case), part.case.reference)
        if not part.documents:
            body.add_pages(PdfReader(substitute(str(part.case), _("This case has no documents."))))
        for document in part.documents:
            reference = document.document.reference
            body.section(1, document.title, reference)
            body.add(document.main)
            for attachment in document.attachments:
                body.section(2, _("Attachment: %s") % attachment.title, reference)
                body.add(attachment)
            done += 1
            progress(done)
    writer = body.writer
    offset = 1 + contents_pages(len(body.sections))
    total = offset + len(writer.pages)
    entries = [Entry(one.level, one.title, offset + one.first + 1) for one in body.sections]
    writer.merge(0, front(record_file, entries, count(cases), total, user), import_outline=False)
    add_bookmarks(writer, entries)
    stamp_all(writer, record_file.reference, body.sections, offset)
    writer.add_metadata({"/Title": str(record_file), "/Author": "", "/Producer": "doAkte"})
    writer.page_mode = "/UseOutlines"
    writer.write(target)
    return total


class Body:
    """The pages after the front, as they grow, and the sections that they make up."""

    def __init__(self):
        self.writer = PdfWriter()
        self.sections: list[Section] = []
        self.bytes = 0

    def section(self, level: int, title: str, reference: str) -> None:
        """Begin a section with the next page."""
        self.sections.append(Section(level, title, reference, len(self.writer.pages)))

    def add(self, part: Part) -> None:
        """Add a file's pages, or a page that says why they are missing."""
        problem = part.problem or self._try(part)
        if problem:
            self.add_pages(PdfReader(substitute(part.title, problem)))

    def add_pages(self, reader: PdfReader) -> None:
        """Add all pages of a PDF."""
        self.writer.append(reader, import_outline=False)

    def _try(self, part: Part) -> str:
        """Add a file; return "" or, when it cannot be added, why."""
        before = len(self.writer.pages)
        try:
            size = part.path.stat().st_size
            if self.bytes + size > MAX_BYTES:
                return _("Too large for this PDF. Please open the file by itself.")
            reader = open_reader(part.path)
            if before + len(reader.pages) > MAX_PAGES:
                return _("Too large for this PDF. Please open the file by itself.")
            self.add_pages(reader)
            self.bytes += size
        except CannotDerive as reason:
            return str(reason.note.label)
        except Exception:
            logger.warning("No pages from %s", part.path, exc_info=True)
            for index in reversed(range(before, len(self.writer.pages))):
                self.writer.remove_page(index)
            return str(Derivation.Note.DAMAGED.label)
        return ""


def open_reader(path: Path) -> PdfReader:
    """Open a PDF. What pypdf cannot open goes through pdfium first. Raises `CannotDerive`.

    pdfium repairs some damage, and lifts restrictions of files that anybody may open but not print or copy from.
    """
    try:
        reader = PdfReader(path)
        if not reader.is_encrypted and len(reader.pages):
            return reader
    except Exception:
        # pypdf meets files of every kind of damage with every kind of error.
        logger.info("pypdf cannot open %s, trying pdfium", path, exc_info=True)
    rewritten = BytesIO()
    with open_pdf(path) as pdf:
        pdf.save(rewritten, flags=REMOVE_SECURITY)
    return PdfReader(rewritten)


def count(cases: list[CasePart]) -> Counts:
    documents = [document for part in cases for document in part.documents]
    return Counts(len(cases), len(documents), sum(len(one.attachments) for one in documents))


def add_bookmarks(writer: PdfWriter, entries: list[Entry]) -> None:
    """Add case, document and attachment as a tree of bookmarks."""
    writer.add_outline_item(title=_("Cover sheet"), page_number=0)
    writer.add_outline_item(title=_("Contents"), page_number=1)
    parents: list = []
    for entry in entries:
        del parents[entry.level :]
        item = writer.add_outline_item(
            title=entry.title,
            page_number=entry.page - 1,
            parent=parents[-1] if parents else None,
            is_open=entry.level == 0,
        )
        parents.append(item)


def stamp_all(writer: PdfWriter, file_reference: str, sections: list[Section], offset: int) -> None:
    """Stamp every page: file · document · page x of y."""
    references = {offset + one.first: one.reference for one in sections}
    stamper, current = Stamper(writer), ""
    total = len(writer.pages)
    for index, page in enumerate(writer.flattened_pages or writer.pages):
        current = references.get(index, current)
        position = _("page %(page)d of %(total)d") % {"page": index + 1, "total": total}
        stamper.stamp(page, " · ".join(filter(None, [file_reference, current, position])))
