"""A computer that several people use: what one of them saw is not on it for the next (issue 11)."""

import pytest

from tests.access.leaks.fillers import fill, values_for
from tests.access.leaks.test_leaks import routes
from tests.admin.test_bad_input import Attacker, plain_routes

NOT_KEPT = "private, no-store"


@pytest.mark.django_db
def test_no_answer_may_be_kept():
    """Whatever address somebody asks for who is logged in: pages, JSON, redirects, refusals."""
    from tests.access.leaks import shelf as shelves

    shelf = shelves.build()
    document = next(one for one in shelf.records if hasattr(one, "version"))
    attacker = Attacker(shelf.people["records office"])
    values = values_for(document, shelf)
    kept = []
    for address in {fill(route, values) for one in routes() for route in plain_routes(one)}:
        attacker("get", address)
        if attacker.response.headers.get("Cache-Control") != NOT_KEPT:
            kept.append(f"{address}: {attacker.response.headers.get('Cache-Control')}")
    assert attacker.count > 150
    assert not kept, "\n".join(kept)


def test_on_the_running_site(visitor, city):
    """The same where it is served: record, search, suggestions, notices, files, an error, the way out."""
    document = city.document(actor=city.case_worker)
    clerk = visitor(city.case_worker)
    file = f"/dokument/{document.uuid}/datei/{document.version.uuid}/"
    for path in (
        *("/", "/suche/?q=Brief", "/suche/vorschlaege/?q=Brief", "/hinweise/", "/admin/", "/admin/hinweise/"),
        *(file, f"{file}pdf/", f"{file}vorschau/", f"/admin/pages/{document.pk}/edit/", "/gibt/es/nicht/"),
    ):
        answer = clerk.get(path, allow_redirects=False)
        assert (path, answer.headers["Cache-Control"]) == (path, NOT_KEPT)
    assert clerk.post("/logout/", allow_redirects=False).headers["Cache-Control"] == NOT_KEPT
    assert visitor().get("/login/").headers["Cache-Control"] == NOT_KEPT


def test_pieces_of_a_file_are_not_kept_either(visitor, city):
    """The viewer's ranges, and the answer to who asks whether a file has changed."""
    document = city.document(content=b"0123456789", actor=city.case_worker)
    clerk = visitor(city.case_worker)
    file = f"/dokument/{document.uuid}/datei/{document.version.uuid}/"
    piece = clerk.get(file, headers={"Range": "bytes=2-4"})
    assert (piece.status_code, piece.content) == (206, b"234")
    same = clerk.get(file, headers={"If-None-Match": piece.headers["ETag"]})
    assert same.status_code == 304
    assert {one.headers["Cache-Control"] for one in (piece, same)} == {NOT_KEPT}


@pytest.mark.django_db
def test_style_sheets_may_be_kept():
    """What is the same for everybody is not fetched again with each page."""
    from django.test import Client

    answer = Client().get("/static/doakte/intranet/intranet.css")
    assert answer.status_code == 200
    assert "no-store" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("forgotten", "found"),
    [
        ("doakte_content.middleware.KeepNothing", ["E011", "E013"]),
        ("doakte_content.middleware.PlainInput", ["E010"]),
        ("doakte_content.middleware.KnownEncoding", ["E013"]),
    ],
)
def test_a_site_that_forgets_is_told(settings, forgotten, found):
    """doAkte in another Wagtail site keeps the promise, too: `manage.py check` names what is missing."""
    from doakte_content.checks import encodings_are_known, input_is_plain, nothing_is_kept

    def told() -> list[str]:
        asked = (input_is_plain, nothing_is_kept, encodings_are_known)
        return [one.id for check in asked for one in check(None)]

    assert not told()
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != forgotten]
    assert told() == [f"doakte.{number}" for number in found]
