"""PostgreSQL: one index over words and facts, in place of one for each vector.

It is built before the old ones go, so that searching goes on. It is built while rows are written, too
(CONCURRENTLY), which is why this migration is no transaction: interrupted, it can be run again.
"""

from django.db import migrations

TABLE = "wagtailsearch_indexentry"
INDEX = "doakte_index_terms"
VECTORS = ("autocomplete", "body", "title")


def stock_indexes(cursor) -> list[str]:
    """Return the names of Wagtail's own indexes on single vectors."""
    cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [TABLE])
    vectors = [f"USING gin ({vector})" for vector in VECTORS]
    return [name for name, definition in cursor.fetchall() if definition.endswith(tuple(vectors))]


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        # What was interrupted left an index that serves nobody.
        cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        cursor.execute("DROP INDEX CONCURRENTLY IF EXISTS doakte_record_newest")
        cursor.execute(
            f"CREATE INDEX CONCURRENTLY {INDEX} ON {TABLE} USING gin (body, title, autocomplete)"
            " WITH (gin_pending_list_limit = 1024)"
        )
        for name in stock_indexes(cursor):
            cursor.execute(f"DROP INDEX CONCURRENTLY {name}")
        cursor.execute(
            "CREATE INDEX CONCURRENTLY doakte_record_newest"
            " ON doakte_records_record (dated DESC, page_ptr_id DESC)"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        for vector in VECTORS:
            cursor.execute(
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS wagtailsearch_{vector}_gin ON {TABLE} USING gin ({vector})"
            )
        cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        cursor.execute("DROP INDEX CONCURRENTLY IF EXISTS doakte_record_newest")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("doakte_retrieval", "0002_postgres_indexes"),
        ("doakte_records", "0001_initial"),
        ("wagtailsearch", "0010_add_text_fields"),
    ]
    operations = [migrations.RunPython(create, drop)]
