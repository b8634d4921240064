"""Ask for the index when a statement changes records that nobody saves one by one: moves, closings, shares.

The database does it, in the transaction that changes them, so that no action can forget it. The sweeper rings.

SQLite loses the trigger where a later migration has it make the table of records anew: such a migration must run
`create` again (tests/retrieval/test_index_queue.py tells).
"""

from django.db import migrations

NAME = "doakte_index_follows"
RECORDS, JOBS = "doakte_records_record", "doakte_retrieval_indexjob"
#: What an entry says of a record, of the columns that are set for many at once.
COLUMNS = ("scope_id", "unit_id", "office_id", "state", "dated", "reference")

UPSERT = f"""
    INSERT INTO {JOBS} (page_id, token, requested_at, attempts, error)
    VALUES (NEW.page_ptr_id, {{token}}, {{now}}, 0, '')
    ON CONFLICT (page_id) DO UPDATE SET token = excluded.token, requested_at = excluded.requested_at,
        retry_at = NULL, attempts = 0, error = ''
"""


def create(apps, schema_editor):
    differs = "IS DISTINCT FROM" if schema_editor.connection.vendor == "postgresql" else "IS NOT"
    changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in COLUMNS)
    trigger = f"CREATE TRIGGER {NAME} AFTER UPDATE OF {', '.join(COLUMNS)} ON {RECORDS} FOR EACH ROW WHEN ({changed})"
    if schema_editor.connection.vendor == "postgresql":
        upsert = UPSERT.format(token="gen_random_uuid()", now="clock_timestamp()")
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {upsert}; RETURN NULL; END $$",
            params=None,
        )
        schema_editor.execute(f"{trigger} EXECUTE FUNCTION {NAME}()", params=None)
    else:
        upsert = UPSERT.format(token="lower(hex(randomblob(16)))", now="strftime('%Y-%m-%d %H:%M:%f', 'now')")
        schema_editor.execute(f"{trigger} BEGIN {upsert}; END", params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME} ON {RECORDS}")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {NAME}()")
    else:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME}")


class Migration(migrations.Migration):
    dependencies = [
        ("doakte_retrieval", "0004_walks"),
        ("doakte_records", "0005_emergency_access"),
    ]
    operations = [migrations.RunPython(create, drop)]
