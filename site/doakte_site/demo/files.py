"""Real files of every format that is filed, and hostile ones: for the demo city, the tests and the benchmarks.

Every function returns the bytes of one whole file. The same arguments give the same bytes wherever the format's
library allows it; times inside the files are fixed.
"""

import email
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from functools import cache, lru_cache
from pathlib import Path

import reportlab
from docx import Document as WordDocument
from odf.opendocument import OpenDocumentText
from odf.text import H, P
from openpyxl import Workbook
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

#: The moment written into every file that has to carry one.
MOMENT = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)
#: Comes with reportlab and, unlike the fonts built into PDF, holds Turkish and some Polish letters.
FONT, FONT_BOLD = "Vera", "VeraBd"
FONT_DIR = Path(reportlab.__file__).parent / "fonts"
MARGIN, LEADING, SIZE = 62, 15, 10

_ZIP_TIME = (2026, 1, 2, 9, 0, 0)
_MODIFIED = re.compile(rb"(<(?:dcterms:modified|meta:creation-date|dc:date)\b[^>]*>)[^<]*")


@cache
def _register_fonts() -> None:
    for name in (FONT, FONT_BOLD):
        pdfmetrics.registerFont(TTFont(name, FONT_DIR / f"{name}.ttf"))


@lru_cache(maxsize=4096)
def _wrap(paragraph: str, width: float, font: str, size: float) -> tuple[str, ...]:
    return tuple(simpleSplit(paragraph, font, size, width)) or ("",)


def pdf(
    text: str,
    pages: int = 1,
    *,
    title: str = "",
    first_page: Callable[[Canvas], float] | None = None,
    footer: str = "",
) -> bytes:
    """Return a PDF with a text layer; `text` flows over as many pages as it needs, at least `pages`.

    `first_page` may draw a letterhead and returns the height at which the text begins. Text that is shorter than
    the wanted number of pages is repeated.
    """
    _register_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(title or text[:60])
    top = A4[1] - MARGIN
    y = first_page(canvas) if first_page else top
    number = 1
    canvas.setFont(FONT, SIZE)

    def end_page() -> None:
        canvas.setFont(FONT, 7)
        canvas.drawString(MARGIN, 34, f"{footer}   Seite {number}".strip())
        canvas.showPage()

    paragraphs = text.split("\n")
    while True:
        for paragraph in paragraphs:
            for line in _wrap(paragraph, A4[0] - 2 * MARGIN, FONT, SIZE):
                if y < MARGIN:
                    end_page()
                    number, y = number + 1, top
                    canvas.setFont(FONT, SIZE)
                canvas.drawString(MARGIN, y, line)
                y -= LEADING
        if number >= pages or not text.strip():
            break
        y -= LEADING
    end_page()
    canvas.save()
    return buffer.getvalue()


def docx(text: str, *, title: str = "") -> bytes:
    """Return a Word document: `title` as its heading, each line of `text` a paragraph."""
    document = WordDocument()
    if title:
        document.add_heading(title, level=1)
    for line in text.split("\n"):
        document.add_paragraph(line)
    properties = document.core_properties
    properties.title, properties.author = title, "Stadt Musterstadt"
    properties.created = properties.modified = MOMENT
    buffer = io.BytesIO()
    document.save(buffer)
    return _same_times(buffer.getvalue())


def odt(text: str, *, title: str = "") -> bytes:
    """Return an OpenDocument text: `title` as its heading, each line of `text` a paragraph."""
    document = OpenDocumentText()
    if title:
        document.text.addElement(H(outlinelevel=1, text=title))
    for line in text.split("\n"):
        document.text.addElement(P(text=line))
    buffer = io.BytesIO()
    document.write(buffer)
    return _same_times(buffer.getvalue())


def xlsx(rows: Sequence[Sequence[object]], *, title: str = "Tabelle") -> bytes:
    """Return a workbook of one sheet with these rows."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = re.sub(r"[\[\]:*?/\\]", " ", title)[:31]
    for row in rows:
        sheet.append(list(row))
    workbook.properties.creator = "Stadt Musterstadt"
    workbook.properties.created = MOMENT.replace(tzinfo=None)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return _same_times(buffer.getvalue())


def eml(
    text: str,
    *,
    subject: str = "Anfrage",
    sender: str = "Erika Beispiel <erika@example.org>",
    recipient: str = "Stadt Musterstadt <stadt@musterstadt.example>",
    date: datetime = MOMENT,
    attachments: Sequence[tuple[str, str, bytes]] = (),
) -> bytes:
    """Return a mail; `attachments` are (file name, media type, content). A message/rfc822 one is nested as a mail."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = sender, recipient, subject
    message["Date"] = date
    message["Message-ID"] = f"<{abs(_stable_number(subject, sender, str(date)))}@musterstadt.example>"
    message.set_content(text)
    for name, media_type, content in attachments:
        if media_type == "message/rfc822":
            message.add_attachment(_parse(content), filename=name)
        else:
            main, sub = media_type.split("/", 1)
            message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    if attachments:
        # The library would draw a random boundary.
        message.set_boundary(f"=={_stable_number(subject, str(len(attachments)))}==")
    return message.as_bytes()


