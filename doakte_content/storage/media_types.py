"""What a file really is. Decided by its content; its name only settles what the content leaves open."""

import codecs
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .archives import open_archive
from .file_names import extension

HEAD_BYTES = 8192
UNKNOWN = "application/octet-stream"

PDF = "application/pdf"
TEXT = "text/plain"
CSV = "text/csv"
HTML = "text/html"
SVG = "image/svg+xml"
XML = "application/xml"
EML = "message/rfc822"
ZIP = "application/zip"
RTF = "application/rtf"
DOC, XLS, PPT = "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"
MSG = "application/vnd.ms-outlook"
OLE = "application/x-ole-storage"
_OOXML = "application/vnd.openxmlformats-officedocument."
DOCX = _OOXML + "wordprocessingml.document"
XLSX = _OOXML + "spreadsheetml.sheet"
PPTX = _OOXML + "presentationml.presentation"
_ODF = "application/vnd.oasis.opendocument."
ODT, ODS, ODP = _ODF + "text", _ODF + "spreadsheet", _ODF + "presentation"
PNG, JPEG, GIF, WEBP, TIFF, BMP = (
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/tiff",
    "image/bmp",
)

#: What a browser may show in our origin. HTML and SVG can carry script: never.
INLINE_SAFE = frozenset({PDF, PNG, JPEG, GIF, WEBP, TEXT})

IMAGES = frozenset({PNG, JPEG, GIF, WEBP, TIFF, BMP})
OOXML = frozenset({DOCX, XLSX, PPTX})
ODF = frozenset({ODT, ODS, ODP})
#: Office formats that only LibreOffice can read here.
LEGACY_OFFICE = frozenset({DOC, XLS, PPT, RTF})
OFFICE = OOXML | ODF | LEGACY_OFFICE
PLAIN = frozenset({TEXT, CSV, XML})


@dataclass(frozen=True)
class Format:
    label: str | Promise
    extensions: frozenset[str]


def _format(label: str | Promise, *extensions: str) -> Format:
    return Format(label, frozenset(extensions))


FORMATS = {
    PDF: _format(_("PDF document"), "pdf"),
    DOCX: _format(_("Word document"), "docx", "docm", "dotx"),
    XLSX: _format(_("Excel spreadsheet"), "xlsx", "xlsm", "xltx"),
    PPTX: _format(_("PowerPoint presentation"), "pptx", "pptm", "ppsx"),
    ODT: _format(_("OpenDocument text"), "odt", "ott"),
    ODS: _format(_("OpenDocument spreadsheet"), "ods", "ots"),
    ODP: _format(_("OpenDocument presentation"), "odp", "otp"),
    DOC: _format(_("Word document (old format)"), "doc", "dot"),
    XLS: _format(_("Excel spreadsheet (old format)"), "xls", "xlt"),
    PPT: _format(_("PowerPoint presentation (old format)"), "ppt", "pps"),
    MSG: _format(_("Outlook message"), "msg"),
    OLE: _format(_("Office file (old format)")),
    RTF: _format(_("Rich text document"), "rtf"),
    EML: _format(_("E-mail"), "eml"),
    TEXT: _format(_("Text file"), "txt", "text", "md", "log", "csv", "asc", "ini", "json", "yaml", "yml"),
    CSV: _format(_("Table (CSV)"), "csv", "tsv"),
    HTML: _format(_("Web page"), "html", "htm", "xhtml"),
    XML: _format(_("XML file"), "xml", "xsd", "xsl", "gml"),
    SVG: _format(_("Vector drawing (SVG)"), "svg"),
    PNG: _format(_("PNG image"), "png"),
    JPEG: _format(_("JPEG image"), "jpg", "jpeg", "jpe", "jfif"),
    GIF: _format(_("GIF image"), "gif"),
    WEBP: _format(_("WebP image"), "webp"),
    TIFF: _format(_("TIFF image"), "tif", "tiff"),
    BMP: _format(_("Bitmap image"), "bmp"),
    ZIP: _format(_("ZIP archive"), "zip"),
}
_KNOWN_EXTENSIONS = frozenset().union(*(format.extensions for format in FORMATS.values()))

_OLE_BY_EXTENSION = {"doc": DOC, "dot": DOC, "xls": XLS, "xlt": XLS, "ppt": PPT, "pps": PPT, "msg": MSG}
_ODF_BY_MIMETYPE = {kind + suffix: kind for kind in ODF for suffix in ("", "-template")}
_OOXML_BY_MAIN_PART = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}

