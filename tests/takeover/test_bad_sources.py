"""Whatever is wrong with a source is said clearly, row by row; what is right comes in all the same."""

import io
import os
import subprocess
import zipfile

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from doakte_content.access.policies import Right, can
from doakte_content.records.actions import cancel_record
from doakte_content.records.models import Case, Document, Record
from doakte_content.storage.models import Blob
from tests.factories import fresh
from workflow.takeover import actions, problems
from workflow.takeover.models import TakeoverRow

from .sources import Source, import_records, small_source

pytestmark = pytest.mark.django_db


def codes(identifier: str) -> list[str]:
    return [code for code, _details in TakeoverRow.objects.get(identifier=identifier).problems]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (("Ordner", "X", "V-3", "Titel"), "no_level"),
        (("Dokument", "X", "V-3", ""), "no_title"),
        (("Dokument", "X", "", "Titel"), "no_parent"),
        (("Dokument", "X", "V-99", "Titel"), "unknown_parent"),
        (("Dokument", "X", "A-2", "Titel"), "wrong_parent"),
        (("Vorgang", "X", "V-3", "Titel"), "wrong_parent"),
        (("Akte", "X", "9.9", "Titel"), "unknown_parent"),
        (("Akte", "X", "1", "Titel"), "unit_not_open"),
        (("Dokument", "X", "V-3", "T" * 256), "too_long"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(city, tmp_path, values, code):
    source = small_source(tmp_path)
    source.row(*values)
    result, _takeover, _said = source.take_over()
    assert result == 3 and codes("X") == [code]
    assert Record.objects.count() == 10
    with translation.override("de"):
        sentence = problems.in_words(TakeoverRow.objects.get(identifier="X").problems[0])
    assert sentence and "%(" not in sentence


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"datum": "31.02.2024"}, "bad_date"),
        ({"datum": "irgendwann"}, "bad_date"),
        ({"amt": "4711"}, "unknown_office"),
        ({"sha": "abc"}, "bad_hash"),
        ({"datei": "Briefe/fehlt.txt"}, "file_missing"),
        ({"datei": "../geheim.txt"}, "file_outside"),
        ({"datei": "/etc/passwd"}, "file_outside"),
        ({"datei": "C:\\Windows\\win.ini"}, "file_outside"),
        ({"datei": "verweis.txt"}, "file_outside"),
        ({"datei": "bytes:../geheim.txt"}, "file_outside"),
        ({"datei": "leer.txt"}, "file_refused"),
        ({"datei": "gross.bin"}, "file_refused"),
        ({"datei": "Briefe/brief-1.txt", "sha": "0" * 64}, "hash_differs"),
    ],
)
def test_bad_values_and_files(city, tmp_path, settings, values, code):
    """Paths that lead out, also by a link; missing, empty and huge files; a hash that differs."""
    settings.DOAKTE_MAX_UPLOAD_BYTES = 1000
    (tmp_path / "geheim.txt").write_text("nicht für alle")
    source = small_source(tmp_path / "quelle") if (tmp_path / "quelle").mkdir() is None else None
    os.symlink(tmp_path / "geheim.txt", tmp_path / "quelle" / "verweis.txt")
    source.file("leer.txt", b"")
    source.file("gross.bin", b"x" * 1001)
    source.row("Dokument", "X", "V-3", "Titel", **values)
    result, _takeover, said = source.take_over()
    assert result == 3 and codes("X") == [code], said
    assert Document.objects.count() == 5


def test_circles_and_doubles(city, tmp_path):
    source = small_source(tmp_path)
    source.row("Vorgang", "K-1", "K-2")
    source.row("Vorgang", "K-2", "K-1")
    source.row("Vorgang", "K-3", "K-3")
    source.row("Dokument", "D-K", "K-1", "Liegt im Kreis")
    source.row("Vorgang", "V-2", "A-2", "Doppelt")
    result, _takeover, _said = source.take_over()
    assert result == 3
    assert codes("K-1") == codes("K-2") == codes("K-3") == ["cycle"]
    assert codes("D-K") == ["parent_refused"]
    doubles = TakeoverRow.objects.filter(identifier="V-2").order_by("number")
    assert [row.state for row in doubles] == ["loaded", "refused"]
    assert Case.objects.count() == 3


def test_what_lies_in_something_refused_is_refused_too(city, tmp_path):
    source = small_source(tmp_path)
    source.rows[1][2] = "9.9"
    _result, takeover, _said = source.take_over()
    assert codes("A-2") == ["unknown_parent"] and codes("V-3") == codes("D-5") == ["parent_refused"]
    assert Record.objects.count() == 6
    assert takeover.report["levels"][0]["refused"] == 1


