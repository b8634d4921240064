"""Plain text and e-mails printed on pages."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import mail
from .limits import MAX_TEXT_CHARACTERS
from .text import tidy

#: DejaVu knows the letters of DIN 91379 (R80). Where it is not installed, the fonts that come with reportlab do.
FONT_FOLDERS = (
    "/usr/share/fonts/truetype/dejavu",
    "/usr/share/fonts/dejavu-sans-fonts",
    "/usr/share/fonts/dejavu",
)
FONT, BOLD = "doAkte", "doAkte-Bold"
FONT_SIZE, LEADING = 9.5, 13
MARGIN, TOP, BOTTOM = 62, 70, 62
TAB = "    "
MAX_FOLD = 400


def print_text(target: Path, text: str) -> None:
    """Write a PDF with this text, line breaks kept, long lines folded."""
    paper = _Paper(target)
    paper.write(text[:MAX_TEXT_CHARACTERS].split("\n"))
    paper.save()


def print_mail(target: Path, path: Path) -> None:
    """Write a PDF of the e-mail at `path`: a block of header data, the body, the names of the attachments."""
    message = mail.parse(path, contents=False)
    paper = _Paper(target)
    # One document for all readers: in the house's language, not in that of whoever happens to look first.
    with translation.override(settings.LANGUAGE_CODE):
        paper.write([message.subject or _("(no subject)")], font=BOLD)
        paper.write([""])
        paper.write(_header_lines(message))
        paper.rule()
        paper.write(tidy(message.body)[:MAX_TEXT_CHARACTERS].split("\n"))
        if message.attachments:
            paper.rule()
            paper.write([_("Attachments:"), *("– " + name for name, _type, _content in message.attachments)])
    paper.save()


def _header_lines(message: mail.Mail) -> Iterable[str]:
    yield f"{_('From')}: {message.sender}"
    yield f"{_('To')}: {', '.join(message.recipients)}"
    if message.date:
        yield f"{_('Date')}: {date_format(timezone.localtime(message.date), 'DATETIME_FORMAT')}"


class _Paper:
    """A PDF that is written line by line, from top to bottom, page after page."""

    def __init__(self, target: Path):
        from reportlab.lib.pagesizes import A4
        from reportlab.pdfgen.canvas import Canvas

        register_fonts()
        self.width, self.height = A4
        # Invariant: the same file gives the same PDF, so that a rebuilt form has the same checksum.
        self.canvas = Canvas(str(target), pagesize=A4, invariant=True)
        self.y = self.height - TOP

    def write(self, lines: Iterable[str], font: str = FONT) -> None:
        for line in lines:
            for piece in self._fold(line.replace("\t", TAB), font):
                if self.y < BOTTOM:
                    self._turn_page()
                self.canvas.setFont(font, FONT_SIZE)
                self.canvas.drawString(MARGIN, self.y, piece)
                self.y -= LEADING

    def rule(self) -> None:
        """Draw a line across the page."""
        self.canvas.line(MARGIN, self.y, self.width - MARGIN, self.y)
        self.y -= 2 * LEADING

    def save(self) -> None:
        self.canvas.save()

    def _turn_page(self) -> None:
        self.canvas.showPage()
        self.y = self.height - TOP

    def _fold(self, line: str, font: str) -> Iterable[str]:
        """Break a line at blanks so that each piece fits; a word longer than the page is broken anywhere."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        room = self.width - 2 * MARGIN
        place = 0
        # Only a window of the line is ever looked at and copied: a line can be a megabyte long.
        while True:
            window = line[place : place + MAX_FOLD]
            if len(window) < MAX_FOLD and stringWidth(window, font, FONT_SIZE) <= room:
                yield window
                return
            fits = _longest_fitting(window, lambda piece: stringWidth(piece, font, FONT_SIZE) <= room)
            blank = window.rfind(" ", 1, fits + 1)
            cut = blank if blank > 0 else fits
            yield window[:cut]
            place += cut
            while place < len(line) and line[place].isspace():
                place += 1


def _longest_fitting(line: str, fits) -> int:
    """Return how many characters of `line` fit, at least one."""
    low, high = 1, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(line[:middle]) else (low, middle - 1)
    return low


@cache
def register_fonts() -> None:
    """Make `FONT` and `BOLD` known to reportlab."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    folder = next(
        (Path(folder) for folder in FONT_FOLDERS if (Path(folder) / "DejaVuSans.ttf").exists()), None
    )
    plain, bold = ("Vera.ttf", "VeraBd.ttf") if folder is None else ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
    for name, file in ((FONT, plain), (BOLD, bold)):
        registerFont(TTFont(name, str(folder / file) if folder else file))
