"""Editions of a plan: what a table would change, and changing it, all or nothing (R4, R5, R6).

The number is a unit's identity. Units that are missing in a new edition are closed, never deleted (W11); one that
comes back is opened again.
"""

import datetime
import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from doakte_content.journal.actions import record
from doakte_content.journal.values import changed_values, plain
from doakte_content.organisation.changes import changing
from doakte_content.organisation.models import OrgUnit

from .actions import (
    change_unit,
    check_may_manage,
    close_unit,
    create_plan,
    holds_files,
    refresh_plan_readers,
    reopen_unit,
)
from .bulk import NewUnit, create_units
from .models import FilePlan, FilePlanUnit, PlanEdition
from .tables import ERROR, INFO, WARNING, PlanRow, PlanTable, Problem, exchange
from .tables.reader import LONG_RETENTION_YEARS

#: The kind of change that a second person can consent to.
PLAN_IMPORT = "plan.import"
#: Names under which a unit keeps what a file says but the house does not know: an office, a reference.
UNKNOWN_OFFICE = "Federführung (unbekannt)"
OTHER_REFERENCE = "Verweis"
#: The reason for a long retention that the file gives no reason for (R24).
ORDERED_BY_PLAN = "Laut Aktenplan"


class PlanNotImportable(Exception):
    """The table has errors and the caller did not ask to leave those rows out; nothing was changed."""

    def __init__(self, diff: "PlanDiff"):
        super().__init__(_("The plan has %d errors; nothing was imported.") % len(diff.refuse))
        self.diff = diff


class PlanChangedMeanwhile(Exception):
    """The import would no longer do what the preview showed; nothing was changed."""


@dataclass
class Creation:
    row: PlanRow
    values: dict[str, Any]


@dataclass
class Change:
    unit: FilePlanUnit
    row: PlanRow
    values: dict[str, Any]
    #: {name: [old, new]} as plain values
    changes: dict[str, list]


@dataclass
class Closing:
    """A unit taken out of use; `stated` by the file, or because the file no longer has it."""

    number: str
    title: str
    stated: bool
    on: datetime.date | None = None
    successor: str = ""


@dataclass
class PlanDiff:
    """What an import would do, and what it refuses."""

    create: list[Creation] = field(default_factory=list)
    change: list[Change] = field(default_factory=list)
    close: list[Closing] = field(default_factory=list)
    reopen: list[FilePlanUnit] = field(default_factory=list)
    unchanged: int = 0
    #: {"valid_from": [old, new]}: changes of the plan itself
    plan_changes: dict[str, list] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def refuse(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == ERROR]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == WARNING]

    @property
    def notes(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == INFO]

    @property
    def is_empty(self) -> bool:
        return not (self.create or self.change or self.close or self.reopen or self.plan_changes)

    @property
    def fingerprint(self) -> str:
        """Return a hash of all that would be done, to compare a preview with what an import is about to do."""
        deeds = [
            *(("create", one.row.number, _plain_values(one.values)) for one in self.create),
            *(("change", one.unit.number, one.changes) for one in self.change),
            *(("close", one.number, one.on, one.successor) for one in self.close),
            *(("reopen", unit.number) for unit in self.reopen),
            ("plan", self.plan_changes),
        ]
        return hashlib.sha256(repr(deeds).encode()).hexdigest()


@dataclass
class ImportResult:
    """The plan after an import; `edition` is None when nothing was to be changed."""

    plan: FilePlan
    edition: PlanEdition | None
    diff: PlanDiff


def plan_changes(plan: FilePlan | None, table: PlanTable) -> PlanDiff:
    """Return what importing `table` into `plan` (None: a new one) would do. Changes nothing."""
    return _Comparison(plan, table).diff()