def jpg(text: str, *, size: tuple[int, int] = (1240, 1754)) -> bytes:
    """Return a page as a scanner with grey tones delivers it: an A4 sheet of 150 dpi, laid in slightly askew."""
    page = _sheet(text, size).rotate(0.7, fillcolor=245, resample=Image.Resampling.BILINEAR)
    buffer = io.BytesIO()
    page.save(buffer, "JPEG", quality=60, dpi=(150, 150))
    return buffer.getvalue()


def tiff(text: str, *, pages: int = 1, size: tuple[int, int] = (1240, 1754)) -> bytes:
    """Return a black-and-white fax-compressed scan of `pages` sheets."""
    sheets = [
        _sheet(f"{text}\n\nBlatt {n}", size).point(lambda grey: 255 * (grey > 128)).convert("1")
        for n in range(1, pages + 1)
    ]
    buffer = io.BytesIO()
    sheets[0].save(
        buffer, "TIFF", compression="group4", dpi=(150, 150), save_all=True, append_images=sheets[1:]
    )
    return buffer.getvalue()


def txt(text: str) -> bytes:
    """Return plain text in UTF-8."""
    return text.encode()


# Files that try to break something -----------------------------------------------------------------------------


def encrypted_pdf(text: str = "Vertraulich", password: str = "geheim") -> bytes:
    """Return a PDF that cannot be read without the password."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf(text)))
    writer.encrypt(password, algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def truncated_pdf(text: str = "Abgebrochene Übertragung") -> bytes:
    """Return the first half of a PDF, as a broken upload leaves it."""
    whole = pdf(text, 2)
    return whole[: len(whole) // 2]


def huge_pdf(pages: int = 5000) -> bytes:
    """Return a valid PDF with very many pages, each with its number as text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=0)
    for number in range(1, pages + 1):
        canvas.drawString(MARGIN, 700, f"Blatt {number} von {pages}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def zip_bomb_docx(unpacked_megabytes: int = 500) -> bytes:
    """Return a small DOCX whose text unpacks to `unpacked_megabytes`."""
    buffer = io.BytesIO()
    chunk = b"<w:p><w:r><w:t>" + b"A" * 1_048_540 + b"</w:t></w:r></w:p>"
    with zipfile.ZipFile(io.BytesIO(docx("Bombe"))) as source, zipfile.ZipFile(buffer, "w") as target:
        for item in source.infolist():
            if item.filename != "word/document.xml":
                target.writestr(item, source.read(item))
                continue
            xml = source.read(item)
            head, tail = xml.split(b"<w:body>", 1)
            fixed = zipfile.ZipInfo(item.filename, _ZIP_TIME)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            with target.open(fixed, "w", force_zip64=True) as stream:
                stream.write(head + b"<w:body>")
                for _ in range(unpacked_megabytes):
                    stream.write(chunk)
                stream.write(tail)
    return buffer.getvalue()


def nested_eml(depth: int = 5, leaf: bytes = b"Innerster Anhang") -> bytes:
    """Return a mail that holds a mail that holds … `depth` times; the innermost carries a text file."""
    message = eml("Ebene 0", subject="Ebene 0", attachments=[("innen.txt", "text/plain", leaf)])
    for level in range(1, depth + 1):
        message = eml(
            f"Ebene {level}",
            subject=f"Ebene {level}",
            attachments=[(f"ebene-{level - 1}.eml", "message/rfc822", message)],
        )
    return message


def html_with_script() -> bytes:
    """Return an HTML page that would run a script in the origin that serves it."""
    return b"<!doctype html><title>x</title><script>document.title='ausgefuehrt'</script><p>Hallo</p>"


def svg_with_script() -> bytes:
    """Return an SVG picture that would run a script in the origin that serves it."""
    return b'<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="ausgefuehrt"</script></svg>'


#: Names that must not reach a path, a header or a page unchanged.
HOSTILE_NAMES = (
    "../../etc/passwd.pdf",
    "..\\windows\\win.ini.pdf",
    "zwei\nZeilen.pdf",
    "rechts\u202efdp.exe",
    "a" * 400 + ".pdf",
    "\x00null.pdf",
    "CON.pdf",
    ".pdf",
    '<img src=x onerror="alert(1)">.pdf',
)


def _same_times(archive: bytes) -> bytes:
    """Return the office file with fixed times in its directory and properties: equal input gives equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(buffer, "w") as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename in ("docProps/core.xml", "meta.xml"):
                content = _MODIFIED.sub(rb"\g<1>" + MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), content)
            fixed = zipfile.ZipInfo(item.filename, _ZIP_TIME)
            fixed.compress_type = item.compress_type
            target.writestr(fixed, content, compresslevel=1)
    return buffer.getvalue()


def _sheet(text: str, size: tuple[int, int]) -> Image.Image:
    page = Image.new("L", size, 250)
    draw = ImageDraw.Draw(page)
    scale = size[0] / 1240
    font = ImageFont.truetype(str(FONT_DIR / f"{FONT}.ttf"), round(21 * scale))
    columns, step, y = 80, round(36 * scale), round(150 * scale)
    for paragraph in text.split("\n"):
        words, line = paragraph.split(" "), ""
        for word in [*words, None]:
            if word is None or len(line) + len(word) >= columns:
                draw.text((round(130 * scale), y), line, font=font, fill=30)
                y, line = y + step, ""
            if word is not None:
                line = f"{line} {word}".strip()
    return page


def _parse(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=policy.SMTP)


def _stable_number(*parts: str) -> int:
    return zlib.crc32("|".join(parts).encode())
