"""Types by content, names made safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doakte_content.storage import media_types
from doakte_content.storage.file_names import MAX_LENGTH, clean
from doakte_content.storage.media_types import contradicts, detect, label

from . import samples


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (samples.pdf(1), "rechnung.exe", media_types.PDF),
        (samples.docx(), "brief", media_types.DOCX),
        (samples.xlsx(), "liste.zip", media_types.XLSX),
        (samples.odt(), "brief.doc", media_types.ODT),
        (samples.rtf(), "brief.doc", media_types.RTF),
        (samples.zip_of({"a.txt": b"a"}), "a.docx", media_types.ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "alt.doc", media_types.DOC),
        (samples.image("PNG"), "x.txt", media_types.PNG),
        (samples.image("JPEG"), "x", media_types.JPEG),
        (samples.image("TIFF", pages=2), "scan.tif", media_types.TIFF),
        (samples.mail().as_bytes(), "a.eml", media_types.EML),
        (samples.mail().as_bytes(), "", media_types.EML),
        ("Grüße".encode(), "a.txt", media_types.TEXT),
        ("Grüße".encode("utf-16"), "a.txt", media_types.TEXT),
        ("Grüße".encode("cp1252"), "a.txt", media_types.TEXT),
        (b"BMF-Schreiben", "a.txt", media_types.TEXT),
        (b"From: here on we walk", "a.txt", media_types.TEXT),
        (b"a;b\n1;2", "a.csv", media_types.CSV),
        (b"<!-- x --> <html><script>alert(1)</script>", "harmlos.txt", media_types.HTML),
        (b"<script>alert(1)</script>", "harmlos.pdf", media_types.HTML),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "bild.png", media_types.SVG),
        (b"<?xml version='1.0'?><akte/>", "a.xml", media_types.XML),
        (b"\x7fELF\x02\x01" + b"\0" * 500, "programm.pdf", "application/x-executable"),
        (bytes(range(256)), "was.bin", media_types.UNKNOWN),
    ],
)
def test_type_is_what_the_content_is(tmp_path, content, name, expected):
    path = tmp_path / "content"
    path.write_bytes(content)
    assert detect(path, name) == expected
    assert label(expected)


def test_name_that_claims_another_format_is_noticed():
    assert contradicts("rechnung.pdf", "application/x-executable")
    assert contradicts("bild.png", media_types.SVG)
    assert not contradicts("bild.jpeg", media_types.JPEG)
    assert not contradicts("vermerk", media_types.PDF)
    assert not contradicts("vermerk.v2", media_types.PDF)


def test_what_can_carry_script_is_never_shown_inline():
    assert not {media_types.HTML, media_types.SVG, media_types.XML} & media_types.INLINE_SAFE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Akten\\Brief.docx", "Brief.docx"),
        ("Zeile1\r\nZeile2.txt", "Zeile1 Zeile2.txt"),
        ("Rechnung\u202efdp.exe", "Rechnungfdp.exe"),
        ("Gru\u0308n.pdf", "Grün.pdf"),
        ("a" * 400 + ".pdf", "a" * 251 + ".pdf"),
        ("..", "unbenannte Datei"),
        ("\x00\u200f", "unbenannte Datei"),
    ],
)
def test_hostile_names_become_harmless(name, expected):
    assert clean(name) == expected


@given(st.text(max_size=600))
def test_every_name_becomes_one_short_line(name):
    cleaned = clean(name)
    assert 0 < len(cleaned) <= MAX_LENGTH
    assert "/" not in cleaned and "\\" not in cleaned and cleaned.isprintable()
    assert clean(cleaned) == cleaned
