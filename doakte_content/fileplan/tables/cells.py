"""Tables as rows of cells, whatever file they come from; without any meaning yet.

A table from outside is hostile until read: sizes are limited before anything is unpacked, and nothing is evaluated.
"""

import csv
import datetime
import io
import re
import warnings
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter

from doakte_content.storage.archives import DirectoryTooLarge, open_archive

from .problems import UnreadableTable

# openpyxl warns of parts that it does not read (validation, formats); a plan needs none of them.
warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")

#: Largest file, in bytes, that is looked at; a plan of 10,000 units takes about one megabyte.
MAX_FILE_BYTES = 20 * 1024 * 1024
#: Largest size of an unpacked workbook: keeps a zip bomb from the memory.
MAX_UNPACKED_BYTES = 150 * 1024 * 1024
#: Rows with content of one sheet, and rows counted with the empty ones between.
MAX_ROWS = 20_000
MAX_SHEET_ROWS = 1_100_000
#: Sheets of one workbook that are looked at; each may claim a million empty rows in a hundred bytes.
MAX_SHEETS = 50
MAX_ALL_ROWS = 3 * MAX_SHEET_ROWS
MAX_COLUMNS = 200
MAX_CELL_CHARACTERS = 20_000

TEXT, NUMBER, DATE, BOOLEAN, FORMULA, FAULT = "text", "number", "date", "boolean", "formula", "fault"

#: What is larger, or no number at all (NaN), is text: nothing in a plan counts so far.
_LARGEST_NUMBER = 10**15

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Cell(NamedTuple):
    """One filled cell: its value, what kind it is (TEXT, NUMBER, ...) and Excel's display format."""

    value: Any
    kind: str = TEXT
    display: str = "General"

    @property
    def text(self) -> str:
        """The value as one would read it, trimmed."""
        if self.kind == DATE:
            return self.value.strftime("%d.%m.%Y")
        if self.kind == BOOLEAN:
            return "ja" if self.value else "nein"
        if self.kind == NUMBER and float(self.value).is_integer():
            return str(int(self.value))
        return str(self.value).strip()


class Row(NamedTuple):
    """A row with content: its number as the spreadsheet shows it, and its filled cells by column index from 0."""

    number: int
    cells: dict[int, Cell]

    def text(self, column: int) -> str:
        """Return the text of a column, "" when empty."""
        cell = self.cells.get(column)
        return cell.text if cell else ""


@dataclass
class Sheet:
    """One table: its name and the rows that have content."""

    title: str
    rows: list[Row] = field(default_factory=list)


def column_letter(index: int) -> str:
    """Return the letter a spreadsheet shows for the column index (from 0)."""
    return get_column_letter(index + 1)


