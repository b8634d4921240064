"""Which column means what, by its heading: German, English and French, in the words of several schools.

The words come from xdomea, the KGSt plans, Swiss ordering systems (Ordnungssysteme) and English records management.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from .cells import Row, column_letter


class Field(NamedTuple):
    """A field of the plan that a column can fill: its label, exact headings, and words a heading contains."""

    label: object
    exact: frozenset[str]
    pattern: re.Pattern[str] | None


def _field(label: object, exact: str, pattern: str | None = None) -> Field:
    return Field(
        label, frozenset(word.strip() for word in exact.split("|")), re.compile(pattern) if pattern else None
    )


_REMARK = r"(kommentar|bemerk|anmerk|begründ|rechtsgrund|grundlage|annotation|comment|remark|\bnotes?\b|motif|reason)"

#: Headings that look like a field below but mean something the plan has no place for: kept as they are.
_KEPT = re.compile(
    rf"{_REMARK}.*(archiv|aussonder|bewertung|disposal|apprais)|(archival|disposal).*{_REMARK}"
    r"|schutzfrist|sperrfrist|custody|closure period|délai de protection|transferfrist|transfer period"
    r"|datenschutz|privacy|data protection|personendaten|personenbezogen|personal data"
)

#: In this order: what stands first takes a heading that fits several ("Kommentar zur Aufbewahrung").
FIELDS: dict[str, Field] = {
    "retention_reason": _field(
        _("Reason for the retention period"),
        "begründung der frist|rechtsgrundlage|retention reason|retention note|retention period annotation",
        rf"{_REMARK}.*(aufbewahr|frist|retention|conservation)|(aufbewahr|retention|conservation).*{_REMARK}",
    ),
    "valid_from": _field(
        _("Valid from"),
        "gültig ab|gültig von|gültigkeit von|gültigkeit ab|valid from|start date|gueltig ab|in kraft seit|beginn",
        r"(gültig|gueltig|valid|valable|gültigkeit).*\b(ab|von|seit|from|since|dès|beginn|start)\b",
    ),
    "valid_until": _field(
        _("Valid until"),
        "gültig bis|gültigkeit bis|valid until|valid to|end date|gueltig bis|außer kraft|ende",
        r"(gültig|gueltig|valid|valable|gültigkeit).*\b(bis|until|to|till|jusqu|ende|end)\b",
    ),
    "closed": _field(
        _("Closed"),
        "stillgelegt|stilllegung|geschlossen|closed|inaktiv|inactive|stillgelegt ja nein|fermé",
        r"stillgelegt|stilllegung|\bclosed\b",
    ),
    "successor": _field(
        _("Successor"),
        "nachfolger|nachfolgeeinheit|verweis|verweisaktenplaneinheit|ersetzt durch|replaced by|successor|see also",
        r"nachfolg|verweis|ersetzt durch|replaced by|successor",
    ),
    "allows_files": _field(
        _("Files may be created"),
        "aktenbildung|aktenanlage|akten zulässig|akten erlaubt|allows files|files allowed|betreffseinheit ja nein",
        r"aktenbildung|aktenanlage|akten (zulässig|erlaubt|bilden)|files allowed|freigegeben für akten",
    ),
    "disposal": _field(
        _("Disposal kind"),
        "aussonderungsart|archivwürdigkeit|archivwürdig|bewertung|aussonderung|archival value|disposal|disposal kind"
        "|disposal action|appraisal|final disposition|sort final|valeur archivistique|bewertungsentscheidung|abv"
        "|a b v",
        r"archivwürd|aussonder|bewertung|archival|disposal|disposition|apprais|valeur archiv|sort final|kassation",
    ),
    "retention": _field(
        _("Retention period"),
        "aufbewahrungsfrist|aufbewahrungsdauer|aufbewahrung|aufbewahrungszeit|frist|jahre|retention|retention period"
        "|retention years|years|durée de conservation|af|frist jahre",
        r"aufbewahr|retention|conservation|keep for",
    ),
    "number": _field(
        _("Number"),
        "kennzeichen|aktenplankennzeichen|aktenzeichen|aktenplannummer|aktenplan nr|ordnungsnummer|positionsnummer"
        "|ordnungspositionsnummer|nummer|nr|az|number|no|code|notation|reference number|reference|class number"
        "|class code|classification code|classification number|klassifikationsnummer|gliederungsnummer|gliederung"
        "|systematik|position|numéro|cote|signatur|id|lfd aktenplan nr|file plan number|plan number",
        r"kennzeichen|ordnungsnummer|positionsnummer|aktenplan ?(nr|nummer)|(klassifikations|gliederungs)(nr|nummer)"
        r"|(classification|class|plan|reference|unit) (no|number|code)|numéro",
    ),
    "confidentiality": _field(
        _("Confidentiality"),
        "klassifikation|klassifizierung|geheimhaltung|geheimhaltungsgrad|geheimhaltungsstufe|vertraulichkeit"
        "|classification|security classification|confidentiality|schutzbedarf|verschlusssache",
        r"geheimhalt|vertraulich|klassifi|security|confidential|classification",
    ),
    "office": _field(
        _("Responsible office"),
        "federführung|federführendes amt|amt|fachamt|fachbereich|organisationseinheit|oe|zuständigkeit|zuständig"
        "|aktenführung|responsible|responsible office|responsible unit|responsible org unit|owner|office|department"
        "|dienststelle|service responsable",
        r"federführ|zuständig|organisationseinheit|responsib|aktenführ",
    ),
    "short_title": _field(
        _("Short title"),
        "betreff kurz|betreffkurz|kurztitel|kurzbezeichnung|kurzbetreff|short title|short name|titre abrégé",
        r"\bkurz|betreffkurz|short (title|name|subject)",
    ),
    "title": _field(
        _("Title"),
        "titel|title|bezeichnung|benennung|inhaltsangabe|betreff|name|heading|subject|class title|effective title"
        "|aktenplanbezeichnung|aufgabe|intitulé|titre|libellé|betreffseinheit|aktenplaneinheit|class|caption",
        r"titel|bezeichnung|inhaltsangabe|\btitle\b|benennung|intitulé|\btitre\b|libellé|betreff",
    ),
    "description": _field(
        _("Description"),
        "beschreibung|erläuterung|erläuterungen|description|scope note|hinweise|hinweis|bemerkung|bemerkungen"
        "|anmerkung|anmerkungen|inhalt|inhalte|inhaltsangabe|scope|definition|umfang|remarks|notes|comment",
        r"beschreib|erläuter|description|scope note|hinweis|bemerkung|anmerkung",
    ),
}

#: Languages a heading may name; German is the plan's own language here and needs no mark.
_LANGUAGES = {
    "fr": r"\b(französisch|franzoesisch|french|français|francais|fr)\b",
    "en": r"\b(englisch|english|anglais|en)\b",
    "it": r"\b(italienisch|italian|italiano|italien|it)\b",
    "rm": r"\b(rätoromanisch|romansh|rm)\b",
    "": r"\b(deutsch|german|allemand|de)\b",
}


#: What is longer is no heading: its beginning serves as one.
MAX_HEADING = 300
_SMALL_LETTERS = "abcdefghijklmnopqrstuvwxyzäöüß"
_WORD_CHARACTER = re.compile(r"\w")


@dataclass
class Column:
    """A column as found: its index from 0, letter, heading as written, and what it fills.

    `field` is a key of FIELDS, "translation" (then `language` says which), or "" for a column kept as it is.
    """

    index: int
    heading: str
    field: str = ""
    language: str = ""
    by_hand: bool = False

    @property
    def letter(self) -> str:
        return column_letter(self.index)

    @property
    def label(self) -> str:
        """How a message names the column: letter and heading."""
        return f"{self.letter} ({tidy(self.heading)})" if self.heading else self.letter

    @property
    def meaning(self) -> str:
        """What the column was read as, in words."""
        if self.field == "translation":
            return f"{FIELDS['title'].label} ({self.language})"
        return str(FIELDS[self.field].label if self.field else _("kept as it is"))

    @property
    def key(self) -> str:
        """How values of a column without field are kept: by heading, else by letter."""
        return tidy(self.heading) or self.letter


def tidy(heading: str) -> str:
    """Return a heading on one line, with words joined that a line break had hyphenated."""
    lines: list[str] = []
    # Line by line: a pattern that looks for the hyphen, the line break and the word behind it tries each blank of many.
    for line in heading[:MAX_HEADING].split("\n"):
        line = " ".join(line.split())
        if not line:
            continue
        hyphenated = lines and lines[-1][-1:] == "-" and _WORD_CHARACTER.fullmatch(lines[-1][-2:-1])
        if hyphenated and line[0] in _SMALL_LETTERS:
            lines[-1] = lines[-1][:-1] + line
        else:
            lines.append(line)
    return " ".join(lines)


def normalise(heading: str) -> str:
    """Return a heading in small letters, without brackets, punctuation and hyphenation."""
    text = re.sub(r"\((optional|pflicht\w*|mandatory|required)\)", " ", tidy(heading).lower())
    return re.sub(r"[\W_]+", " ", text).strip()


def recognise(row: Row) -> list[Column]:
    """Return the columns of a heading row with the fields they fill; a field is filled by one column only.

    A heading that is exactly a known word wins over one that only contains it; then the column further left.
    """
    columns = [
        Column(index, row.text(index), *_language(normalise(row.text(index)))) for index in sorted(row.cells)
    ]
    taken: set[str] = set()
    for exactly in (True, False):
        for column in columns:
            if column.field:
                continue
            words = _without_language(normalise(column.heading))
            candidates = (name for name, known in FIELDS.items() if _fits(known, words, exactly))
            column.field = next((name for name in candidates if name not in taken), "")
            taken.add(column.field)
    return columns


def assign(columns: list[Column], mapping: dict[str, str]) -> list[str]:
    """Set the columns' fields as mapped by hand ({field: letter or heading, "" for none}).

    Fields not named in the mapping stay as recognised. Returns the names of columns that do not exist.
    """
    unknown = []
    for name, place in mapping.items():
        for column in columns:
            if column.field == name:
                column.field = ""
        if not place:
            continue
        wanted = place.strip()
        found = next((c for c in columns if c.letter == wanted.upper()), None) or next(
            (c for c in columns if normalise(c.heading) == normalise(wanted)), None
        )
        if found is None:
            unknown.append(place)
        else:
            found.field, found.language, found.by_hand = name, "", True
    return unknown


def _fits(known: Field, words: str, exactly: bool) -> bool:
    if exactly:
        return words in known.exact
    return bool(known.pattern and known.pattern.search(words) and not _KEPT.search(words))


def _language(words: str) -> tuple[str, str]:
    """Return ("translation", code) for the title in a language other than the plan's own, else ("", "")."""
    for code, pattern in _LANGUAGES.items():
        if code and re.search(pattern, words):
            rest = _without_language(words)
            if _fits(FIELDS["title"], rest, True) or _fits(FIELDS["title"], rest, False):
                return "translation", code
    return "", ""


def _without_language(words: str) -> str:
    for pattern in _LANGUAGES.values():
        words = re.sub(pattern, " ", words)
    return re.sub(r"\s+", " ", words).strip()
