"""Stock of another system comes in whole, is found, and is proven to be the same (R78)."""

import datetime
import json

import openpyxl
import pytest

from doakte_content.journal.models import JournalEntry
from doakte_content.records.models import Case, Document, Record, RecordFile
from doakte_content.retrieval.actions import work_off
from doakte_content.retrieval.queries import search
from doakte_content.storage.actions import derive, open_derivations
from doakte_content.storage.models import Blob
from tests.factories import fresh
from workflow.closing.actions import reopen
from workflow.takeover import reports
from workflow.takeover.models import TakeoverRow

from .sources import Source, import_records, small_source

pytestmark = pytest.mark.django_db


def read_texts() -> None:
    for pk in list(open_derivations().values_list("pk", flat=True)):
        derive(pk)
    work_off()


def test_everything_arrives_and_is_compared(city, tmp_path):
    """R78: counts, hashes, sample; exit code 0 when all has arrived."""
    code, takeover, said = small_source(tmp_path).take_over("--system", "Altsystem")
    assert code == 0, said
    assert (RecordFile.objects.count(), Case.objects.count(), Document.objects.count()) == (2, 3, 5)
    report = takeover.report
    assert [(line["rows"], line["loaded"], line["found"]) for line in report["levels"]] == [
        (2, 2, 2),
        (3, 3, 3),
        (5, 5, 5),
    ]
    assert report["files"]["count"] == 4 and report["differences"] == []
    assert {one["identifier"] for one in report["sample"]} == set(
        TakeoverRow.objects.values_list("identifier", flat=True)
    )
    assert Blob.objects.count() == 4
    for document in Document.objects.exclude(version=None):
        assert document.version.blob.path.read_bytes().startswith(b"Schreiben Nummer")
    assert all(not found for found in Record.find_problems())


def test_records_get_numbers_places_and_dates_of_their_own(city, tmp_path):
    """R10, R21, R57: Aktenzeichen of the year it was opened, scope of the place, office of the unit unless named."""
    source = small_source(tmp_path)
    source.rows[1][6] = "20"
    assert source.take_over()[0] == 0
    old, young = RecordFile.objects.order_by("dated")
    assert old.reference == "1.1-2019-0001" and young.reference == "1.1-2024-0001"
    assert old.dated == datetime.date(2019, 2, 3)
    assert old.office == city.personnel and young.office == city.treasury
    assert {one.scope_id for one in Record.objects.all()} == {city.unit.scope_id}
    document = Document.objects.get(title="Brief 1")
    assert document.reference == "1.1-2019-0001/1-1"
    assert document.sender == "Frau Öztürk" and document.remark == "aus dem Altbestand"
    assert document.version.file_name == "brief-1.txt" and document.version.media_type == "text/plain"


def test_what_was_closed_stays_closed_and_is_kept_as_long_as_the_plan_says(city, tmp_path):
    """R22, R23, R31: the period counts from the closing of the last case; documents are closed with their case."""
    small_source(tmp_path).take_over()
    record_file = RecordFile.objects.get(title="Stellenplan 2019")
    assert record_file.state == "closed" and record_file.closed_on == datetime.date(2021, 12, 31)
    dates = dict(Record.objects.filter(path__startswith=record_file.path).values_list("title", "closed_on"))
    assert dates["Neue Stelle im Bürgerbüro"] == dates["Brief 1"] == datetime.date(2021, 6, 30)
    assert dates["Stellenstreichung"] == dates["Brief 3"] == datetime.date(2021, 12, 31)
    ends = set(
        Record.objects.filter(path__startswith=record_file.path).values_list("retained_until", flat=True)
    )
    assert ends == {datetime.date(2031, 12, 31)}
    assert RecordFile.objects.get(title="Ausbildung").closed_on is None
    reopen(record_file, actor=fresh(city.registrar), reason="Nachtrag")


