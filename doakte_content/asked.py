"""Numbers of rows as addresses and forms name them: anybody may write anything there."""

from collections.abc import Iterable

#: Longer numbers are no keys of any table. (`int` refuses very long ones, databases those beyond 64 bits.)
DIGITS = 18


def number(text: object, digits: int = DIGITS) -> int | None:
    """Return the number that a text says, or None for what is none: `str.isdecimal` alone takes "٣" and any length."""
    asked = str(text)
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= digits else None


def numbers(texts: Iterable[object]) -> list[int]:
    """Return the row numbers among texts, without what is none."""
    return [found for found in map(number, texts) if found is not None]
