"""Reading plans of many shapes, and saying clearly what cannot be read (R5, bad input)."""

import datetime
import io
import struct
import time
import zipfile

import pytest
from django.utils import translation

from doakte_content.fileplan.tables import DIGITS, MIXED, SEGMENTS, read_table

from .plans import ENGLISH, GERMAN_CSV, REAL_PLAN, simple, workbook


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


needs_real_plan = pytest.mark.skipif(not REAL_PLAN.exists(), reason="the real plan is not at hand")


def read(content, name="plan.xlsx", **options):
    return read_table(content, name, **options)


def unit(table, number):
    return next(row for row in table.rows if row.number == number)


def errors(table):
    return [(problem.row, problem.column, problem.reason) for problem in table.errors]


def only_error(table):
    assert len(table.errors) == 1, errors(table)
    return table.errors[0]


class TestShapes:
    @needs_real_plan
    def test_the_real_plan_is_read_without_errors(self):
        """R5: a real plan with headings broken over lines, a technical line, notes, and a sheet of value ranges."""
        table = read(REAL_PLAN.read_bytes())
        assert errors(table) == []
        assert (table.title, table.sheet, table.heading_row) == ("Ordnungssystem", "Ordnungssystem", 3)
        assert table.valid_from == datetime.date(2000, 1, 1)
        assert table.valid_until == datetime.date(2099, 12, 31)
        assert len(table.rows) == 76
        finance = unit(table, "9.0.1.1")
        assert finance.parent == "9.0.1"
        assert finance.values["retention_years"] == 25
        assert finance.values["disposal_kind"] == "A"
        assert finance.translations == {"fr": "Planification financière", "en": "Financial planification"}
        assert unit(table, "9.0.6").values["disposal_kind"] == "V"
        assert unit(table, "9.0.7").values["disposal_kind"] == "B"
        assert unit(table, "0.2").extra["Dossiers lesen"] == "philippe.gross"

    def test_german_csv_in_windows_1252(self):
        """R2, R5: German headings, undivided and divided numbers, periods in words."""
        table = read(GERMAN_CSV, "plan.csv")
        assert errors(table) == []
        assert table.numbering == MIXED
        assert [(row.number, row.parent) for row in table.rows] == [
            ("1", ""),
            ("10", "1"),
            ("10.1", "10"),
            ("10.2", "10"),
            ("10.10", "10"),
            ("11", "1"),
            ("11.1", "11"),
            ("2", ""),
            ("20", "2"),
        ]
        assert unit(table, "10.1").values["description"] == "Pläne; Übersichten"
        assert unit(table, "10.1").values["retention_years"] == 30
        assert unit(table, "10.2").values["disposal_kind"] == "B"
        assert unit(table, "10.10").closed
        assert unit(table, "11.1").values["retention_unlimited"]
        assert unit(table, "10").office == "10"

    def test_english_workbook(self):
        """R5: other languages, letters and hyphens."""
        table = read(ENGLISH)
        assert errors(table) == []
        assert table.title == "Records classification scheme"
        assert [(row.number, row.parent) for row in table.rows] == [
            ("A", ""),
            ("A-1", "A"),
            ("A-2", "A"),
            ("B", ""),
            ("B-10", "B"),
        ]
        assert unit(table, "A-1").values["retention_unlimited"]
        assert unit(table, "A-2").values["confidentiality"] == 2
        assert unit(table, "B-10").values["disposal_kind"] == "V"

    @pytest.mark.parametrize(
        ("numbers", "numbering", "parents"),
        [
            (["0", "0.1", "0.2", "0.10", "0.10.1"], SEGMENTS, ["", "0", "0", "0", "0.10"]),
            (["0", "02", "024", "024.1", "1"], MIXED, ["", "0", "02", "024", ""]),
            (["10", "10 20", "10 20 01", "20"], SEGMENTS, ["", "10", "10 20", ""]),
            (["01/1", "01", "01/1/a"], SEGMENTS, ["01", "", "01/1"]),
            (["1", "2", "3", "10", "11"], SEGMENTS, ["", "", "", "", ""]),
            (["0", "01", "012", "012.3", "012.34", "012.4"], DIGITS, ["", "0", "01", "012", "012.3", "012"]),
        ],
    )
    def test_ways_of_numbering(self, numbers, numbering, parents):
        """R1: the numbering of each school is found out."""
        table = read(simple(*numbers))
        assert errors(table) == []
        assert table.numbering == numbering
        assert [unit(table, number).parent for number in numbers] == parents

    def test_numbering_can_be_set_by_hand(self):
        table = read(simple("1", "10"), numbering=SEGMENTS)
        assert [row.parent for row in table.rows] == ["", ""]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    @pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
    def test_encodings_and_delimiters(self, encoding, delimiter):
        lines = [
            ["Nr.", "Bezeichnung", "Jahre"],
            ["1", "Straßen, Wege", "10"],
            ["1.1", "Brücken; Tunnel", "5"],
        ]
        text = "\r\n".join(delimiter.join(f'"{value}"' for value in line) for line in lines)
        table = read(text.encode(encoding), "plan.csv")
        assert errors(table) == []
        assert [row.title for row in table.rows] == ["Straßen, Wege", "Brücken; Tunnel"]
        assert unit(table, "1.1").values["retention_years"] == 5

    def test_columns_set_by_hand(self):
        content = workbook(["Foo", "Bar", "Baz"], ["1", "Erstes", 10], ["1.1", "Zweites", 5])
        table = read(content)
        assert table.needs_mapping
        assert table.rows == []
        assert [column.heading for column in table.columns] == ["Foo", "Bar", "Baz"]
        table = read(content, mapping={"number": "A", "title": "Bar", "retention": "C"})
        assert errors(table) == []
        assert unit(table, "1.1").values["retention_years"] == 5

    def test_mapping_to_a_column_that_is_not_there(self):
        table = read(simple("1"), mapping={"description": "Quux"})
        assert any("Quux" in problem.column for problem in table.errors)

    def test_columns_without_meaning_are_kept(self):
        """R5: an export shall give them back."""
        table = read(workbook(["Nr", "Titel", "Farbe", "Farbe"], ["1", "A", "rot", 7]))
        assert unit(table, "1").extra == {"Farbe": "rot", "Farbe (2)": "7"}


