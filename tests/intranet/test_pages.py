"""What the pages show, and what it costs."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from doakte_content.records.actions import move_record
from doakte_content.records.enums import State
from doakte_content.records.filing import add_attachment
from doakte_content.storage.models import Derivation
from tests.factories import OrgUnitFactory, UserFactory
from tests.intranet.helpers import page, publish, queries, work
from tests.intranet.samples import HTML, PNG, TIFF, make_pdf
from tests.storage.samples import encrypted_pdf

MOST_QUERIES = 17


def fill(shelf, count, first=0):
    """Put `count` more of everything on the shelf: units, files, cases, documents, attachments, references."""
    from doakte_content.fileplan.actions import create_unit
    from doakte_content.records.actions import link_records

    for number in range(first, first + count):
        create_unit(shelf.city.group, number=f"1.{number + 5}", title=f"Einheit {number}")
        other = shelf.city.file(f"Akte {number}", keywords=[f"Wort {number}"])
        shelf.city.case(shelf.record_file, f"Vorgang {number}")
        document = shelf.city.document(shelf.case, b"Gebuehr", f"{number}.txt", title=f"Gebühr {number}")
        publish(document, shelf.city.head)
        content = make_pdf(f"Anlage {number}")
        add_attachment(shelf.document, io.BytesIO(content), f"{number}.pdf", title=f"Anlage {number}")
        link_records(shelf.document, other)
    shelf.document = publish(shelf.document, shelf.city.head)
    work()


def addresses(shelf) -> dict[str, str]:
    return {
        "start": page("start"),
        "plan": page("plan"),
        "group": page("unit", shelf.city.group.uuid),
        "unit": page("unit", shelf.city.unit.uuid),
        "file": page("record_file", shelf.record_file.uuid),
        "case": page("case", shelf.case.uuid),
        "document": page("document", shelf.document.uuid),
        "search": page("search") + "?q=Gebühr",
        "suggest": page("suggest") + "?q=Gebü",
    }


def test_pages_take_a_constant_number_of_queries(client, shelf):
    """At most 17 queries for each page, with 3 and with 30 of everything: lists page by key, counts end at a limit."""
    fill(shelf, 3)
    client.force_login(shelf.reader)
    few = {name: queries(client, address) for name, address in addresses(shelf).items()}
    fill(shelf, 27, first=3)
    many = {name: queries(client, address) for name, address in addresses(shelf).items()}
    assert many == few
    assert max(many.values()) <= MOST_QUERIES, many


def test_document_shows_its_place_data_and_signature(as_reader, shelf):
    """Story 7, R50: breadcrumbs along the plan, metadata, who signed what."""
    response = as_reader.get(addresses(shelf)["document"])
    crumbs = [crumb.title for crumb in response.context["breadcrumbs"]]
    assert crumbs == ["Personal", "Stellenwirtschaft", "Stellenplan 2026", "Stellenanmeldung Jugendamt"]
    content = response.content.decode()
    for word in (
        shelf.document.reference,
        "Stellenliste",
        "gebuehr.pdf",
        "ab" * 32,
        str(State.APPROVED.label),
    ):
        assert word in content


def test_signature_of_an_older_state_is_not_shown(as_reader, shelf):
    """R50: the signature belongs to the published revision only."""
    from doakte_content.records.actions import change_record
    from doakte_content.records.actions import publish as make_live

    change_record(shelf.document, title="Anders")
    make_live(shelf.document.__class__.objects.get(pk=shelf.document.pk).get_latest_revision())
    assert as_reader.get(addresses(shelf)["document"]).context["signature"] is None


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (make_pdf("Seite"), "brief.pdf", "pdf"),
        (PNG, "bild.png", "image"),
        (TIFF, "scan.tiff", "pdf"),
        (b"Text mit <script>alert(1)</script>", "notiz.txt", "text"),
        (HTML, "seite.html", "none"),
        (
            b"From: a@b.example\nTo: c@d.example\nSubject: Anfrage\nDate: Mon, 5 Jan 2026 10:00:00 +0100\n\nGuten Tag",
            "mail.eml",
            "pdf",
        ),
        (b"\x00\x01\x02\x03", "daten.bin", "none"),
    ],
)
def test_each_format_is_shown_safely(as_reader, shelf, content, name, kind):
    """Story 4: PDF, images and text inline, others by their PDF form or a plain word; script never runs."""
    document = publish(shelf.city.document(shelf.case, content, name), shelf.city.head)
    work()
    response = as_reader.get(page("document", document.uuid))
    assert response.context["preview"].kind == kind
    assert "<script>alert(1)</script>" not in response.content.decode()
    if kind == "none":
        assert response.context["preview"].reason


@pytest.mark.parametrize("state", [Derivation.State.PENDING, Derivation.State.FAILED])
def test_missing_pdf_form_is_explained(as_reader, shelf, state):
    """Story 4: a plain word why there is no preview."""
    document = publish(shelf.city.document(shelf.case, TIFF, "scan.tiff"), shelf.city.head)
    blob = document.version.blob
    Derivation.objects.filter(blob=blob, kind="pdf").update(
        state=state, note="damaged" if state == "failed" else ""
    )
    preview = as_reader.get(page("document", document.uuid)).context["preview"]
    assert preview.kind == "none"
    assert ("beschädigt" in preview.reason) == (state == Derivation.State.FAILED)
    assert as_reader.get(page("document_pdf", document.uuid, document.version.uuid)).status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [(encrypted_pdf(), "mit einem Passwort geschützt"), (make_pdf("Seite")[:300], "beschädigt")],
)
def test_what_is_wrong_with_a_pdf_is_said(as_reader, shelf, content, words):
    """Bad input: a file that storage could not open says why, in the intranet and in the admin."""
    document = publish(shelf.city.document(shelf.case, content, "brief.pdf"), shelf.city.head)
    work()
    response = as_reader.get(page("document", document.uuid))
    assert words in response.context["preview"].reason
    assert response.text.count(words) == 2  # without script, and for the viewer that fails
    as_reader.force_login(shelf.city.case_worker)
    assert words in as_reader.get(reverse("wagtailadmin_explore", args=[document.pk])).text


def test_what_is_wrong_with_a_picture_is_said(as_reader, shelf):
    """Bad input: half a picture is shown as far as it goes, and named as damaged."""
    document = publish(shelf.city.document(shelf.case, PNG[:120], "bild.png"), shelf.city.head)
    work()
    response = as_reader.get(page("document", document.uuid))
    assert "beschädigt" in response.text


def test_html_is_only_ever_a_download(as_reader, shelf):
    """Bad input: an HTML file with script is never executed in our origin, whatever the address asks for."""
    document = publish(shelf.city.document(shelf.case, HTML, "seite.html"), shelf.city.head)
    response = as_reader.get(page("document_file", document.uuid, document.version.uuid))
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"


def test_viewer_fetches_pieces(as_reader, shelf):
    """Story 7: the viewer reads by Range requests."""
    address = page("document_file", shelf.document.uuid, shelf.document.version.uuid)
    response = as_reader.get(address, headers={"Range": "bytes=0-4"})
    assert response.status_code == 206
    assert b"".join(response.streaming_content) == b"%PDF-"


def test_former_reference_of_a_moved_case_is_named(as_reader, shelf):
    """R19: the address stays, the old reference is still there."""
    old = shelf.case.reference
    move_record(shelf.case, shelf.city.file("Andere Akte"), reason="Falsch abgelegt")
    response = as_reader.get(addresses(shelf)["case"])
    assert old in [former.reference for former in response.context["former_references"]]


def test_zero_hits_come_with_help(as_reader, shelf):
    content = as_reader.get(page("search"), {"q": "xyzzy <b>", "year": "1999"}).content.decode()
    assert "Nichts gefunden zu „xyzzy &lt;b&gt;“" in content
    assert "Ohne Eingrenzung suchen" in content


@pytest.mark.parametrize(
    "query",
    ["page=x", "page=99999999", "unit=x", "office=-1", "kind=alles", "year=", "state=draft", "q=%22*"],
)
def test_odd_addresses_of_the_search_are_no_error(as_reader, shelf, query):
    assert as_reader.get(f"{page('search')}?q=Geb%C3%BChr&{query}").status_code == 200


def test_filters_narrow_down_and_show_what_is_chosen(as_reader, shelf):
    """R75: by plan unit, office, kind, year and state, by a plain form."""
    chosen = {"q": "Gebühr", "kind": "document", "unit": str(shelf.city.group.uuid), "state": "approved"}
    response = as_reader.get(page("search"), chosen)
    assert response.context["result"].total == 1
    assert '<option value="approved" selected>' in response.content.decode()
    assert as_reader.get(page("search"), {**chosen, "kind": "file"}).context["result"].total == 0


@pytest.mark.parametrize(("language", "word"), [("de", "Aktenplan"), ("en", "File plan")])
def test_both_languages(as_reader, shelf, language, word):
    """Languages: German and English, by one click, in the intranet and the admin."""
    response = as_reader.post(
        page("set_language"), {"language": language, "next": page("start")}, follow=True
    )
    assert f'<html lang="{language}">' in response.content.decode()
    assert word in response.content.decode()
    assert shelf.reader.wagtail_userprofile.preferred_language == language
    translation.activate("de")


def test_unknown_language_is_ignored(as_reader, shelf):
    as_reader.post(page("set_language"), {"language": "xx", "next": "//evil.example/"})
    assert not hasattr(type(shelf.reader).objects.get(pk=shelf.reader.pk), "wagtail_userprofile")


class TestLogin:
    """Readers come in without the right to the admin; everybody lands where they wanted."""

    def log_in(self, client, user, target=""):
        data = {"login": user.username, "password": "passwort", "next": target}
        return client.post(page("login"), data)

    @pytest.mark.parametrize(
        ("target", "lands"), [("", "/"), ("/aktenplan/", "/aktenplan/"), ("//evil.example/", "/")]
    )
    def test_lands_where_it_wanted(self, client, db, target, lands):
        user = UserFactory(works_in=OrgUnitFactory())
        assert self.log_in(client, user, target)["Location"] == lands

    def test_wrong_password_is_explained(self, client, db):
        response = client.post(page("login"), {"login": "x", "password": "y"})
        assert response.status_code == 200
        assert "login-error" in response.content.decode()

    def test_admin_sends_here_and_takes_back(self, client, city):
        response = client.get("/admin/")
        assert response["Location"] == f"{page('login')}?next=/admin/"
        assert self.log_in(client, city.case_worker, "/admin/")["Location"] == "/admin/"

    def test_reader_at_the_admins_door_is_not_sent_in_circles(self, client, db):
        client.force_login(UserFactory())
        response = client.get("/admin/", follow=True)
        assert response.redirect_chain[-1][0] == f"{page('login')}?next=/admin/"
        assert response.status_code == 200

    def test_only_who_may_is_offered_the_workplace(self, client, shelf):
        client.force_login(shelf.reader)
        assert 'href="/admin/"' not in client.get("/").content.decode()
        client.force_login(shelf.city.case_worker)
        assert 'href="/admin/"' in client.get("/").content.decode()

    def test_logout_needs_post_and_ends_at_the_login(self, as_reader):
        assert as_reader.get(page("logout")).status_code == 405
        assert as_reader.post(page("logout"))["Location"] == page("login")


@pytest.mark.parametrize("name", ["accessibility", "imprint", "login"])
def test_open_pages_need_no_login(client, db, name):
    assert client.get(page(name)).status_code == 200


def test_a_form_of_an_old_session_is_refused_in_words(db):
    """Whoever signed in again in another window learns what to do, in German."""
    response = Client(enforce_csrf_checks=True).post(page("login"), {"login": "x"})
    assert response.status_code == 403
    assert "Bitte senden Sie das Formular erneut" in response.text


def test_the_page_of_a_large_plan_shows_a_level_less(client, city, monkeypatch):
    """Issue 4: a plan of 1,500 units is not one page of 1,500 links; the units below are on the page of the unit."""
    from doakte_content.fileplan.actions import create_unit
    from doakte_content.intranet import queries

    create_unit(city.unit, number="1.1.1", title="Stellen auf Zeit")
    client.force_login(city.registrar)
    assert "Stellen auf Zeit" in client.get(page("plan")).content.decode()
    monkeypatch.setattr(queries, "TREE_UNITS", 4)
    content = client.get(page("plan")).content.decode()
    assert city.unit.title in content
    assert "Stellen auf Zeit" not in content
    assert "Stellen auf Zeit" in client.get(page("unit", city.unit.uuid)).content.decode()
