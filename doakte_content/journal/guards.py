"""The triggers that keep rows: putting them in place, finding out whether they are, and who could lift them.

`establish` does the first after every `migrate`, `problems` the second, for `check_integrity`, every night and
`check --deploy`. On SQLite a migration that makes a table anew loses its triggers; the end of the same `migrate` brings
them back.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from .append_only import KEPT, POSTGRES_FUNCTION, PREFIX, Trigger, triggers

# --- SQLite ---


def sqlite_name(trigger: Trigger) -> str:
    return f"{PREFIX}_{trigger.table}_{trigger.suffix}"


def sqlite_sql(trigger: Trigger) -> str:
    when = f" WHEN {trigger.condition.format(differs='IS NOT')}" if trigger.condition else ""
    raised = "RAISE(IGNORE)" if trigger.ignore else f"RAISE(ABORT, '{trigger.message}')"
    return (
        f"CREATE TRIGGER {sqlite_name(trigger)} BEFORE {trigger.events[0]} ON {trigger.table}{when}"
        f" BEGIN SELECT {raised}; END"
    )


# --- PostgreSQL ---


#: pg_trigger.tgtype: for each row (1), before (2), and the events.
EVENT_BITS = {"DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


def postgres_type(trigger: Trigger) -> int:
    each_row = 0 if "TRUNCATE" in trigger.events else 1
    return 2 + each_row + sum(EVENT_BITS[event] for event in trigger.events)


def postgres_function(trigger: Trigger) -> tuple[str, str]:
    """Return name and body of the function that a trigger calls."""
    if not trigger.condition:
        return PREFIX, POSTGRES_FUNCTION.split("$$")[1]
    condition = trigger.condition.format(differs="IS DISTINCT FROM")
    row = "OLD" if "DELETE" in trigger.events else "NEW"
    body = (
        f"\nBEGIN\n    IF {condition} THEN\n"
        f"        RAISE EXCEPTION '{trigger.message}' USING ERRCODE = 'integrity_constraint_violation';\n"
        f"    END IF;\n    RETURN {row};\nEND "
    )
    return f"doakte_keep_{trigger.table}_{trigger.suffix}", body


def postgres_sql(trigger: Trigger, schema: str) -> list[str]:
    """Return the statements that put a trigger in place, whatever stood there before.

    It fires in every session, also where `session_replication_role` leaves out ordinary triggers. What the function
    names is looked for in the schema of the tables alone: nobody slips it a temporary journal.
    """
    name, body = postgres_function(trigger)
    path = f" SET search_path = {schema}, pg_temp" if trigger.condition else ""
    each = "STATEMENT" if "TRUNCATE" in trigger.events else "ROW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql{path} AS $${body}$$",
        f"CREATE OR REPLACE TRIGGER {PREFIX}_{trigger.suffix} BEFORE {' OR '.join(trigger.events)}"
        f" ON {trigger.table} FOR EACH {each} EXECUTE FUNCTION {name}()",
        f"ALTER TABLE {trigger.table} ENABLE ALWAYS TRIGGER {PREFIX}_{trigger.suffix}",
    ]


# --- whether all is as it should be ---


class Weakness(models.TextChoices):
    MISSING = "missing", _("Protection missing")
    DISABLED = "disabled", _("Protection switched off")
    ALTERED = "altered", _("Protection altered")
    OWNER = "owner", _("The application could switch off the protection")
    GRANTED = "granted", _("The application may more than it needs")
    NO_ROLES = "no_roles", _("Without roles in the database")
    SIGNED = "signed", _("Signed state changed")


#: Those that come of working with one role, as demo, tests and small offices do.
OF_ONE_ROLE = {Weakness.OWNER, Weakness.GRANTED, Weakness.NO_ROLES}


@dataclass(frozen=True)
class Problem:
    weakness: Weakness
    #: A table, a role, what is granted, or a document.
    what: str

    def __str__(self) -> str:
        return f"{self.weakness.label}: {self.what}"

    @property
    def is_error(self) -> bool:
        """Say whether it is more than a warning; a house that needs two roles says so (DOAKTE_REQUIRE_TWO_ROLES)."""
        return self.weakness not in OF_ONE_ROLE or getattr(settings, "DOAKTE_REQUIRE_TWO_ROLES", False)


#: Of rooms above: what re-reads kept rows and yields those that are no longer what they were. Takes time.
REREAD: list[Callable[[], Iterator[Problem]]] = []


def problems(connection) -> list[Problem]:
    """Return what keeps the database from refusing changes of what is kept, the worst first."""
    if connection.vendor == "postgresql":
        return [*_postgres_problems(connection), *_roles_problems(connection)]
    return [
        *(Problem(weakness, sqlite_name(one)) for one, weakness in _sqlite_differing(connection)),
        Problem(Weakness.NO_ROLES, "SQLite"),
    ]


def _expected(connection) -> list[Trigger]:
    return [one for kept in KEPT.values() for one in triggers(kept, connection.vendor)]


def _sqlite_differing(connection) -> list[tuple[Trigger, Weakness]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        there = dict(cursor.fetchall())
    differing = []
    for one in _expected(connection):
        sql = there.get(sqlite_name(one))
        if sql != sqlite_sql(one):
            differing.append((one, Weakness.ALTERED if sql else Weakness.MISSING))
    return differing


def _postgres_problems(connection) -> list[Problem]:
    return [
        Problem(weakness, f"{one.table} ({PREFIX}_{one.suffix})")
        for one, weakness in _postgres_differing(connection)
    ]


def _postgres_differing(connection) -> list[tuple[Trigger, Weakness]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, tgname, tgenabled, tgtype, tgqual IS NULL AND tgattr = '', proname, prosrc,"
            " proconfig, quote_ident(current_schema())"
            " FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE relnamespace = current_schema()::regnamespace AND pronamespace = relnamespace"
            " AND NOT tgisinternal"
        )
        there = {(row[0], row[1]): row[2:] for row in cursor.fetchall()}
    differing = []
    for one in _expected(connection):
        found = there.get((one.table, f"{PREFIX}_{one.suffix}"))
        if found is None:
            differing.append((one, Weakness.MISSING))
            continue
        enabled, kind, always, *function, config, schema = found
        path = [f"search_path={schema}, pg_temp"] if one.condition else None
        if (kind, always, *function, config) != (postgres_type(one), True, *postgres_function(one), path):
            differing.append((one, Weakness.ALTERED))
        elif enabled != "A":
            differing.append((one, Weakness.DISABLED))
    return differing


def _roles_problems(connection) -> list[Problem]:
    """Return what the role of this connection could do to the protection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, bool_or(pg_has_role(relowner, 'MEMBER')),"
            " has_schema_privilege(current_schema(), 'CREATE')"
            " FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%s)",
            [list(KEPT)],
        )
        role, owns, creates = cursor.fetchone()
        if owns:
            return [Problem(Weakness.OWNER, role)]
        found = [Problem(Weakness.GRANTED, f"{role}: CREATE")] if creates else []
        for kept in KEPT.values():
            for privilege in kept.forbidden:
                by_column = privilege == "UPDATE"
                cursor.execute(
                    f"SELECT {'has_any_column_privilege' if by_column else 'has_table_privilege'}(%s, %s)",
                    [kept.table, privilege],
                )
                if cursor.fetchone()[0]:
                    found.append(Problem(Weakness.GRANTED, f"{role}: {privilege} {kept.table}"))
    return found


