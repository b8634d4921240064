"""The binder's own pages: cover sheet, table of contents, and pages that stand for what cannot be shown."""

from dataclasses import dataclass
from io import BytesIO

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from doakte_content.fileplan.queries import effective_rules
from doakte_content.organisation.names import name_of
from doakte_content.records.models import RecordFile
from doakte_content.storage.paper import BOLD, FONT, register_fonts

MARGIN = 62
LEADING = 16
#: Entries of the table of contents on one page; all pages have the same number, so that theirs is known before.
ENTRIES_PER_PAGE = 42


@dataclass(frozen=True)
class Entry:
    """One line of the contents: level 0 a case, 1 a document, 2 an attachment; `page` counts from 1."""

    level: int
    title: str
    page: int


@dataclass(frozen=True)
class Counts:
    cases: int
    documents: int
    attachments: int


def contents_pages(entries: int) -> int:
    """Return how many pages the table of contents of so many entries takes."""
    return max(1, -(-entries // ENTRIES_PER_PAGE))


def front(record_file: RecordFile, entries: list[Entry], counts: Counts, pages: int, user) -> BytesIO:
    """Return a PDF with the cover sheet and the table of contents."""

    def draw(canvas):
        cover(canvas, record_file, counts, pages, user)
        contents(canvas, entries)

    return paper(draw)


def substitute(title: str, problem: str) -> BytesIO:
    """Return a PDF of one page that says what is missing here, and why."""

    def draw(canvas):
        y = heading(canvas, title)
        lines(canvas, y, problem)
        canvas.showPage()

    return paper(draw)


def paper(draw) -> BytesIO:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    register_fonts()
    target = BytesIO()
    canvas = Canvas(target, pagesize=A4)
    draw(canvas)
    canvas.save()
    target.seek(0)
    return target


def cover(canvas, record_file: RecordFile, counts: Counts, pages: int, user) -> None:
    width, height = canvas._pagesize
    canvas.setFont(BOLD, 11)
    canvas.drawString(MARGIN, height - 90, _("Record file"))
    canvas.setFont(BOLD, 24)
    canvas.drawString(MARGIN, height - 122, record_file.reference)
    y = lines(canvas, height - 152, record_file.title, font=BOLD, size=15, leading=20) - 12
    canvas.line(MARGIN, y, width - MARGIN, y)
    y -= 30
    for label, value in facts(record_file, counts, pages, user):
        if value:
            canvas.setFont(BOLD, 10)
            canvas.drawString(MARGIN, y, label)
            y = lines(canvas, y, value, left=MARGIN + 150) - 6
    canvas.showPage()


def facts(record_file: RecordFile, counts: Counts, pages: int, user):
    """Yield what the cover sheet says, label and value."""
    rules = effective_rules(record_file)
    yield _("Unit of the file plan"), str(record_file.unit)
    yield _("Office in charge"), str(record_file.office or "")
    yield _("Opened on"), day(record_file.dated)
    yield _("State"), record_file.get_state_display()
    yield _("Closed on"), day(record_file.closed_on)
    yield _("Retention"), retention(rules)
    yield _("Retained until"), day(record_file.retained_until)
    yield (
        _("Disposal"),
        dict(record_file._meta.get_field("disposal_kind").choices).get(rules.disposal_kind.value, ""),
    )
    yield _("Classification"), record_file.get_confidentiality_display()
    yield _("Location of the paper"), record_file.location
    yield _("Cases"), str(counts.cases)
    yield _("Documents"), str(counts.documents)
    yield _("Attachments"), str(counts.attachments)
    yield _("Pages"), str(pages)
    yield _("Printed on"), date_format(timezone.localtime(), "DATETIME_FORMAT")
    yield _("Printed for"), name_of(user)
    yield _("Note"), _("Contains what this person may see of the file.")


def retention(rules) -> str:
    if rules.retention.value is None:
        return _("not determined")
    if rules.retention.value == "unlimited":
        return " – ".join(filter(None, [_("without limit"), rules.reason]))
    return _("%d years") % rules.retention.value


def day(value) -> str:
    return date_format(value, "DATE_FORMAT") if value else ""


def contents(canvas, entries: list[Entry]) -> None:
    width, _height = canvas._pagesize
    for first in range(0, max(1, len(entries)), ENTRIES_PER_PAGE):
        y = heading(canvas, _("Contents"))
        for entry in entries[first : first + ENTRIES_PER_PAGE]:
            font = BOLD if entry.level == 0 else FONT
            left = MARGIN + 14 * entry.level
            canvas.setFont(font, 9.5)
            canvas.drawString(left, y, shortened(entry.title, font, 9.5, width - MARGIN - 40 - left))
            canvas.drawRightString(width - MARGIN, y, str(entry.page))
            y -= LEADING
        canvas.showPage()


def heading(canvas, title: str) -> float:
    """Draw a heading at the top of the page and return where to go on."""
    _width, height = canvas._pagesize
    return lines(canvas, height - 80, title, font=BOLD, size=13, leading=18) - 10


def lines(canvas, y: float, text: str, *, left=MARGIN, font=FONT, size=10, leading=14) -> float:
    """Draw a text, folded to the page's width, and return the height of the line below it."""
    from reportlab.lib.utils import simpleSplit

    canvas.setFont(font, size)
    for line in simpleSplit(str(text), font, size, canvas._pagesize[0] - MARGIN - left) or [""]:
        canvas.drawString(left, y, line)
        y -= leading
    return y


def shortened(text: str, font: str, size: float, room: float) -> str:
    """Return `text`, cut with dots where it is longer than `room`."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    text = " ".join(text.split())
    if stringWidth(text, font, size) <= room:
        return text
    while text and stringWidth(f"{text}…", font, size) > room:
        text = text[: -max(1, len(text) // 20)]
    return f"{text}…"
