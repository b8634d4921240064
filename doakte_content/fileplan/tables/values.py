"""What the cells of a plan say: retention, disposal kind, dates, yes and no, confidentiality.

Each function takes a cell's meaning in the words found in real plans and raises ValueError, with a reason that says
what would be understood, instead of guessing.
"""

import datetime
import re

from django.utils.translation import gettext as _

from doakte_content.fileplan.enums import Confidentiality, DisposalKind

from .cells import BOOLEAN, DATE, NUMBER, Cell

#: Longest period, in years, that is not a typing mistake.
MAX_YEARS = 200

_UNLIMITED = re.compile(
    r"(unbefristet|dauernd|dauerhaft|dauer|ständig|permanent\w*|unbegrenzt|ewig|indefinite\w*|unlimited|forever"
    r"|illimité\w*|d|p)\b\.?",
    re.IGNORECASE,
)
_YEARS = re.compile(r"(\d{1,4})\s*(jahren?|jahr|j|years?|y|yrs?|ans?|a)?\b\.?", re.IGNORECASE)

_DISPOSAL = {
    DisposalKind.ARCHIVE: "a|archivwürdig|archivieren|archiv|ja|archivierung|übernehmen|übernahme|dauernd aufbewahren"
    "|archival|archive|archiviert|permanent|preserve|transfer|conserver|archives",
    DisposalKind.APPRAISE: "b|bewerten|zu bewerten|bewertung|sampling|auswahl|anbieten|anbietung|nicht geprüft"
    "|ungeprüft|prüfen|teilarchivwürdig|bedingt archivwürdig|review|appraise|sample|selection|trier|tri|évaluer",
    DisposalKind.DESTROY: "v|vernichten|vernichtung|nicht archivwürdig|kassieren|kassation|kassabel|nein|löschen"
    "|destroy|destruction|not archival|dispose|détruire|éliminer|elimination",
}
_CONFIDENTIALITY = {
    Confidentiality.NONE: "nicht klassifiziert|offen|öffentlich|keine|ohne|unclassified|not classified|public|open"
    "|non classifié|none",
    Confidentiality.RESTRICTED: "vs nur für den dienstgebrauch|nur für den dienstgebrauch|vs nfd|nfd|intern|internal"
    "|restricted|interne|vs for official use only|official use only",
    Confidentiality.CONFIDENTIAL: "vs vertraulich|vertraulich|confidential|vs confidential|confidentiel",
    Confidentiality.SECRET: "geheim|secret",
    Confidentiality.TOP_SECRET: "streng geheim|top secret",
}
_YES = set("ja|j|x|wahr|true|yes|y|1|oui|✓|✔".split("|"))
_NO = set("nein|n|-|falsch|false|no|0|non".split("|"))


def read_retention(cell: Cell) -> tuple[int | None, bool, str]:
    """Return (years, unlimited, words that follow). Words after the period are given back, not dropped."""
    if cell.kind == NUMBER:
        if float(cell.value).is_integer() and 0 <= cell.value <= MAX_YEARS:
            return int(cell.value), False, ""
        raise ValueError(_("%s is not a number of whole years.") % cell.text)
    text = re.sub(r"\s+", " ", cell.text)
    for pattern in (_UNLIMITED, _YEARS):
        found = pattern.match(text)
        if not found:
            continue
        rest = text[found.end() :].strip(" .,;:()")
        if pattern is _UNLIMITED and not re.search(r"\d", rest):
            return None, True, rest
        if pattern is _YEARS and not re.search(r"\d", rest) and int(found[1]) <= MAX_YEARS:
            return int(found[1]), False, rest
    raise ValueError(
        _("“%s” is not understood as a retention period. Enter years (10) or “unbefristet”.") % cell.text[:60]
    )


def read_disposal(cell: Cell) -> str:
    """Return the disposal kind (R2)."""
    words = _words(cell.text)
    for kind, known in _DISPOSAL.items():
        if words in known.split("|") or re.match(rf"{kind.value.lower()} ", words):
            return kind.value
    raise ValueError(
        _("“%s” is not understood as a disposal kind. Enter A (archive), B (appraise) or V (destroy).")
        % cell.text[:60]
    )


def read_confidentiality(cell: Cell) -> int:
    """Return the level of confidentiality."""
    if cell.kind == NUMBER and cell.value in Confidentiality.values:
        return int(cell.value)
    words = _words(cell.text)
    for level, known in _CONFIDENTIALITY.items():
        if words in known.split("|"):
            return level.value
    raise ValueError(
        _("“%s” is not understood as a confidentiality. Known are for example: %s.")
        % (cell.text[:60], ", ".join(known.split("|")[0] for known in _CONFIDENTIALITY.values()))
    )


def read_date(cell: Cell, *, end: bool = False) -> datetime.date:
    """Return the day; a bare year stands for its first day, or its last with `end`."""
    if cell.kind == DATE and isinstance(cell.value, datetime.datetime):
        return cell.value.date()
    if cell.kind == DATE:
        return cell.value
    text = cell.text
    if re.fullmatch(r"(1[89]|2[01])\d\d", text):
        return datetime.date(int(text), 12, 31) if end else datetime.date(int(text), 1, 1)
    for pattern, order in (
        (r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?", (1, 2, 3)),
        (r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", (3, 2, 1)),
    ):
        if found := re.fullmatch(pattern, text):
            try:
                return datetime.date(*(int(found[group]) for group in order))
            except ValueError:
                break
    raise ValueError(_("“%s” is not a date. Enter it like 31.12.2026 or 2026-12-31.") % text[:40])


def read_yes(cell: Cell) -> bool:
    """Return yes or no."""
    if cell.kind == BOOLEAN:
        return bool(cell.value)
    word = cell.text.lower().strip()
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueError(_("“%s” is neither yes nor no. Enter “ja” or “nein”.") % cell.text[:40])


def read_closed(cell: Cell) -> tuple[bool, datetime.date | None]:
    """Return whether the unit is closed and, where the cell holds a date, since when."""
    try:
        return read_yes(cell), None
    except ValueError:
        pass
    try:
        return True, read_date(cell)
    except ValueError:
        raise ValueError(_("“%s” is neither yes nor no nor a date.") % cell.text[:40]) from None


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.lower()).strip()
