"""What an entry of the index says about its record beside the words: where it lies, what it is, how it is doing.

A fact is a term that no text can contain, because it begins with a letter for private use. Facts make a search quick,
they decide nothing: who may see a record, and what state it is in, is asked of the record's own row, so that an entry
that is a moment behind hides or shows nothing for long, and gives nothing away (docs/access.md).
"""

from dataclasses import dataclass

from wagtail.models import Page

from . import analysis

MARK = "\ue000"
#: Between the parts of a reference.
BETWEEN = "\ue001"

#: A search in one of so many parts of the stock tells about how many hits there are in all of it.
PARTS = 64
#: Records made one after the other share an age: the newest hits are found without looking at the old ones.
AGE = 4096


def fact(name: str, value) -> str:
    """Return the term of one fact."""
    return f"{MARK}{name}{value}"


def part(key: int) -> int:
    """Return the part of the stock that a record belongs to: as good as by chance, in whatever order keys came."""
    return (key * 2_654_435_761 % 2**32) * PARTS >> 32


def reference_key(text: str) -> str:
    """Return a reference as it is compared: letters and digits, their case and what stands between left out."""
    return BETWEEN.join(analysis.folded_words(text))


def reference_fact(text: str) -> str:
    """Return the fact that a record has, or had, this reference; "" for what can be none."""
    key = reference_key(text)
    return fact("ref", key) if any(letter.isdigit() for letter in key) else ""


def steps(path: str) -> range:
    """Return the lengths of the paths from the first place below the root down to `path`."""
    return range(2 * Page.steplen, len(path) + 1, Page.steplen)


@dataclass(frozen=True)
class Facts:
    """The facts of one object; of what is no record (editorial pages, the plan) only its type."""

    type_id: int
    #: Of a record: its key. Its age and its part of the stock follow from it.
    key: int | None = None
    #: Place of the unit that it lies in, in the tree of pages.
    unit_path: str = ""
    office: int | None = None
    year: int | None = None
    state: str = ""
    #: Its reference and the former ones (R10, R19).
    references: tuple[str, ...] = ()

    def terms(self) -> list[str]:
        return [
            fact("type", self.type_id),
            *([fact("part", part(self.key)), fact("age", self.key // AGE)] if self.key else []),
            *(fact("in", self.unit_path[:end]) for end in steps(self.unit_path)),
            *([fact("office", self.office)] if self.office else []),
            *([fact("year", self.year)] if self.year else []),
            *([fact("state", self.state)] if self.state else []),
            *(term for text in self.references if (term := reference_fact(text))),
        ]
