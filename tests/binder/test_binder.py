"""A whole file as one PDF (story 9)."""

import io
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone, translation
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from doakte_content.access.actions import grant
from doakte_content.binder import actions, queries
from doakte_content.binder.models import Binder, folder
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.enums import Right
from doakte_content.organisation.models import Membership
from doakte_content.records.actions import cancel_record
from doakte_content.records.filing import add_attachment
from doakte_content.records.models import Record
from doakte_content.storage.models import Derivation
from tests.factories import fresh


def pdf(*texts: str, rotate: int = 0, password: str = "") -> bytes:
    """Return a PDF with one page for each text."""
    target = io.BytesIO()
    canvas = Canvas(target)
    for text in texts:
        canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()
    if not (rotate or password):
        return target.getvalue()
    writer = PdfWriter(clone_from=target)
    for page in writer.pages:
        page.rotate(rotate)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def no_more_forms() -> None:
    """Treat PDF forms that nobody has made in this test as not available."""
    Derivation.objects.filter(state="pending").update(state="unavailable", note="no_libreoffice")


def made(record_file, person) -> tuple[Binder, PdfReader]:
    no_more_forms()
    with translation.override("en"):
        binder = actions.request_binder(record_file, actor=fresh(person))
    assert actions.make(binder.pk)
    binder.refresh_from_db()
    assert binder.state == Binder.State.DONE
    return binder, PdfReader(binder.path)


def texts(reader) -> list[str]:
    return [page.extract_text() for page in reader.pages]


def outline(items) -> list:
    return [outline(item) if isinstance(item, list) else item.title for item in items]


def publish(document) -> None:
    Record.objects.filter(pk=document.pk).update(live=True, published=True)


def test_cover_contents_and_all_documents_in_order(city):
    """Story 9: cover sheet, table of contents with page numbers, every document and attachment."""
    record_file = city.file("Stellenplan für Ämter")
    case = city.case(record_file, title="Neue Stelle")
    first = city.document(case, pdf("erste", "zweite"), "a.pdf", title="Antrag")
    add_attachment(first, io.BytesIO(pdf("Anlage zum Antrag")), "anlage.pdf", actor=fresh(city.case_worker))
    city.document(case, pdf("dritte"), "b.pdf", title="Bescheid")
    binder, reader = made(record_file, city.case_worker)
    pages = texts(reader)
    assert record_file.reference in pages[0]
    assert "Stellenplan für Ämter" in pages[0]
    assert city.case_worker.get_full_name() in pages[0]
    assert "10 years" in pages[0]
    contents = [
        line for line in reader.pages[1].extract_text(extraction_mode="layout").splitlines() if line.strip()
    ]
    assert [line.split()[-1] for line in contents[1:5]] == ["3", "3", "5", "6"]
    assert [page.splitlines()[0] for page in pages[2:]] == ["erste", "zweite", "Anlage zum Antrag", "dritte"]
    assert binder.pages == len(pages) == 6
    assert binder.percent == 100


def test_bookmarks_follow_case_document_attachment(city):
    """Story 9: a tree of bookmarks, each leading to its page."""
    record_file = city.file()
    case = city.case(record_file)
    document = city.document(case, pdf("eins"), "a.pdf", title="Antrag")
    add_attachment(document, io.BytesIO(pdf("zwei")), "Plan.pdf", actor=fresh(city.case_worker))
    with translation.override("en"):
        _binder, reader = made(record_file, city.case_worker)
    titles = outline(reader.outline)
    assert titles[2:] == [str(case), [f"{document} (draft)", ["Attachment: Plan"]]]
    attachment = reader.outline[3][1][0]
    assert reader.get_destination_page_number(attachment) == 3


def test_every_page_is_stamped(city):
    """Story 9: Aktenzeichen · document · page x of y, on every page, upright, beside the content."""
    record_file = city.file()
    document = city.document(city.case(record_file), pdf("quer", rotate=90), "a.pdf")
    _binder, reader = made(record_file, city.case_worker)
    total = len(reader.pages)
    for number, text in enumerate(texts(reader), start=1):
        assert f"page {number} of {total}" in text
        assert record_file.reference in text
    assert f"{record_file.reference} · {document.reference} · page 3 of 3" in texts(reader)[2]
    page = reader.pages[2]
    assert page.rotation == 90
    assert float(page.mediabox.width) == pytest.approx(595.28 + 18, abs=0.1)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_stamp_lies_at_the_foot_of_the_page_as_it_is_seen(city, rotation):
    """Drawn with another program: black letters in the lowest strip, and only there."""
    import pypdfium2

    record_file = city.file()
    city.document(city.case(record_file), pdf("", rotate=rotation), "a.pdf")
    binder, _reader = made(record_file, city.case_worker)
    image = pypdfium2.PdfDocument(binder.path)[2].render(scale=1).to_pil().convert("L")
    width, height = image.size
    dark = [y for y in range(height) if min(image.crop((0, y, width, y + 1)).get_flattened_data()) < 128]
    assert dark
    assert min(dark) >= height - 18


