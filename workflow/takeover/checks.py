"""What rows say about each other and about what is in doAkte: checked for all of them at once, in the database."""

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from doakte_content import bulk
from doakte_content.access.policies import Right, can
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.fileplan.queries import effective_rules, lines_of
from doakte_content.records.actions import check_takes_files
from doakte_content.records.enums import State
from doakte_content.records.models import Case, Record, RecordFile

from .enums import Level, RowState
from .models import Takeover, TakeoverRow

ROWS = TakeoverRow._meta.db_table
TAKEOVERS = Takeover._meta.db_table
#: Values asked for at a time.
PART = 1_000


def check_rows(takeover: Takeover) -> None:
    """Refuse what cannot be taken over, each row with its reason, and find what the others lie in. One transaction.

    Some twenty statements, whatever the number of rows, and a few for each thousand of units or records that they
    name in doAkte.
    """
    refuse_duplicates(takeover)
    find_present(takeover)
    find_parents_in_source(takeover)
    find_units(takeover)
    find_records(takeover)
    refuse(takeover, "unknown_parent", "r.parent_uuid IS NULL", value="r.parent")
    refuse_wrong_parents(takeover)
    refuse_wrong_closings(takeover)
    # A case in a refused file, then the documents in such a case.
    for _level in (Level.CASE, Level.DOCUMENT):
        refuse(
            takeover,
            "parent_refused",
            "p.record_uuid = r.parent_uuid AND p.state = 'refused'",
            beside=True,
            value="r.parent",
        )


# --- statements ---


def problem(code: str, details: dict[str, str]) -> str:
    """Return the SQL of a row's problems with one more; `details` are SQL expressions by name."""
    pairs = ", ".join(f"'{name}', {value}" for name, value in details.items())
    if connection.vendor == "postgresql":
        return f"r.problems || jsonb_build_array(jsonb_build_array('{code}', jsonb_build_object({pairs})))"
    return f"json_insert(r.problems, '$[#]', json_array('{code}', json_object({pairs})))"


def refuse(
    takeover: Takeover,
    code: str,
    condition: str,
    values: Iterable = (),
    *,
    beside: bool = False,
    **details: str,
) -> None:
    """Refuse the rows `r` that meet a condition in SQL; with `beside`, it names another row `p` of the source."""
    new = "r.takeover_id = %s AND r.state = 'new'"
    other = f"{ROWS} p" if beside else ""
    source = f"FROM {other} WHERE p.takeover_id = %s AND " if beside else "WHERE "
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {ROWS} AS r SET state = 'refused', problems = {problem(code, details)} "
            f"{source}{new} AND ({condition})",
            [*([takeover.pk] if beside else []), takeover.pk, *values],
        )


def execute(sql: str, values: Iterable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))


def parents_of(takeover: Takeover, level: Level) -> Iterator[list[str]]:
    """Yield, in parts, the names of what rows of a level lie in and that has not been found yet."""
    rows = TakeoverRow.objects.filter(takeover=takeover, state=RowState.NEW, parent_uuid=None, level=level)
    names = list(rows.order_by("parent").values_list("parent", flat=True).distinct())
    for start in range(0, len(names), PART):
        yield names[start : start + PART]


def set_parents(takeover: Takeover, level: Level, found: dict[str, UUID]) -> None:
    """Let rows lie in what is in doAkte already, {name: identifier}."""
    if not found:
        return
    kind = "uuid" if connection.vendor == "postgresql" else "char(32)"
    places = ", ".join(["(%s, %s)"] * len(found))
    values = [one for name, uuid in found.items() for one in (name, prepared(uuid))]
    execute(
        f"UPDATE {ROWS} AS r SET parent_uuid = CAST(v.column2 AS {kind}) FROM (VALUES {places}) AS v"
        " WHERE r.parent = v.column1 AND r.takeover_id = %s AND r.level = %s AND r.state = 'new'"
        " AND r.parent_uuid IS NULL",
        [*values, takeover.pk, level.value],
    )


def prepared(uuid: UUID):
    return uuid if connection.vendor == "postgresql" else bulk.as_stored(uuid)


