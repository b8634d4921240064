"""From the bytes of a file to the units of a plan, with every doubt and mistake named by row and column (R5)."""

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from . import values
from .arrangement import arrange
from .cells import FAULT, FORMULA, Cell, Row, Sheet, read_sheets
from .headings import FIELDS, Column, assign, recognise
from .numbers import is_note, is_well_formed, read_number, tidy_number
from .problems import INFO, WARNING, UnreadableTable
from .table import PlanRow, PlanTable, unrecognised

#: A heading row stands among the first rows of its sheet.
_HEADING_ROWS = 40
_LENGTHS = {"title": 255, "short_title": 120, "retention_reason": 255}
#: A longer retention needs a reason (R24).
LONG_RETENTION_YEARS = 30


def read_table(
    content: bytes, name: str, *, mapping: dict[str, str] | None = None, sheet: str = "", numbering: str = ""
) -> PlanTable:
    """Read the plan in a file; never raises for what the file holds, the problems say what is wrong.

    `mapping` sets columns by hand ({field of FIELDS: column letter or heading}), `sheet` names the sheet to read,
    `numbering` is SEGMENTS, MIXED or DIGITS; each is found out when not given.
    """
    table = PlanTable()
    try:
        sheets = read_sheets(content, name)
        table.sheets = [one.title for one in sheets]
        if sheet and sheet not in table.sheets:
            raise UnreadableTable(
                _("There is no sheet “%(sheet)s”. There are: %(sheets)s.")
                % {"sheet": sheet, "sheets": ", ".join(table.sheets)}
            )
        _Reader(table, mapping or {}, numbering).read(
            [one for one in sheets if not sheet or one.title == sheet]
        )
    except UnreadableTable as error:
        table.report(0, "", str(error))
    return table


