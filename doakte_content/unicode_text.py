"""Composing letters (NFC) of text from strangers."""

import re
import unicodedata
from typing import Literal

#: As many marks on one letter as Unicode's own "stream-safe text format" has (UAX #15, section 13). People write three.
MAX_MARKS = 30


#: Unicode has marks in the first planes only.
_LAST_MARK = 0x1FFFF


def _marks() -> str:
    """Return the inside of a regular expression's brackets for all characters that consist of marks."""
    ranges: list[list[int]] = []
    for code in range(_LAST_MARK):
        if all(map(unicodedata.combining, unicodedata.normalize("NFKD", chr(code)))):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


_TOO_MANY_MARKS = re.compile(f"([{_marks()}]{{{MAX_MARKS}}})[{_marks()}]+")


def normalize(form: Literal["NFC", "NFKD"], text: str) -> str:
    """Return `text` in a normal form of Unicode ("NFC", "NFKD"), in linear time.

    Python sorts the marks of a letter by insertion: 40,000 of them take a second, a megabyte takes minutes. What is
    beyond `MAX_MARKS` on one letter is left out.
    """
    return unicodedata.normalize(form, text if text.isascii() else _TOO_MANY_MARKS.sub(r"\1", text))
