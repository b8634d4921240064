"""What somebody may not see does not exist for them (story 7, R57, W32)."""

import pytest

from doakte_content.journal.models import JournalEntry
from doakte_content.records.actions import cancel_record, change_record, link_records
from doakte_content.records.sharing import protect
from tests.intranet.helpers import page, publish, work


def pages_of(shelf) -> dict[str, str]:
    """Return the addresses of all that there is on the shelf."""
    document, version = shelf.document, shelf.document.version
    attached = shelf.attachment.version
    return {
        "unit": page("unit", shelf.city.unit.uuid),
        "file": page("record_file", shelf.record_file.uuid),
        "case": page("case", shelf.case.uuid),
        "document": page("document", document.uuid),
        "original": page("document_file", document.uuid, version.uuid),
        "thumbnail": page("document_thumbnail", document.uuid, version.uuid),
        "attachment": page("document_file", document.uuid, attached.uuid),
    }


PLACES = ["unit", "file", "case", "document", "original", "thumbnail", "attachment"]


@pytest.mark.parametrize("place", PLACES)
def test_reader_with_a_right_opens(as_reader, shelf, place):
    """Story 7: read access to a part of the plan opens everything published in it."""
    assert as_reader.get(pages_of(shelf)[place]).status_code == 200


@pytest.mark.parametrize("place", PLACES)
def test_others_get_not_found(as_outsider, shelf, place):
    """R57: 404, as for what does not exist."""
    response = as_outsider.get(pages_of(shelf)[place])
    assert response.status_code == 404
    assert shelf.document.title not in response.content.decode()


@pytest.mark.parametrize("place", [*PLACES, "start", "plan", "search", "suggest"])
def test_nobody_comes_in_without_login(client, shelf, place):
    address = pages_of(shelf).get(place) or page(place)
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith(page("login"))


@pytest.mark.parametrize("user", ["auditor", "administrator"])
def test_technical_roles_read_nothing(client, shelf, user):
    """R61: neither the superuser nor the auditor reads content by their role."""
    client.force_login(getattr(shelf.city, user))
    assert client.get(pages_of(shelf)["document"]).status_code == 404


@pytest.mark.parametrize("place", ["start", "plan"])
def test_lists_of_others_are_empty(as_outsider, shelf, place):
    """W32: nothing of it stands in the tree or in the list of what was published."""
    content = as_outsider.get(page(place)).content.decode()
    for word in (shelf.city.group.title, shelf.city.unit.title, shelf.document.title):
        assert word not in content


def test_tree_shows_the_way_to_what_is_shared_and_nothing_beside(as_reader, shelf):
    content = as_reader.get(page("plan")).content.decode()
    assert shelf.city.unit.title in content
    other = shelf.city.file("Haushalt", unit=shelf.city.treasury_unit)
    assert as_reader.get(page("record_file", other.uuid)).status_code == 200  # their own office
    shelf.reader.memberships.all().delete()
    assert shelf.city.treasury_unit.title not in as_reader.get(page("plan")).content.decode()
    assert as_reader.get(page("record_file", other.uuid)).status_code == 404


@pytest.mark.parametrize(("user", "count"), [("reader", 1), ("outsider", 0)])
def test_hits_counts_and_suggestions_are_filtered(client, shelf, user, count):
    """R57, R75: search, its facets and suggestions know only what the asker may see."""
    client.force_login(getattr(shelf, user))
    result = client.get(page("search"), {"q": "Gebühren"}).context["result"]
    assert result.total == len(result.hits) == count
    assert len(result.facets.get("office", [])) == count
    assert len(client.get(page("suggest"), {"q": "Gebü"}).json()["suggestions"]) == count


def test_unit_filter_of_somebody_elses_plan_is_ignored(as_outsider, shelf):
    response = as_outsider.get(page("search"), {"q": "Gebühr", "unit": str(shelf.city.unit.uuid)})
    assert shelf.city.unit.title not in response.content.decode()


def test_protected_file_is_gone_for_everybody_else(as_reader, shelf):
    """R57: a file restricted to named people has no page, no hit, no count; its unit shows no trace."""
    protect(shelf.record_file, [shelf.city.case_worker], actor=shelf.city.head)
    work()
    for place, address in pages_of(shelf).items():
        assert as_reader.get(address).status_code == (200 if place == "unit" else 404), place
    unit = as_reader.get(pages_of(shelf)["unit"])
    assert unit.context["total"].number == 0
    assert as_reader.get(page("search"), {"q": "Gebühr"}).context["result"].total == 0
    assert shelf.document.title not in as_reader.get(page("start")).content.decode()