class _Reader:
    """Reads one file into one table; holds what the steps share."""

    def __init__(self, table: PlanTable, mapping: dict[str, str], numbering: str):
        self.table = table
        self.mapping = mapping
        self.numbering = numbering

    def read(self, sheets: list[Sheet]) -> None:
        found = self._find_headings([sheet for sheet in sheets if sheet.rows])
        if found is None:
            return
        sheet, position = found
        self.table.sheet = sheet.title
        self.table.heading_row = sheet.rows[position].number
        self.by_field = {column.field: column for column in self.table.columns if column.field}
        self.translations = [column for column in self.table.columns if column.field == "translation"]
        self.extra = unrecognised(self.table.columns)
        self._read_title(sheet.rows[:position])
        self._read_rows(sheet.rows[position + 1 :])
        if not self.table.rows and not self.table.error_count:
            self.table.report(0, "", _("The sheet “%s” has headings, but no units below them.") % sheet.title)

    # --- headings ---

    def _find_headings(self, sheets: list[Sheet]) -> tuple[Sheet, int] | None:
        """Choose the sheet and heading row that know most columns, and of these one with units below it."""
        best: tuple[tuple[int, int, int], Sheet, int, list[Column]] | None = None
        for sheet in sheets:
            for position, row in enumerate(sheet.rows[:_HEADING_ROWS]):
                if row.number > _HEADING_ROWS * 3:
                    break
                columns = recognise(row)
                missing = assign(columns, self.mapping)
                known = {column.field for column in columns if column.field}
                complete = int({"number", "title"} <= known and not missing)
                score = (complete, int(complete and self._has_units(sheet, position, columns)), len(known))
                if best is None or score > best[0]:
                    best = (score, sheet, position, columns)
        if best is None:
            raise UnreadableTable(_("The file holds no table. Choose the file that holds the plan."))
        (complete, _units, _known), sheet, position, columns = best
        if not complete:
            self._ask_for_mapping(sheet)
            return None
        self.table.columns = self._all_columns(columns, sheet.rows[position + 1 :])
        return sheet, position

    def _has_units(self, sheet: Sheet, position: int, columns: list[Column]) -> bool:
        number = next(column.index for column in columns if column.field == "number")
        return any(is_well_formed(tidy_number(row.text(number))) for row in sheet.rows[position + 1 :])

    def _ask_for_mapping(self, sheet: Sheet) -> None:
        """Offer the columns of the widest of the first rows, as the heading row most probably."""
        row = max(sheet.rows[:_HEADING_ROWS], key=lambda row: len(row.cells))
        self.table.columns = recognise(row)
        unknown = assign(self.table.columns, self.mapping)
        self.table.sheet, self.table.heading_row, self.table.needs_mapping = sheet.title, row.number, True
        for place in unknown:
            self.table.report(row.number, place, _("There is no column with this letter or heading."))
        known = {column.field for column in self.table.columns}
        missing = [str(FIELDS[name].label) for name in ("number", "title") if name not in known]
        if missing:
            self.table.report(
                0,
                "",
                _(
                    "No sheet has a row of headings in which these columns were recognised: %s. "
                    "Say by hand which columns they are, or choose another file."
                )
                % ", ".join(missing),
            )

    def _all_columns(self, columns: list[Column], rows: list[Row]) -> list[Column]:
        """Add the columns that have values but no heading."""
        headed = {column.index for column in columns}
        filled = {index for row in rows for index in row.cells} - headed
        return sorted([*columns, *(Column(index, "") for index in filled)], key=lambda column: column.index)

    # --- rows ---

    def _read_title(self, rows: list[Row]) -> None:
        """Take the first lone text above the headings as the plan's title, until a row says better."""
        alone = next((row for row in rows if len(row.cells) == 1), None)
        if alone:
            self.table.title = next(iter(alone.cells.values())).text[:255]

    def _read_rows(self, rows: list[Row]) -> None:
        units: list[PlanRow] = []
        doubtful: set[int] = set()
        for row in rows:
            cell = row.cells.get(self.by_field["number"].index)
            if cell is None:
                self._row_without_number(row, first=not units and not self.table.refused)
                continue
            if self._is_remark(row, cell, first=not units and not self.table.refused):
                self.table.report(row.number, "", _("Read as a remark, not as a unit."), INFO)
                continue
            if unit := self._read_row(row, cell, doubtful):
                units.append(unit)
        arrange(self.table, units, doubtful, self.by_field["number"].label, self.numbering)
        self.table.problems.sort(key=lambda problem: problem.row)

    def _row_without_number(self, row: Row, *, first: bool) -> None:
        title = row.text(self.by_field["title"].index)
        if first and title:
            self.table.title = title[:255]
            for name, end in (("valid_from", False), ("valid_until", True)):
                if (column := self.by_field.get(name)) and (cell := row.cells.get(column.index)):
                    setattr(self.table, name, self._value(row, column, cell, values.read_date, end=end))
        elif title:
            self.table.report(
                row.number, self.by_field["number"].label, _("The row has a title, but no number.")
            )
        else:
            self.table.report(
                row.number, "", _("The row has neither number nor title and is left out."), INFO
            )

    def _is_remark(self, row: Row, cell: Cell, *, first: bool) -> bool:
        """Say whether a row explains the columns (above the units) or is a footnote (alone in its row)."""
        if is_well_formed(tidy_number(cell.text)) or cell.kind in (FORMULA, FAULT) or not is_note(cell.text):
            return False
        return first or len(row.cells) == 1

    def _read_row(self, row: Row, cell: Cell, doubtful: set[int]) -> PlanRow | None:
        """Return the unit of a row, None when it is refused; note in `doubtful` a number stored as a decimal."""
        errors_before = self.table.error_count
        number = self._value(row, self.by_field["number"], cell, read_number)
        unit = PlanRow(row.number, number.text if number else "", "")
        for name, read in _READERS.items():
            if column := self.by_field.get(name):
                read(self, row, column, unit)
        for column in self.translations:
            if text := self._text(row, column):
                unit.translations[column.language] = text
        self._read_extra(row, unit)
        self._check_row(row, unit)
        if self.table.error_count > errors_before:
            self.table.refused |= {unit.number} - {""}
            return None
        if number.doubtful:
            doubtful.add(row.number)
        return unit

    def _check_row(self, row: Row, unit: PlanRow) -> None:
        found = unit.values
        if (
            found.get("valid_from")
            and found.get("valid_until")
            and found["valid_until"] < found["valid_from"]
        ):
            self.table.report(
                row.number, self.by_field["valid_until"].label, _("The end lies before the start.")
            )
        long = found.get("retention_unlimited") or (found.get("retention_years") or 0) > LONG_RETENTION_YEARS
        if long and not found.get("retention_reason"):
            self.table.report(
                row.number,
                self.by_field["retention"].label,
                _(
                    "More than 30 years or unlimited without a reason; the plan itself is given as the reason."
                ),
                WARNING,
            )

    def _title(self, row: Row, column: Column, unit: PlanRow) -> None:
        unit.title = re.sub(r"\s+", " ", self._text(row, column))
        if column.index not in row.cells:
            self.table.report(row.number, column.label, _("The title is missing."))

    def _plain_text(self, row: Row, column: Column, unit: PlanRow) -> None:
        unit.values[column.field] = self._text(row, column)

    def _retention(self, row: Row, column: Column, unit: PlanRow) -> None:
        years, unlimited, rest = None, False, ""
        if cell := row.cells.get(column.index):
            read = self._value(row, column, cell, values.read_retention)
            years, unlimited, rest = read or (None, False, "")
        unit.values |= {"retention_years": years, "retention_unlimited": unlimited}
        if rest:
            reason = unit.values.get("retention_reason", "")
            unit.values["retention_reason"] = "; ".join(filter(None, [rest, reason]))[:255]
            self.table.report(
                row.number,
                column.label,
                _("The words “%s” were kept as the reason for the period.") % rest[:60],
                WARNING,
            )

    def _closed(self, row: Row, column: Column, unit: PlanRow) -> None:
        if cell := row.cells.get(column.index):
            unit.closed, unit.closed_on = self._value(row, column, cell, values.read_closed) or (False, None)

    def _name(self, row: Row, column: Column, unit: PlanRow) -> None:
        setattr(unit, column.field, self._text(row, column))

    def _read_extra(self, row: Row, unit: PlanRow) -> None:
        for index, name in self.extra.items():
            cell = row.cells.get(index)
            if cell is None:
                continue
            if cell.kind in (FORMULA, FAULT):
                self.table.report(
                    row.number, name, _("The formula in a column that is not used was left out."), INFO
                )
            else:
                unit.extra[name] = cell.text

    # --- cells ---

    def _value(self, row: Row, column: Column, cell: Cell, read: Callable, **options: Any) -> Any:
        """Return what `read` makes of the cell; None, and a problem, when it is refused."""
        try:
            if column.field != "number":
                self._refuse_formula(cell)
            return read(cell, **options)
        except ValueError as error:
            self.table.report(row.number, column.label, str(error))
            return None

    def _text(self, row: Row, column: Column) -> str:
        cell = row.cells.get(column.index)
        if cell is None:
            return ""
        text = self._value(row, column, cell, lambda cell: cell.text) or ""
        limit = _LENGTHS.get(column.field)
        if limit and len(text) > limit:
            self.table.report(
                row.number,
                column.label,
                _("The text has %(length)d characters; at most %(limit)d are possible. Shorten it.")
                % {"length": len(text), "limit": limit},
            )
        return text

    def _refuse_formula(self, cell: Cell) -> None:
        if cell.kind == FORMULA:
            raise ValueError(_("The cell holds a formula. Replace it by its value (copy, paste values)."))
        if cell.kind == FAULT:
            raise ValueError(_("The cell shows the error %s. Correct it.") % cell.value)


def _cell_reader(name: str, read: Callable, empty: Any = None, **options: Any) -> Callable:
    """Return a reader that sets the unit's field `name` to what `read` finds in the cell."""

    def read_cell(reader: _Reader, row: Row, column: Column, unit: PlanRow) -> None:
        cell = row.cells.get(column.index)
        unit.values[name] = reader._value(row, column, cell, read, **options) if cell else empty

    return read_cell


#: How each field is read, in this order: the period may add to a reason already read.
_READERS: dict[str, Callable] = {
    "title": _Reader._title,
    "short_title": _Reader._plain_text,
    "description": _Reader._plain_text,
    "retention_reason": _Reader._plain_text,
    "retention": _Reader._retention,
    "disposal": _cell_reader("disposal_kind", values.read_disposal, ""),
    "confidentiality": _cell_reader("confidentiality", values.read_confidentiality, 0),
    "valid_from": _cell_reader("valid_from", values.read_date),
    "valid_until": _cell_reader("valid_until", values.read_date, end=True),
    "allows_files": _cell_reader("allows_files", values.read_yes),
    "closed": _Reader._closed,
    "office": _Reader._name,
    "successor": _Reader._name,
}
