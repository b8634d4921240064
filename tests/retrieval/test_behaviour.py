"""What people find, and what not: the same on every backend (R75, issue 4).

Runs on the database of the pass, and on search engines whose addresses stand in the environment (see `conftest.py`).
"""

import datetime

import pytest

from doakte_content.access.actions import grant
from doakte_content.access.policies import Right
from doakte_content.records.actions import change_record, create_case, create_record_file, move_record
from doakte_content.retrieval import queries
from doakte_content.retrieval.queries import Filters, search, suggest
from tests.retrieval.conftest import make_user


def titles(result) -> list[str]:
    return [hit.record.title for hit in result.hits]


def found(city, text, **kwargs) -> list[str]:
    return titles(search(city.everybody, text, **kwargs))


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Gebühren", "Die Gebühr beträgt zehn Euro."),
        ("Gebühr", "Es gelten die Gebühren der Anlage."),
        ("Gebuehr", "Die Gebühr beträgt zehn Euro."),
        ("gebühren", "DIE GEBUEHR BETRAEGT ZEHN EURO"),
        ("Foerderung", "Die Förderung wird bewilligt."),
        ("Förderungen", "Antrag auf Foerderung"),
        ("Strasse", "Sperrung der Straße am Markt"),
        ("STRASSEN", "Sperrung der Straße am Markt"),
        ("Straße", "Sperrung der Strasse am Markt"),
        ("Bauantrag", "Die Bauanträge sind eingegangen."),
        ("Häuser", "ein altes Haus"),
        ("Haeuser", "alte Häuser"),
        ("Gebu\u0308hr", "Die Gebühr beträgt zehn Euro."),
        ("Gebühr", "Die Ge-\nbühr beträgt zehn Euro."),
        ("Bauantr*", "Der Bauantrag liegt vor."),
        ("Gebühren*", "Die Gebühr beträgt zehn Euro."),
        ("Gebuehrens*", "Die Gebührensatzung tritt in Kraft."),
        ('"öffentliche Ordnung"', "Die öffentlichen Ordnungen sind einzuhalten."),
        ("die Gebühr", "Gebühr nach Tarif"),
        ("Gebühr Tarif", "Der Tarif bestimmt, welche Gebühr anfällt."),
        ("E-Mail", "Bitte per E-Mail antworten."),
        ("Gebühr -Entwurf", "Die Gebühr beträgt zehn Euro."),
        ("32-4711/2026", "Ihr Zeichen: 32-4711/2026"),
        ("Łukasz", "Herr Łukasz Żółć hat angerufen."),
        ("Zolc", "Herr Łukasz Żółć hat angerufen."),
    ],
)
def test_german_words_are_found_in_every_form(city, asked, written):
    """R75, R80: stemming, umlauts and their spellings in both directions, beginnings, phrases."""
    city.document("Treffer", written)
    assert found(city, asked) == ["Treffer"]


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Gebühr", "Die Geburt wurde angezeigt."),
        ("Gebühr Bescheid", "Die Gebühr beträgt zehn Euro."),
        ('"öffentliche Ordnung"', "Die Ordnung im öffentlichen Raum"),
        ("Gebühr -Entwurf", "Gebühr, Entwurf"),
        ('Gebühr -"erster Entwurf"', "Gebühr: erster Entwurf"),
        ("Bauantr", "Der Bauantrag liegt vor."),
        ("der die das", "der die das"),
        ("-Entwurf", "Die Gebühr beträgt zehn Euro."),
        ("10.2", "Abschnitt 2.10"),
    ],
)
def test_other_words_are_not_found(city, asked, written):
    """R75."""
    city.document("Treffer", written)
    assert found(city, asked) == []


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "*", "-", '"', '""', '"""', "'", "( ) AND OR NOT NEAR", "a" * 10_000, "wort " * 2_000, "\0", "Geb\0ühr",
        "title:x {a b} : c ^d", "x:* & | ! <->", "\\", "%s %d %(x)s {}", "💥 \u202e", "½ ² ﬁ", '-"', "-*", "%",
        "' OR 1=1 --", "ab\ud800 1",
    ],
)  # fmt: skip
def test_no_input_is_an_error(city, text):
    """R75: whatever is typed is text."""
    city.document("Gebührensatzung", "Die Gebühr beträgt zehn Euro.")
    search(city.everybody, text)
    search(city.everybody, text, filters=Filters(year=2026))
    suggest(city.everybody, text)


