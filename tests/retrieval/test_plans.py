"""What a search costs the database, read from EXPLAIN (issue 4). PostgreSQL only."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from doakte_content import bulk
from doakte_content.records.models import Document, Record
from doakte_content.retrieval import bulk as index
from doakte_content.retrieval import facts, queries
from doakte_content.retrieval.backends import postgres_records
from doakte_content.retrieval.backends.tally import RANKED
from doakte_content.retrieval.queries import Filters, search, suggest

plans = pytest.importorskip("tests.scale.plans")
pytestmark = pytest.mark.postgres

#: As many documents as the planner needs to prefer its indexes, and as lie in many ages.
DOCUMENTS = 20_000
AGE = 256
#: Rows that the hungriest step of a search may read: some samples and pages, and not half of the stock.
MOST_ROWS = DOCUMENTS // 8


@pytest.fixture
def stock(city, monkeypatch):
    """Multiply a document: every 100th has a rare word, every second of the others a common one. 200 are many."""
    for module in (facts, postgres_records):
        monkeypatch.setattr(module, "AGE", AGE)
    monkeypatch.setattr(postgres_records, "RANKED", 50)
    monkeypatch.setattr(postgres_records, "MANY", 200)
    monkeypatch.setattr(queries, "COUNTED", 100)
    city.first = city.document("Bescheid", "Satzung der Gebühren")
    multiply(city.first, DOCUMENTS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return city


def multiply(document, count: int) -> None:
    """Copy the rows of a document by statements, and write an entry of the index for each."""
    first = Record.objects.order_by("-pk").values_list("pk", flat=True)[0]
    own = {
        "wagtailcore_page": (
            "id",
            {"path": "path || lpad(n::text, 8, '0')", "translation_key": "gen_random_uuid()"},
        ),
        "doakte_records_record": (
            "page_ptr_id",
            {"uuid": "gen_random_uuid()", "reference": "reference || '-' || n"},
        ),
        "doakte_records_document": ("record_ptr_id", {}),
    }
    with connection.cursor() as cursor:
        for table, (key, changed) in own.items():
            names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            values = [f"{first} + n" if name == key else changed.get(name, f'"{name}"') for name in names]
            columns = ", ".join(f'"{name}"' for name in names)
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {', '.join(values)} FROM {table},"
                f" generate_series(1, {count}) AS n WHERE {key} = {document.pk}"
            )
    content_type, unit = ContentType.objects.get_for_model(Document).pk, document.unit
    bulk.insert(
        index.TABLE,
        index.COLUMNS,
        (
            index.index_row(
                content_type,
                first + n,
                head_texts=[document.title, f"{document.reference}-{n}"],
                body_texts=["Satzung der Gebühren", "rar" if n % 100 == 0 else "gang" if n % 2 == 0 else ""],
                typing_texts=[document.title, f"{document.reference}-{n}"],
                unit_path=unit.path,
                office_id=document.office_id,
                year=document.dated.year,
                state=document.state,
                references=(f"{document.reference}-{n}",),
            )
            for n in range(1, count + 1)
        ),
    )


def test_no_search_reads_a_table_of_the_stock_from_end_to_end(stock):
    """Issue 4: no query that scans a table of the size of the stock, whatever is asked by whom."""
    with_filters = Filters(year=stock.first.dated.year, kind="document")
    for text, filters in (
        ("rar", None),
        ("gang", None),
        ("gang -rar", None),
        ('"Satzung der Gebühr"', None),
        ("Bescheid gan*", None),
        ("gang", with_filters),
        (f"{stock.first.reference}-77", None),
        ("", with_filters),
    ):
        for user in (stock.reader, stock.everybody):
            with plans.watched(scans=False) as watched:
                result = search(user, text, filters=filters)
            assert result.hits, f"the plan of a search that finds nothing says nothing: {text}"
            plans.assert_bounded(watched, rows=MOST_ROWS)
            if text.endswith("-77"):
                assert result.hits[0].record.reference == text


def test_no_suggestion_reads_a_table_of_the_stock_from_end_to_end(stock):
    """Issue 4: autocomplete, by words and by the beginning of a reference."""
    for text in ("Besch", f"{stock.first.reference}-7"):
        with plans.watched(scans=False) as watched:
            assert suggest(stock.everybody, text)
        plans.assert_bounded(watched, rows=MOST_ROWS)


def test_many_hits_are_counted_in_a_sample(stock):
    """Issue 4: above a limit counts say "more than"; facets say that they are estimates, and are near the truth."""
    result = search(stock.everybody, "gang")
    assert (result.total, result.precision) == (100, "more")
    assert result.facets_are_estimates
    [kind] = result.facets["kind"]
    assert abs(kind.count - DOCUMENTS * 0.49) < DOCUMENTS * 0.1
    keys = [hit.record.pk for hit in result.hits]
    assert len(keys) == 20
    assert min(keys) > stock.first.pk + DOCUMENTS - 3 * RANKED, "the best of the newest"
    narrowed = search(stock.everybody, "rar", filters=Filters(kind="document"))
    assert (narrowed.total, narrowed.precision) == (100, "more")
