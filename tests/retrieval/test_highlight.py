"""Marked hits (R75)."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from doakte_content.retrieval.highlight import Wanted, marked, snippet


def marked_words(html: str) -> list[str]:
    return re.findall(r"<mark>(.*?)</mark>", html)


def test_words_are_marked_in_the_form_they_stand_in():
    """R75: "Gebühren" marks "Gebühr"; spellings of umlauts do not matter; beginnings and phrases neither."""
    text = "Gebühr, GEBUEHREN, Bauantrag, Straße und Geburt"
    assert marked_words(marked(text, Wanted.of("Gebühren Bauantr* Strasse -Geburt"))) == [
        "Gebühr",
        "GEBUEHREN",
        "Bauantrag",
        "Straße",
    ]
    assert marked_words(marked("öffentliche Ordnung", Wanted.of('"öffentlichen Ordnungen"'))) == [
        "öffentliche",
        "Ordnung",
    ]


def test_the_snippet_shows_the_place_with_most_of_the_words():
    """R75."""
    text = (
        "Anfang. " * 100
        + "Eine Gebühr allein. "
        + "Mitte. " * 100
        + "Die Gebühr der Satzung gilt. "
        + "Ende. " * 100
    )
    html = snippet(text, Wanted.of("Gebühr Satzung"), 80)
    assert marked_words(html) == ["Gebühr", "Satzung"]
    assert html.startswith("… ") and html.endswith(" …")
    assert "<mark>Gebühr</mark> der <mark>Satzung</mark> gilt." in html


def test_a_snippet_without_a_hit_is_the_beginning():
    """R75: found by its keywords, shown with its first words."""
    assert (
        snippet("Sehr geehrte Damen und Herren, " * 20, Wanted.of("x"), 40)
        == "Sehr geehrte Damen und Herren, Sehr …"
    )
    assert snippet("", Wanted.of("x")) == ""


@given(st.text(max_size=600), st.text(max_size=40), st.integers(20, 200))
def test_nothing_but_marks_is_html(text, asked, length):
    """R75: escaped whatever the text and the query are, and never longer than asked."""
    html = snippet(text, Wanted.of(asked), length)
    plain = re.sub("</?mark>", "", html)
    assert "<" not in plain and ">" not in plain
    assert len(unescape(plain).removeprefix("… ").removesuffix(" …")) <= length