class TestNumbersTurnedIntoDecimals:
    def test_a_decimal_that_lost_its_zero_is_refused(self):
        """0.10 became 0.1: it stands after 0.9, so it cannot be 0.1."""
        rows = [
            ["Nr", "Titel"],
            ["0", "x"],
            *([n / 10, f"t{n}"] for n in range(1, 10)),
            [0.1, "t10"],
            [0.11, "t11"],
        ]
        table = read(workbook(*rows))
        assert any("0.10" in problem.reason and problem.row == 12 for problem in table.errors)
        assert "0.2" in {row.number for row in table.rows}
        assert "0.1" not in {row.number for row in table.rows}

    def test_a_decimal_in_order_is_read_with_a_warning(self):
        table = read(workbook(["Nr", "Titel"], [1, "a"], [1.1, "b"], [1.2, "c"]))
        assert errors(table) == []
        assert [row.number for row in table.rows] == ["1", "1.1", "1.2"]
        assert [problem.row for problem in table.warnings] == [3, 4]

    def test_a_fixed_display_is_exact(self):
        table = read(workbook(["Nr", "Titel"], [0, "a"], [0.1, "b"], formats={"A3": "0.00"}))
        assert [row.number for row in table.rows] == ["0", "0.10"]

    def test_a_date_is_refused(self):
        table = read(workbook(["Nr", "Titel"], [datetime.date(2026, 2, 1), "a"]))
        assert "01.02.2026" in only_error(table).reason

    def test_text_protected_by_a_formula_in_csv(self):
        table = read(b'Nr;Titel\n="0";a\n="0.10";b\n', "plan.csv")
        assert [row.number for row in table.rows] == ["0", "0.10"]


class TestMistakes:
    """Each names row, column, reason."""

    def test_missing_parent(self):
        problem = only_error(read(simple("1", "1.1", "2.1.1")))
        assert (problem.row, problem.column) == (4, "A (Kennzeichen)")
        assert "2.1" in problem.reason

    def test_children_of_a_refused_row_are_refused(self):
        table = read(simple("1", "1.1", "1.1.1", Aussonderungsart={"1.1": "vielleicht"}))
        assert [problem.row for problem in table.errors] == [3, 4]
        assert [row.number for row in table.rows] == ["1"]
        assert table.refused == {"1.1", "1.1.1"}

    def test_duplicate_number(self):
        problem = only_error(read(simple("1", "1.1", "1.1")))
        assert problem.row == 4
        assert "3" in problem.reason

    @pytest.mark.parametrize("number", ["1..2", "1,2", "1.2!", ".1", "1.2.<script>", "1" * 70])
    def test_malformed_number(self, number):
        assert only_error(read(simple("1", number))).row == 3

    def test_a_full_stop_at_the_end_is_no_mistake(self):
        assert [row.number for row in read(simple("1.", "1.2.")).rows] == ["1", "1.2"]

    def test_malformed_number_in_the_first_row(self):
        assert only_error(read(simple("1..2", "2"))).row == 2

    def test_row_with_title_but_no_number(self):
        table = read(workbook(["Nr", "Titel"], ["1", "a"], [None, "b"]))
        assert only_error(table).row == 3

    def test_missing_title(self):
        assert only_error(read(workbook(["Nr", "Titel"], ["1", None], ["2", "b"]))).column == "B (Titel)"

    @pytest.mark.parametrize(
        ("heading", "value"),
        [
            ("Aufbewahrungsfrist", "lange"),
            ("Aufbewahrungsfrist", "10/30"),
            ("Aufbewahrungsfrist", -1),
            ("Aufbewahrungsfrist", 1.5),
            ("Aussonderungsart", "X"),
            ("Gültig ab", "gestern"),
            ("Gültig ab", "31.02.2020"),
            ("Geheimhaltung", "sehr"),
            ("Stillgelegt", "bald"),
            ("Kurztitel", "x" * 121),
        ],
    )
    def test_value_not_understood(self, heading, value):
        problem = only_error(read(simple("1", "2", **{heading: {"2": value}})))
        assert (problem.row, problem.column) == (3, f"C ({heading})")

    def test_end_before_start(self):
        content = workbook(["Nr", "Titel", "Gültig ab", "Gültig bis"], ["1", "a", "2020-01-01", "2019"])
        assert only_error(read(content)).column == "D (Gültig bis)"

    def test_words_after_a_period_are_kept(self):
        table = read(simple("1", Aufbewahrungsfrist={"1": "10 Jahre nach Austritt"}))
        assert unit(table, "1").values["retention_reason"] == "nach Austritt"
        assert [problem.row for problem in table.warnings] == [2]

    def test_formula_in_a_used_column(self):
        table = read(
            workbook(["Nr", "Titel", "Frist"], ["1", "=A2", 10], ["2", "b", "=5+5"], ["=1+2", "c", 1])
        )
        assert [(problem.row, problem.column[0]) for problem in table.errors] == [
            (2, "B"),
            (3, "C"),
            (4, "A"),
        ]

    def test_formula_in_an_unused_column_is_left_out(self):
        table = read(workbook(["Nr", "Titel", "Summe"], ["1", "a", "=1+1"]))
        assert errors(table) == []
        assert unit(table, "1").extra == {}

    def test_formula_in_csv(self):
        table = read(b'Nr;Titel\n1;"=HYPERLINK(""http://x"")"\n', "p.csv")
        assert only_error(table).row == 2