def test_links_show_only_what_the_reader_may_see(as_reader, shelf):
    """R17, W32."""
    hidden = shelf.city.file("Geheime Personalsache")
    protect(hidden, [shelf.city.case_worker], actor=shelf.city.head)
    seen = shelf.city.file("Stellenplan 2025")
    link_records(shelf.record_file, hidden)
    link_records(seen, shelf.record_file)
    content = as_reader.get(pages_of(shelf)["file"]).content.decode()
    assert hidden.title not in content
    assert seen.title in content


def test_drafts_are_not_there_for_readers(as_reader, shelf):
    """Story 6: readers see the approved state only."""
    assert as_reader.get(page("document", shelf.draft.uuid)).status_code == 404
    version = shelf.draft.version
    assert as_reader.get(page("document_file", shelf.draft.uuid, version.uuid)).status_code == 404
    case = as_reader.get(pages_of(shelf)["case"])
    assert case.context["total"].number == 1
    assert shelf.draft.title not in case.content.decode()
    result = as_reader.get(page("search"), {"q": "geheim"}).context["result"]
    assert result.total == 0


def test_new_version_stays_with_those_who_work_on_it(client, shelf):
    """Story 6: a later edit is a draft while readers still get the approved state."""
    from io import BytesIO

    from doakte_content.records.filing import add_version

    version = add_version(shelf.document, BytesIO(b"Neuer Text"), "neu.txt", actor=shelf.city.case_worker)
    change_record(shelf.document, title="Neuer Titel", actor=shelf.city.case_worker)
    address = page("document_file", shelf.document.uuid, version.uuid)
    client.force_login(shelf.reader)
    assert client.get(address).status_code == 404
    shown = client.get(pages_of(shelf)["document"])
    assert shown.context["version"] == shelf.document.version
    assert "Neuer Titel" not in shown.content.decode()
    client.force_login(shelf.city.case_worker)
    assert client.get(address).status_code == 200


def test_version_of_another_document_is_not_delivered(as_reader, shelf):
    """No door by a foreign identifier: the version must belong to the document of the address."""
    other = publish(shelf.city.document(name="anderes.txt"), shelf.city.head)
    address = page("document_file", other.uuid, shelf.document.version.uuid)
    assert as_reader.get(address).status_code == 404


def test_cancelled_document_is_a_stub(as_reader, shelf):
    """R20: it stays listed, with the reason; its content is not shown any more."""
    cancel_record(shelf.document, "Doppelt abgelegt", actor=shelf.city.case_worker)
    response = as_reader.get(pages_of(shelf)["document"])
    content = response.content.decode()
    assert "Doppelt abgelegt" in content
    assert str(shelf.document.version.uuid) not in content
    assert as_reader.get(pages_of(shelf)["original"]).status_code == 404
    assert shelf.document.title in as_reader.get(pages_of(shelf)["case"]).content.decode()


def test_reading_a_restricted_file_is_journalled(client, shelf):
    """R60: who viewed and who downloaded; the pieces that a viewer fetches are one reading."""
    client.force_login(shelf.city.case_worker)
    addresses = pages_of(shelf)
    client.get(addresses["document"])
    assert not JournalEntry.objects.filter(action__in=["record.view", "record.download"]).exists()

    protect(shelf.record_file, [shelf.city.case_worker], actor=shelf.city.head)
    for place in ("file", "case", "document"):
        client.get(addresses[place])
    client.get(addresses["original"], {"download": "1"})
    client.get(addresses["original"], headers={"Range": "bytes=500-600"})
    entries = JournalEntry.objects.filter(action__in=["record.view", "record.download"]).order_by("pk")
    assert [(entry.action, entry.object_uuid) for entry in entries] == [
        ("record.view", shelf.record_file.uuid),
        ("record.view", shelf.case.uuid),
        ("record.view", shelf.document.uuid),
        ("record.download", shelf.document.uuid),
    ]
    assert {entry.actor for entry in entries} == {shelf.city.case_worker}


def test_reading_by_pieces_is_journalled_whichever_comes_first(client, shelf):
    """R60: leaving out the first byte does not keep a download out of the journal."""
    protect(shelf.record_file, [shelf.city.case_worker], actor=shelf.city.head)
    client.force_login(shelf.city.case_worker)
    for piece in ("bytes=1-", "bytes=-50", "bytes=0-"):
        client.get(pages_of(shelf)["original"], {"download": "1"}, headers={"Range": piece})
    entry = JournalEntry.objects.get(action="record.download")
    assert (entry.actor, entry.object_uuid) == (shelf.city.case_worker, shelf.document.uuid)


def test_missing_content_is_not_found_and_breaks_no_page(as_reader, shelf):
    """A lost blob is the integrity check's business: the page says so in words."""
    shelf.document.version.blob.path.unlink()
    assert as_reader.get(pages_of(shelf)["original"]).status_code == 404
    assert as_reader.get(pages_of(shelf)["document"]).status_code == 200
