"""Numbers of units: reading them from cells, and which unit lies above which.

Three schools of numbering are known. SEGMENTS: a separator starts a new level (0, 0.9, 0.10). MIXED: before the first
separator every level adds digits (0, 02, 024, 024.9, 024.10). DIGITS: so do those behind it (012, 012.3, 012.34).
"""

import itertools
import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from .cells import DATE, FAULT, FORMULA, NUMBER, Cell

SEGMENTS = "segments"
MIXED = "mixed"
DIGITS = "digits"

_SEPARATORS = ".-/: "
_SEGMENT = r"(?:\d{1,8}[A-Za-z]{0,2}|[A-Za-z]{1,4}\d{0,8})"
_WELL_FORMED = re.compile(rf"{_SEGMENT}(?:[.\-/: ]{_SEGMENT})*")
_MAX_LENGTH = 60


@dataclass(frozen=True)
class ReadNumber:
    """What stands in a number cell. `doubtful`: a decimal number that may have lost a zero at its end (0.10)."""

    text: str
    doubtful: bool = False


def read_number(cell: Cell) -> ReadNumber:
    """Return the number as it was meant; raises ValueError with the reason when that cannot be known."""
    if cell.kind == FORMULA:
        raise ValueError(_("The number is a formula. Replace it by its value."))
    if cell.kind == FAULT:
        raise ValueError(_("The cell shows the error %s. Enter the number.") % cell.value)
    if cell.kind == DATE:
        raise ValueError(
            _(
                "The number was turned into the date %s by the spreadsheet program. "
                "Format the column as text and enter the number again."
            )
            % cell.text
        )
    if cell.kind == NUMBER:
        return _from_decimal(cell)
    text = tidy_number(cell.text)
    if not is_well_formed(text):
        raise ValueError(
            _("“%s” is not a number of a unit. Expected are groups of digits like 11.20.01 or 11-20 or 0241.")
            % cell.text[:60]
        )
    return ReadNumber(text)


def tidy_number(text: str) -> str:
    """Return the number with plain hyphens and spaces and without a full stop at its end."""
    text = re.sub(r"[\u2010-\u2015]", "-", text)
    text = re.sub(r"\s+", " ", text).strip()
    return text.rstrip(".") if re.search(r"\w\.$", text) else text


def is_well_formed(text: str) -> bool:
    """Say whether this can be the number of a unit: groups of digits, or few letters, between separators."""
    if len(text) > _MAX_LENGTH or not _WELL_FORMED.fullmatch(text):
        return False
    return any(c.isdigit() for c in text) or text.isupper()


def is_note(text: str) -> bool:
    """Say whether the text is rather a remark in the number column than a mistyped number."""
    return bool(re.search(r"[^\W\d_]{4,}", text)) or not any(c.isdigit() for c in text)


def _from_decimal(cell: Cell) -> ReadNumber:
    value = Decimal(repr(cell.value))
    if value < 0 or value.adjusted() > 14:
        raise ValueError(_("%s is not a number of a unit.") % cell.value)
    fixed = re.fullmatch(r"(0+)(?:\.(0+))?(?:_.*)?", cell.display)
    if fixed:
        # Shown with a fixed number of places, the display is exact: 0.1 as "0.00" is 0.10, 7 as "00" is 07.
        places = len(fixed[2] or "")
        if value == round(value, places):
            whole, _point, fraction = f"{value:.{places}f}".partition(".")
            return ReadNumber(".".join(filter(None, [whole.zfill(len(fixed[1])), fraction])))
    if value == value.to_integral_value():
        return ReadNumber(str(int(value)))
    return ReadNumber(format(value.normalize(), "f"), doubtful=True)


def natural_key(number: str) -> list[tuple[int, str]]:
    """Return a key that sorts numbers level by level: 0.9 before 0.10."""
    return [
        (int(digits or 0), letters) for digits, letters in re.findall(r"(\d+)|([A-Za-z]+)", number.upper())
    ]


def detect_numbering(numbers: list[str]) -> str:
    """Return SEGMENTS, MIXED or DIGITS for the numbers in the order of the file."""
    undivided = [number for number in numbers if not _is_divided(number)]
    divided = [number for number in numbers if _is_divided(number)]
    if _reads_by_character(divided, in_doubt=False):
        return DIGITS
    return MIXED if _reads_by_character(undivided, in_doubt=True) else SEGMENTS


def _reads_by_character(numbers: list[str], *, in_doubt: bool) -> bool:
    """Say whether a number that continues another (0 and 02, 0.1 and 0.10) lies below it.

    The order decides: 0.1, 0.2, 0.10 counts, 0, 02, 1 reads character by character.
    """
    known = set(numbers)
    if not any(
        number[:k] in known and number[k - 1 : k + 1].isalnum()
        for number in numbers
        for k in range(1, len(number))
    ):
        return False
    pairs = list(itertools.pairwise(numbers))
    against_counting = sum(natural_key(a) > natural_key(b) for a, b in pairs)
    against_characters = sum(_characters(a) > _characters(b) for a, b in pairs)
    if against_counting == against_characters:
        return in_doubt
    return against_characters < against_counting


class Hierarchy:
    """Which number lies below which, for the numbers of one plan and its way of numbering."""

    def __init__(self, numbers: list[str], numbering: str):
        self.known = set(numbers)
        self.numbering = numbering
        #: Lengths that undivided numbers have: the levels of a plan counted by characters.
        self.lengths = sorted({len(number) for number in numbers if not _is_divided(number)})

    def parent_of(self, number: str) -> str:
        """Return the number that lies above, known or not; "" for the top level."""
        if _is_divided(number):
            above = re.match(r"(.*)[.\-/: ]", number)[1]
            inside = range(len(number) - 1, len(above) + 1, -1) if self.numbering == DIGITS else ()
            return next((number[:length] for length in inside if number[:length] in self.known), above)
        shorter = [length for length in self.lengths if length < len(number)]
        return number[: shorter[-1]] if shorter and self.numbering != SEGMENTS else ""


def _is_divided(number: str) -> bool:
    return any(c in _SEPARATORS for c in number)


def _characters(number: str) -> str:
    return re.sub(r"[.\-/: ]", "", number)