class TestFiles:
    """What is no plan at all is said in one sentence."""

    def test_no_sheet_with_the_headings(self):
        table = read(workbook(["Datum", "Betrag"], [1, 2]))
        assert table.needs_mapping
        assert only_error(table)

    def test_sheet_that_is_not_there(self):
        assert "Plan" in only_error(read(simple("1"), sheet="Nirgends")).reason

    def test_the_plan_may_be_on_a_later_sheet(self):
        content = workbook(
            ["Hinweise"], more_sheets={"Werte": [["Nr", "Titel"]], "AP": [["Nr", "Titel"], ["1", "a"]]}
        )
        table = read(content)
        assert (table.sheet, len(table.rows)) == ("AP", 1)

    def test_headings_without_units(self):
        assert only_error(read(workbook(["Nr", "Titel"])))

    @pytest.mark.parametrize("content", [b"", b"   \n", workbook()])
    def test_empty(self, content):
        assert only_error(read(content)).row == 0

    def test_not_an_xlsx(self):
        assert only_error(read(b"%PDF-1.7 something", "plan.xlsx"))
        assert only_error(read(b"%PDF-1.7\0\0", "plan.pdf"))

    def test_damaged_xlsx(self):
        assert only_error(read(simple("1")[:-300]))

    def test_another_zip(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("word/document.xml", "<x/>")
        assert only_error(read(stream.getvalue()))

    def test_workbook_with_broken_xml(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(simple("1"))) as source, zipfile.ZipFile(stream, "w") as archive:
            for name in source.namelist():
                content = source.read(name)
                archive.writestr(name, content[:-40] if name.endswith("sheet1.xml") else content)
        assert only_error(read(stream.getvalue()))

    def test_encrypted_xlsx(self):
        """Excel wraps an encrypted workbook into an OLE container."""
        content = (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + b"\0" * 500
            + "EncryptedPackage".encode("utf-16-le")
            + b"\0" * 99
        )
        assert "password" in only_error(read(content)).reason

    def test_old_xls(self):
        assert ".xls" in only_error(read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)).reason

    def test_zip_bomb(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (160 * 2**20))
        assert "150 MB" in only_error(read(stream.getvalue())).reason

    def test_entity_expansion(self):
        """A billion laughs in the sheet."""
        bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(simple("1"))) as source, zipfile.ZipFile(stream, "w") as archive:
            for name in source.namelist():
                archive.writestr(name, bomb if name.endswith("sheet1.xml") else source.read(name))
        assert only_error(read(stream.getvalue()))

    def test_fifty_thousand_rows(self):
        """Refused with the limit, in seconds."""
        text = "Nr;Titel\n" + "".join(f"{n};Titel {n}\n" for n in range(50_000))
        start = time.monotonic()
        assert "20000" in only_error(read(text.encode(), "plan.csv")).reason.replace(".", "")
        assert time.monotonic() - start < 10

    def test_a_row_number_out_of_all_bounds(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(simple("1"))) as source, zipfile.ZipFile(stream, "w") as archive:
            for name in source.namelist():
                content = source.read(name)
                if name.endswith("sheet1.xml"):
                    content = content.replace(b'<row r="2"', b'<row r="2000000000"').replace(
                        b'r="A2"', b'r="A2000000000"'
                    )
                archive.writestr(name, content)
        assert only_error(read(stream.getvalue()))

    def test_binary_as_csv(self):
        assert only_error(read(struct.pack("<500I", *range(500)), "plan.csv"))
