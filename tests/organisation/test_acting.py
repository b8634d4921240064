"""Several roles in several offices: the session shows in which somebody acts, and the journal keeps it (R55, R59)."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from doakte_content.access.policies import Right, can
from doakte_content.journal.actions import record
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.acting import place_of
from doakte_content.organisation.models import Deputyship, Membership
from tests.factories import MembershipFactory, fresh

ADDRESS = "/handeln-als/"


@pytest.fixture
def second(city) -> Membership:
    """The case worker works as a reader in the treasury, too."""
    return MembershipFactory(user=city.case_worker, org_unit=city.treasury, role__code="reader")


def test_the_journal_keeps_role_and_office_of_that_time(city):
    """R59: renaming the office later changes nothing in what is written."""
    entry = record("record.view", actor=city.head, subject=city.unit)
    assert entry.actor_role == "Leitung, 11 Personal- und Organisationsamt"
    city.personnel.name = "Personalamt"
    city.personnel.save()
    assert JournalEntry.objects.get(pk=entry.pk).actor_role == "Leitung, 11 Personal- und Organisationsamt"
    assert record("plan.import").actor_role == ""


def test_the_role_stands_in_the_journal_of_the_house_and_its_table(city, client):
    """R59, R60."""
    record("record.view", actor=city.head, subject=city.unit)
    client.force_login(city.auditor)
    address = reverse("doakte_journal:index")
    assert "Leitung, 11 Personal- und Organisationsamt" in client.get(address).text
    table = b"".join(client.get(address, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    headings, newest = table.splitlines()[:2]
    assert headings.startswith("Zeitpunkt;Person;Rolle;")
    assert newest.split(";")[2] == "Leitung, 11 Personal- und Organisationsamt"


def test_a_deputy_is_journalled_in_the_own_role(city):
    """R55: own name and role, and for whom."""
    Deputyship.objects.create(absent=city.head, deputy=city.treasurer)
    entry = record("record.view", actor=fresh(city.treasurer), subject=city.unit, deputy_for=city.head)
    assert entry.actor_role == "Sachbearbeitung, 20 Stadtkämmerei"
    assert entry.deputy_for == city.head


def test_a_person_with_two_places_chooses_one_for_the_session(city, second, client):
    client.force_login(city.case_worker)
    assert "Sachbearbeitung, 11" in client.get("/").text
    response = client.post(ADDRESS, {"membership": second.pk, "next": "/suche/"})
    assert response["Location"] == "/suche/"
    assert "Lesen, 20 Stadtkämmerei" in client.get("/").text
    record_file = city.file(people=[city.case_worker])
    client.get(reverse("doakte_intranet:record_file", args=[record_file.uuid]))
    entry = JournalEntry.objects.filter(action="record.view").first()
    assert entry.actor_role == "Lesen, 20 Stadtkämmerei"


def test_rights_are_those_of_all_places(city, second, client):
    person = fresh(city.case_worker)
    person.acting_membership = second.pk
    assert can(person, Right.EDIT, city.unit)
    assert can(person, Right.READ, city.treasury_unit)
    assert place_of(person).startswith("Lesen")


def test_nobody_acts_in_a_place_of_others_or_of_yesterday(city, second, client):
    client.force_login(city.case_worker)
    of_the_head = Membership.objects.get(user=city.head)
    assert client.post(ADDRESS, {"membership": of_the_head.pk}).status_code == 404
    assert client.post(ADDRESS, {"membership": "x"}).status_code == 404
    client.post(ADDRESS, {"membership": second.pk})
    Membership.objects.filter(pk=second.pk).update(ends="2020-01-01")
    assert "Sachbearbeitung, 11" in client.get(ADDRESS).text


def test_going_back_stays_on_this_site(city, second, client):
    client.force_login(city.case_worker)
    response = client.post(ADDRESS, {"membership": second.pk, "next": "https://anderswo.example/"})
    assert response["Location"] == "/"


def test_the_admin_says_as_what_one_acts(city, client):
    client.force_login(city.registrar)
    page = client.get("/admin/").text
    assert "Registratur, 10 Hauptamt</a>" in page
    assert '"Registratur, 10"' in page


def test_choosing_costs_no_query_of_its_own(city, second, django_assert_num_queries, rf):
    person = fresh(city.case_worker)
    assert can(person, Right.READ, city.unit)
    with django_assert_num_queries(0):
        assert place_of(person)


@pytest.mark.parametrize("attempt", ["UPDATE {} SET actor_role = 'x'", "DELETE FROM {}"])
def test_the_journal_is_still_append_only_with_its_new_column(db, attempt):
    """R60: the column came without writing the table anew, which would have lost the triggers on SQLite."""
    record("plan.import")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attempt.format("doakte_journal_journalentry"))
