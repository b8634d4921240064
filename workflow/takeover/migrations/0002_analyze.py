"""Let an application that does not own its tables have the rows of a takeover counted before it joins them."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION doakte_takeover_analyze() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    ANALYZE doakte_takeover_takeoverrow;
END $$
"""


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT quote_ident(current_schema())")
            schema = cursor.fetchone()[0]
        schema_editor.execute(FUNCTION.format(schema=schema), params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS doakte_takeover_analyze()")


class Migration(migrations.Migration):
    dependencies = [("doakte_takeover", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
