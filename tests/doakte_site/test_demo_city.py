"""Musterstadt as a whole. It is created once for all tests here, and every test sees it untouched."""

from io import StringIO

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from doakte_content.access.policies import Right, can, visible
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.organisation.queries import signing_authority
from doakte_content.records.enums import Medium, State
from doakte_content.records.models import Case, Document, Record, RecordFile
from doakte_site.demo.people import DEMO_LOGINS, PASSWORD, STAFF
from workflow.approval.queries import verify, waiting_for

User = get_user_model()


@pytest.fixture(scope="module")
def musterstadt(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("musterstadt")
    with (
        django_db_blocker.unblock(),
        override_settings(DOAKTE_BLOB_ROOT=folder / "blobs", DOAKTE_RENDITION_ROOT=folder / "renditions"),
        transaction.atomic(),
    ):
        call_command("create_demo_city", stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def untouched(musterstadt, db):
    """Give each test the city inside a transaction of its own."""


# One city is enough for both passes of the suite: the demo is for the embedded mode.
pytestmark = [pytest.mark.sqlite_only, pytest.mark.usefixtures("untouched")]


def person(login):
    return User.objects.get(username=login)


def test_the_plan_has_ten_main_groups_and_some_150_units_in_three_or_more_levels():
    """R1, R2, R5: imported without a refusal, with retention and disposal kind for every unit."""
    units = FilePlanUnit.objects.all()

    assert sorted(units.filter(depth=3).values_list("number", flat=True)) == list("0123456789")
    assert 150 <= units.count() <= 180
    assert units.filter(depth=6).exists()
    assert not units.filter(extra__has_key="Federführung (unbekannt)").exists()


def test_there_are_some_40_files_80_cases_and_300_documents():
    assert RecordFile.objects.count() == 40
    assert Case.objects.count() == 81
    assert 290 <= Document.objects.count() <= 310


def test_records_stand_in_every_state():
    states = set(Document.objects.values_list("state", flat=True))

    assert states == {State.DRAFT, State.IN_APPROVAL, State.APPROVED, State.REJECTED, State.CANCELLED}
    assert set(Case.objects.values_list("state", flat=True)) == {State.OPEN, State.CLOSED}
    assert RecordFile.objects.filter(medium=Medium.HYBRID).exclude(location="").exists()
    closed = RecordFile.objects.filter(state=State.CLOSED)
    assert closed.exists()
    assert not closed.filter(retained_until=None).exists()


def test_everybody_on_the_demo_page_can_log_in(rf):
    for login in DEMO_LOGINS:
        assert authenticate(rf.post("/"), username=login, password=PASSWORD), login


def test_those_who_look_after_the_house_see_no_contents():
    """R61: technical administration, data protection, archive and administration."""
    for login in ("admin", "technik", "datenschutz", "archiv"):
        assert not visible(Record.objects.all(), person(login)).exists(), login


def test_one_person_works_in_two_offices():
    seen = visible(Record.objects.all(), person("springerin"))

    assert seen.filter(office__code="11").exists()
    assert seen.filter(office__code="23").exists()


def test_the_reader_sees_what_was_shared_and_nothing_else_of_that_office():
    """Story 7: parts of office 11's plan, not the rest, and never the restricted file (R57)."""
    reader = person("leserin")
    seen = set(
        visible(Record.objects.filter(unit__number__startswith="1."), reader).values_list(
            "unit__number", flat=True
        )
    )

    assert seen == {"1.2.1", "1.2.2.1", "1.2.2.2", "1.3.2.1", "1.3.2.2"}


def test_the_restricted_file_is_seen_by_those_who_are_named_only():
    protected = RecordFile.objects.get(scope__cut=True)
    seeing = {user.username for user in User.objects.all() if can(user, Right.READ, protected)}

    # The head's deputy stands in for her everywhere (R55).
    assert seeing == {"sachbearbeitung", "mitzeichnung", "amtsleitung", "vertretung"}


def test_something_waits_for_the_head_and_for_the_co_signer():
    """Story 5"""
    assert waiting_for(person("amtsleitung"))
    assert waiting_for(person("mitzeichnung"))


def test_what_readers_see_is_what_was_signed():
    """R50, for a document of each pilot office."""
    for office in STAFF:
        document = Document.objects.filter(office__code=office, state=State.APPROVED).last()

        assert verify(document).is_valid


@pytest.mark.parametrize("office", STAFF)
def test_every_pilot_office_has_a_signatory_who_is_not_the_clerk(office):
    """R51"""
    unit = Record.objects.filter(office__code=office).first().office

    assert signing_authority(person(STAFF[office].head), unit)
    assert not signing_authority(person(STAFF[office].clerk), unit)


def test_creating_it_again_changes_nothing():
    out = StringIO()
    before = Record.objects.count()

    call_command("create_demo_city", stdout=out)

    assert "already" in out.getvalue()
    assert Record.objects.count() == before


def test_it_does_not_mix_with_somebody_elses_records(monkeypatch):
    monkeypatch.setattr("doakte_site.management.commands.create_demo_city.city_exists", lambda: False)

    with pytest.raises(CommandError, match="needs an empty one"):
        call_command("create_demo_city")


def test_the_page_names_every_login_and_the_password(client):
    page = client.get(reverse("demo")).content.decode()

    assert PASSWORD in page
    assert all(f"<code>{login}</code>" in page for login in DEMO_LOGINS)


def test_the_login_page_and_the_start_page_lead_to_it(client):
    login_page = client.get(reverse("doakte_intranet:login")).content.decode()
    client.force_login(person("leserin"))
    start_page = client.get(reverse("doakte_intranet:start")).content.decode()

    assert f'href="{reverse("demo")}"' in login_page
    assert f'href="{reverse("demo")}"' in start_page


def test_without_permission_of_the_settings_there_is_neither_page_nor_city(client, settings):
    """Production never shows a password."""
    settings.DOAKTE_DEMO = False

    assert client.get(reverse("demo")).status_code == 404
    assert PASSWORD not in client.get(reverse("doakte_intranet:login")).content.decode()
    with pytest.raises(CommandError, match="DOAKTE_DEMO"):
        call_command("create_demo_city")