def test_what_cannot_be_rendered_gets_a_page_that_says_so(city):
    """Story 9: never left out silently; the reason in plain words."""
    record_file = city.file()
    case = city.case(record_file)
    city.document(case, pdf("geheim", password="x"), "zu.pdf", title="Verschlossen")
    city.document(case, pdf("kaputt")[:200], "kaputt.pdf", title="Abgebrochen")
    city.document(case, b"PK\x03\x04 irgendwas", "archiv.zip", title="Archiv")
    cancelled = city.document(case, pdf("storniert"), "s.pdf", title="Falsch")
    cancel_record(cancelled, "doppelt erfasst", actor=fresh(city.case_worker))
    _binder, reader = made(record_file, city.case_worker)
    pages = texts(reader)[2:]
    assert len(pages) == 4
    assert "password" in pages[0]
    assert "damaged" in pages[1]
    assert "archiv.zip could not be turned into pages" in pages[2]
    assert "doppelt erfasst" in pages[3]
    assert "storniert" not in pages[3]


def test_restrictions_of_the_owner_password_do_not_hinder(city):
    """A PDF that opens without a password is put in, whatever it forbids."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf("lesbar")))
    writer.encrypt("", "eigentümer", algorithm="RC4-128", permissions_flag=0)
    target = io.BytesIO()
    writer.write(target)
    record_file = city.file()
    city.document(city.case(record_file), target.getvalue(), "a.pdf")
    _binder, reader = made(record_file, city.case_worker)
    assert "lesbar" in texts(reader)[2]


def test_empty_file_is_a_binder_too(city):
    """A cover sheet and an empty table of contents; an empty case says so."""
    _binder, reader = made(city.file(), city.case_worker)
    assert len(reader.pages) == 2
    record_file = city.file()
    city.case(record_file)
    _binder, reader = made(record_file, city.case_worker)
    assert "no documents" in texts(reader)[2]


def test_long_contents_keep_their_page_numbers(city):
    """The table of contents takes as many pages as it needs; its numbers allow for them."""
    record_file = city.file()
    case = city.case(record_file)
    for number in range(45):
        city.document(case, pdf(f"Blatt {number}"), "a.pdf", title=f"Schreiben {number}")
    _binder, reader = made(record_file, city.case_worker)
    assert len(reader.pages) == 1 + 2 + 45
    last = texts(reader)[2].splitlines()[-2]
    assert last.endswith("48")
    assert "Blatt 44" in texts(reader)[47]


# --- access ----------------------------------------------------------------------------------------------------------


def test_reader_gets_only_what_is_published(city):
    """R57: drafts are not for those who may only read; what they may not see is not counted either."""
    record_file = city.file()
    case = city.case(record_file)
    publish(city.document(case, pdf("freigegeben"), "a.pdf"))
    city.document(case, pdf("Entwurf"), "b.pdf")
    grant(record_file.scope, Right.READ, user=city.treasurer)
    _binder, reader = made(record_file, city.treasurer)
    text = "".join(texts(reader))
    assert "freigegeben" in text
    assert "Entwurf" not in text
    assert "Entwurf" in "".join(texts(made(record_file, city.case_worker)[1]))


def test_needs_the_right_to_read(city):
    """R57."""
    with pytest.raises(PermissionDenied):
        actions.request_binder(city.file(), actor=fresh(city.treasurer))


def test_only_for_who_asked_and_only_as_long_as_they_may(city):
    """R57: neither a colleague nor somebody whose access has ended gets the result."""
    binder, _reader = made(city.file(), city.case_worker)
    assert queries.binder_of(fresh(city.case_worker), binder.uuid) == binder
    assert queries.binder_of(fresh(city.head), binder.uuid) is None
    Membership.objects.filter(user=city.case_worker).delete()
    assert queries.binder_of(fresh(city.case_worker), binder.uuid) is None


def test_access_that_ended_while_waiting(city):
    """R57: rights are asked again when the work is done."""
    binder = actions.request_binder(city.file(), actor=fresh(city.case_worker))
    Membership.objects.filter(user=city.case_worker).delete()
    assert actions.make(binder.pk)
    binder.refresh_from_db()
    assert binder.state == Binder.State.FAILED
    assert not binder.path.exists()


def test_export_is_journalled(city):
    """R66: who took the file out as PDF stays known."""
    record_file = city.file()
    actions.request_binder(record_file, actor=fresh(city.case_worker))
    entry = JournalEntry.objects.get(object_uuid=record_file.uuid, action="record.export")
    assert entry.actor == city.case_worker


# --- the work itself -------------------------------------------------------------------------------------------------


def test_second_request_joins_the_first(city):
    """A double click makes one binder."""
    record_file = city.file()
    first = actions.request_binder(record_file, actor=fresh(city.case_worker))
    assert actions.request_binder(record_file, actor=fresh(city.case_worker)) == first
    assert actions.make(first.pk)
    assert not actions.make(first.pk)
    assert actions.request_binder(record_file, actor=fresh(city.case_worker)) != first


def test_waits_for_forms_that_are_being_made(city):
    """A file that was put in a moment ago is converted first; after some minutes the binder goes without it."""
    record_file = city.file()
    city.document(city.case(record_file), b"Text", "notiz.txt")
    assert Derivation.objects.filter(kind="pdf", state="pending").exists()
    binder = actions.request_binder(record_file, actor=fresh(city.case_worker))
    assert not actions.make(binder.pk)
    Binder.objects.update(created_at=timezone.now() - timedelta(minutes=4))
    assert actions.make(binder.pk)


def test_cleared_away_after_a_day(city):
    """What was printed does not outlive its purpose; nor do the leavings of killed workers."""
    old, _reader = made(city.file(), city.case_worker)
    new, _reader = made(city.file(), city.case_worker)
    leaving = folder() / "deadbeef.part"
    leaving.write_bytes(b"half")
    yesterday = timezone.now() - timedelta(hours=25)
    Binder.objects.filter(pk=old.pk).update(created_at=yesterday)
    for path in (old.path, leaving):
        os.utime(path, (yesterday.timestamp(), yesterday.timestamp()))
    assert actions.clear_away() == 2
    assert [path.name for path in folder().iterdir()] == [new.path.name]
    assert Binder.objects.get() == new


def test_given_up_after_three_lost_workers(city):
    """A file that kills every worker does not kill them for ever."""
    binder = actions.request_binder(city.file(), actor=fresh(city.case_worker))
    Binder.objects.update(attempts=3)
    assert actions.make(binder.pk)
    binder.refresh_from_db()
    assert binder.state == Binder.State.FAILED


def test_only_the_latest_lease_saves(city):
    """A worker that was thought dead comes back: what it made does not count."""
    binder = actions.request_binder(city.file(), actor=fresh(city.case_worker))
    stale = actions.take(binder.pk)
    Binder.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert actions.make(binder.pk)
    assert not actions.save(stale, state=Binder.State.FAILED)
    with pytest.raises(actions.LeaseLost):
        actions.keep_lease(stale, 1)


WORKER = """
import sys
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.DOAKTE_BLOB_ROOT, settings.DOAKTE_RENDITION_ROOT = sys.argv[2:4]
from doakte_content.binder import actions
actions.make(int(sys.argv[4]))
"""


@pytest.mark.kill
@pytest.mark.django_db(transaction=True)
def test_worker_killed_in_the_middle(city, settings):
    """kill -9 in the middle of the work: after the lease another worker makes it, once and complete."""
    record_file = city.file()
    case = city.case(record_file)
    for number in range(3):
        document = city.document(case, pdf(f"Blatt {number}"), "a.pdf")
    no_more_forms()
    binder = actions.request_binder(record_file, actor=fresh(city.case_worker))
    # The last file is a pipe that nobody writes to: there the worker stands still, in the middle of the work.
    path = document.version.blob.path
    kept = path.rename(path.with_name("kept"))
    os.mkfifo(path)
    worker = start_worker(binder, settings)
    writing = os.open(path, os.O_WRONLY)  # returns as soon as the worker reads
    worker.kill()
    worker.wait()
    os.close(writing)
    kept.rename(path)

    assert not actions.make(binder.pk)  # the lease still runs
    Binder.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert actions.make(binder.pk)
    binder.refresh_from_db()
    assert (binder.state, binder.attempts) == (Binder.State.DONE, 2)
    assert len(PdfReader(binder.path).pages) == 5
    assert [one.suffix for one in folder().iterdir()] == [".pdf"]


def start_worker(binder, settings) -> subprocess.Popen:
    """Start a process that makes the binder, on this test's database and folders."""
    base = django_settings.BASE_DIR
    where = [
        connection.settings_dict["NAME"],
        settings.DOAKTE_BLOB_ROOT,
        settings.DOAKTE_RENDITION_ROOT,
        binder.pk,
    ]
    environment = {"DJANGO_SETTINGS_MODULE": "doakte_site.settings.test", "PYTHONPATH": f"{base}/site:{base}"}
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, *map(str, where)], env={**os.environ, **environment}
    )
