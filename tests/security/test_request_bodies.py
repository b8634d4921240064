"""What strangers send before anybody has asked who they are: its encoding and its size are theirs to choose."""

import http.client
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from doakte_content.storage.upload_handlers import FULL_FILES

TOKEN = "csrftoken=" + "a" * 32
MEGABYTE = 1024 * 1024


def form(value: bytes) -> bytes:
    return b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n" + value + b"\r\n--b--\r\n"


def test_an_encoding_that_takes_forever_is_refused(visitor):
    """Somebody who is not even logged in cannot hold the site by naming an encoding: plain words, at once, all headers."""
    stranger = visitor()
    stranger.get("/login/")
    begun = time.monotonic()
    for content_type, body in (
        ("multipart/form-data; boundary=b; charset=punycode", form(b"a" * 200_000 + b"-" + b"a" * 200_000)),
        ("multipart/form-data; boundary=b; charset=zlib", form(b"a")),
        *(
            (f"application/x-www-form-urlencoded; charset={encoding}", b"a=b")
            for encoding in ("utf-7", "idna", "zlib", "rot13", "unicode_escape", "undefined", "nosuch")
        ),
    ):
        answer = stranger.post("/login/?next=%2F", data=body, headers={"Content-Type": content_type})
        assert answer.status_code == 400, content_type
        assert "Diese Anfrage ergibt keinen Sinn" in answer.text
        assert "Content-Security-Policy" in answer.headers
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("encoding", ["UTF-8", "utf8", "iso-8859-1", "latin1", "us-ascii", "windows-1252"])
def test_what_browsers_send_is_read(client, db, encoding):
    """Who logs in with an old browser that names its encoding is answered as everybody."""
    answer = client.post(
        "/login/", form(b"y"), content_type=f"multipart/form-data; boundary=b; charset={encoding}"
    )
    assert answer.status_code == 200


def temporary(before: set[Path]) -> int:
    """Return how many bytes lie in new files of uploads."""
    return sum(path.stat().st_size for path in uploads() - before)


def uploads() -> set[Path]:
    return set(Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*.upload*"))


def send(live_server, files: int, cookie: str, before: set[Path]) -> tuple[int, int]:
    """Send `files` files of four megabytes each in one request; return what lay on the disk before its end, and the status."""
    head = b"--b\r\nContent-Disposition: form-data; name=files; filename=a.bin\r\n\r\n"
    parts = [head + b"\0" * (4 * MEGABYTE) + b"\r\n"] * files
    end = b"--b--\r\n"
    connection = http.client.HTTPConnection(urlsplit(live_server.url).netloc, timeout=60)
    connection.putrequest("POST", "/login/")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", str(sum(map(len, parts)) + len(end)))
    connection.putheader("Cookie", cookie)
    connection.endheaders()
    for part in parts:
        connection.send(part)
    # All but what is on its way has arrived: the system's buffers hold a few megabytes.
    lay = temporary(before)
    connection.send(end)
    status = connection.getresponse().status
    connection.close()
    return lay, status


def test_uploads_do_not_fill_the_disk_while_they_arrive(live_server, settings, tmp_path):
    """A stranger's file is not written at all, and a hundred files in one request take no more than four large ones."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.DOAKTE_MAX_UPLOAD_BYTES = MEGABYTE
    lay, status = send(live_server, 10, TOKEN, set())
    assert status == 403 and lay == 0
    lay, _status = send(live_server, 10, f"{TOKEN}; {settings.SESSION_COOKIE_NAME}=x", set())
    assert 0 < lay <= FULL_FILES * (MEGABYTE + 1)


def test_a_file_that_was_not_kept_whole_is_not_filed(rf, settings):
    """Where a request brings too much, what was cut off is refused as too large and never taken for the whole file."""
    settings.DOAKTE_MAX_UPLOAD_BYTES = 3 * MEGABYTE
    files = 5
    body = b"".join(
        b"--b\r\nContent-Disposition: form-data; name=files; filename=a.bin\r\n\r\n"
        + b"\0" * (3 * MEGABYTE)
        + b"\r\n"
        for _number in range(files)
    )
    request = rf.post("/", body + b"--b--\r\n", content_type="multipart/form-data; boundary=b")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    taken = request.FILES.getlist("files")
    assert len(taken) == files
    for one in taken:
        assert one.size > settings.DOAKTE_MAX_UPLOAD_BYTES or len(one.read()) == one.size
    assert [one.size > settings.DOAKTE_MAX_UPLOAD_BYTES for one in taken] == [False] * 4 + [True]
