"""Show where a hit was found: the words that were meant, marked in title and text (R75).

Pure Python on the few hits that are shown. It uses the analysis that the index uses, so what was found is what is
marked: whoever asks for "Gebühren" sees "Gebühr" marked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from . import analysis, parse

#: Only the beginning of very long texts is looked through.
MAX_TEXT = 200_000
ELLIPSIS = "…"


@dataclass(frozen=True)
class Wanted:
    """The terms and beginnings of words that a query asks for."""

    terms: frozenset[str]
    beginnings: tuple[str, ...]
    #: What has been looked at already: the hits of one page share most of their words.
    known: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, text: str) -> "Wanted":
        """Return what a typed `text` asks for, exclusions left out."""
        phrases = list(wanted_phrases(parse.parse(text)))
        beginnings = {phrase.terms[-1] for phrase in phrases if phrase.prefix}
        terms = {term for phrase in phrases for term in phrase.terms[: -1 if phrase.prefix else None]}
        return cls(frozenset(terms), tuple(sorted(beginnings)))

    def match(self, word: str) -> str:
        """Return the term or beginning that `word` meets, or ""."""
        if word not in self.known:
            self.known[word] = self.look_up(word)
        return self.known[word]

    def look_up(self, word: str) -> str:
        term = analysis.stem(word)
        if term in self.terms:
            return term
        folded = analysis.fold(word)
        return next((start for start in self.beginnings if folded.startswith(start)), "")


def wanted_phrases(query: parse.Query) -> Iterator[parse.Phrase]:
    if isinstance(query, parse.Phrase):
        yield query
        return
    for part in query.parts:
        yield from wanted_phrases(part)


@dataclass(frozen=True)
class Mark:
    start: int
    end: int
    term: str


def marks(text: str, wanted: Wanted) -> list[Mark]:
    """Return the places of the wanted words in a cleaned text."""
    meant = {word for word in set(analysis.WORD.findall(text)) if wanted.match(word)}
    if not meant:
        return []
    places = (word for word in analysis.words(text) if word.group() in meant)
    return [Mark(place.start(), place.end(), wanted.match(place.group())) for place in places]


def marked(text: str, wanted: Wanted) -> SafeString:
    """Return the whole `text`, escaped, with the wanted words in <mark>."""
    text = analysis.clean(text)
    return with_marks(text, marks(text, wanted))


def snippet(text: str, wanted: Wanted, max_length: int = 240) -> SafeString:
    """Return the piece of `text` that shows the most of what was wanted, escaped and marked; its beginning if nothing.

    At most `max_length` characters of the text, begun and ended at a sentence or a word, on one line.
    """
    text = " ".join(analysis.clean(text[:MAX_TEXT]).split())
    places = marks(text, wanted)
    start, end = window(text, places, max_length)
    shown = [
        Mark(place.start - start, place.end - start, place.term)
        for place in places
        if start <= place.start and place.end <= end
    ]
    piece = with_marks(text[start:end], shown)
    return mark_safe((ELLIPSIS + " " if start else "") + piece + (" " + ELLIPSIS if end < len(text) else ""))


def window(text: str, places: list[Mark], max_length: int) -> tuple[int, int]:
    """Return start and end of the piece to show: the first one with the most different terms in it."""
    if len(text) <= max_length:
        return 0, len(text)
    best = most = 0
    for index, place in enumerate(places):
        reach = place.start + max_length * 2 // 3
        terms = {other.term for other in places[index : index + 50] if other.end <= reach}
        if len(terms) > most:
            best, most = place.start, len(terms)
    start = beginning_before(text, best, max_length // 4)
    return start, end_before(text, start + max_length, at_least=start)


def beginning_before(text: str, place: int, distance: int) -> int:
    """Return the start of the sentence that `place` stands in, or of a word not more than `distance` before it."""
    earliest = max(0, place - distance)
    if earliest == 0:
        return 0
    sentence = text.rfind(". ", earliest, place)
    if sentence >= 0:
        return sentence + 2
    word = text.find(" ", earliest, place)
    return word + 1 if word >= 0 else place


def end_before(text: str, latest: int, *, at_least: int) -> int:
    """Return the end of the last whole word before `latest`."""
    if latest >= len(text):
        return len(text)
    space = text.rfind(" ", at_least, latest + 1)
    return space if space > at_least else latest


def with_marks(text: str, places: list[Mark]) -> SafeString:
    """Return `text`, each piece escaped by itself, with the places in <mark>."""
    pieces, done = [], 0
    for place in places:
        pieces += [
            escape(text[done : place.start]),
            "<mark>",
            escape(text[place.start : place.end]),
            "</mark>",
        ]
        done = place.end
    return mark_safe("".join(pieces) + escape(text[done:]))
