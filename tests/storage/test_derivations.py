"""Text, thumbnails and PDF forms from real files, the well-formed and the hostile."""

import time

import pytest
from PIL import Image

from doakte_content.storage import libreoffice, mail
from doakte_content.storage.actions import rebuild, request_derivations
from doakte_content.storage.models import Derivation
from doakte_content.storage.queries import pdf_path, thumbnail_path
from doakte_content.storage.signals import text_ready
from doakte_content.storage.text import tidy

from . import samples
from .helpers import put, put_and_derive, read

pytestmark = pytest.mark.django_db

State, Note = Derivation.State, Derivation.Note
ALL_OFFICE = pytest.mark.parametrize(
    ("content", "name"),
    [
        (samples.docx(), "a.docx"),
        (samples.xlsx(), "a.xlsx"),
        (samples.odt(), "a.odt"),
        pytest.param(samples.rtf(), "a.rtf", marks=pytest.mark.libreoffice),
    ],
)


@pytest.fixture(autouse=True)
def without_libreoffice(settings, request):
    """LibreOffice takes seconds: only the tests that are about it use it."""
    if not request.node.get_closest_marker("libreoffice"):
        settings.DOAKTE_LIBREOFFICE = ""


def test_pdf_gives_text_and_thumbnail_and_is_its_own_pdf_form():
    forms = put_and_derive(samples.pdf(3))
    blob = forms["text"].blob
    assert set(forms) == {"text", "thumbnail"}
    assert (forms["text"].state, forms["text"].pages, forms["text"].note) == (State.DONE, 3, "")
    assert read(blob).count(samples.PHRASE) == 3
    assert pdf_path(blob, "application/pdf") == blob.path
    with Image.open(thumbnail_path(blob)) as thumbnail:
        assert thumbnail.format == "JPEG" and max(thumbnail.size) <= 566


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (samples.docx(), "a.docx"),
        (samples.xlsx(), "a.xlsx"),
        (samples.odt(), "a.odt"),
        (samples.mail().as_bytes(), "a.eml"),
        (samples.PHRASE.encode("utf-16"), "a.txt"),
        (samples.PHRASE.encode("cp1252"), "a.txt"),
        (f"<html><p>{samples.PHRASE}</p><script>boese()</script>".encode(), "a.html"),
    ],
)
def test_text_of_each_format(content, name):
    forms = put_and_derive(content, name)
    assert forms["text"].state == State.DONE
    text = read(forms["text"].blob)
    assert samples.PHRASE in text and "boese" not in text


def test_text_of_docx_has_tables_and_headers():
    text = put_and_derive(samples.docx())["text"].text
    assert "Zelle" in text and "Kopfzeile" in text


@pytest.mark.parametrize("content", [b"a\ttext\n" * 10, samples.mail().as_bytes(), samples.image("PNG")])
def test_pdf_form_without_libreoffice(content):
    forms = put_and_derive(content, "a")
    assert forms["pdf"].state == State.DONE
    assert pdf_path(forms["pdf"].blob, forms["pdf"].media_type).read_bytes().startswith(b"%PDF-")


def test_every_page_of_a_tiff_is_in_its_pdf_form():
    import pypdfium2

    forms = put_and_derive(samples.image("TIFF", pages=3), "scan.tif")
    assert len(pypdfium2.PdfDocument(forms["pdf"].path)) == 3
    assert forms["thumbnail"].state == State.DONE


def test_pdf_form_of_a_mail_keeps_umlauts_and_header():
    from doakte_content.storage.text import extract_text

    forms = put_and_derive(samples.mail(attachments=[("Plan.pdf", b"x")]).as_bytes(), "a.eml")
    text = extract_text(forms["pdf"].path, "application/pdf").text
    for words in ("Anfrage", "Jürgen Müller", "2. März 2026", samples.PHRASE, "Plan.pdf"):
        assert words in text


def test_office_form_says_so_where_libreoffice_is_missing():
    """Story 4: else a plain word why not."""
    forms = put_and_derive(samples.docx(), "a.docx")
    assert (forms["pdf"].state, forms["pdf"].note) == (State.UNAVAILABLE, Note.NO_LIBREOFFICE)
    assert forms["pdf"].get_note_display() == "LibreOffice ist nicht installiert."
    assert "thumbnail" not in forms
    legacy = put_and_derive(samples.rtf(), "a.rtf")
    assert legacy["text"].state == State.UNAVAILABLE


@pytest.mark.libreoffice
@ALL_OFFICE
def test_libreoffice_gives_the_pdf_form_and_a_thumbnail(content, name):
    """R32: PDF/A beside the original."""
    forms = put_and_derive(content, name)
    assert {form.state for form in forms.values()} == {State.DONE}
    assert set(forms) == {"text", "thumbnail", "pdf"}
    assert b"pdfaid:part>2<" in forms["pdf"].path.read_bytes()
    assert samples.PHRASE in forms["text"].text


@pytest.mark.parametrize(
    ("content", "name", "note"),
    [
        (samples.encrypted_pdf(), "a.pdf", Note.ENCRYPTED),
        (b"%PDF-1.4 and then nothing", "a.pdf", Note.DAMAGED),
        (samples.bomb_docx(), "a.docx", Note.OVERSIZED),
        (samples.entity_bomb_docx(), "a.docx", Note.DAMAGED),
        (samples.docx()[:-40], "a.docx", None),
    ],
)
def test_hostile_files_fail_with_a_reason(content, name, note):
    """Bad input: encrypted or truncated PDF, a DOCX that is a zip bomb."""
    forms = put_and_derive(content, name)
    if note is None:  # Not recognisable as an office file any more: nothing is derived, nothing breaks.
        assert not forms
    else:
        assert (forms["text"].state, forms["text"].note) == (State.FAILED, note)
        assert forms["text"].get_note_display()