def test_all_metadata_are_searched_together_with_the_text(city):
    """R75: one query over metadata and full text."""
    document = city.document(
        "Anhörung",
        "Es geht um die Hundesteuer.",
        sender="Erika Mustermann",
        recipient="Stadtkasse",
        foreign_reference="AZ-778/12",
        remark="Eilt sehr",
        keywords=["Widerspruch"],
    )
    for text in ("Mustermann", "Stadtkasse", "AZ-778/12", "eilt", "Widersprüche", document.reference):
        assert "Anhörung" in found(city, text), text
    assert found(city, "Anhörung Mustermann Hundesteuer Widerspruch") == ["Anhörung"]


def test_title_counts_more_than_text(city):
    """R75: the best first."""
    city.document("Im Text", "Satzung " * 50)
    city.document("Satzung", "Anderes")
    city.document("Auch im Text", "Eine Satzung")
    assert found(city, "Satzung")[0] == "Satzung"


def test_a_record_of_just_that_reference_comes_first(city):
    """R10, R19, R75: an Aktenzeichen is found, and first, even if others speak of it."""
    wanted = city.document("Gesuchtes")
    for number in range(3):
        city.document(
            f"{wanted.reference} Antwort {number}", f"Bezug: {wanted.reference}, {wanted.reference}"
        )
    assert found(city, wanted.reference)[0] == "Gesuchtes"
    assert found(city, wanted.reference[:-4] + "*")[0]


def test_the_former_reference_still_finds_a_moved_record(city):
    """R19."""
    document = city.document("Gesuchtes")
    old = document.reference
    target = create_case(create_record_file(city.fees, title="Neu"), title="Neu")
    move_record(document, target, reason="falsch zugeordnet")
    city.index()
    assert found(city, old)[:1] == ["Gesuchtes"]


def test_what_a_reader_may_not_see_is_in_no_hit_count_facet_or_suggestion(city):
    """R57, R75: permission filtered."""
    city.document("Gebühr im Amt 20", "geheim")
    city.document("Gebühr im Amt 63", "geheim", case=city.building_case)
    result = search(city.reader, "Gebühr")
    assert titles(result) == ["Gebühr im Amt 20"]
    assert result.total == 1
    assert [(value.label, value.count) for value in result.facets["office"]] == [("20 Kämmerei", 1)]
    assert [record.title for record in suggest(city.reader, "Gebü")] == ["Gebühr im Amt 20"]
    assert search(city.everybody, "Gebühr").total == 2


def test_drafts_are_found_only_where_drafts_are_asked_for(city):
    """R75, W32: readers search what has been published; drafts are for those who may edit."""
    city.document("Entwurf", "Gebühr", live=False)
    assert found(city, "Gebühr") == []
    assert suggest(city.everybody, "Entw") == []
    assert search(city.everybody, "Gebühr", drafts=True).total == 0
    editor = make_user("sachbearbeitung")
    grant(city.fees.scope, Right.EDIT, user=editor)
    assert titles(search(editor, "Gebühr", drafts=True)) == ["Entwurf"]
    assert search(editor, "Gebühr").total == 0


def test_filters_narrow_and_facets_count_what_each_value_would_give(city):
    """R75: combinable."""
    city.document("A", "Gebühr", dated=datetime.date(2024, 5, 1))
    city.document("B", "Gebühr", dated=datetime.date(2025, 5, 1))
    city.document("C", "Gebühr", dated=datetime.date(2025, 6, 1), case=city.building_case)
    create_record_file(city.fees, title="Gebühr")
    city.index()

    result = search(city.everybody, "Gebühr", filters=Filters(year=2025, kind="document"))
    assert sorted(titles(result)) == ["B", "C"]
    assert result.total == 2
    counts = {name: {value.value: value.count for value in values} for name, values in result.facets.items()}
    assert counts["year"] == {2025: 2, 2024: 1}
    assert counts["office"] == {city.offices.treasury.pk: 1, city.offices.building.pk: 1}
    assert counts["kind"] == {"document": 2}

    assert found(city, "Gebühr", filters=Filters(office=city.offices.building.pk)) == ["C"]
    assert found(city, "Gebühr", filters=Filters(unit=city.building)) == ["C"]
    assert search(city.everybody, "Gebühr", filters=Filters(unit=city.main)).total == 4
    assert found(city, "Gebühr", filters=Filters(kind="file")) == ["Gebühr"]
    assert found(city, "Gebühr", filters=Filters(state="open")) == ["Gebühr"]
    for nothing in (Filters(kind="unknown"), Filters(year=0), Filters(year=999_999_999), Filters(office=0)):
        assert found(city, "Gebühr", filters=nothing) == []


def test_filters_alone_list_the_newest_first(city):
    """R75."""
    city.document("Alt", dated=datetime.date(2020, 1, 1))
    city.document("Neu", dated=datetime.date(2030, 1, 1))
    assert found(city, "", filters=Filters(kind="document")) == ["Neu", "Alt"]


