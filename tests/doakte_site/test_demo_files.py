"""The generators of real and hostile files."""

import email
import io
import zipfile

import openpyxl
import pypdfium2
import pytest
from docx import Document as WordDocument
from PIL import Image
from pypdf import PdfReader
from pypdf.errors import PdfReadError

from doakte_site.demo import files

TEXT = "Gebühren für Łukasz Yıldırım\n" + "Die Gebühr wird neu festgesetzt. " * 30


def test_a_pdf_has_a_text_layer_with_all_letters_and_the_wanted_pages():
    """DIN 91379 letters survive (R80)."""
    document = pypdfium2.PdfDocument(files.pdf(TEXT, 3))

    assert len(document) == 3
    assert "Łukasz Yıldırım" in document[0].get_textpage().get_text_range()


def test_office_files_open_in_the_libraries_of_their_format():
    word = WordDocument(io.BytesIO(files.docx(TEXT, title="Vermerk")))
    sheet = openpyxl.load_workbook(io.BytesIO(files.xlsx([["Jahr", 2026]]))).active
    odt = zipfile.ZipFile(io.BytesIO(files.odt(TEXT)))

    assert word.paragraphs[0].text == "Vermerk"
    assert sheet["B1"].value == 2026
    assert "Łukasz" in odt.read("content.xml").decode()


def test_a_scan_has_the_wanted_number_of_sheets():
    assert Image.open(io.BytesIO(files.tiff(TEXT, pages=2))).n_frames == 2
    assert Image.open(io.BytesIO(files.jpg(TEXT))).size == (1240, 1754)


def test_a_nested_mail_holds_a_mail_on_every_level():
    message = email.message_from_bytes(files.nested_eml(5))
    levels = [part for part in message.walk() if part.get_content_type() == "message/rfc822"]

    assert len(levels) == 5


@pytest.mark.parametrize(
    "make",
    [
        lambda: files.pdf(TEXT, 2),
        lambda: files.docx(TEXT),
        lambda: files.xlsx([["a", 1]]),
        lambda: files.eml(TEXT, attachments=[("a.txt", "text/plain", b"x")]),
        lambda: files.jpg(TEXT),
        lambda: files.tiff(TEXT),
    ],
    ids=["pdf", "docx", "xlsx", "eml", "jpg", "tiff"],
)
def test_the_same_arguments_give_the_same_bytes(make):
    assert make() == make()


def test_hostile_files_are_what_they_claim_to_be():
    assert PdfReader(io.BytesIO(files.encrypted_pdf())).is_encrypted
    with pytest.raises(PdfReadError):
        PdfReader(io.BytesIO(files.truncated_pdf()), strict=True)
    assert len(pypdfium2.PdfDocument(files.huge_pdf(200))) == 200
    bomb = files.zip_bomb_docx(20)
    unpacked = zipfile.ZipFile(io.BytesIO(bomb)).getinfo("word/document.xml").file_size
    assert unpacked > 20 * 1024 * 1024 > len(bomb) * 20