# --- putting it in place ---


def make_way(connection) -> None:
    """Before migrations, take away what would hinder SQLite from making a table anew; `establish` brings it back.

    SQLite does not rename a table as long as a trigger of another one asks a table that is not there.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for one in _expected(connection):
                if one.asks_others:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {sqlite_name(one)}")


def establish(connection) -> None:
    """Put in place what is missing or differs, and take from others than the owner what they must not be allowed.

    Called after every `migrate`, by the role that owns the tables.
    """
    there = set(connection.introspection.table_names())
    if connection.vendor == "postgresql":
        differing = [one for one, _weakness in _postgres_differing(connection)]
    else:
        differing = [one for one, _weakness in _sqlite_differing(connection)]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT current_schema()")
            schema = connection.ops.quote_name(cursor.fetchone()[0])
        for one in differing:
            if one.table not in there:
                continue
            if connection.vendor == "postgresql":
                for statement in postgres_sql(one, schema):
                    cursor.execute(statement)
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {sqlite_name(one)}")
                cursor.execute(sqlite_sql(one))
        if connection.vendor == "postgresql":
            _revoke(cursor)


def _revoke(cursor) -> None:
    cursor.execute(
        "SELECT DISTINCT relname, CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(rolname) END, privilege_type"
        " FROM pg_class CROSS JOIN LATERAL (SELECT * FROM aclexplode(relacl) UNION ALL SELECT one.*"
        " FROM pg_attribute CROSS JOIN aclexplode(attacl) AS one WHERE attrelid = pg_class.oid) AS granted"
        " LEFT JOIN pg_roles ON pg_roles.oid = grantee"
        " WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%s) AND grantee <> relowner",
        [list(KEPT)],
    )
    for table, grantee, privilege in cursor.fetchall():
        if privilege in KEPT[table].forbidden:
            cursor.execute(f"REVOKE {privilege} ON {table} FROM {grantee}")
