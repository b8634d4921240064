"""What a request may leave on the disk before anybody has looked at it."""

from io import BytesIO

from django.test import RequestFactory

LIMIT = 3 * 1024 * 1024


def with_session() -> RequestFactory:
    """Return who makes requests of somebody who is known: of others nothing is kept."""
    requests = RequestFactory()
    requests.cookies["sessionid"] = "x"
    return requests


def test_no_more_than_the_limit_of_a_file_is_kept(settings):
    """Bad input: a forged request with a larger file than the page lets pass does not fill the disk."""
    settings.DOAKTE_MAX_UPLOAD_BYTES = LIMIT
    file = BytesIO(b"x" * (LIMIT + 500_000))
    file.name = "a.bin"
    upload = with_session().post("/", {"file": file}).FILES["file"]
    assert upload.size == LIMIT + 500_000
    assert len(upload.read()) == LIMIT + 1


def test_a_file_of_exactly_the_limit_is_whole(settings):
    settings.DOAKTE_MAX_UPLOAD_BYTES = LIMIT
    file = BytesIO(b"x" * LIMIT)
    file.name = "a.bin"
    upload = with_session().post("/", {"file": file}).FILES["file"]
    assert (upload.size, len(upload.read())) == (LIMIT, LIMIT)