_ELEMENT = re.compile(r"<\s*(?:!doctype\s+)?([a-z][\w:.-]*)", re.I)
_HTML_ELEMENTS = frozenset(
    "html head body script style title iframe table div p a b br h1 h2 h3 font img form meta link object embed".split()
)
_MAIL_HEADER = re.compile(
    r"^(from|to|cc|subject|date|message-id|received|return-path|delivered-to|mime-version|content-type|x-[\w-]+):",
    re.I | re.M,
)
_HEADER_BLOCK = re.compile(r"(?:From .*\r?\n)?[!-9;-~]+:[^\n]*\n(?:(?:[!-9;-~]+:|[ \t])[^\n]*\n)*")
_TEXT_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f]")


def detect(path: Path, file_name: str) -> str:
    """Return the media type of the file at `path`; `file_name` only decides between types that look the same inside.

    Never raises for odd content: what nobody knows is "application/octet-stream".
    """
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
    suffix = extension(file_name)
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return _detect_zip(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _OLE_BY_EXTENSION.get(suffix, OLE)
    if head.startswith(b"{\\rtf"):
        return RTF
    # Text first: a letter that begins with "BM" is no bitmap, while no bitmap is free of control characters.
    return _detect_text(head, suffix) or _detect_binary(head) or UNKNOWN


def label(media_type: str) -> str | Promise:
    """Return what people call this format."""
    known = FORMATS.get(media_type)
    return known.label if known else _("Other file")


def contradicts(file_name: str, media_type: str) -> bool:
    """Tell whether the name claims another format than the content has ("invoice.pdf" that is a program)."""
    suffix = extension(file_name)
    known = FORMATS.get(media_type)
    if known and suffix in known.extensions:
        return False
    return suffix in _KNOWN_EXTENSIONS


def decode_text(content: bytes) -> str:
    """Decode text of unknown encoding: byte order mark, else UTF-8, else Windows-1252, which never fails here."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        # A piece cut in the middle of a character is still UTF-8.
        if error.start >= len(content) - 3 and error.reason == "unexpected end of data":
            return content[: error.start].decode("utf-8")
    return content.decode("cp1252", errors="replace")


def _detect_zip(path: Path) -> str:
    try:
        with open_archive(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                # In pieces: what is declared as 39 bytes may unpack to gigabytes.
                declared = archive.read("mimetype").decode("ascii", errors="replace").strip()
                if declared in _ODF_BY_MIMETYPE:
                    return _ODF_BY_MIMETYPE[declared]
    except (
        *(zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, zlib.error),
        *(EOFError, OverflowError),
    ):
        return ZIP
    return next((kind for part, kind in _OOXML_BY_MAIN_PART.items() if part in names), ZIP)


def _detect_binary(head: bytes) -> str | None:
    import filetype

    guess = filetype.guess(head)
    return {"image/x-ms-bmp": BMP}.get(guess.mime, guess.mime) if guess else None


def _detect_text(head: bytes, suffix: str) -> str | None:
    text = decode_text(head)
    if not text or _TEXT_CONTROLS.search(text) or text.count("\ufffd") > 2:
        return None
    if suffix in FORMATS[HTML].extensions:
        return HTML
    if suffix in FORMATS[SVG].extensions:
        return SVG
    return (
        _detect_markup(text)
        or _detect_mail(text, suffix)
        or (CSV if suffix in FORMATS[CSV].extensions else TEXT)
    )


def _detect_markup(text: str) -> str | None:
    start = _ELEMENT.match(text, _after_remarks(text))
    if not start:
        return None
    element = start[1].lower()
    if element == "svg" or element.endswith(":svg"):
        return SVG
    if element in _HTML_ELEMENTS:
        return HTML
    return XML if text.lstrip().startswith("<?xml") else None


def _after_remarks(text: str) -> int:
    """Return where the first thing begins that is neither space nor a comment nor a processing instruction."""
    place = _after_space(text, 0)
    while True:
        for begin, end in (("<!--", "-->"), ("<?", "?>")):
            if text.startswith(begin, place):
                close = text.find(end, place + len(begin))
                break
        else:
            return place
        if close < 0:
            return place
        place = _after_space(text, close + len(end))


def _after_space(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _detect_mail(text: str, suffix: str) -> str | None:
    block = _HEADER_BLOCK.match(text)
    found = {header.lower() for header in _MAIL_HEADER.findall(block[0])} if block else set()
    enough = 1 if suffix in FORMATS[EML].extensions else 3
    return EML if len(found) >= enough else None
