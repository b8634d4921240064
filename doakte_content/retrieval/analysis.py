"""From text to the terms that are stored and searched: one analysis for every database (R75).

A term is a German word, folded (case, accents, ä/ae, ß/ss) and stemmed, so that "Gebühren", "Gebuehr" and "Gebühr"
are one term. It is done here and not in the database, because the three places that must agree — what is stored,
what is asked, what is marked in a hit — then agree on PostgreSQL and SQLite alike, and no extension is needed there.
Whoever changes this module must have the index rebuilt: `manage.py rebuild_index`.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import Stemmer

from doakte_content.unicode_text import normalize

WORD = re.compile(r"[^\W_]+")
#: "Ge-\nbühr" at the end of a line, and the invisible soft hyphen, are one word.
BROKEN_WORD = re.compile(r"(?<=[^\W\d_])-\r?\n(?=[a-zäöüß])|\u00ad")
#: Letters of DIN 91379 (R80) that Unicode does not take apart, as somebody without that key types them.
WHOLE_LETTERS = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
#: Longer "words" are noise from broken extractions; databases limit the length of a term, too.
MAX_WORD_LENGTH = 60

#: Words that say nothing about a document. They are neither stored nor asked for.
STOP_WORDS = frozenset(
    """
    aber als am an auch auf aus bei beim bis da damit dann das dass dem den denn der deren des dessen die dies diese
    diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es etwa für hat haben hatte ich
    ihr ihre ihrem ihren ihrer im in indem ins ist ja jede jedem jeden jeder jedes kann kein keine können man mit muss
    nach nicht noch nun nur ob oder ohne sehr sein seine seinem seinen seiner seit sich sie sind so soll sollen sowie
    über um und uns unter vom von vor war waren was wegen weil wenn werden wie wir wird wo worden wurde wurden zu zum
    zur zwischen
    """.split()
)


def clean(text: str) -> str:
    """Return `text` as it is analysed and shown: composed letters, no broken words, no NUL."""
    return BROKEN_WORD.sub("", normalize("NFC", text)).replace("\0", " ")


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Return a word without case, accents and spelling variants of umlauts: "Straße" and "STRASSE" are "strasse"."""
    plain = unicodedata.normalize("NFKD", word.casefold()[:MAX_WORD_LENGTH]).translate(WHOLE_LETTERS)
    plain = "".join(letter for letter in plain if letter.isalnum())
    # Not in "neue", "bauen" and "quer", where no umlaut is meant.
    return re.sub(r"(?<![aeq])ue|(?<=[ao])e", lambda found: found.group()[:-1], plain)


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the term of a word; empty for a word that says nothing."""
    folded = fold(word)
    if not folded or folded in FOLDED_STOP_WORDS:
        return ""
    # A stemmer is cheap to make and not safe to share between threads.
    return Stemmer.Stemmer("german").stemWord(folded)


FOLDED_STOP_WORDS = frozenset(fold(word) for word in STOP_WORDS)


def words(text: str) -> Iterator[re.Match]:
    """Yield the words of a cleaned text with their places."""
    return WORD.finditer(text)


def terms(text: str) -> list[str]:
    """Return the terms of a text in its order, without stop words."""
    return [term for word in WORD.findall(clean(text)) if (term := stem(word))]


def folded_words(text: str) -> list[str]:
    """Return the words of a text folded but not stemmed, for completing what somebody is typing."""
    return [folded for word in WORD.findall(clean(text)) if (folded := fold(word))]
