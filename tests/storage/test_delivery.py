"""What a browser gets, and what it is never given to execute."""

import pytest
from django.test import RequestFactory

from doakte_content.storage.delivery import respond

from . import samples
from .helpers import put

pytestmark = pytest.mark.django_db


def get(content, name, media_type=None, inline=True, **headers):
    blob, detected = put(content, name)
    request = RequestFactory().get("/", headers=headers)
    return respond(request, blob, name, media_type or detected, inline=inline)


def body(response):
    return b"".join(response.streaming_content)


def test_pdf_is_shown_inline():
    content = samples.pdf(1)
    response = get(content, "Bescheid über 5 €.pdf")
    assert response.status_code == 200 and body(response) == content
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''Bescheid%20%C3%BCber")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("content", "name", "claimed"),
    [
        (b"<html><script>alert(1)</script>", "a.html", None),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.svg", None),
        (b"<?xml version='1.0'?><a/>", "a.xml", None),
        (samples.docx(), "a.docx", None),
        (b"x", "a.html", "text/html"),
    ],
)
def test_what_may_carry_script_is_only_ever_a_download(content, name, claimed):
    """Bad input: an HTML or SVG with script is never executed in our origin."""
    response = get(content, name, claimed, inline=True)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_text_is_shown_as_text_and_sandboxed():
    response = get(b"Text", "a.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Security-Policy"].startswith("sandbox")


def test_name_cannot_break_the_header():
    response = get(b"Text", 'a"\r\nSet-Cookie: x=1\u202e.txt', inline=False)
    assert "\n" not in response["Content-Disposition"] and "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    ("asked", "status", "expected", "content_range"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=8-", 206, b"89", "bytes 8-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
        ("Seiten=1-2", 200, b"0123456789", None),
    ],
)
def test_ranges(asked, status, expected, content_range):
    """The PDF viewer reads long files piece by piece."""
    response = get(b"0123456789", "a.txt", range=asked)
    assert (response.status_code, body(response)) == (status, expected)
    assert response.get("Content-Range") == content_range
    assert response["Content-Length"] == str(len(expected))


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=7-3", "bytes=-0"])
def test_range_outside_the_file(asked):
    response = get(b"0123456789", "a.txt", range=asked)
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */10")


def test_known_content_is_not_sent_again():
    etag = get(b"Text", "a.txt")["ETag"]
    assert get(b"Text", "a.txt", if_none_match=etag).status_code == 304
    assert get(b"Text", "a.txt", range="bytes=0-1", if_range='"old"').status_code == 200
