"""Working with records in the admin: opening, filing, editing, signing, closing (story 3 to 6, 8)."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doakte_content.journal.models import JournalEntry
from doakte_content.records.actions import change_record, link_records
from doakte_content.records.enums import State
from doakte_content.records.models import Case, Document, Record, RecordFile


@pytest.fixture
def worker(city, client):
    client.force_login(city.case_worker)
    return city.case_worker


def at(name: str, page) -> str:
    return reverse(f"doakte_records:{name}", args=[page.uuid])


def edit_data(client, page, **changes) -> dict:
    """Return what the browser would send for a page's editor, with some values changed."""
    response = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    form = response.context["form"]
    data = {"loaded_revision": response.context["loaded_revision"] or ""}
    for field in form:
        value = field.value()
        if field.name == "keywords":
            value = ", ".join(tag.tag.name if hasattr(tag, "tag") else str(tag) for tag in value or [])
        data[field.html_name] = "" if value is None else value
    for formset in form.formsets.values():
        for field in formset.management_form:
            data[field.html_name] = field.value()
        for one in formset.forms:
            for field in one:
                data[field.html_name] = "" if field.value() is None else field.value()
    return {name: value for name, value in (data | changes).items() if value is not False}


def test_opening_a_file_and_a_case(city, worker, client):
    """The Aktenzeichen appears by itself; a case takes its contacts along (story 3, R10, R18)."""
    response = client.post(
        at("new_file", city.unit), {"title": "Bauhof", "dated": "2026-01-05", "keywords": "a, b"}
    )
    record_file = RecordFile.objects.get(title="Bauhof")
    assert response.status_code == 302
    assert record_file.reference.startswith("1.1-")
    assert {tag.name for tag in record_file.keywords.all()} == {"a", "b"}
    data = {
        "title": "Streusalz",
        "dated": "2026-01-06",
        "contacts-TOTAL_FORMS": 2,
        "contacts-INITIAL_FORMS": 0,
        "contacts-0-role": "Lieferant",
        "contacts-0-name": "Salz GmbH",
    }
    assert client.post(at("new_case", record_file), data).status_code == 302
    case = Case.objects.get(title="Streusalz")
    assert [contact.name for contact in case.contacts.all()] == ["Salz GmbH"]


def test_a_unit_out_of_use_takes_no_file(city, worker, client):
    """What hinders is said in words (R4)."""
    from doakte_content.fileplan.actions import close_unit

    close_unit(city.unit)
    response = client.post(at("new_file", city.unit), {"title": "Bauhof", "dated": "2026-01-05"})
    assert response.status_code == 422
    assert "stillgelegt" in response.text
    assert not RecordFile.objects.filter(title="Bauhof").exists()


def test_filing_files_with_and_without_script(city, worker, client):
    """One request for each file with script, one for all without; each answers for itself (story 3)."""
    case = city.case(actor=worker)
    files = [SimpleUploadedFile("brief.txt", b"Guten Tag"), SimpleUploadedFile("leer.txt", b"")]
    response = client.post(at("upload", case), {"files": files}, headers={"accept": "text/html"})
    assert response.status_code == 422
    assert "Die Datei ist leer" in response.text
    assert Document.objects.child_of(case).get().title == "brief"
    data = {"files": [SimpleUploadedFile("rechnung.pdf", b"Guten Tag")]}
    answer = client.post(at("upload", case), data, headers={"accept": "application/json"}).json()
    assert "Dieselbe Datei liegt bereits" in answer["html"]
    assert "Der Name passt nicht zum Inhalt" in answer["html"]
    data = {"files": [SimpleUploadedFile("leer.txt", b"")]}
    refused = client.post(at("upload", case), data, headers={"accept": "application/json"})
    assert refused.status_code == 422
    assert "Die Datei ist leer" in refused.json()["error"]


def test_a_file_over_the_limit_is_refused_with_a_message(city, worker, client, settings):
    settings.DOAKTE_MAX_UPLOAD_BYTES = 10
    case = city.case(actor=worker)
    data = {"files": [SimpleUploadedFile("gross.txt", b"x" * 11)]}
    refused = client.post(at("upload", case), data, headers={"accept": "application/json"})
    assert "größer als" in refused.json()["error"]
    assert not Document.objects.child_of(case).exists()


def test_filing_one_pdf_needs_few_queries(city, worker, client):
    """Measure: filing one PDF of three pages by the upload action."""
    from reportlab.pdfgen import canvas

    buffer = io.BytesIO()
    pdf = canvas.Canvas(buffer)
    for number in range(3):
        pdf.drawString(72, 720, f"Seite {number}")
        pdf.showPage()
    pdf.save()
    case = city.case(actor=worker)
    address = at("upload", case)
    client.get(address)
    data = {"files": [SimpleUploadedFile("drei.pdf", buffer.getvalue())]}
    with CaptureQueriesContext(connection) as captured:
        response = client.post(address, data, headers={"accept": "application/json"})
    assert response.status_code == 200
    assert len(captured) <= 31, "\n".join(one["sql"][:150] for one in captured)


