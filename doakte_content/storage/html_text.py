"""The readable text of an HTML page or mail body.

Read in one pass: Python's own `html.parser` looks for the end of every construct that is never closed anew, from each
of its beginnings to the end of the file, which takes hours for a hostile page of a megabyte.
"""

import html
import re
import string
from collections.abc import Iterator

_HIDDEN = frozenset({"script", "style", "head", "title", "template", "noscript"})
_BLOCKS = frozenset("p div br tr li h1 h2 h3 h4 h5 h6 table ul ol blockquote pre hr section article".split())
#: What stands in these is no markup, up to their own end.
_RAW = frozenset({"script", "style", "title"})
_TAG_NAME = re.compile(r"/?([a-zA-Z][^\s/>]{0,60})")
#: Python refuses to make a number of so many digits; no character has one.
_ENDLESS_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
#: Of the Latin letters alone: other letters change their number when they become small ones.
_SMALL = {ord(letter): letter.lower() for letter in string.ascii_uppercase}
_QUOTED_VALUE = re.compile(r"=[ \t\r\n]{0,20}([\"'])")


def html_to_text(page: str) -> str:
    """Return what a reader sees of the HTML, without markup, scripts and styles."""
    pieces: list[str] = []
    hidden = 0
    for tag, text in _tokens(page):
        if tag is None:
            if not hidden:
                plain = html.unescape(_ENDLESS_NUMBER.sub("\ufffd", text))
                pieces.append(" ".join(plain.split()) + (" " if plain[-1:].isspace() else ""))
        elif tag.startswith("/"):
            hidden -= bool(hidden) and tag[1:] in _HIDDEN
        else:
            hidden += tag in _HIDDEN
            if tag in _BLOCKS:
                pieces.append("\n")
            elif tag in ("td", "th"):
                pieces.append("\t")
    lines = (line.strip() for line in "".join(pieces).splitlines())
    return "\n".join(line for line in lines if line)


def _tokens(page: str) -> Iterator[tuple[str | None, str]]:
    """Yield (tag, "") for each tag, an ending one with its stroke, and (None, text) for what stands between them."""
    seek = _Seeker(page)
    done = place = 0
    while (place := page.find("<", place)) >= 0:
        name = _TAG_NAME.match(page, place + 1)
        if name is None and page[place + 1 : place + 2] not in ("!", "?", "/"):
            place += 1  # "a < b"
            continue
        if place > done:
            yield None, page[done:place]
        if name is None:
            place = seek.after("-->" if page.startswith("<!--", place) else ">", place)
        else:
            tag = name[0].lower()
            place = _end_of_tag(seek, name.end())
            yield tag, ""
            if tag in _RAW:
                end = seek.before("</" + tag, place)
                yield None, page[place:end]
                place = end
        done = place
    if done < len(page):
        yield None, page[done:]


def _end_of_tag(seek: "_Seeker", place: int) -> int:
    """Return where a tag ends that goes on at `place`: a ">" in a quoted value does not end it."""
    page = seek.page
    while True:
        end = seek.before(">", place)
        quoted = _QUOTED_VALUE.search(page, place, end + 1)
        if quoted is None:
            return min(end + 1, len(page))
        close = seek.before(quoted[1], quoted.end())
        if close >= len(page):
            return min(end + 1, len(page))  # never closed: it is no value
        place = close + 1


class _Seeker:
    """Finds the next place of a text. What is nowhere behind a place is looked for once only."""

    def __init__(self, page: str):
        self.page = page
        self.folded = page.translate(_SMALL)
        self.found: dict[str, int] = {}

    def before(self, text: str, place: int) -> int:
        """Return where `text` next stands from `place` on, whatever its case; the end of the page if nowhere."""
        known = self.found.get(text, -1)
        if known < place:
            known = self.folded.find(text, place)
            self.found[text] = known = len(self.page) if known < 0 else known
        return known

    def after(self, text: str, place: int) -> int:
        """Return where `text` next ends; the end of the page if it is nowhere."""
        return min(self.before(text, place) + len(text), len(self.page))
