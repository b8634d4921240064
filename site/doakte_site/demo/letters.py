"""Draws the invented facts of a case and turns the pieces of its story into real files."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from . import files
from .stories import EXPLANATIONS, IN, INTERNAL, OUT, Piece

FIRST_NAMES = (
    "Jürgen Ursula Thomas Şule Wojciech Aylin Björn Käthe Grzegorz Özlem Renée Günter Magdalena Emre "
    "Swetlana Lukas Brigitte Mehmet Agnieszka Horst Zoë Hans-Jürgen Marie-Luise Łukasz Fatma Dieter"
).split()
LAST_NAMES = (
    "Schröder Weiß Kowalczyk Yılmaz Großmann Köhler-Brandt Çelik Nowak Müller Strauß Jäger Głowacki Aydoğan "
    "Böttcher Lindenthal Petersen Öztürk Pfeiffer Kołodziej Groß Hübner Vogelsang Şahin Küçük Übelacker "
    "Brömmelhaus"
).split()
STREETS = (
    "Rathausstraße|Lindenallee|Am Mühlbach|Bahnhofstraße|Kirchgasse|Schloßplatz|Gänseweg|Birkenstraße|Zum "
    "Brühl|An der Stadtmauer|Goethestraße|Obere Weiherstraße|Feldbergring|Ziegeleiweg"
).split("|")
COMPANIES = (
    "Brückner Maschinenbau GmbH|Musterstädter Druckhaus KG|Bäckerei Süß OHG|Autohaus Krämer & Söhne GmbH|"
    "Yıldız Gebäudereinigung GmbH|Öko-Markt Nordfeld eG|Straßen- und Tiefbau Weiß AG"
).split("|")
TRAINERS = "Studieninstitut Musterland|Verwaltungsschule Nordfeld|Bildungswerk für Kommunen e. V.".split("|")
NOTARIES = (
    "Notarin Dr. Cornelia Fröhlich|Notar Ulrich Überschär|Notarinnen Gäbler und Weißenfels|Notar Dr. Tomasz "
    "Głowacki"
).split("|")
TAX_AUTHORITY, COURT = "Finanzamt Musterstadt", "Amtsgericht Musterstadt – Grundbuchamt"
TOPICS = (
    "Telearbeit und mobiles Arbeiten|Bürgerbüro|Straßenreinigung|Gleitzeit|Abfallentsorgung|Elektronische "
    "Akte|Betriebliches Eingliederungsmanagement|Friedhofswesen|Bauverwaltung"
).split("|")
COURSES = (
    "Vergaberecht in der Praxis|Führen auf Distanz|Einführung in die elektronische Akte|Barrierefreie "
    "Dokumente|Bescheide verständlich schreiben|Haushaltsrecht für Einsteiger"
).split("|")
POSITIONS = (
    "Sachbearbeitung Steuern|Leitung des Bürgerbüros|Ingenieurin oder Ingenieur Tiefbau|Erzieherin oder "
    "Erzieher|Fachkraft für Arbeitssicherheit|Sachbearbeitung Grundstücksverkehr"
).split("|")

CITY = "Stadt Musterstadt"
CITY_LINES = ("Rathausplatz 1", "12345 Musterstadt")
BLUE = HexColor("#1d3f72")


@dataclass
class Cast:
    """The facts of one case, drawn from a seeded generator; `words` fills the texts."""

    rng: random.Random
    started: date
    words: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        rng = self.rng
        self.person = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
        self.street = f"{rng.choice(STREETS)} {rng.randint(1, 148)}"
        self.company = rng.choice(COMPANIES)
        self.trainer = rng.choice(TRAINERS)
        self.notary = rng.choice(NOTARIES)
        self.number = rng.randint(100, 999)
        self.words = {
            "person": self.person,
            "street": self.street,
            "company": self.company,
            "parcel": f"{rng.randint(11, 899)}/{rng.randint(1, 19)}",
            "folio": f"{rng.randint(1000, 9999):05d}",
            "area": german_number(rng.randint(320, 14_800)),
            "amount": german_number(rng.randint(41, 3900) * 100) + ",00",
            "small": f"{rng.randint(48, 890)},{rng.choice(('00', '40', '65', '90'))}",
            "rate": f"{rng.randrange(50, 400, 25)},00",
            "hours": str(rng.choice((20, 25, 28, 30, 32))),
            "days": str(rng.randint(3, 16)),
            "count": str(rng.randint(17, 64)),
            "grade": rng.choice(("8", "9a", "9b", "9c", "10", "11")),
            "future": german_date(self.started + timedelta(days=rng.randint(60, 180))),
            "topic": rng.choice(TOPICS),
            "course": rng.choice(COURSES),
            "position": rng.choice(POSITIONS),
        }

    def use(self, facts: dict[str, str]) -> None:
        """Let these words stand in the texts instead of the drawn ones."""
        self.words |= facts
        self.person = self.words["person"]
        self.company = self.words["company"]

    def party(self, kind: str, keywords: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """Return name and address of the other side; kinds as in `stories.Piece`."""
        if kind in ("citizen", "employee"):
            return self.person, (self.street, "12345 Musterstadt")
        if kind == "company":
            return (self.trainer if "Fortbildung" in keywords else self.company), (
                f"Industriestraße {self.number}",
                "12347 Musterstadt",
            )
        if kind == "notary":
            return self.notary, ("Marktplatz 3", "12345 Musterstadt")
        if kind == "authority":
            return (COURT if "Grundbuch" in keywords else TAX_AUTHORITY), (
                "Behördenallee 10",
                "12345 Musterstadt",
            )
        if kind == "public":
            return "Öffentliche Bekanntmachung", ()
        if kind == "staff":
            return "Alle Beschäftigten der Stadt Musterstadt", ()
        return CITY, CITY_LINES

    def foreign_reference(self, kind: str) -> str:
        """Return the reference the other side wrote on its letter, or nothing."""
        year = self.started.year
        return {
            "notary": f"UR-Nr. {self.number}/{year}",
            "authority": f"{self.number % 90 + 10} / {self.words['folio']} / {year}",
            "company": f"AZ-{year}-{self.number}",
        }.get(kind, "")


@dataclass(frozen=True)
class Letter:
    """One document, ready to be filed: its metadata and its file."""

    title: str
    date: date
    direction: str
    sender: str
    recipient: str
    foreign_reference: str
    keywords: tuple[str, ...]
    file_name: str
    content: bytes


def write(piece: Piece, cast: Cast, day: date, office: str, author: str) -> Letter:
    """Return the document that `piece` describes, with the facts of `cast`, written on `day` in `office`."""
    title = piece.title.format(**cast.words)
    text = piece.text.format(**cast.words)
    other, address = cast.party(piece.party, piece.keywords)
    sender, recipient = {
        IN: (other, CITY),
        OUT: (f"{CITY}, {office}", other),
        INTERNAL: (f"{CITY}, {office}", ""),
    }[piece.direction]
    content = _FORMS[piece.form](_Sheet(piece, title, text, other, address, day, office, author, cast))
    return Letter(
        title=title,
        date=day,
        direction=piece.direction,
        sender=sender,
        recipient=recipient,
        foreign_reference=cast.foreign_reference(piece.party) if piece.direction == IN else "",
        keywords=piece.keywords,
        file_name=f"{day:%Y-%m-%d} {_file_name(title)}.{piece.form}",
        content=content,
    )


def german_date(day: date) -> str:
    """Return 3 March 2024 as 03.03.2024."""
    return f"{day:%d.%m.%Y}"


def german_number(number: int) -> str:
    """Return 12500 as 12.500."""
    return f"{number:,}".replace(",", ".")


@dataclass(frozen=True)
class _Sheet:
    """What the writers of the single formats need."""

    piece: Piece
    title: str
    text: str
    other: str
    address: tuple[str, ...]
    day: date
    office: str
    author: str
    cast: Cast

    @property
    def is_incoming(self) -> bool:
        return self.piece.direction == IN

    @property
    def long_text(self) -> str:
        """The text with so many explanations that it fills its pages: about seven to a page."""
        extra = EXPLANATIONS[: (self.piece.pages - 1) * 7]
        if not extra:
            return self.text
        return "\n".join(
            [self.text, "", "Erläuterungen", *random.Random(self.title).sample(extra, len(extra))]
        )

    @property
    def body(self) -> str:
        if self.piece.direction == INTERNAL:
            return f"{self.long_text}\n\nIm Auftrag\n{self.author}"
        signed = self.other if self.is_incoming else f"Im Auftrag\n{self.author}"
        return f"Sehr geehrte Damen und Herren,\n\n{self.long_text}\n\nMit freundlichen Grüßen\n\n{signed}"

    @property
    def plain(self) -> str:
        """The whole letter without a layout, for scans and plain text."""
        head = [self.other, *self.address] if self.is_incoming else [CITY, self.office, *CITY_LINES]
        return "\n".join([*head, "", f"Musterstadt, {german_date(self.day)}", "", self.title, "", self.body])

    def draw_head(self, canvas: Canvas) -> float:
        """Draw letterhead, address, date and subject; return where the text begins."""
        left, right, top = files.MARGIN, A4[0] - files.MARGIN, A4[1]
        canvas.setFillColor(BLUE)
        if self.is_incoming:
            canvas.setFont(files.FONT_BOLD, 12)
            canvas.drawString(left, top - 60, self.other)
            canvas.setFont(files.FONT, 8)
            canvas.drawString(left, top - 74, " · ".join(self.address))
        else:
            canvas.rect(left, top - 84, 26, 34, fill=1, stroke=0)
            canvas.setFillColor(HexColor("#ffffff"))
            canvas.circle(left + 13, top - 66, 8, fill=1, stroke=0)
            canvas.setFillColor(BLUE)
            canvas.setFont(files.FONT_BOLD, 16)
            canvas.drawString(left + 38, top - 64, CITY)
            canvas.setFont(files.FONT, 9)
            canvas.drawString(left + 38, top - 80, self.office)
        canvas.setFillColor(HexColor("#000000"))
        canvas.setFont(files.FONT, 10)
        y = top - 130
        for line in (CITY, *CITY_LINES) if self.is_incoming else (self.other, *self.address):
            canvas.drawString(left, y, line)
            y -= 14
        canvas.drawRightString(right, y, f"Musterstadt, {german_date(self.day)}")
        canvas.setFont(files.FONT_BOLD, 11)
        canvas.drawString(left, y - 34, self.title[:80])
        return y - 64


def _pdf(sheet: _Sheet) -> bytes:
    footer = (
        ""
        if sheet.is_incoming
        else f"{CITY} · Rathausplatz 1 · 12345 Musterstadt · www.musterstadt.example ·"
    )
    return files.pdf(sheet.body, title=sheet.title, first_page=sheet.draw_head, footer=footer)


def _eml(sheet: _Sheet) -> bytes:
    moment = datetime.combine(sheet.day, time(9, 41), ZoneInfo("Europe/Berlin"))
    slug = "".join(letter for letter in sheet.other.lower() if letter.isascii() and letter.isalnum())
    attachments = []
    if sheet.is_incoming:
        paper = files.pdf(f"Anlage zu: {sheet.title}\n\n{sheet.text}", title="Anlage")
        attachments = [("Anlage 1.pdf", "application/pdf", paper)]
        if sheet.cast.number % 3 == 0:
            attachments.append(
                ("Bemerkung.txt", "text/plain", files.txt("Bitte um kurze Bestätigung des Eingangs."))
            )
    return files.eml(
        sheet.body,
        subject=sheet.title,
        sender=f"{_mail_name(sheet.other)} <{slug or 'post'}@post.example>",
        recipient=f"{CITY} <post@musterstadt.example>",
        date=moment,
        attachments=attachments,
    )


def _xlsx(sheet: _Sheet) -> bytes:
    rng = random.Random(sheet.title)
    header = sheet.text.split(";")
    rows: list[list[object]] = [[sheet.title], [f"Stand: {german_date(sheet.day)}"], [], [*header]]
    for number in range(1, rng.randint(8, 24)):
        rows.append([f"{header[0]} {number}", *(rng.randint(10, 5000) for _ in header[1:])])
    return files.xlsx(rows, title=sheet.title)


_FORMS = {
    "pdf": _pdf,
    "docx": lambda sheet: files.docx(sheet.body, title=sheet.title),
    "odt": lambda sheet: files.odt(sheet.body, title=sheet.title),
    "xlsx": _xlsx,
    "eml": _eml,
    "jpg": lambda sheet: files.jpg(sheet.plain),
    "tiff": lambda sheet: files.tiff(sheet.plain),
    "txt": lambda sheet: files.txt(sheet.plain),
}


def _file_name(title: str) -> str:
    return "".join(letter if letter.isalnum() or letter in " -,." else "_" for letter in title)


def _mail_name(name: str) -> str:
    return name.replace("–", "-").replace(",", "")