def read_sheets(content: bytes, name: str) -> list[Sheet]:
    """Return the sheets of an XLSX or CSV file. The content decides, not the name; raises UnreadableTable."""
    if not content.strip():
        raise UnreadableTable(_("The file is empty. Choose the file that holds the plan."))
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableTable(
            _("The file has %(size)d MB; at most %(limit)d MB are read. Remove pictures and unused sheets.")
            % {"size": len(content) // 2**20, "limit": MAX_FILE_BYTES // 2**20}
        )
    if content.startswith(_OLE_MAGIC):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableTable(
                _("The workbook is protected by a password. Save it without a password and upload it again.")
            )
        raise UnreadableTable(_("This is an old Excel file (.xls). Save it as .xlsx and upload it again."))
    if content.startswith(b"PK"):
        return _read_workbook(content)
    if name.lower().endswith((".xlsx", ".xlsm")):
        raise UnreadableTable(
            _("The file is named like an Excel workbook, but is none or is damaged. Save it again as .xlsx.")
        )
    return [_read_csv(content, name)]


# --- XLSX -----------------------------------------------------------------------------------------------------------


def _read_workbook(content: bytes) -> list[Sheet]:
    _check_archive(content)
    try:
        book = open_workbook(content, data_only=False)
        left = MAX_ALL_ROWS
        sheets = []
        for worksheet in book.worksheets[:MAX_SHEETS]:
            sheet, rows = _read_worksheet(worksheet, min(left, MAX_SHEET_ROWS))
            sheets.append(sheet)
            left -= rows
        return sheets
    except UnreadableTable:
        raise
    except Exception as error:
        # openpyxl raises whatever the damage makes it stumble over: KeyError, ValueError, BadZipFile, ParseError ...
        raise UnreadableTable(
            _(
                "The workbook is damaged (%(detail)s). Open it in a spreadsheet program and save it again as .xlsx."
            )
            % {"detail": type(error).__name__}
        ) from error


def open_workbook(source: Path | bytes, *, data_only: bool) -> Workbook:
    """Open a workbook for reading row by row, without links to others. Raises whatever openpyxl stumbles over.

    openpyxl would unpack parts in one go, whatever size they declare; so it is given an archive that does not.
    """
    named = io.BytesIO(source) if isinstance(source, bytes) else source
    reader = ExcelReader(named, read_only=True, data_only=data_only, keep_links=False)
    reader.archive.close()
    reader.archive = open_archive(source)
    reader.read()
    return reader.wb


def _check_archive(content: bytes) -> None:
    """Raise UnreadableTable unless the archive is a workbook of acceptable unpacked size."""
    try:
        with open_archive(content) as archive:
            entries = archive.infolist()
    except DirectoryTooLarge as error:
        raise UnreadableTable(_unpacks_to_too_much()) from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableTable(_("The workbook is damaged or incomplete. Save it again as .xlsx.")) from error
    names = {entry.filename for entry in entries}
    # What is declared is a true limit only because `open_archive` unpacks no more.
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES or len(entries) > 10_000:
        raise UnreadableTable(_unpacks_to_too_much())
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableTable(
            _("The workbook is protected by a password. Save it without a password and upload it again.")
        )
    if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
        raise UnreadableTable(
            _("This is not an Excel workbook. Save the plan as .xlsx or as .csv and upload it again.")
        )


def _unpacks_to_too_much() -> str:
    return _(
        "Unpacked, the workbook is larger than %(limit)d MB. Copy the plan alone into a new workbook."
    ) % {"limit": MAX_UNPACKED_BYTES // 2**20}


def _read_worksheet(worksheet: Any, limit: int) -> tuple[Sheet, int]:
    """Return a sheet and the number of its rows, the empty ones between among them."""
    sheet, number = Sheet(worksheet.title), 0
    # Some programs write a wrong extent, and a hostile one may claim any; the rows themselves count.
    worksheet.reset_dimensions()
    for number, cells in enumerate(worksheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        if number > limit:
            raise UnreadableTable(_("The sheet “%(sheet)s” has too many rows.") % {"sheet": sheet.title})
        filled = {
            index: cell
            for index, source in enumerate(cells)
            if source.value is not None and (cell := _workbook_cell(source)) is not None
        }
        _append(sheet, number, filled)
    return sheet, number


def _workbook_cell(source: Any) -> Cell | None:
    value = source.value
    if source.data_type == "f":
        return Cell("=", FORMULA)
    if source.data_type == "e":
        return Cell(str(value), FAULT)
    if isinstance(value, bool):
        return Cell(value, BOOLEAN)
    if isinstance(value, int | float) and abs(value) < _LARGEST_NUMBER:
        return Cell(value, NUMBER, source.number_format or "General")
    if isinstance(value, datetime.datetime | datetime.date):
        return Cell(value, DATE)
    text = clean(str(value))
    return Cell(text) if text else None


# --- CSV ------------------------------------------------------------------------------------------------------------


def _read_csv(content: bytes, name: str) -> Sheet:
    text = decode(content)
    sheet = Sheet(name)
    csv.field_size_limit(MAX_CELL_CHARACTERS * 10)
    try:
        for number, values in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)), 1
        ):
            filled = {
                index: cell
                for index, value in enumerate(values[:MAX_COLUMNS])
                if (cell := _text_cell(value)) is not None
            }
            _append(sheet, number, filled)
    except csv.Error as error:
        raise UnreadableTable(_("This is not a table of text: %(detail)s.") % {"detail": error}) from error
    return sheet


def decode(content: bytes) -> str:
    """Return the text of a file of unknown encoding: UTF-16 and UTF-8 by their marks or form, else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content:
        raise UnreadableTable(
            _("This is neither an Excel workbook nor a table of text. Save the plan as .xlsx or as .csv.")
        )
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableTable(_("The characters of the file cannot be read. Save it as CSV in UTF-8."))


def _delimiter(text: str) -> str:
    """Return the delimiter under which the first lines most often have the same number of columns."""
    lines = text.splitlines(keepends=True)[:60]

    def agreement(delimiter: str) -> tuple[int, int]:
        try:
            widths = Counter(
                len(values) for values in csv.reader(lines, delimiter=delimiter) if len(values) > 1
            )
        except csv.Error:
            return (0, 0)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return (count, width)

    return max(";,\t|", key=agreement)


def _text_cell(value: str) -> Cell | None:
    text = clean(value)
    if not text:
        return None
    # ="0.10" is how programs protect text in a CSV file from being read as a number.
    if found := re.fullmatch(r'="([^"]*)"', text):
        return Cell(found[1]) if found[1] else None
    if text.startswith("="):
        return Cell(text, FORMULA)
    # The apostrophe with which our own export, like others, keeps a spreadsheet from reading text as a formula.
    if text[0] == "'" and text[1:2] in FORMULA_STARTS:
        text = text[1:]
    return Cell(text)


#: A cell of a CSV file beginning with one of these is run as a formula by spreadsheet programs.
FORMULA_STARTS = ("=", "+", "-", "@", "'")


# --- both -----------------------------------------------------------------------------------------------------------


def clean(value: str) -> str:
    """Return the text trimmed, with plain spaces and line feeds, without control characters."""
    text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("_x000D_", "")
    return "".join(c for c in text if c in "\n\t" or (c.isprintable() and c != "\ufeff"))[
        :MAX_CELL_CHARACTERS
    ].strip()


def _append(sheet: Sheet, number: int, cells: dict[int, Cell]) -> None:
    if not cells:
        return
    if len(sheet.rows) >= MAX_ROWS:
        raise UnreadableTable(
            _(
                "The sheet “%(sheet)s” has more than %(limit)d filled rows. "
                "That is more than a file plan can have; remove what does not belong to it or split the plan."
            )
            % {"sheet": sheet.title, "limit": MAX_ROWS}
        )
    sheet.rows.append(Row(number, cells))
