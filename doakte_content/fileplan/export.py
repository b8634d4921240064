"""A plan as a table that imports to the same plan (R5)."""

import csv
import datetime
import io
from collections.abc import Iterator

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .editions import OTHER_REFERENCE, UNKNOWN_OFFICE
from .enums import Confidentiality
from .models import FilePlan, FilePlanUnit
from .tables.cells import FORMULA_STARTS

XLSX, CSV = "xlsx", "csv"
CONTENT_TYPES = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv; charset=utf-8",
}

#: Headings, German whatever the reader's language: the file is the house's, and the import knows them all.
HEADINGS = (
    "Kennzeichen",
    "Titel",
    "Kurztitel",
    "Beschreibung",
    "Aufbewahrungsdauer",
    "Begründung der Frist",
    "Aussonderungsart",
    "Geheimhaltung",
    "Gültig ab",
    "Gültig bis",
    "Federführung",
    "Aktenbildung",
    "Stillgelegt",
    "Nachfolger",
)
_WIDTHS = {"Titel": 50, "Beschreibung": 60, "Begründung der Frist": 30, "Kennzeichen": 16}
_CONFIDENTIALITY = {
    Confidentiality.NONE: "",
    Confidentiality.RESTRICTED: "VS-NfD",
    Confidentiality.CONFIDENTIAL: "VS-Vertraulich",
    Confidentiality.SECRET: "Geheim",
    Confidentiality.TOP_SECRET: "Streng geheim",
}


def export_plan(plan: FilePlan, form: str) -> bytes:
    """Return the plan as an XLSX or CSV file; all units, the closed ones too."""
    rows = plan_rows(plan)
    return _workbook(plan, rows) if form == XLSX else _csv(rows)


def file_name(plan: FilePlan, form: str) -> str:
    """Return the name to offer for the download."""
    return f"Aktenplan {plan.title} {plan.version}.{form}".replace("/", "-").replace("\\", "-")


def plan_rows(plan: FilePlan) -> Iterator[list]:
    """Yield the headings, the plan's own row, and a row per unit, parents first."""
    units = list(plan.units.select_related("office", "successor").order_by("path"))
    languages = sorted({language for unit in units for language in unit.translations})
    extras = list(
        dict.fromkeys(
            key for unit in units for key in unit.extra if key not in (UNKNOWN_OFFICE, OTHER_REFERENCE)
        )
    )
    yield [*HEADINGS, *(f"Titel ({language})" for language in languages), *extras]
    yield ["", plan.title, *[""] * 6, plan.valid_from, plan.valid_until, *[""] * 4]
    for unit in _in_plan_order(units):
        yield [
            *_fields(unit),
            *(unit.translations.get(language, "") for language in languages),
            *(unit.extra.get(key, "") for key in extras),
        ]


def _in_plan_order(units: list[FilePlanUnit]) -> list[FilePlanUnit]:
    """Sort as the tree shows it: below their parents, by number."""
    keys: dict[str, tuple[str, ...]] = {}
    for unit in units:
        keys[unit.path] = (*keys.get(unit.path[: -unit.steplen], ()), unit.sort_key)
    return sorted(units, key=lambda unit: keys[unit.path])


def _fields(unit: FilePlanUnit) -> list:
    retention = "unbefristet" if unit.retention_unlimited else unit.retention_years
    return [
        unit.number,
        unit.title,
        unit.short_title,
        unit.description,
        "" if retention is None else retention,
        unit.retention_reason,
        unit.disposal_kind,
        _CONFIDENTIALITY[Confidentiality(unit.confidentiality)],
        unit.valid_from,
        unit.valid_until,
        unit.office.code if unit.office else unit.extra.get(UNKNOWN_OFFICE, ""),
        "ja" if unit.allows_files else "",
        unit.closed_on,
        unit.successor.number if unit.successor else unit.extra.get(OTHER_REFERENCE, ""),
    ]


def _workbook(plan: FilePlan, rows: Iterator[list]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Aktenplan")
    sheet.freeze_panes = "C2"
    headings = next(rows)
    for index, heading in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTHS.get(heading, 18)
    sheet.append([_cell(sheet, heading, bold=True) for heading in headings])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(sheet, value, *, bold: bool = False) -> Cell | None:
    if value in ("", None):
        return None
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        # Text stays text: 0.10 does not become a number, "=…" no formula.
        cell.data_type, cell.number_format = "s", "@"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    elif isinstance(value, datetime.date):
        cell.number_format = "dd.mm.yyyy"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _csv(rows: Iterator[list]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";")
    writer.writerows([[_text(value) for value in row] for row in rows])
    # The mark at the start tells spreadsheet programs that this is UTF-8.
    return stream.getvalue().encode("utf-8-sig")


def _text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return value.strftime("%d.%m.%Y")
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
