"""Tables whose rows are kept: the database itself refuses to change or remove them (R20, R60, W4, W14).

Each room says of its tables, beside its models, what must not happen to their rows (`written_once`, `never_removed`,
`removed_when_journalled`). From that come the triggers of both databases (`triggers`); `guards` puts them in place and
finds out whether they are.

SQLite has no roles, and `INSERT OR REPLACE` removes the row it meets without asking triggers of DELETE: there a
trigger before INSERT for each unique key keeps what is known as it is, and one before UPDATE where rows may change.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from django.db import migrations, models

PREFIX = "doakte_append_only"
#: The action of the journal that lets a record go.
DESTROYED = "record.destroy"
JOURNAL = "doakte_journal_journalentry"

POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {PREFIX}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

Model = TypeVar("Model", bound=type[models.Model])


@dataclass(frozen=True)
class Key:
    """Columns that no two rows share. `where`, of a partial index, names the row as `{row}`."""

    columns: tuple[str, ...]
    where: str = ""

    def is_known(self, table: str, *, besides: str = "") -> str:
        """Return the condition that another row has the key of NEW."""
        same = [f"known.{column} = NEW.{column}" for column in self.columns]
        if self.where:
            same.append(self.where.format(row="known"))
        found = (
            f"EXISTS (SELECT 1 FROM {table} AS known WHERE {' AND '.join([*same, *filter(None, [besides])])})"
        )
        return f"{found} AND {self.where.format(row='NEW')}" if self.where else found


@dataclass(frozen=True)
class Trigger:
    """What is refused before `events` on a table: always, or when `condition` holds for OLD and NEW.

    `{differs}` in the condition stands for the comparison that takes NULL for a value.
    """

    table: str
    suffix: str
    events: tuple[str, ...]
    condition: str = ""
    message: str = ""
    #: Leave the row out in silence instead of failing; SQLite only.
    ignore: bool = False
    #: Whether the condition asks other tables.
    asks_others: bool = False


@dataclass(frozen=True)
class Kept:
    """What a room says of one of its tables."""

    table: str
    keys: tuple[Key, ...]
    #: Of these, those whose known rows are left out in silence.
    ignored: tuple[Key, ...] = ()
    refused: tuple[Trigger, ...] = ()
    #: What nobody but the owner of the tables may be allowed (PostgreSQL).
    forbidden: tuple[str, ...] = ("TRUNCATE", "TRIGGER")


#: All of them, as the rooms' models are loaded.
KEPT: dict[str, Kept] = {}


def _key(key: str | Key) -> Key:
    return key if isinstance(key, Key) else Key(tuple(key.split()))


def written_once(*keys: str | Key, ignore: tuple[str, ...] = ()) -> Callable[[Model], Model]:
    """Return a decorator for models whose rows are neither changed nor removed.

    `keys` are the unique keys of the table, each the names of its columns. A row that comes again with one of `ignore`
    is left out in silence, as `ignore_conflicts` asks for; on SQLite a trigger cannot tell who asks.
    """

    def keep(model: Model) -> Model:
        table = model._meta.db_table
        refused = Trigger(table, "row", ("UPDATE", "DELETE"), message=f"{table} is append-only")
        _keep(
            Kept(
                table,
                tuple(map(_key, keys)),
                tuple(map(_key, ignore)),
                (refused,),
                ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER"),
            )
        )
        return model

    return keep


def never_removed(
    *keys: str | Key, once: str = "", unchanged: tuple[str, ...] = (), unless: str = ""
) -> Callable[[Model], Model]:
    """Return a decorator for models whose rows change, but stay; with `once`, as soon as OLD fulfils that condition.

    What others call a row by (each of `keys` that is one column) never changes, nor do the columns `unchanged`;
    `unless` is a condition about OLD and NEW that refuses a change, too.
    """

    def keep(model: Model) -> Model:
        table = model._meta.db_table
        message = f"{table}: rows are not removed"
        removal = Trigger(table, "row", ("DELETE",), once, message, asks_others=bool(once))
        forbidden = ("TRUNCATE", "TRIGGER") if once else ("DELETE", "TRUNCATE", "TRIGGER")
        own = tuple(map(_key, keys))
        refused = (removal, _fixed(table, (*_names(own), *unchanged), unless))
        _keep(Kept(table, own, refused=refused, forbidden=forbidden))
        return model

    return keep


def _names(keys: tuple[Key, ...]) -> list[str]:
    """Return the columns that a row is known by elsewhere."""
    return [key.columns[0] for key in keys if len(key.columns) == 1 and not key.where]


def _differ(columns: Iterable[str]) -> str:
    return " OR ".join(f"OLD.{column} {{differs}} NEW.{column}" for column in columns)


def _fixed(table: str, columns: Iterable[str], unless: str = "") -> Trigger:
    """Return the trigger that keeps columns as they are.

    Other triggers, signatures and the journal find a row by them, and would look elsewhere.
    """
    condition = f"{_differ(columns)} OR ({unless})" if unless else _differ(columns)
    return Trigger(table, "fixed", ("UPDATE",), condition, f"{table}: what a row is known by does not change")


def app_label_kept(label: str) -> None:
    """Keep the content types of an app as what they are: triggers ask them which revisions are those of records.

    Not their `model`: renaming one in a migration changes it. The application may change none of them at all.
    """
    table = "django_content_type"
    ours = f"OLD.app_label = '{label}'"
    message = f"{table}: what a row is known by does not change"
    refused = (
        Trigger(table, "row", ("DELETE",), ours, f"{table}: rows are not removed"),
        Trigger(table, "fixed", ("UPDATE",), f"{ours} AND ({_differ(('id', 'app_label'))})", message),
    )
    forbidden = ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
    _keep(Kept(table, (_key("id"), _key("app_label model")), refused=refused, forbidden=forbidden))


def removed_when_journalled(
    table: str, *keys: str | Key, record: str, unchanged: tuple[str, ...] = ()
) -> None:
    """Let rows of `table` go only when the journal says that their record was destroyed.

    `record` is the SELECT that gives the `uuid` of the record that a row (OLD) belongs to; a row of none is nobody's
    concern. Columns named in `unchanged` of a record's rows are never changed, nor is what others call a row by.
    """
    destroyed = (
        f"SELECT 1 FROM {JOURNAL} AS line WHERE line.object_uuid = one.uuid AND line.action = '{DESTROYED}'"
    )
    own = tuple(map(_key, keys))
    refused = [
        _fixed(table, _names(own)),
        Trigger(
            table,
            "removal",
            ("DELETE",),
            f"EXISTS (SELECT 1 FROM ({record}) AS one WHERE NOT EXISTS ({destroyed}))",
            f"{table}: the journal knows nothing of the removal",
            asks_others=True,
        ),
    ]
    if unchanged:
        refused.append(
            Trigger(
                table,
                "content",
                ("UPDATE",),
                f"({_differ(unchanged)}) AND EXISTS (SELECT 1 FROM ({record}) AS one)",
                f"{table} is append-only",
                asks_others=True,
            )
        )
    _keep(Kept(table, own, refused=tuple(refused)))


def _keep(kept: Kept) -> None:
    KEPT[kept.table] = kept


def triggers(kept: Kept, vendor: str) -> list[Trigger]:
    """Return the triggers that a table must have."""
    if vendor == "postgresql":
        return [*kept.refused, Trigger(kept.table, "all", ("TRUNCATE",))]
    found = []
    for one in kept.refused:
        for event in one.events:
            suffix = event.lower() if one.suffix == "row" else one.suffix
            found.append(replace(one, suffix=suffix, events=(event,)))
    changes = not any("UPDATE" in one.events and not one.condition for one in kept.refused)
    for key in (*kept.keys, *kept.ignored):
        name = "_".join(key.columns)
        message = f"{kept.table} has this {' '.join(key.columns)} already"
        condition = key.is_known(kept.table)
        ignore = key in kept.ignored
        found.append(Trigger(kept.table, f"known_{name}", ("INSERT",), condition, message, ignore))
        if changes:  # UPDATE OR REPLACE removes the row that it meets.
            condition = key.is_known(kept.table, besides="known.rowid <> OLD.rowid")
            found.append(Trigger(kept.table, f"taken_{name}", ("UPDATE",), condition, message))
    return found


def protect(table: str) -> migrations.RunPython:
    """Return the migration operation that makes `table` append-only, on PostgreSQL and SQLite alike.

    The first installations have it from their migrations; what is said beside the models comes with every `migrate`.
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
    """Let rows of every table be removed while the block runs.

    For test databases that are emptied between tests, and for nothing else.
    """
    before, after = [], []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgrelid::regclass::text, array_agg(tgname::text) FROM pg_trigger WHERE tgname LIKE %s"
                " GROUP BY 1",
                [f"{PREFIX}%"],
            )
            for table, names in cursor.fetchall():
                before.append(f"ALTER TABLE {table} {', '.join(f'DISABLE TRIGGER {one}' for one in names)}")
                after.append(
                    f"ALTER TABLE {table} {', '.join(f'ENABLE ALWAYS TRIGGER {one}' for one in names)}"
                )
            before, after = ["; ".join(before)], ["; ".join(after)]
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s AND sql LIKE %s",
                [f"{PREFIX}%", "%BEFORE DELETE%"],
            )
            for name, sql in cursor.fetchall():
                before.append(f"DROP TRIGGER {name}")
                after.append(sql)
        for statement in before:
            cursor.execute(statement)
        try:
            yield
        finally:
            for statement in after:
                cursor.execute(statement)
