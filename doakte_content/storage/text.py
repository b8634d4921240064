"""The text of a file, for the search. Fast for the common case, bounded for every case."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from doakte_content.unicode_text import normalize

from . import mail
from .html_text import html_to_text
from .limits import MAX_TEXT_CHARACTERS, MAX_TEXT_PAGES, CannotDerive, EnoughText, TextCollector
from .media_types import EML, HTML, ODF, OOXML, PDF, PLAIN, decode_text
from .models import Derivation

#: pdfium marks a hyphen at the end of a line with one of the first two; the soft hyphen comes from elsewhere.
_HYPHENATION = re.compile(r"[\x02\ufffe\u00ad][ \t]*(?:\r?\n)?")
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BLANK_LINES = re.compile(r"\n{3,}")
#: A PDF ends with this mark; some programs write a little behind it.
_PDF_TAIL_BYTES = 2048


@dataclass(frozen=True)
class ExtractedText:
    text: str
    engine: str
    pages: int | None = None
    note: Derivation.Note = Derivation.Note.NONE


def can_extract(media_type: str) -> bool:
    """Tell whether this room can read text from files of this type."""
    return media_type in _READERS


def extract_text(path: Path, media_type: str) -> ExtractedText:
    """Return the text of a file. Raises CannotDerive with the reason if there is none to be had."""
    if media_type not in _READERS:
        raise CannotDerive(Derivation.Note.UNSUPPORTED, unavailable=True)
    engine, read = _READERS[media_type]
    collector = TextCollector()
    note, pages = Derivation.Note.NONE, None
    try:
        pages, note = read(path, media_type, collector)
    except EnoughText:
        note = Derivation.Note.TEXT_CAPPED
    text = tidy(str(collector))
    if not text and not note:
        note = Derivation.Note.NO_TEXT
    return ExtractedText(text, engine, pages, note)


def tidy(text: str) -> str:
    """Return text as a database takes it and a search wants it: words whole, no control characters, NFC."""
    text = _HYPHENATION.sub("", text)
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n"))
    return _BLANK_LINES.sub("\n\n", normalize("NFC", text)).strip()


Result = tuple[int | None, Derivation.Note]


def _read_pdf(path: Path, media_type: str, collector: TextCollector) -> Result:
    from .pdf import open_pdf

    with open_pdf(path) as pdf:
        pages = len(pdf)
        try:
            for number in range(min(pages, MAX_TEXT_PAGES)):
                page = pdf[number]
                text_page = page.get_textpage()
                try:
                    collector.add(text_page.get_text_range() + "\n")
                finally:
                    text_page.close()
                    page.close()
        except EnoughText:
            return pages, Derivation.Note.TEXT_CAPPED
    if pages > MAX_TEXT_PAGES:
        return pages, Derivation.Note.TEXT_CAPPED
    return pages, Derivation.Note.NONE if _ends_properly(path) else Derivation.Note.DAMAGED


def _ends_properly(path: Path) -> bool:
    """Tell whether a PDF has its end; a file cut off in transmission may still show its first pages."""
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - _PDF_TAIL_BYTES))
        return b"%%EOF" in file.read()


def _read_office(path: Path, media_type: str, collector: TextCollector) -> Result:
    from .office_xml import read_office

    read_office(path, media_type, collector)
    return None, Derivation.Note.NONE


def _read_plain(path: Path, media_type: str, collector: TextCollector) -> Result:
    collector.add(read_beginning(path))
    return None, Derivation.Note.NONE


def _read_html(path: Path, media_type: str, collector: TextCollector) -> Result:
    collector.add(html_to_text(read_beginning(path)))
    return None, Derivation.Note.NONE


def read_beginning(path: Path) -> str:
    """Return the decoded text of a text file, up to the limit of characters (and one more, to notice the limit)."""
    with open(path, "rb") as file:
        # No encoding we read takes more than four bytes a character.
        return decode_text(file.read(4 * MAX_TEXT_CHARACTERS + 4))


def _read_mail(path: Path, media_type: str, collector: TextCollector) -> Result:
    _add_message(mail.read_message(path), collector, depth=1)
    return None, Derivation.Note.NONE


def _add_message(message, collector: TextCollector, depth: int) -> None:
    for name in ("Subject", "From", "To", "Cc", "Date"):
        if value := mail.header(message, name):
            collector.add(value + "\n")
    collector.add(mail.body_text(message) + "\n")
    for part in mail.attached_parts(message):
        collector.add(mail.attachment_name(part) + "\n")
    if depth < mail.MAX_DEPTH:
        for attached in mail.attached_messages(message):
            _add_message(attached, collector, depth + 1)


_Reader = Callable[[Path, str, TextCollector], Result]
_READERS: dict[str, tuple[str, _Reader]] = {
    PDF: ("pdfium", _read_pdf),
    EML: ("email", _read_mail),
    HTML: ("html", _read_html),
    **dict.fromkeys(OOXML | ODF, ("office-xml", _read_office)),
    **dict.fromkeys(PLAIN, ("plain", _read_plain)),
}
