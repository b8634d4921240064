"""Denied attempts: kept in the journal (W5), and reported when somebody tries again and again."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from doakte_content.access import denials
from doakte_content.access.models import Notice
from doakte_content.access.policies import Right
from doakte_content.journal.models import JournalEntry
from doakte_content.records.policies import check_right
from doakte_content.records.sharing import protect, share
from tests.factories import UserFactory


def denied(**conditions):
    return JournalEntry.objects.filter(action="access.denied", **conditions)


@pytest.fixture
def officer(city):
    return UserFactory(works_in=city.personnel, works_in__role="data_protection")


DOORS = {
    "explorer": lambda record: reverse("wagtailadmin_explore", args=[record.pk]),
    "editor": lambda record: reverse("wagtailadmin_pages:edit", args=[record.pk]),
    "journal": lambda record: reverse("wagtailadmin_pages:history", args=[record.pk]),
    "action": lambda record: reverse("doakte_records:cancel", args=[record.uuid]),
    "intranet": lambda record: record.get_url(),
}


@pytest.mark.parametrize("door", DOORS)
def test_every_door_keeps_who_was_turned_away(city, client, door):
    """W5: the answer is that nothing is there; the journal knows better."""
    record = city.file(title="Abmahnung Müller")
    client.force_login(city.treasurer)
    assert client.get(DOORS[door](record)).status_code == 404
    entry = denied().get()
    assert (entry.actor, entry.object_uuid) == (city.treasurer, record.uuid)
    assert "Abmahnung" not in entry.object_label


def test_files_of_documents_are_such_a_door(city, client):
    """W5."""
    document = city.document()
    client.force_login(city.treasurer)
    url = reverse("doakte_intranet:document_file", args=[document.uuid, document.version.uuid])
    assert client.get(url).status_code == 404
    assert denied(actor=city.treasurer, object_uuid=document.uuid).exists()


def test_who_may_read_but_not_edit_is_kept_as_well(city, client):
    """W5: what was asked for stands beside."""
    record = city.file()
    share(record, Right.READ, user=city.auditor, actor=city.head)
    client.force_login(city.auditor)
    client.get(DOORS["editor"](record))
    assert denied().get().data == {"right": "edit"}


def test_what_does_not_exist_is_no_attempt(city, client):
    client.force_login(city.treasurer)
    assert client.get(reverse("doakte_intranet:record_file", args=[uuid.uuid4()])).status_code == 404
    assert not denied().exists()


def test_nothing_is_kept_of_who_is_not_logged_in(city, client):
    assert client.get(DOORS["intranet"](city.file())).status_code == 302
    assert not denied().exists()


@pytest.mark.django_db(transaction=True)
def test_refusal_inside_a_transaction_stays_on_record():
    """W5: the right was withdrawn between showing the form and sending it; the transaction is rolled back."""
    from tests.factories import make_city

    city = make_city()
    record = city.file()
    with pytest.raises(PermissionDenied), denials.kept(city.treasurer, record), transaction.atomic():
        check_right(city.treasurer, Right.EDIT, record)
    assert denied(object_uuid=record.uuid).exists()


def test_repeated_attempts_are_reported_once_a_day(city, client, officer):
    """W5: the data-protection role learns who, how often and since when, and not once for each attempt."""
    record = city.file()
    client.force_login(city.treasurer)
    for _attempt in range(denials.BEFORE_NOTICE - 1):
        client.get(record.get_url())
    assert not Notice.objects.exists()
    for _attempt in range(denials.BEFORE_NOTICE + 1):
        client.get(record.get_url())
    notice = Notice.objects.get()
    assert (notice.user, notice.actor) == (officer, city.treasurer)
    assert notice.data["person"] == city.treasurer.get_full_name()
    assert notice.data["count"] == denials.BEFORE_NOTICE


def test_the_limit_is_the_house_s_to_set(city, client, officer, settings):
    settings.DOAKTE_DENIALS_BEFORE_NOTICE = 1
    client.force_login(city.treasurer)
    client.get(city.file().get_url())
    assert Notice.objects.get().data["count"] == 1


def test_data_protection_sees_who_was_turned_away(city, client, officer):
    """W5, R57: by person; what is protected is not named."""
    plain, hidden = city.file(title="Stellenplan"), city.file(title="Disziplinarsache")
    protect(hidden, [city.head], actor=city.head)
    client.force_login(city.treasurer)
    for record in (plain, hidden):
        client.get(record.get_url())
    client.force_login(officer)
    page = client.get(reverse("doakte_access:denials")).content.decode()
    assert city.treasurer.get_full_name() in page
    page = client.get(reverse("doakte_access:denials_of_person", args=[city.treasurer.pk])).content.decode()
    assert plain.reference in page
    assert hidden.reference not in page


def test_attempts_are_paged_by_key(city, client, officer, settings):
    settings.DOAKTE_DENIALS_BEFORE_NOTICE = 1000
    record = city.file()
    for _attempt in range(30):
        denials.keep(city.treasurer, record)
    client.force_login(officer)
    url = reverse("doakte_access:denials_of_person", args=[city.treasurer.pk])
    first = client.get(url).context
    assert len(first["entries"]) == 25
    assert len(client.get(f"{url}?after={first['page_of_entries'].after}").context["entries"]) == 5


@pytest.mark.parametrize("name", ["head", "auditor", "administrator", "registrar"])
def test_only_data_protection_reads_that(city, client, officer, name):
    client.force_login(getattr(city, name))
    for url in (
        reverse("doakte_access:denials"),
        reverse("doakte_access:denials_of_person", args=[city.treasurer.pk]),
    ):
        assert client.get(url).status_code in (302, 403)