def test_pages_show_each_hit_once_and_a_page_beyond_the_last_is_the_last(city):
    """R75."""
    for number in range(7):
        city.document(f"Gebühr {number}", "Gebühr " * number)
    pages = [search(city.everybody, "Gebühr", page=page, per_page=3) for page in (1, 2, 3)]
    assert [len(page.hits) for page in pages] == [3, 3, 1]
    assert len({hit.record.pk for page in pages for hit in page.hits}) == 7
    assert (pages[0].total, pages[0].pages) == (7, 3)
    assert search(city.everybody, "Gebühr", page=99, per_page=3).page == 3


def test_hits_are_marked_in_title_and_text(city):
    """R75: the words are marked as they stand there, stemmed, and nothing else is HTML."""
    city.document("Gebühren <b>neu</b>", "Es wird eine Gebühr & Auslagen <script> erhoben.")
    [hit] = search(city.everybody, "gebuehr").hits
    assert hit.title == "<mark>Gebühren</mark> &lt;b&gt;neu&lt;/b&gt;"
    assert hit.snippet == "Es wird eine <mark>Gebühr</mark> &amp; Auslagen &lt;script&gt; erhoben."
    assert hit.kind == "document"


def test_the_number_of_queries_does_not_depend_on_the_number_of_hits(city, django_assert_max_num_queries):
    """Issue 2: constant query counts."""
    city.document("Gebühr 0", "Gebühr")
    search(city.reader, "Gebühr")
    for count in (1, 12):
        for number in range(count):
            city.document(f"Gebühr {number}", f"Gebühr {number}")
        with django_assert_max_num_queries(10):
            result = search(city.reader, "Gebühr")
        assert len(result.hits) > count
    with django_assert_max_num_queries(6):
        assert suggest(city.reader, "Geb")


def test_suggestions_go_on_from_what_was_typed(city):
    """R75."""
    document = city.document("Änderung der Hundesteuersatzung", "egal")
    for typed in ("Änd", "aend", "hundes", "der hund", "Hundesteuersatzung änd", document.reference[:8]):
        assert document.pk in [record.pk for record in suggest(city.everybody, typed)], typed
    assert suggest(city.everybody, "steuer") == []
    assert suggest(city.everybody, "Ä") == []


def test_the_beginning_of_a_reference_suggests_files_first(city):
    """R75: who types an Aktenzeichen looks for its file; what lies in it comes after, what is hidden not at all."""
    record_file = create_record_file(city.fees, title="Zweite Akte")
    create_case(record_file, title="Vorgang darin")
    city.index()
    begun = record_file.reference[:-1]
    assert begun.startswith("10-")
    suggested = [record.reference for record in suggest(city.reader, begun)]
    first, second = f"{begun}1", f"{begun}2"
    assert suggested[:2] == [first, second]
    assert set(suggested) >= {f"{first}/1", f"{second}/1"}
    assert suggest(city.reader, "11-") == []


def test_a_change_is_found_after_indexing_and_the_old_words_no_longer(city):
    """R75."""
    change_record(city.fees_case, title="Mahnung")
    city.index()
    assert found(city, "Mahnungen") == ["Mahnung"]
    assert found(city, "Schriftwechsel") == []


def test_a_text_longer_than_the_database_allows_is_found_by_its_beginning(city):
    """R75: no text is too long to be filed."""
    city.document("Lang", "Anfang " + " ".join(f"w{number:x}" for number in range(200_000)))
    assert found(city, "Anfang") == ["Lang"]


def test_published_document_with_a_newer_draft_counts_as_approved(city):
    """Story 6: readers still see the approved state, in hits, facets and filters alike."""
    document = city.document("Bescheid", "Die Gebühr beträgt zehn Euro.")
    change_record(document, title="Bescheid, zweite Fassung")
    result = search(city.everybody, "Gebühr")
    assert [(value.value, value.count) for value in result.facets["state"]] == [("approved", 1)]
    assert found(city, "Gebühr", filters=Filters(state="approved")) == ["Bescheid"]
    assert found(city, "Gebühr", filters=Filters(state="draft")) == []


def test_nobody_counts_or_pages_further_than_anybody_reads(city, monkeypatch):
    """Issue 4: counts above a limit say "more than"; pages of hits go only as far as is sensible."""
    monkeypatch.setattr(queries, "COUNTED", 3)
    monkeypatch.setattr(queries, "REACHABLE", 2)
    for number in range(4):
        city.document(f"Gebühr {number}")
    result = search(city.everybody, "Gebühr", page=99, per_page=1)
    assert (result.total, result.precision, result.pages, result.page) == (3, "more", 2, 2)
    assert len(result.hits) == 1 and not result.reaches_all
