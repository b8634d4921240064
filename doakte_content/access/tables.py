"""Tables to take away, as CSV or XLSX: row by row, and without formulas whatever a name looks like."""

import csv
import datetime
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.http import FileResponse, Http404, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from doakte_content.journal.views import Echo, harmless

FORMATS = ("csv", "xlsx")
#: By it spreadsheet programs know UTF-8.
MARK = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_response(form: str, name: str, rows: Iterable[list]):
    """Answer with `rows`, the headings first, as the file `name`.csv or `name`.xlsx. Http404 for another format."""
    if form == "csv":
        return csv_response(name, rows)
    if form == "xlsx":
        return xlsx_response(name, rows)
    raise Http404


def write_table(form: str, path: Path, rows: Iterable[list]) -> None:
    """Write `rows`, the headings first, into a file in one of `FORMATS`."""
    if form == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            file.write(MARK)
            writer.writerows([in_csv(value) for value in row] for row in rows)
    else:
        with path.open("wb") as file:
            book_of(rows).save(file)


def csv_response(name: str, rows: Iterable[list]) -> StreamingHttpResponse:
    writer = csv.writer(Echo(), delimiter=";")
    lines = (writer.writerow([in_csv(value) for value in row]) for row in rows)
    response = StreamingHttpResponse(marked(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def marked(lines: Iterable[str]):
    """Put the mark before the first line by which spreadsheet programs know UTF-8."""
    yield MARK
    yield from lines


def in_csv(value) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return harmless(str(value)) if value not in (None, "") else ""


def xlsx_response(name: str, rows: Iterable[list]) -> FileResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
    book_of(rows).save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def book_of(rows: Iterable[list]) -> Workbook:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([in_sheet(sheet, value) for value in row])
    return book


def in_sheet(sheet, value):
    """Return a cell in which text stays text: "=…" is no formula, and what XML cannot hold is left out."""
    if value is None or isinstance(value, int | float | datetime.date):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(value)))
    cell.data_type = "s"
    return cell
