"""Whoever has left is no longer offered anywhere and keeps their name in the history (W8)."""

import pytest
from django.urls import reverse

from doakte_content.journal.actions import record
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.models import Deputyship, Membership
from doakte_content.organisation.pickers import SOURCES, PeopleSource
from doakte_content.organisation.queries import absent_people
from tests.factories import UserFactory


@pytest.fixture
def gone(city):
    """Somebody of the personnel office who has done something, had a deputy, and then left."""
    person = UserFactory(first_name="Gerd", last_name="Ärmel", works_in=city.personnel)
    record("record.view", actor=person, subject=city.unit)
    Deputyship.objects.create(absent=person, deputy=city.colleague)
    person.is_active = False
    person.save()
    return person


def test_no_picker_finds_them(city, gone, client):
    client.force_login(city.administrator)
    for source in SOURCES.values():
        if isinstance(source, PeopleSource):
            address = reverse("doakte_pickers:search", args=[source.name])
            about = {"about": str(city.unit.uuid), "q": "Ärmel"}
            assert gone.pk not in [one["id"] for one in client.get(address, about).json()["found"]], (
                source.name
            )


@pytest.mark.parametrize("place", ["mitglieder", "vertretungen"])
def test_forms_of_the_organisation_do_not_offer_them(place, city, gone, client):
    client.force_login(city.administrator)
    assert "Ärmel" not in client.get(f"/admin/organisation/{place}/new/").text


def test_what_they_held_stays_and_shows_their_name(city, gone, client):
    """W8: history readable; nothing is ended or erased by leaving."""
    assert Membership.objects.get(user=gone).ends is None
    assert Deputyship.objects.get(absent=gone).ends is None
    client.force_login(city.administrator)
    for place in ("mitglieder", "vertretungen"):
        assert "Gerd Ärmel" in client.get(f"/admin/organisation/{place}/").text
    membership = Membership.objects.get(user=gone)
    assert "Gerd Ärmel" in client.get(f"/admin/organisation/mitglieder/edit/{membership.pk}/").text


def test_the_journal_still_finds_what_they_did(city, gone, client):
    client.force_login(city.auditor)
    page = client.get(reverse("doakte_journal:index"), {"person": gone.pk})
    assert "Gerd Ärmel (ausgeschieden)" in page.text
    assert list(page.context["entries"]) == list(JournalEntry.objects.filter(actor=gone))


def test_a_deputy_of_somebody_who_left_acts_for_nobody(city, gone):
    """R55."""
    assert gone.pk not in absent_people(city.colleague)