def test_closings_that_cannot_be(city, tmp_path):
    """R22, R31: no retention in the plan, a case closed after its file, a date to come."""
    city.group.retention_years = None
    city.group.save()
    source = small_source(tmp_path)
    source.row("Akte", "A-3", "2.1", "Haushalt", geschlossen="2020-12-31")
    source.row("Vorgang", "V-5", "A-3", "Zu spät", geschlossen="2022-01-01")
    source.row("Akte", "A-4", "2.1", "Zukunft", geschlossen="2199-01-01")
    source.take_over()
    assert codes("A-1") == ["no_retention"]
    assert codes("V-5") == ["not_closed_above"] and codes("A-4") == ["future_closing"]


def test_nothing_is_put_into_what_is_closed(city, tmp_path):
    record_file = city.file()
    cancel_record(record_file, "versehentlich angelegt")
    source = Source(tmp_path)
    source.row("Vorgang", "V-1", record_file.reference)
    assert source.take_over()[0] == 3
    assert codes("V-1") == ["parent_closed"] and not Case.objects.exists()


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8-sig", "utf-16"])
def test_tables_of_any_encoding(city, tmp_path, encoding):
    """R80: umlauts in titles, headings and paths survive old encodings."""
    source = small_source(tmp_path)
    source.encoding = encoding
    source.file("Straße/Prüfung.txt", b"Inhalt")
    source.row("Dokument", "D-6", "V-3", "Prüfung der Straße", datei="Straße/Prüfung.txt")
    result, _takeover, said = source.take_over()
    assert result == 0, said
    assert Document.objects.get(title="Prüfung der Straße").version.file_name == "Prüfung.txt"


def test_file_names_in_latin_1_on_the_disk(city, tmp_path):
    """An old file share: the bytes are no UTF-8. The name is read as Windows-1252, and said."""
    record_file = city.file()
    folder = tmp_path / "alt"
    folder.mkdir()
    name = os.fsencode(folder) + b"/Pr\xfcfung.txt"
    with open(name, "wb") as file:
        file.write(b"Inhalt")
    result, _takeover, said = import_records(folder, "--into", record_file.reference)
    assert result == 0, said
    document = Document.objects.get()
    assert document.title == "Prüfung" and document.version.file_name == "Prüfung.txt"
    source = Source(folder)
    source.row("Vorgang", "V-1", record_file.reference)
    source.row("Dokument", "D-1", "V-1", "Aus der Tabelle", datei="Prüfung.txt")
    result, _takeover, said = source.take_over("--system", "Tabelle")
    assert result == 0, said
    assert Blob.objects.count() == 1


def test_workbooks(city, tmp_path):
    source = small_source(tmp_path)
    source.write()
    book = openpyxl.Workbook()
    book.active.append(source.headings.split(";"))
    for row in source.rows:
        book.active.append(row)
    book.active["E2"] = __import__("datetime").datetime(2019, 2, 3)
    (tmp_path / "records.csv").unlink()
    book.save(tmp_path / "tabelle.xlsx")
    result, _takeover, said = import_records(tmp_path)
    assert result == 0, said
    assert Record.objects.get(title="Stellenplan 2019").dated.isoformat() == "2019-02-03"


def bomb() -> bytes:
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/a.xml", "w") as part,
    ):
        for _number in range(64):
            part.write(bytes(1024 * 1024))
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("records.csv", b"", "empty"),
        ("records.csv", b"\x00\x01\x02" * 100, "neither a workbook nor"),
        ("records.csv", b"Titel;Datum\nA;B\n", "lacks the columns"),
        ("records.csv", b"Ebene;ID;Parent;Titel\n", "nothing that could be taken over"),
        ("records.xlsx", b"PK\x03\x04 kaputt", "damaged"),
        ("records.xlsx", b"kein Excel", "none or is damaged"),
        (
            "records.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        ("records.xlsx", bomb(), "damaged"),
    ],
)
def test_tables_that_are_none(city, tmp_path, name, content, said):
    """Empty, binary, wrong columns, truncated, encrypted, a bomb: one sentence, and nothing is changed."""
    (tmp_path / name).write_bytes(content)
    result, _takeover, words = import_records(tmp_path)
    assert result == 2 and said in words
    assert not Record.objects.exists()


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(tmp_path, monkeypatch):
    from doakte_content.fileplan.tables.problems import UnreadableTable
    from workflow.takeover import table

    monkeypatch.setattr(table, "MAX_UNPACKED_BYTES", 1024 * 1024)
    (tmp_path / "records.xlsx").write_bytes(bomb())
    with translation.override("en"), pytest.raises(UnreadableTable, match="larger than"):
        list(table.read_rows(tmp_path / "records.xlsx"))


