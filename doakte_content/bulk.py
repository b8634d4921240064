"""Writing many rows at once: `COPY` on PostgreSQL, one prepared statement on SQLite.

For rows that are complete as they come, of tables whose triggers and constraints do the checking. Signals are not sent.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

#: Rows of one statement that is built with its values in it.
STATEMENT_ROWS = 1_000


def columns_of(model: type[models.Model], *, without: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names of the columns of a model's own table, in its order."""
    return tuple(field.column for field in model._meta.local_concrete_fields if field.column not in without)


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write `rows`, values in the order of `columns`, in the caller's transaction.

    Values are None, bool, numbers, texts (JSON is one), dates, aware datetimes and UUIDs.
    """
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join("%s" for _column in columns)
            cursor.executemany(
                f"INSERT INTO {quote(table)} ({names}) VALUES ({places})",
                [tuple(map(as_stored, row)) for row in rows],
            )


def as_stored(value: Any) -> Any:
    """Return a value as Django stores it on SQLite."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    if isinstance(value, date):
        return value.isoformat()
    return value


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Return keys for `count` new rows of a table with its own automatic key, in the caller's transaction."""
    field = model._meta.local_concrete_fields[0]
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, field.column, count],
            )
            return [pk for (pk,) in cursor.fetchall()]
        # Transactions that write are alone here, and SQLite goes on from the highest key that a row was given.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
        return list(range(first, first + count))


def update(table: str, key: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Set values of many rows. `rows` hold the key and the values of `columns`, {name: type to cast to}."""
    quote = connection.ops.quote_name
    places = "(" + ", ".join("%s" for _value in range(len(columns) + 1)) + ")"
    settings = ", ".join(
        f"{quote(name)} = CAST(v.column{number} AS {kind})"
        for number, (name, kind) in enumerate(columns.items(), start=2)
    )
    with connection.cursor() as cursor:
        for start in range(0, len(rows), STATEMENT_ROWS):
            part = rows[start : start + STATEMENT_ROWS]
            cursor.execute(
                f"UPDATE {quote(table)} SET {settings} FROM (VALUES {', '.join([places] * len(part))}) AS v"
                f" WHERE {quote(table)}.{quote(key)} = v.column1",
                [
                    as_stored(value) if connection.vendor == "sqlite" else value
                    for row in part
                    for value in row
                ],
            )
