"""What somebody typed, understood: words, phrases, beginnings of words and exclusions (R75).

    Gebühren Satzung          both words, in any form
    "öffentliche Ordnung"     next to each other
    Bauantr*                  beginning of a word
    -Entwurf                  without this word
    10.24-2026-0007           a reference is a phrase of its parts

Whatever else is typed is text: no input is an error.
"""

import re
from dataclasses import dataclass

from . import analysis

#: Longer input is cut: nobody means it.
MAX_LENGTH = 400
MAX_CLAUSES = 30
MIN_PREFIX_LENGTH = 2

CLAUSE = re.compile(r'(?<!\S)(?P<minus>-?)"(?P<phrase>[^"]*)"|(?P<chunk>[^\s"]+)')


@dataclass(frozen=True)
class Phrase:
    """Terms next to each other; the last one may be only a beginning. One term is a phrase, too."""

    terms: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True)
class All:
    """Every part, and none of `without`."""

    parts: tuple
    without: tuple = ()


@dataclass(frozen=True)
class Either:
    """At least one of the parts."""

    parts: tuple


Query = Phrase | All | Either

EVERYTHING = All(())
NOTHING = Either(())


def typed(text: str) -> str:
    """Return what somebody typed (or put into an address) as text that every database takes: short, without NUL."""
    return analysis.clean(text[:MAX_LENGTH].encode("utf-8", "ignore").decode()).strip()


def parse(text: str, *, either: bool = False) -> Query:
    """Return the meaning of a typed `text`, `NOTHING` if it asks for nothing.

    With `either`, one of the words is enough.
    """
    wanted: list[Query | None] = []
    unwanted: list[Query | None] = []
    for found in list(CLAUSE.finditer(typed(text)))[:MAX_CLAUSES]:
        chunk = found["chunk"]
        if chunk is None:
            (unwanted if found["minus"] else wanted).append(phrase(found["phrase"]))
        elif chunk.startswith("-"):
            unwanted.append(words(chunk))
        else:
            wanted.append(words(chunk))
    parts = tuple(dict.fromkeys(part for part in wanted if part))
    without = tuple(dict.fromkeys(part for part in unwanted if part))
    if not parts:
        return NOTHING
    return All((Either(parts),) if either else parts, without)


def phrase(text: str) -> Phrase | None:
    """Return the words of `text` next to each other."""
    terms = tuple(analysis.terms(text))
    return Phrase(terms) if terms else None


def words(chunk: str) -> Query | None:
    """Return what one piece of the input between spaces asks for: "E-Mail" and "10.24" are phrases."""
    folded = analysis.folded_words(chunk)
    if not chunk.endswith("*") or not folded or len(folded[-1]) < MIN_PREFIX_LENGTH:
        return phrase(chunk)
    *before, last = analysis.WORD.findall(analysis.clean(chunk))
    head = tuple(term for word in before if (term := analysis.stem(word)))
    beginning = Phrase((*head, analysis.fold(last)), prefix=True)
    # What is stored is the stem, and "Gebühren*" is longer than that.
    whole = analysis.stem(last)
    if not whole or whole.startswith(beginning.terms[-1]):
        return beginning
    return Either((beginning, Phrase((*head, whole))))


def parse_typing(text: str) -> Query:
    """Return the meaning of a `text` that somebody is still typing: unstemmed words, the last one a beginning."""
    chunks = [analysis.folded_words(chunk) for chunk in typed(text).split()][:MAX_CLAUSES]
    parts = [Phrase(tuple(chunk)) for chunk in chunks if chunk]
    if not parts:
        return NOTHING
    parts[-1] = Phrase(parts[-1].terms, prefix=True)
    return All(tuple(dict.fromkeys(parts)))