@transaction.atomic
def import_plan(
    plan: FilePlan | None,
    table: PlanTable,
    *,
    actor=None,
    source_name: str = "",
    source_sha256: str = "",
    title: str = "",
    without_refused: bool = False,
    expected: str | None = None,
) -> ImportResult:
    """Make `plan` (None: a new one called `title`) what `table` says, as a new edition; all or nothing.

    With `without_refused`, rows with errors are left out: their units stay as they are. `expected` is the
    fingerprint of the preview that somebody agreed to.
    Raises PermissionDenied, PlanNotImportable, PlanChangedMeanwhile, or GivesRights when `actor` would gain rights in
    records by it (R61).
    """
    check_may_manage(actor)
    if plan is not None:
        # One import at a time: what is compared here stays so until the end.
        plan = FilePlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    diff = plan_changes(plan, table)
    if diff.refuse and (not without_refused or not table.rows):
        raise PlanNotImportable(diff)
    if expected is not None and expected != diff.fingerprint:
        raise PlanChangedMeanwhile
    if plan is None:
        plan = create_plan(
            title or table.title or source_name or _("File plan"),
            actor=actor,
            valid_from=table.valid_from,
            valid_until=table.valid_until,
        )
    elif diff.is_empty:
        return ImportResult(plan, None, diff)
    with changing(actor):
        _apply(plan, diff, actor)
    edition = _make_edition(plan, diff, actor, source_name, source_sha256)
    return ImportResult(plan, edition, diff)


def import_plan_again(payload: dict, author) -> None:
    """Make the import that `author` agreed to, now that a second person has consented. Raises `ValidationError`."""
    try:
        import_plan(
            FilePlan.objects.get(pk=payload["plan"]) if payload["plan"] else None,
            exchange.from_json(payload["table"]),
            actor=author,
            source_name=payload["name"],
            source_sha256=payload["sha256"],
            title=payload["title"],
            without_refused=payload["without_refused"],
            expected=payload["fingerprint"],
        )
    except PlanChangedMeanwhile as error:
        raise ValidationError(
            _("The plan has been changed meanwhile. Please import the file again.")
        ) from error
    except PlanNotImportable as error:
        raise ValidationError(str(error)) from error


def _apply(plan: FilePlan, diff: PlanDiff, actor) -> None:
    units = {unit.number: unit for unit in plan.units.select_related("scope", "plan", "office")}
    new_units = [NewUnit(creation.row.parent, creation.values) for creation in diff.create]
    units |= {unit.number: unit for unit in create_units(plan, new_units, actor=actor, refresh=False)}
    for change in diff.change:
        change_unit(units[change.unit.number], actor=actor, refresh=False, **change.values)
    for unit in diff.reopen:
        reopen_unit(units[unit.number], actor=actor)
    for closing in diff.close:
        successor = units.get(closing.successor)
        close_unit(units[closing.number], actor=actor, successor=successor, on=closing.on)
    if diff.create or any("office" in change.changes for change in diff.change):
        refresh_plan_readers(plan)


def _make_edition(plan: FilePlan, diff: PlanDiff, actor, source_name: str, source_sha256: str) -> PlanEdition:
    number = (plan.editions.aggregate(latest=Max("number"))["latest"] or 0) + 1
    values = {name: new for name, (_old, new) in diff.plan_changes.items()}
    if plan.version.isdigit():
        # A version in words of the house's own ("2026/A") stays until somebody changes it.
        values["version"] = str(number)
    changes = changed_values(plan, values)
    if changes:
        FilePlan.objects.filter(pk=plan.pk).update(**values)
        for name, value in values.items():
            setattr(plan, name, value)
    edition = PlanEdition.objects.create(
        plan=plan,
        number=number,
        valid_from=plan.valid_from,
        created_by=actor,
        source_name=source_name[-255:],
        source_sha256=source_sha256,
        created=len(diff.create),
        changed=len(diff.change) + len(diff.reopen),
        closed=len(diff.close),
    )
    record(
        "plan.import",
        actor=actor,
        subject=plan,
        changes=changes,
        data={
            "edition": edition.number,
            "file": edition.source_name,
            "sha256": source_sha256,
            "created": edition.created,
            "changed": edition.changed,
            "closed": edition.closed,
            "refused": len(diff.refuse),
        },
    )
    return edition


