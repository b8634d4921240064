"""A table of records as rows of text, whatever file it comes from. Read as a stream: a million rows take no memory."""

import codecs
import csv
import datetime
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from doakte_content.fileplan.tables.cells import clean, open_workbook
from doakte_content.fileplan.tables.problems import UnreadableTable
from doakte_content.storage.archives import open_archive

warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")

#: Largest size of an unpacked workbook: Excel's million of rows fits, a zip bomb does not.
MAX_UNPACKED_BYTES = 4 * 1024**3
#: As many rows as Excel has. A hostile workbook claims any number of empty ones between two rows.
MAX_ROWS = 1_048_576
MAX_COLUMNS = 1_000
HEAD_BYTES = 65_536
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (number, texts of the cells) of each row with content. Raises `UnreadableTable`, also on the way."""
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.strip():
        raise UnreadableTable(_("The table is empty."))
    if head.startswith(OLE_MAGIC):
        if "EncryptedPackage".encode("utf-16-le") in head:
            raise UnreadableTable(_("The workbook is protected by a password. Save it without one."))
        raise UnreadableTable(_("This is an old Excel file (.xls). Save it as .xlsx or .csv."))
    if head.startswith(b"PK"):
        return from_workbook(path)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        raise UnreadableTable(
            _("The file is named like an Excel workbook, but is none or is damaged. Save it again.")
        )
    return from_text(path, head)


def from_text(path: Path, head: bytes) -> Iterator[tuple[int, list[str]]]:
    encoding = encoding_of(path, head)
    delimiter = delimiter_of(head.decode(encoding, errors="replace"))
    with open(path, encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        try:
            for values in reader:
                if any(values):
                    yield (
                        reader.line_num,
                        [value.strip() if value.isprintable() else clean(value) for value in values],
                    )
        except csv.Error as error:
            raise UnreadableTable(
                _("Line %(line)s is no line of a table: %(detail)s.")
                % {"line": reader.line_num, "detail": error}
            ) from error


def encoding_of(path: Path, head: bytes) -> str:
    """Return the encoding of a text: by its mark, else UTF-8 if the whole file is that, else Windows-1252."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head:
        raise UnreadableTable(_("This is neither a workbook nor a table of text. Save it as .xlsx or .csv."))
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open(path, "rb") as file:
        try:
            while piece := file.read(1024 * 1024):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def delimiter_of(text: str) -> str:
    """Return the delimiter that gives most of the first lines the same number of columns, more than one."""
    lines = text.splitlines(keepends=True)[:40]

    def agreement(delimiter: str) -> tuple[int, int]:
        try:
            widths = Counter(len(values) for values in csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            return (0, 0)
        widths.pop(1, None)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return (count, width)

    return max(";,\t|", key=agreement)


def from_workbook(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with open_archive(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise UnreadableTable(
                _("Unpacked, the workbook is larger than %s GB. Save the table as .csv.")
                % (MAX_UNPACKED_BYTES // 1024**3)
            )
        book = open_workbook(path, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True, max_col=MAX_COLUMNS)
        for number, cells in enumerate(rows, start=1):
            if number > MAX_ROWS:
                raise UnreadableTable(
                    _("The table has more than %s rows. Save it as .csv, or split it.") % MAX_ROWS
                )
            values = [as_text(value) for value in cells]
            if any(values):
                yield number, values
    except UnreadableTable:
        raise
    except Exception as error:
        # openpyxl raises whatever the damage makes it stumble over: KeyError, ValueError, BadZipFile, ParseError ...
        raise UnreadableTable(
            _("The workbook is damaged (%s). Open it in a spreadsheet program and save it again.")
            % type(error).__name__
        ) from error


def as_text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value))