def test_it_is_found_by_old_and_new_reference_and_by_its_text(city, tmp_path):
    """R19, R75, R78: the former identifier leads to the record, and is first."""
    small_source(tmp_path).take_over()
    reader = fresh(city.case_worker)
    assert next(hit.record.title for hit in search(reader, "D-2").hits) == "Brief 2"
    assert next(hit.record.title for hit in search(reader, "1.1-2024-0001").hits) == "Ausbildung"
    assert {hit.record.title for hit in search(reader, "Stellenstreichung").hits} == {"Stellenstreichung"}
    read_texts()
    assert search(reader, "Eingruppierung").total == 4
    assert search(fresh(city.treasurer), "Eingruppierung").total == 0


def test_search_rows_are_those_that_indexing_would_write(city, tmp_path):
    """One truth: what is written in bulk does not differ from what the queue writes."""
    from wagtail.search.models import IndexEntry

    from doakte_content.retrieval.actions import request

    def entries():
        names = ("content_type", "object_id", "title", "body", "autocomplete")
        return sorted(tuple(map(str, row)) for row in IndexEntry.objects.values_list(*names))

    source = small_source(tmp_path)
    source.take_over()
    read_texts()
    pages = Record.objects.values_list("pk", flat=True)
    in_bulk = entries()
    request(pages)
    work_off()
    assert entries() == in_bulk
    # Another system brings the same files: their texts are known now, and stand in the rows from the start.
    source.take_over("--system", "Zweites System", "--again")
    in_bulk = entries()
    request(Record.objects.values_list("pk", flat=True))
    work_off()
    assert entries() == in_bulk


def test_the_journal_tells_where_a_record_came_from(city, tmp_path):
    """R59: each record's journal names the former system and identifier."""
    small_source(tmp_path).take_over("--system", "Altsystem")
    document = Document.objects.get(title="Brief 1")
    (entry,) = JournalEntry.objects.filter(object_uuid=document.uuid)
    assert entry.action == "record.take_over" and entry.data["identifier"] == "D-1"
    assert entry.data["system"] == "Altsystem"
    assert JournalEntry.objects.filter(action="record.take_over").count() == 10
    assert JournalEntry.objects.filter(action="stock.take_over").count() == 1


def test_a_dry_run_reads_everything_and_changes_nothing(city, tmp_path):
    source = small_source(tmp_path)
    source.row("Dokument", "D-6", "V-3", "Fehlt", datei="Briefe/fehlt.txt")
    code, _takeover, said = source.take_over("--dry-run")
    assert code == 3 and "fehlt.txt" in said and "10 records" in said
    assert not Record.objects.exists() and not Blob.objects.exists()
    assert not JournalEntry.objects.filter(action="record.take_over").exists()
    assert TakeoverRow.objects.get(identifier="D-1").sha256
    code, _takeover, said = import_records(tmp_path)
    assert code == 3 and Record.objects.count() == 10, said


def test_a_second_takeover_brings_only_what_is_new(city, tmp_path):
    """Nothing comes twice: what came before from the same system is named as there already, and can be added to."""
    source = small_source(tmp_path)
    source.row("Dokument", "D-6", "V-3", "Fehlt noch", datei="Briefe/nachgereicht.txt")
    assert source.take_over("--system", "Altsystem")[0] == 3
    source.file("Briefe/nachgereicht.txt", b"Nachgereicht")
    source.row("Vorgang", "V-4", "A-2", "Azubis 2025")
    code, takeover, said = source.take_over("--system", "Altsystem")
    assert code == 0, said
    assert [(line["present"], line["loaded"]) for line in takeover.report["levels"]] == [
        (2, 0),
        (3, 1),
        (5, 1),
    ]
    assert Document.objects.get(title="Fehlt noch").get_parent().specific == Case.objects.get(
        title="Azubis 2024"
    )
    assert Record.objects.count() == 12


def test_parents_may_come_later(city, tmp_path):
    source = small_source(tmp_path)
    source.rows.reverse()
    code, _takeover, said = source.take_over()
    assert code == 0, said
    assert Document.objects.get(title="Brief 3").reference == "1.1-2019-0001/1-1"