# --- the checks ---


def refuse_duplicates(takeover: Takeover) -> None:
    """Of rows with the same identifier the first counts."""
    execute(
        f"UPDATE {ROWS} AS r SET state = 'refused', problems = {problem('duplicate', {'row': 'd.first'})}"
        f" FROM (SELECT id, first_value(number) OVER (PARTITION BY identifier ORDER BY number) AS first FROM {ROWS}"
        "  WHERE takeover_id = %s AND identifier <> '') AS d"
        " WHERE r.id = d.id AND d.first < r.number",
        [takeover.pk],
    )


def find_present(takeover: Takeover) -> None:
    """Leave out what an earlier takeover from the same system has brought: nothing comes twice."""
    earlier = (
        Takeover.objects.filter(system=takeover.system).exclude(pk=takeover.pk).values_list("pk", flat=True)
    )
    if not earlier:
        return
    places = ", ".join(["%s"] * len(earlier))
    execute(
        f"UPDATE {ROWS} AS r SET state = 'present', record_uuid = o.record_uuid FROM {ROWS} o"
        f" WHERE o.takeover_id IN ({places}) AND o.state = 'loaded' AND o.identifier = r.identifier"
        " AND r.takeover_id = %s AND r.state = 'new'",
        [*earlier, takeover.pk],
    )
    # What lies in such a record lies in the one that is there.
    execute(
        f"UPDATE {ROWS} AS r SET parent_uuid = p.record_uuid FROM {ROWS} p"
        " WHERE p.takeover_id = %s AND p.state = 'present' AND p.identifier = r.parent"
        " AND r.takeover_id = %s AND r.level > 1 AND r.state = 'new'",
        [takeover.pk, takeover.pk],
    )


def find_parents_in_source(takeover: Takeover) -> None:
    """Find what stands further down in the source than what lies in it; reading has found the others."""
    execute(
        f"UPDATE {ROWS} AS r SET parent_uuid = p.record_uuid FROM {ROWS} p,"
        f" (SELECT identifier, min(number) AS number FROM {ROWS} WHERE takeover_id = %s GROUP BY identifier) AS f"
        " WHERE p.takeover_id = %s AND p.number = f.number AND p.identifier = r.parent"
        " AND r.takeover_id = %s AND r.level > 1 AND r.state = 'new' AND r.parent_uuid IS NULL",
        [takeover.pk] * 3,
    )


def find_units(takeover: Takeover) -> None:
    """Find the units that files are to lie in, and refuse those that this person cannot open there (R4, R7)."""
    for names in parents_of(takeover, Level.FILE):
        found: dict[str, list[FilePlanUnit]] = {}
        for unit in FilePlanUnit.objects.filter(number__in=names).select_related("scope"):
            found.setdefault(unit.number, []).append(unit)
        set_parents(takeover, Level.FILE, {name: units[0].uuid for name, units in found.items()})
        lines = lines_of(unit for units in found.values() for unit in units)
        for name, units in found.items():
            if len(units) > 1:
                refuse_below(takeover, units[0].uuid, "ambiguous_parent", value=name)
                continue
            check_unit(takeover, units[0], name, lines[units[0].pk])


def check_unit(takeover: Takeover, unit: FilePlanUnit, name: str, line: list[FilePlanUnit]) -> None:
    if not may_add(takeover, unit):
        refuse_below(takeover, unit.uuid, "no_right", value=name)
        return
    try:
        check_takes_files(unit)
    except ValidationError as error:
        refuse_below(takeover, unit.uuid, "unit_not_open", reason=error.messages[0])
    if effective_rules(unit, line).retention.value is None:
        refuse_below(takeover, unit.uuid, "no_retention", "r.closed_on IS NOT NULL", value=name)


def refuse_below(takeover: Takeover, uuid: UUID, code: str, condition: str = "TRUE", **details: str) -> None:
    """Refuse the rows that lie in something of doAkte, with details in words."""
    words = {name: quoted(value) for name, value in details.items()}
    refuse(takeover, code, f"r.parent_uuid = %s AND {condition}", [prepared(uuid)], beside=False, **words)


