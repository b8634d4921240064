"""Tables whose rows are written once: the database itself refuses to change or remove them (R60, W4, W14)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import migrations

PREFIX = "doakte_append_only"

POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {PREFIX}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def protect(table: str) -> migrations.RunPython:
    """Return the migration operation that makes `table` append-only, on PostgreSQL and SQLite alike.

    Any UPDATE, DELETE or (PostgreSQL) TRUNCATE then raises `django.db.IntegrityError`.
    """

    def forwards(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(POSTGRES_FUNCTION, params=None)
            schema_editor.execute(
                f"CREATE TRIGGER {PREFIX}_row BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {PREFIX}()"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {PREFIX}_all BEFORE TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {PREFIX}()"
            )
        else:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER {PREFIX}_{table}_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )

    def backwards(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for suffix in ("row", "all"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {PREFIX}_{suffix} ON {table}")
        else:
            for verb in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {PREFIX}_{table}_{verb}")

    return migrations.RunPython(forwards, backwards)


@contextmanager
def suspended(connection) -> Iterator[None]:
    """Lift every append-only protection while the block runs.

    For test databases that are emptied between tests, and for nothing else.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE %s", [f"{PREFIX}%"]
            )
            tables = [row[0] for row in cursor.fetchall()]
            before = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
            after = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{PREFIX}%"]
            )
            triggers = cursor.fetchall()
            before = [f"DROP TRIGGER {name}" for name, _ in triggers]
            after = [sql for _, sql in triggers]
        for statement in before:
            cursor.execute(statement)
        try:
            yield
        finally:
            for statement in after:
                cursor.execute(statement)