def test_stock_can_go_on_below_what_is_in_doakte(city, tmp_path):
    record_file = city.file()
    source = Source(tmp_path)
    source.row("Vorgang", "V-1", record_file.reference, "Aus dem Altsystem")
    assert source.take_over()[0] == 0
    assert Case.objects.get().get_parent().specific == record_file


def test_a_folder_tree_becomes_cases_with_documents(city, tmp_path):
    """Each folder that holds files is a case, named by its path; nothing in it is left out."""
    record_file = city.file()
    source = Source(tmp_path / "Freigabe")
    source.file("Deckblatt.txt")
    source.file("Anträge/2024/antrag_müller.txt", b"Antrag von Frau M\xc3\xbcller")
    source.file("Anträge/2024/skizze.txt", b"Skizze")
    source.file("Bescheide/bescheid.txt", b"Bescheid")
    code, _takeover, said = import_records(source.folder, "--into", record_file.reference)
    assert code == 0, said
    shape = {case.title: [document.title for document in case.get_children()] for case in Case.objects.all()}
    assert shape == {
        "Freigabe": ["Deckblatt"],
        "Anträge – 2024": ["antrag müller", "skizze"],
        "Bescheide": ["bescheid"],
    }


def test_mails_bring_their_attachments(city, tmp_path):
    """R36, W38: attachments become Anlagen, the header fills sender and recipient where the table says nothing."""
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "absender@example.org", "stadt@example.org", "Anfrage"
    mail.set_content("Guten Tag")
    mail.add_attachment(b"Anlage eins", maintype="text", subtype="plain", filename="anlage.txt")
    source = small_source(tmp_path)
    source.file("anfrage.eml", bytes(mail))
    source.row("Dokument", "D-6", "V-3", "Anfrage", datei="anfrage.eml")
    code, _takeover, said = source.take_over()
    assert code == 0, said
    document = Document.objects.get(title="Anfrage")
    assert document.sender == "absender@example.org" and document.document_type == "mail"
    (attachment,) = document.attachments.all()
    assert attachment.title == "anlage.txt" and attachment.version.blob.path.read_bytes() == b"Anlage eins"


def test_the_report_is_there_as_table_and_as_json(city, tmp_path):
    source = small_source(tmp_path)
    source.row("Dokument", "=1+1", "V-9", "Böse")
    code, takeover, _said = source.take_over("--report", str(tmp_path / "bericht.json"))
    assert code == 3
    report = json.loads((tmp_path / "bericht.json").read_text())
    assert report["refused"][0]["identifier"] == "=1+1" and "V-9" in report["refused"][0]["problems"][0][2]
    reports.write(takeover, tmp_path / "bericht.xlsx")
    book = openpyxl.load_workbook(tmp_path / "bericht.xlsx")
    assert [sheet.max_row for sheet in book] == [4, 2, 2, 11, 1]
    assert book.worksheets[2]["B2"].value == "'=1+1" and book.worksheets[2]["B2"].data_type == "s"


def test_a_damaged_copy_is_found(city, tmp_path):
    """R62, R78: each stored file is read again after the takeover."""
    from workflow.takeover import actions

    source = small_source(tmp_path).write()
    takeover = actions.start(source, "records.csv")

    class Enough(Exception):
        pass

    def stop_before_comparing():
        takeover.refresh_from_db(fields=["phase"])
        if takeover.phase == "comparing":
            raise Enough

    with pytest.raises(Enough):
        actions.work(takeover, check_stop=stop_before_comparing)
    path = Document.objects.get(title="Brief 1").version.blob.path
    path.chmod(0o640)
    path.write_bytes(b"etwas anderes")
    code, takeover, said = import_records(source)
    assert code == 1 and "differ" in said
    assert [what for _row, what in takeover.report["differences"]] == ["differs"]
