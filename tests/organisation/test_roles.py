"""Roles are data: those delivered, and who holds what today."""

import datetime

import pytest

from doakte_content.access.policies import Right, can
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.enums import Capability
from doakte_content.organisation.models import Deputyship, Membership, Role
from doakte_content.organisation.queries import people_with
from tests.factories import UserFactory, fresh


def test_a_city_starts_with_the_roles_that_it_needs(db):
    """R57, R61: technical administration and data protection look after the house, not into records."""
    roles = {role.code: role for role in Role.objects.all()}
    assert set(roles) == {
        "case_worker",
        "head",
        "records_office",
        "mail_room",
        "reader",
        "plan_administrator",
        "archivist",
        "auditor",
        "administrator",
        "technical_administrator",
        "data_protection",
    }
    for code in ("auditor", "administrator", "technical_administrator", "data_protection"):
        assert (roles[code].owner_right, roles[code].everywhere_right) == (0, 0)
    assert Capability.EXPLAIN_ACCESS in roles["records_office"].capabilities


def test_people_with_a_capability_hold_it_themselves_and_today(city):
    """R61: neither a deputy, nor somebody whose time is over, nor a deactivated person is asked."""
    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    privacy = {"works_in": city.personnel, "works_in__role": "data_protection"}
    officer = UserFactory(**privacy)
    former, gone = UserFactory(**privacy), UserFactory(is_active=False, **privacy)
    Membership.objects.filter(user=former).update(ends=yesterday)
    Deputyship.objects.create(absent=officer, deputy=city.colleague)
    assert list(people_with(Capability.DATA_PROTECTION)) == [officer]
    assert gone not in people_with(Capability.DATA_PROTECTION)


def role_data(role, **changes) -> dict:
    values = {
        "name": role.name,
        "code": role.code,
        "owner_right": role.owner_right,
        "everywhere_right": role.everywhere_right,
        "capabilities": role.capabilities,
    }
    return values | changes


def change_role(client, role, **changes):
    return client.post(f"/admin/organisation/rollen/edit/{role.pk}/", role_data(role, **changes))


def test_a_changed_role_holds_at_once_wherever_it_reaches(city, client):
    """W6, R57: roles are data; the plan follows, down and up."""
    client.force_login(city.administrator)
    role = Role.objects.get(code="case_worker")
    assert can(fresh(city.case_worker), Right.EDIT, city.unit)
    change_role(client, role, owner_right=1)
    assert not can(fresh(city.case_worker), Right.EDIT, city.unit)
    assert can(fresh(city.case_worker), Right.READ, city.unit)
    change_role(client, role, owner_right=0)
    assert not can(fresh(city.case_worker), Right.READ, city.unit)
    change_role(client, role, everywhere_right=1)
    assert can(fresh(city.case_worker), Right.READ, city.treasury_unit)
    entry = JournalEntry.objects.filter(action="organisation.change").first()
    assert "everywhere_right" in entry.changes


def test_a_house_adds_roles_of_its_own(city, client):
    client.force_login(city.administrator)
    data = {"name": "Praktikum", "code": "intern", "owner_right": 1, "everywhere_right": 0}
    assert client.post("/admin/organisation/rollen/new/", data).status_code == 302
    intern = UserFactory(works_in=city.personnel, works_in__role="intern")
    assert can(intern, Right.READ, city.unit)
    assert not can(intern, Right.EDIT, city.unit)


def test_whoever_changes_a_role_reads_first_whom_it_concerns(city, client):
    client.force_login(city.administrator)
    role = Role.objects.get(code="case_worker")
    page = client.get(f"/admin/organisation/rollen/edit/{role.pk}/").text
    assert "3 Personen haben diese Rolle." in page
    # Two offices own a part of the plan.
    assert "an 2 Orten im Aktenplan" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"owner_right": 3},
        {"everywhere_right": 1},
        {"capabilities": ["admin.use", "organisation.manage", "journal.read"]},
    ],
)
@pytest.mark.parametrize("deputy", [False, True])
def test_nobody_raises_a_role_by_which_they_act(changes, deputy, city, client):
    """R61: neither the own role nor that of somebody for whom one stands in."""
    role = Role.objects.get(code="administrator")
    if deputy:
        role = Role.objects.create(code="other", name="Andere", capabilities=["admin.use"])
        other = UserFactory(works_in=city.personnel, works_in__role="other")
        Deputyship.objects.create(absent=other, deputy=city.administrator)
    client.force_login(city.administrator)
    response = change_role(client, role, **changes)
    assert "Bitten Sie jemand anderen aus der Administration" in response.text
    stored = Role.objects.get(pk=role.pk)
    assert (stored.owner_right, stored.everywhere_right) == (0, 0)
    assert stored.capabilities == role.capabilities


def test_one_may_lower_the_own_role(city, client):
    client.force_login(city.administrator)
    role = Role.objects.get(code="administrator")
    assert change_role(client, role, capabilities=["organisation.manage"]).status_code == 302


def test_the_code_of_a_role_stays(city, client):
    client.force_login(city.administrator)
    role = Role.objects.get(code="reader")
    change_role(client, role, code="anders")
    assert Role.objects.get(pk=role.pk).code == "reader"


@pytest.mark.parametrize("who", ["registrar", "head", "auditor"])
def test_roles_are_changed_by_the_organisation_alone(who, city, client):
    client.force_login(getattr(city, who))
    assert change_role(client, Role.objects.get(code="reader"), owner_right=3).status_code in (302, 403, 404)
    assert Role.objects.get(code="reader").owner_right == Right.READ
