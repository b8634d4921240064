"""What mails and rich text may say so that programs read it differently: nothing gets past us that way."""

import time

import pytest
from django.utils import timezone

from doakte_content.storage import mail, rich_text
from doakte_content.storage.limits import CannotDerive
from doakte_content.storage.models import Derivation


def parse(tmp_path, content: bytes) -> mail.Mail:
    file = tmp_path / "a.eml"
    file.write_bytes(content)
    return mail.parse(file)


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 -1200", "Fri, 31 Dec 9999 23:59:59"])
def test_a_date_beyond_all_calendars_is_none(tmp_path, date):
    """An e-mail with a date that no other time zone can name is filed and printed like one without a date."""
    found = parse(tmp_path, f"Subject: a\nDate: {date}\n\nText".encode())
    assert found.subject == "a" and found.date is None
    found = parse(tmp_path, b"Subject: a\nDate: Fri, 31 Dec 2021 23:59:59 -1200\n\nText")
    assert timezone.localtime(found.date).year == 2022


def test_headers_bring_no_characters_that_nobody_sees(tmp_path):
    """A title shows what it holds: NUL and marks that turn the writing around do not get into it, however encoded."""
    # "A", NUL, "B"; and "A", right-to-left override, "B".
    nul, turned = b"=?utf-8?B?QQBC?=", b"=?utf-8?B?QeKArkI=?="
    for word in (nul, turned, turned + b" " + b"=?utf-8?Q?x?=" * 20_000):
        found = parse(
            tmp_path, b"Subject: %b\nFrom: %b <a@b.example>\nTo: %b <c@d.example>\n\nText" % ((word,) * 3)
        )
        assert found.subject.startswith("AB")
        for text in (found.subject, found.sender, *found.recipients):
            assert "AB" in text and text.isprintable()


def without_references(content: bytes) -> bytes:
    return rich_text.without_references(content, time.monotonic() + 10)


def test_bytes_that_are_not_there_hide_nothing():
    """R32: a number of bytes that points behind the end of a letter does not hide the address of a picture after it."""
    field = rb"{\field{\*\fldinst INCLUDEPICTURE http://x.example/a \\d}{\fldrslt x}}"
    with pytest.raises(CannotDerive) as refusal:
        without_references(rb"{\rtf1 {\*\foo\bin9999999999 }" + field + b"}")
    assert refusal.value.note == Derivation.Note.DAMAGED
    # Whoever reads a number of more digits than we do finds no number at all in the copy.
    copy = without_references(rb"{\rtf1 {\*\foo\bin00000000010 " + b"x" * 10 + b"}" + field + b"}")
    assert rb"\bin" not in copy and b"INCLUDEPICTURE" not in copy


def test_a_picture_written_as_bytes_stays():
    """What a letter itself holds is shown in its PDF form: a picture's bytes are passed on as digits."""
    assert rb"{\pict\pngblip 7b5c7d}" in without_references(rb"{\rtf1 {\pict\pngblip\bin3 {\}}}")