def quoted(text: str) -> str:
    """Return a text as a literal of SQL, for a statement that is run with values."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def may_add(takeover: Takeover, place) -> bool:
    return takeover.created_by is None or can(takeover.created_by, Right.EDIT, place)


def find_records(takeover: Takeover) -> None:
    """Find the files and cases of doAkte that rows are to lie in, by former identifier or by Aktenzeichen."""
    for level, model in ((Level.CASE, RecordFile), (Level.DOCUMENT, Case)):
        places = set(parents_present(takeover, level))
        if level == Level.CASE and takeover.target:
            places.add(takeover.target.uuid)
        for names in parents_of(takeover, level):
            earlier = TakeoverRow.objects.filter(
                identifier__in=names, takeover__system=takeover.system, state=RowState.LOADED
            ).exclude(takeover=takeover)
            found = dict(earlier.values_list("identifier", "record_uuid"))
            others = [name for name in names if name not in found]
            found |= dict(Record.objects.filter(reference__in=others).values_list("reference", "uuid"))
            set_parents(takeover, level, found)
            places |= set(found.values())
        check_records(takeover, level, model, sorted(places))


def parents_present(takeover: Takeover, level: Level):
    """Return the identifiers of what an earlier takeover has brought and rows of this one lie in."""
    rows = TakeoverRow.objects.filter(takeover=takeover)
    present = rows.filter(state=RowState.PRESENT, record_uuid=OuterRef("parent_uuid"))
    lying = rows.filter(Exists(present), level=level, state=RowState.NEW)
    return lying.order_by().values_list("parent_uuid", flat=True).distinct()


def check_records(takeover: Takeover, level: Level, model: type[Record], places: list[UUID]) -> None:
    """Refuse what is to lie in records of doAkte that are of another type, closed, or not this person's."""
    for start in range(0, len(places), PART):
        for record in Record.objects.filter(uuid__in=places[start : start + PART]).select_related(
            "content_type"
        ):
            name, kind = record.reference, record.content_type.model_class()
            if kind is not model:
                words = {"level": str(level.label), "other": str(kind._meta.verbose_name)}
                refuse_below(takeover, record.uuid, "wrong_parent", value=name, **words)
            elif not may_add(takeover, record):
                refuse_below(takeover, record.uuid, "no_right", value=name)
            elif record.closed_on or record.state == State.CANCELLED:
                refuse_below(takeover, record.uuid, "parent_closed", value=name)


def refuse_wrong_parents(takeover: Takeover) -> None:
    """Refuse what lies in a record of the wrong level: in itself, or a document in a file."""
    levels = " ".join(f"WHEN {level.value} THEN {quoted(str(level.label))}" for level in Level)
    wrong = "p.record_uuid = r.parent_uuid AND p.level <> r.level - 1"
    # A circle of two, or of one; a longer one shows in each row as a wrong level.
    refuse(
        takeover,
        "cycle",
        f"{wrong} AND (p.id = r.id OR p.parent_uuid = r.record_uuid)",
        beside=True,
        value="r.parent",
    )
    refuse(
        takeover,
        "wrong_parent",
        wrong,
        beside=True,
        value="r.parent",
        level=f"CASE r.level {levels} END",
        other=f"CASE p.level {levels} END",
    )


def refuse_wrong_closings(takeover: Takeover) -> None:
    """Refuse cases that were closed after their file: the file could not be closed then (R31)."""
    day = "to_char({}, 'DD.MM.YYYY')" if connection.vendor == "postgresql" else "strftime('%%d.%%m.%%Y', {})"
    refuse(
        takeover,
        "not_closed_above",
        "p.record_uuid = r.parent_uuid AND r.level = 2 AND p.closed_on < r.closed_on",
        beside=True,
        value=day.format("r.closed_on"),
        other=day.format("p.closed_on"),
    )


def day_of(value: date | None) -> date:
    """Return the date of a record whose source names none."""
    return value or timezone.localdate()
