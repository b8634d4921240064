"""PostgreSQL: let the index table be joined with the pages through an index.

Wagtail's index table names objects by text, so the join compares `id::varchar(50)` (design.md: 4.6 s without).
"""

from django.db import migrations

#: Name of the index, model, column.
INDEXES = [
    ("doakte_page_id_text", ("wagtailcore", "Page"), "id"),
    ("doakte_record_id_text", ("doakte_records", "Record"), "page_ptr_id"),
]


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name, model, column in INDEXES:
        table = apps.get_model(*model)._meta.db_table
        schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} (({column}::varchar(50)))")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name, _model, _column in INDEXES:
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("doakte_retrieval", "0001_initial"),
        ("doakte_records", "0001_initial"),
        ("wagtailcore", "0001_initial"),
    ]
    operations = [migrations.RunPython(create, drop)]