def test_the_quick_form_describes_a_document(city, worker, client):
    document = city.document(city.case(actor=worker), actor=worker)
    data = {
        "title": "Antrag",
        "dated": "2026-02-03",
        "direction": "in",
        "document_type": "application",
        "sender": "B",
    }
    response = client.post(at("describe", document), data, headers={"accept": "application/json"})
    assert response.status_code == 200, response.text
    document.refresh_from_db()
    assert (document.title, document.direction, document.sender) == ("Antrag", "in", "B")


def test_editing_a_document_journals_old_and_new(city, worker, client):
    """The editor saves through the action: a new draft, the change in the journal (R59, W17)."""
    document = city.document(city.case(actor=worker), title="Alt", actor=worker)
    data = edit_data(client, document, title="Neu", keywords="x, y")
    response = client.post(reverse("wagtailadmin_pages:edit", args=[document.pk]), data)
    assert response.status_code == 302, response.context["form"].errors
    document.refresh_from_db()
    assert document.title == "Neu"
    entry = JournalEntry.objects.filter(action="record.change", object_uuid=document.uuid).first()
    assert entry.changes == {"title": ["Alt", "Neu"], "keywords": [[], ["x", "y"]]}


def test_saving_without_a_change_saves_nothing(city, worker, client):
    document = city.document(city.case(actor=worker), actor=worker, keywords=["x"])
    revisions = document.revisions.count()
    data = edit_data(client, document)
    assert client.post(reverse("wagtailadmin_pages:edit", args=[document.pk]), data).status_code == 302
    assert document.revisions.count() == revisions


def test_two_people_editing_the_same_document(city, worker, client):
    """The second to save is shown what the first wrote; nothing is lost (bad input)."""
    document = city.document(city.case(actor=worker), title="Alt", actor=worker)
    data = edit_data(client, document, title="Von mir", sender="Ich")
    change_record(document, actor=city.colleague, title="Von der Kollegin")
    address = reverse("wagtailadmin_pages:edit", args=[document.pk])
    response = client.post(address, data)
    assert response.status_code == 422
    assert "Von der Kollegin" in response.text
    assert 'value="Von mir"' in response.text
    document.refresh_from_db()
    assert document.title == "Von der Kollegin"
    again = data | {"loaded_revision": response.context["loaded_revision"]}
    assert client.post(address, again).status_code == 302
    document.refresh_from_db()
    assert (document.title, document.sender) == ("Von mir", "Ich")


def test_rules_across_fields_are_errors_of_the_form(city, worker, client):
    """Paper without a place is refused in the form, not by a fault (R14)."""
    document = city.document(city.case(actor=worker), actor=worker)
    data = edit_data(client, document, medium="003", location="")
    response = client.post(reverse("wagtailadmin_pages:edit", args=[document.pk]), data)
    assert response.status_code == 422
    assert "location" in response.context["form"].errors


def test_contacts_are_edited_and_journalled(city, worker, client):
    case = city.case(actor=worker, contacts=[{"role": "Antragsteller", "name": "Frau Ä"}])
    data = edit_data(client, case, **{"contacts-0-name": "Frau Ö"})
    response = client.post(reverse("wagtailadmin_pages:edit", args=[case.pk]), data)
    assert response.status_code == 302, response.context["form"].formsets["contacts"].errors
    assert [contact.name for contact in Case.objects.get(pk=case.pk).contacts.all()] == ["Frau Ö"]
    assert (
        "contacts"
        in JournalEntry.objects.filter(action="record.change", object_uuid=case.uuid).first().changes
    )


def test_an_earlier_state_becomes_a_new_draft(city, worker, client):
    """Going back is a change like every other (story 6, R59)."""
    document = city.document(city.case(actor=worker), title="Erster Stand", actor=worker)
    first = document.latest_revision_id or document.revisions.order_by("pk").first().pk
    change_record(document, actor=worker, title="Zweiter Stand")
    address = reverse("wagtailadmin_pages:revisions_revert", args=[document.pk, first])
    response = client.get(address)
    assert "Erster Stand" in response.text
    data = edit_data(client, document, title="Erster Stand")
    assert client.post(address, data).status_code == 302
    document.refresh_from_db()
    assert document.title == "Erster Stand"
    assert document.revisions.count() == 3