@pytest.mark.libreoffice
def test_a_zip_bomb_never_reaches_libreoffice(monkeypatch):
    """Bad input: a DOCX that is a zip bomb costs neither the memory nor the minutes to unpack it."""
    monkeypatch.setattr(libreoffice, "TIMEOUT_SECONDS", 0)
    form = put_and_derive(samples.bomb_docx(), "a.docx")["pdf"]
    assert (form.state, form.note) == (State.FAILED, Note.OVERSIZED)


def test_truncated_pdf_is_named_as_damaged():
    content = samples.pdf(30)
    form = put_and_derive(content[: len(content) * 3 // 4])["text"]
    assert form.note == Note.DAMAGED


def test_pdf_of_5000_pages_is_cut_and_says_so():
    """Bad input: PDF with 5,000 pages."""
    form = put_and_derive(samples.pdf(5000))["text"]
    assert (form.state, form.note, form.pages) == (State.DONE, Note.TEXT_CAPPED, 5000)
    assert "Seite 2000" in form.text and "Seite 2001" not in form.text


def test_huge_text_is_cut_and_says_so():
    form = put_and_derive(b"Wort " * 400_000)["text"]
    assert form.note == Note.TEXT_CAPPED and len(form.text) <= 1_000_000


def test_huge_image_is_not_unpacked():
    """A picture of 2 GB in memory, 300 kB on disk."""
    form = put_and_derive(samples.image("PNG", size=(30_000, 10_000), mode="1"))["thumbnail"]
    assert (form.state, form.note) == (State.FAILED, Note.OVERSIZED)


def test_mail_nested_six_deep_is_read_five_deep():
    """Bad input: an EML nested five deep."""
    text = put_and_derive(samples.nested_mail(6).as_bytes(), "a.eml")["text"].text
    assert "Ebene5wort" in text and "Ebene6wort" not in text


def test_mail_is_taken_apart(tmp_path):
    """R36: header metadata as fields, attachments as Anlagen."""
    path = tmp_path / "a.eml"
    attached = samples.mail(subject="Weitergeleitet")
    path.write_bytes(samples.mail(attachments=[("../Böse\u202e.pdf", b"%PDF-")], message=attached).as_bytes())
    found = mail.parse(path)
    assert (found.subject, found.sender) == ("Anfrage", "Jürgen Müller <mueller@example.org>")
    assert len(found.recipients) == 2 and found.body == samples.PHRASE
    assert found.date.isoformat() == "2026-03-02T09:15:00+01:00"
    assert [(name, kind) for name, kind, _content in found.attachments] == [
        ("Böse.pdf", "application/octet-stream"),
        ("Weitergeleitet.eml", "message/rfc822"),
    ]
    assert found.attachments[0][2] == b"%PDF-"


@pytest.mark.parametrize(
    "content",
    [
        b"From: <<>>@@\nTo: (((\nDate: gestern\nSubject: =?utf-8?B?kaputt\n\nText",
        b"Content-Type: multipart/mixed; boundary=x\nFrom: a\n\n--x\nContent-Type: text/plain; charset=klingonisch\n\nText",
        b"Content-Type: message/rfc822\n\n",
        b"",
        b"\xff\xfe\x00" * 50,
    ],
)
def test_malformed_mail_never_raises(tmp_path, content):
    path = tmp_path / "a.eml"
    path.write_bytes(content)
    assert mail.parse(path) is not None


def test_words_hyphenated_at_the_end_of_a_line_are_whole():
    assert tidy("Gebüh\ufffe\r\nrenbescheid\x00\ud800") == "Gebührenbescheid"


def test_asking_twice_orders_once(django_capture_on_commit_callbacks):
    blob, media_type = put(samples.pdf(1))
    request_derivations(blob, media_type)
    request_derivations(blob, media_type)
    assert blob.derivations.count() == 2


def test_text_ready_is_sent_when_the_text_is_there():
    heard = []

    def listen(sender, blob, **kwargs):
        heard.append(read(blob))

    text_ready.connect(listen)
    try:
        put_and_derive(samples.pdf(1))
    finally:
        text_ready.disconnect(listen)
    assert len(heard) == 1 and samples.PHRASE in heard[0]


def test_everything_derived_can_be_rebuilt():
    forms = put_and_derive(samples.pdf(1))
    forms["thumbnail"].path.unlink()
    assert rebuild(Derivation.objects.all()) == 2
    again = put_and_derive(samples.pdf(1))
    assert again["thumbnail"].path.exists() and again["text"].state == State.DONE


def test_three_pages_cost_milliseconds():
    """Measures: the whole path below 0.1 CPU seconds per PDF; here text and thumbnail, with room for slow machines."""
    put_and_derive(samples.pdf(3, phrase="Aufwärmen"))
    begin = time.process_time()
    for number in range(10):
        put_and_derive(samples.pdf(3, phrase=f"Dokument {number}"))
    assert (time.process_time() - begin) / 10 < 0.1
