"""Plans of different schools, written for the tests."""

import io
from pathlib import Path

import openpyxl

#: A real municipal plan; it comes with the working place, not with the product.
REAL_PLAN = Path(__file__).resolve().parents[3] / "shared" / "input" / "ordnungssystem-gemeinde.xlsx"


def workbook(*rows, title="Plan", formats=None, more_sheets=None) -> bytes:
    """Return an XLSX file with these rows; `formats` sets number formats by cell, {"A2": "0.00"}."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    for name, other_rows in (more_sheets or {}).items():
        other = book.create_sheet(name)
        for row in other_rows:
            other.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


#: As a German city writes it: groups of digits, columns in the words of the KGSt and of xdomea.
GERMAN_CSV = """\
Aktenplankennzeichen;Inhaltsangabe;Erläuterungen;Aufbewahrungsfrist;Aussonderungsart;Gültig ab;Federführung;Stillgelegt
1;Zentrale Verwaltung;;;;;;
10;Organisation;;;;01.01.2020;10;
10.1;Gliederung der Verwaltung;"Pläne; Übersichten";30 Jahre;A – archivwürdig;01.01.2020;;
10.2;Dienstanweisungen;;10 J.;Bewerten;;;
10.10;Vordrucke;;5;Vernichten;;;ja
11;Personal;;;;;;
11.1;Personalakten;;dauernd;B;;;
2;Finanzen;;;;;;
20;Haushalt;;10;V;;;
""".encode("cp1252")

#: As an English retention schedule writes it.
ENGLISH = workbook(
    ["Records classification scheme"],
    [],
    ["Class code", "Class title", "Scope note", "Retention period", "Disposal action", "Security classification", "Owner"],
    ["A", "Governance", None, None, None, None, None],
    ["A-1", "Council", "Meetings of the council", "permanent", "Archive", "Unclassified", None],
    ["A-2", "Audit", None, "10 years", "Review", "Confidential", None],
    ["B", "Housing", None, None, None, None, None],
    ["B-10", "Rents", None, 7, "Destroy", "Restricted", None],
)  # fmt: skip


def simple(*numbers, **columns) -> bytes:
    """Return a plan that has only numbers and titles, and columns given as {heading: {number: value}}."""
    rows = [["Kennzeichen", "Titel", *columns]]
    rows += [[n, f"Titel {n}", *(values.get(n) for values in columns.values())] for n in numbers]
    return workbook(*rows)
