"""Tables to take away, as CSV or XLSX: row by row, and without formulas whatever a name looks like."""

import csv
import datetime
import tempfile
from collections.abc import Iterable

from django.http import FileResponse, Http404, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from doakte_content.journal.views import Echo, harmless

FORMATS = ("csv", "xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_response(form: str, name: str, rows: Iterable[list]):
    """Answer with `rows`, the headings first, as the file `name`.csv or `name`.xlsx. Http404 for another format."""
    if form == "csv":
        return csv_response(name, rows)
    if form == "xlsx":
        return xlsx_response(name, rows)
    raise Http404


def csv_response(name: str, rows: Iterable[list]) -> StreamingHttpResponse:
    writer = csv.writer(Echo(), delimiter=";")
    lines = (writer.writerow([in_csv(value) for value in row]) for row in rows)
    response = StreamingHttpResponse(marked(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def marked(lines: Iterable[str]):
    """Put the mark before the first line by which spreadsheet programs know UTF-8."""
    yield "\ufeff"
    yield from lines


def in_csv(value) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return harmless(str(value)) if value not in (None, "") else ""


def xlsx_response(name: str, rows: Iterable[list]) -> FileResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([in_sheet(sheet, value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def in_sheet(sheet, value):
    """Return a cell in which text stays text: "=…" is no formula, and what XML cannot hold is left out."""
    if value is None or isinstance(value, int | float | datetime.date):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(value)))
    cell.data_type = "s"
    return cell
