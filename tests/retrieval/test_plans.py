"""What a search costs the database, read from EXPLAIN (issue 4). PostgreSQL only."""

import pytest
from django.db import connection

from doakte_content.records.models import Record
from doakte_content.retrieval.queries import Filters, search, suggest

plans = pytest.importorskip("tests.scale.plans")
pytestmark = pytest.mark.postgres

#: As many documents as the planner needs to prefer its indexes.
DOCUMENTS = 6_000


@pytest.fixture
def stock(city):
    """Multiply a document in the tables that a search reads; every 100th has the rare word, every second the common one."""
    document = city.document("Bescheid", "Satzung")
    document.refresh_from_db()
    multiply(document, DOCUMENTS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return city


def multiply(document, count: int) -> None:
    """Copy the rows of a document by statements, with entries of their own."""
    first = Record.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    own = {
        "wagtailcore_page": ("id", {"path": "path || lpad(n::text, 8, '0')", "translation_key": "gen_random_uuid()"}),
        "doakte_records_record": ("page_ptr_id", {"uuid": "gen_random_uuid()", "reference": "reference || '-' || n"}),
        "doakte_records_document": ("record_ptr_id", {}),
    }
    with connection.cursor() as cursor:
        for table, (key, changed) in own.items():
            names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            values = [f"{first} + n" if name == key else changed.get(name, f'"{name}"') for name in names]
            columns = ", ".join(f'"{name}"' for name in names)
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {', '.join(values)} FROM {table},"
                f" generate_series(1, {count}) AS n WHERE {key} = %s",
                [document.pk],
            )
        cursor.execute(
            "INSERT INTO wagtailsearch_indexentry (content_type_id, object_id, title_norm, title, body, autocomplete,"
            " title_text, body_text) SELECT content_type_id, %s + n, title_norm, title, ts_delete(body,"
            " ARRAY[E'\\ue000part' || %s % 64, E'\\ue000age' || %s / 4096]) || array_to_tsvector("
            " ARRAY[E'\\ue000part' || (%s + n) % 64, E'\\ue000age' || (%s + n) / 4096,"
            " CASE WHEN n % 100 = 0 THEN 'selten' WHEN n % 2 = 0 THEN 'haufig' ELSE 'sonst' END]),"
            " autocomplete, '', '' FROM wagtailsearch_indexentry, generate_series(1, %s) AS n"
            " WHERE content_type_id = %s AND object_id = %s".replace(" % ", " %% "),
            [first, document.pk, document.pk, first, first, count, document.content_type_id, str(document.pk)],
        )


@pytest.mark.parametrize("who", ["reader", "everybody"])
@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("selten", None),
        ("häufig", None),
        ("häufig -selten", None),
        ('"Bescheid Satzung"', None),
        ("Bescheid häuf*", None),
        ("häufig", Filters(year=2026, kind="document")),
        ("10-2026-0001-1-1-77", None),
        ("", Filters(kind="document")),
    ],
)
def test_no_search_reads_a_table_of_the_stock_from_end_to_end(stock, who, text, filters):
    """Issue 4: no query that scans a table of the size of the stock."""
    with plans.watched() as queries:
        result = search(getattr(stock, who), text, filters=filters)
    assert result.total, "the plan of a search that finds nothing says nothing"
    assert not [str(query) for query in queries if query.whole_scans()]


def test_no_suggestion_reads_a_table_of_the_stock_from_end_to_end(stock):
    """Issue 4: autocomplete, by words and by the beginning of a reference."""
    for text in ("Besch", "10-2026-0001-1-1-7"):
        with plans.watched() as queries:
            assert suggest(stock.everybody, text)
        assert not [str(query) for query in queries if query.whole_scans()]


def test_many_hits_are_counted_in_a_sample(stock, monkeypatch):
    """Issue 4: above a limit counts say "more than"; facets say that they are estimates, and are near the truth."""
    from doakte_content.retrieval import queries
    from doakte_content.retrieval.backends import postgres_records

    monkeypatch.setattr(postgres_records, "MANY", 200)
    monkeypatch.setattr(queries, "COUNTED", 100)
    result = search(stock.everybody, "häufig")
    assert (result.total, result.precision) == (100, "more")
    assert result.facets_are_estimates
    [kind] = result.facets["kind"]
    assert abs(kind.count - DOCUMENTS * 0.49) < DOCUMENTS * 0.1
    newest = sorted((hit.record.pk for hit in result.hits), reverse=True)
    assert len(newest) == 20 and [hit.record.pk for hit in result.hits] == newest
    narrowed = search(stock.everybody, "selten", filters=Filters(kind="document"))
    assert (narrowed.total, narrowed.precision) == (DOCUMENTS // 100, "exact")