def test_a_source_that_is_not_there(city, tmp_path):
    assert import_records(tmp_path / "fehlt.csv")[0] == 2
    assert import_records(tmp_path)[0] == 2
    assert import_records(tmp_path, "--into", "9.9-2026-1")[0] == 2


def test_a_table_that_changes_after_the_check_is_read_anew(city, tmp_path):
    source = small_source(tmp_path)
    source.take_over("--dry-run")
    source.row("Vorgang", "V-4", "A-2", "Kam dazu")
    assert source.take_over()[0] == 0
    assert Case.objects.filter(title="Kam dazu").exists()


def test_a_file_that_changes_after_the_check_is_refused(city, tmp_path):
    source = small_source(tmp_path)
    source.take_over("--dry-run")
    source.file("Briefe/brief-2.txt", b"ganz etwas anderes")
    assert source.take_over()[0] == 3
    assert codes("D-2") == ["file_changed"]
    assert Document.objects.count() == 4


def test_only_who_may_takes_over_and_only_where_they_may(city, tmp_path):
    """R57: whoever brings stock in puts nothing where they could not put it by hand."""
    with pytest.raises(PermissionDenied):
        actions.start(tmp_path, actor=fresh(city.case_worker))
    hidden = city.file(title="Geschützt", people=[city.head])
    source = small_source(tmp_path)
    source.row("Vorgang", "V-9", hidden.reference, "Eingeschmuggelt")
    result, takeover, _said = source.take_over("--user", "registratur")
    assert result == 3 and codes("V-9") == ["no_right"]
    assert Case.objects.count() == 3
    assert takeover.created_by == city.registrar


def test_a_place_that_is_closed_meanwhile_takes_nothing(city, tmp_path):
    record_file = city.file()
    source = Source(tmp_path)
    source.row("Vorgang", "V-1", record_file.reference)
    source.take_over("--dry-run")
    cancel_record(record_file, "versehentlich angelegt")
    assert source.take_over()[0] == 3
    assert codes("V-1") == ["parent_closed"]


def test_many_files_in_one_folder(city, tmp_path):
    """Thousands in one folder take no more statements each than a few; all get numbers without gaps."""
    record_file = city.file()
    folder = tmp_path / "voll"
    folder.mkdir()
    for number in range(3000):
        (folder / f"{number}.txt").write_text(f"Inhalt {number % 50}")
    result, _takeover, said = import_records(folder, "--into", record_file.reference)
    assert result == 0, said
    case = Case.objects.get()
    ordinals = sorted(Document.objects.child_of(case).values_list("ordinal", flat=True))
    assert ordinals == list(range(1, 3001)) and Blob.objects.count() == 50


@pytest.fixture
def small_disk(tmp_path, settings):
    """A store of one megabyte, on a file system of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], check=True)
    settings.DOAKTE_BLOB_ROOT = place / "blobs"
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(os.geteuid() != 0 and os.environ.get("CI") != "true", reason="mounting takes root")
def test_a_full_disk_stops_it_and_room_lets_it_go_on(city, tmp_path, small_disk):
    """Disk full in the middle: said in words, nothing half, goes on when there is room."""
    source = small_source(tmp_path)
    for number in range(6):
        source.file(f"gross-{number}.bin", bytes([number]) * 300_000)
        source.row("Dokument", f"G-{number}", "V-3", f"Groß {number}", datei=f"gross-{number}.bin")
    result, takeover, said = source.take_over()
    assert result == 2 and "full" in said
    assert not Record.objects.exists() and takeover.phase == "copying"
    assert not list((small_disk / "blobs" / "incoming").iterdir())
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    result, takeover, said = import_records(tmp_path)
    assert result == 0, said
    assert Document.objects.count() == 11 and takeover.report["differences"] == []


def test_protected_places_keep_what_comes_to_themselves(city, tmp_path):
    """R57: what goes into a protected file is as protected as all in it."""
    record_file = city.file(title="Geschützt", people=[city.head])
    source = Source(tmp_path)
    source.row("Vorgang", "V-1", record_file.reference, "Vertraulich")
    source.take_over()
    case = Case.objects.get()
    assert case.scope_id == record_file.scope_id
    assert can(fresh(city.head), Right.READ, case) and not can(fresh(city.case_worker), Right.READ, case)