def test_closed_and_submitted_records_cannot_be_edited(city, worker, client):
    """The editor sends back with the reason, also a forged request (R31, R50)."""
    document = city.document(city.case(actor=worker), title="Alt", actor=worker)
    data = edit_data(client, document, title="Neu")
    Record.objects.filter(pk=document.pk).update(state=State.IN_APPROVAL)
    address = reverse("wagtailadmin_pages:edit", args=[document.pk])
    for response in (client.get(address, follow=True), client.post(address, data)):
        assert str(document) in response.text
        assert "im Geschäftsgang" in response.text
    # What was entered is given back.
    assert response.status_code == 409
    assert "Neu" in response.text
    document.refresh_from_db()
    assert document.title == "Alt"
    Record.objects.filter(pk=document.get_parent().pk).update(closed_on="2026-01-01", state=State.CLOSED)
    answer = client.post(
        at("upload", document.get_parent().specific),
        {"files": [SimpleUploadedFile("a.txt", b"a")]},
        headers={"accept": "application/json"},
    )
    assert answer.status_code == 409


def test_from_draft_to_approved_and_closed(city, worker, client):
    """Submit, co-sign, sign finally, close the case (story 5, 6, 8)."""
    case = city.case(actor=worker)
    document = city.document(case, actor=worker)
    client.post(reverse("doakte_approval:submit", args=[document.uuid]), {"co_signers": [city.colleague.pk]})
    document.refresh_from_db()
    assert document.state == State.IN_APPROVAL
    for person, wait in ((city.colleague, "Mitzeichnung"), (city.head, "Schlusszeichnung")):
        client.force_login(person)
        assert wait in client.get("/admin/").text
        address = reverse("doakte_approval:sign", args=[document.uuid])
        form = client.get(address).context["form"]
        response = client.post(address, {"revision_id": form["revision_id"].value(), "remark": ""})
        assert response.status_code == 302, response.text
    document.refresh_from_db()
    assert (document.state, document.live) == (State.APPROVED, True)
    client.force_login(worker)
    assert client.post(reverse("doakte_closing:close", args=[case.uuid])).status_code == 302
    case.refresh_from_db()
    assert case.state == State.CLOSED


def test_closing_names_everything_that_hinders(city, worker, client):
    """Refused with a list of everything that hinders (story 8, R30)."""
    case = city.case(actor=worker)
    document = city.document(case, title="Unfertig", actor=worker)
    address = reverse("doakte_closing:close", args=[case.uuid])
    assert "Unfertig" in client.get(address).text
    response = client.post(address)
    assert response.status_code == 422
    assert document.reference in response.text


def test_moving_and_linking_by_reference(city, worker, client):
    """A reference leads only to what the person may know of (R17, R19, W32)."""
    document = city.document(city.case(title="Von", actor=worker), actor=worker)
    target = city.case(title="Nach", actor=worker)
    hidden = city.case(city.file(unit=city.treasury_unit))
    data = {"target": hidden.reference, "reason": "falsch abgelegt"}
    response = client.post(at("move", document), data)
    assert "target" in response.context["form"].errors
    old = document.reference
    assert client.post(at("move", document), data | {"target": target.reference}).status_code == 302
    document = Document.objects.get(pk=document.pk)
    assert document.get_parent().pk == target.pk
    assert client.post(at("link", target), {"target": old, "kind": "related"}).status_code == 302
    assert document.title in client.get(reverse("wagtailadmin_explore", args=[target.pk])).text


def test_a_reference_is_removed_by_those_who_may_edit(city, worker, client):
    one, other = city.case(actor=worker), city.case(actor=worker)
    link = link_records(one, other, actor=worker)
    address = reverse("doakte_records:unlink", args=[one.uuid, link.pk])
    assert address in client.get(reverse("wagtailadmin_explore", args=[one.pk])).content.decode()
    client.force_login(city.treasurer)
    assert client.post(address).status_code == 404
    client.force_login(worker)
    assert client.post(address).status_code == 302
    assert not one.links.exists()


def test_the_records_office_sets_the_pattern_of_a_plan(city, client):
    """R6, R10."""
    address = reverse("wagtailadmin_pages:edit", args=[city.plan.pk])
    client.force_login(city.case_worker)
    assert client.get(address).status_code in (302, 403, 404)
    client.force_login(city.registrar)
    assert client.get(address).status_code == 200
    data = {"title": "Aktenplan", "version": "2", "reference_pattern": "{unit}-{foo}"}
    assert client.post(address, data).status_code == 422
    assert client.post(address, data | {"reference_pattern": "{unit}/{number}"}).status_code == 302
    city.plan.refresh_from_db()
    assert (city.plan.reference_pattern, city.plan.version) == ("{unit}/{number}", "2")