class _Comparison:
    """Compares one table with one plan."""

    def __init__(self, plan: FilePlan | None, table: PlanTable):
        self.plan = plan
        self.table = table
        self.result = PlanDiff(problems=list(table.problems))
        self.units: dict[str, FilePlanUnit] = {}
        if plan is not None:
            queryset = plan.units.select_related("office", "successor").order_by("sort_key")
            self.units = {unit.number: unit for unit in queryset}
        self.by_path = {unit.path: unit for unit in self.units.values()}
        self.parents = {row.parent for row in table.rows if row.parent}
        self.parents |= {parent.number for unit in self.units.values() if (parent := self._parent(unit))}
        self.offices: dict[str, OrgUnit] = {}
        if "office" in table.fields:
            for office in OrgUnit.objects.filter(closed_on__isnull=True):
                for name in (office.code, office.name, str(office)):
                    self.offices.setdefault(name.casefold(), office)
        self.numbers = {row.number for row in table.rows} | set(self.units)

    def diff(self) -> PlanDiff:
        refused: set[str] = set(self.table.refused)
        holding = self._units_holding_files()
        for row in self.table.rows:
            reason = self._hindrance(row, refused, holding)
            if reason:
                refused.add(row.number)
                self._report(row, "number", reason, ERROR)
            else:
                self._compare(row)
        present = {row.number for row in self.table.rows} | refused
        if self.table.rows:
            self._close_missing(present)
        self._compare_plan()
        self.result.problems.sort(key=lambda problem: problem.row)
        return self.result

    # --- may it be? ---

    def _hindrance(self, row: PlanRow, refused: set[str], holding: set[str]) -> str:
        if row.parent in refused:
            return _("The unit above, %s, is refused; correct that row first.") % row.parent
        unit = self.units.get(row.number)
        if unit is None:
            if row.parent in holding:
                return _("%s already holds files and can therefore not hold units.") % row.parent
            return ""
        parent = self._parent(unit)
        if (parent.number if parent else "") != row.parent:
            return _(
                "In the plan the unit lies below %(old)s, in the file below %(new)s. Units cannot be moved."
            ) % {
                "old": parent.number if parent else _("the plan itself"),
                "new": row.parent or _("the plan itself"),
            }
        return self._wrong_dates(row, unit)

    def _wrong_dates(self, row: PlanRow, unit: FilePlanUnit) -> str:
        """Check the dates of the file together with those that only the plan has."""
        start = row.values.get("valid_from", unit.valid_from)
        end = row.values.get("valid_until", unit.valid_until)
        return _("The end lies before the start.") if start and end and end < start else ""

    def _units_holding_files(self) -> set[str]:
        """Return the numbers of those units that hold files, but would get units below (R7)."""
        growing = {row.parent for row in self.table.rows if row.number not in self.units} & set(self.units)
        return {number for number in growing if holds_files(self.units[number])}

    def _parent(self, unit: FilePlanUnit) -> FilePlanUnit | None:
        return self.by_path.get(unit.path[: -unit.steplen])

    # --- what would change? ---

    def _compare(self, row: PlanRow) -> None:
        unit = self.units.get(row.number)
        values = self._values(row, unit)
        if unit is None:
            self.result.create.append(Creation(row, {"number": row.number, **values}))
            if row.closed:
                self._close(row, None)
            return
        changes = changed_values(unit, values)
        if changes:
            self.result.change.append(Change(unit, row, {name: values[name] for name in changes}, changes))
        reopened = unit.is_closed and not row.closed
        if reopened:
            self.result.reopen.append(unit)
        closed = row.closed and self._close(row, unit)
        if not (changes or reopened or closed):
            self.result.unchanged += 1

    def _values(self, row: PlanRow, unit: FilePlanUnit | None) -> dict[str, Any]:
        """Return the values of the unit's fields as the file wants them; fields without a column are not named."""
        values = {"title": row.title, **row.values}
        self._set_reason(values, unit)
        self._set_release(row, values, unit)
        kept = {**unit.extra} if unit else {}
        for key in self.table.extra_keys:
            kept.pop(key, None)
        kept |= row.extra
        if "office" in self.table.fields:
            self._set_office(row, values, kept)
        if "successor" in self.table.fields:
            self._set_reference(row, unit, kept)
        values["extra"] = kept
        titles = {**unit.translations} if unit else {}
        for language in self.table.languages:
            titles.pop(language, None)
        values["translations"] = titles | row.translations
        return values

    def _set_reason(self, values: dict, unit: FilePlanUnit | None) -> None:
        """Give a long retention without a reason the one it has, or that the plan orders it (R24)."""
        years = values.get("retention_years", unit.retention_years if unit else None) or 0
        unlimited = values.get("retention_unlimited", unit.retention_unlimited if unit else False)
        if (unlimited or years > LONG_RETENTION_YEARS) and not values.get("retention_reason"):
            values["retention_reason"] = (unit.retention_reason if unit else "") or ORDERED_BY_PLAN

    def _set_release(self, row: PlanRow, values: dict, unit: FilePlanUnit | None) -> None:
        """A unit with units below is not released for files, whatever the file says (R7)."""
        stated = values.pop("allows_files", None)
        if row.number in self.parents:
            if stated:
                self._report(
                    row, "allows_files", _("Units lie below; no files can be created here."), WARNING
                )
            values["allows_files"] = False
        elif stated is not None:
            values["allows_files"] = stated
        elif unit is None:
            values["allows_files"] = True

    def _set_office(self, row: PlanRow, values: dict, kept: dict) -> None:
        values["office"] = self.offices.get(row.office.casefold()) if row.office else None
        kept.pop(UNKNOWN_OFFICE, None)
        if row.office and values["office"] is None:
            kept[UNKNOWN_OFFICE] = row.office
            self._report(
                row,
                "office",
                _("The office “%s” is not known; it is kept as a note and nobody gets rights by it.")
                % row.office,
                WARNING,
            )

    def _set_reference(self, row: PlanRow, unit: FilePlanUnit | None, kept: dict) -> None:
        """Keep a reference that is not the successor of a closed unit as the text that it is."""
        kept.pop(OTHER_REFERENCE, None)
        held = unit.successor.number if unit and unit.successor else ""
        if row.successor and not self._successor(row) and row.successor != held:
            kept[OTHER_REFERENCE] = row.successor

    def _successor(self, row: PlanRow) -> str:
        is_unit = row.successor in self.numbers and row.successor != row.number
        return row.successor if row.closed and is_unit else ""

    def _close(self, row: PlanRow, unit: FilePlanUnit | None) -> bool:
        """Note a closing that the file states, unless the unit is closed in this way already."""
        successor = self._successor(row)
        on = row.closed_on
        if unit is not None and unit.is_closed:
            held = unit.successor.number if unit.successor else ""
            if "successor" not in self.table.fields:
                successor = held
            on = on or unit.closed_on
            if (on, successor) == (unit.closed_on, held):
                return False
        self.result.close.append(Closing(row.number, row.title, True, on, successor))
        return True

    def _close_missing(self, present: set[str]) -> None:
        for number, unit in self.units.items():
            if number in present:
                continue
            if unit.is_closed:
                self.result.unchanged += 1
            else:
                self.result.close.append(Closing(number, unit.title, False))

    def _compare_plan(self) -> None:
        if self.plan is None:
            return
        stated = {
            name: value
            for name in ("valid_from", "valid_until")
            if (value := getattr(self.table, name)) is not None
        }
        self.result.plan_changes = {
            name: [getattr(self.plan, name), value]
            for name, value in stated.items()
            if getattr(self.plan, name) != value
        }

    def _report(self, row: PlanRow, name: str, reason: str, severity: str) -> None:
        column = next((column.label for column in self.table.columns if column.field == name), "")
        self.result.problems.append(Problem(row.row, column, reason, severity))


def _plain_values(values: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in values.items()}
