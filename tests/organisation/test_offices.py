"""Offices that are closed: what has to be done before, and what no longer goes there (R58)."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from doakte_content.access.policies import Right
from doakte_content.fileplan.actions import change_unit, create_unit
from doakte_content.organisation.changes import GivesRights
from doakte_content.organisation.imports import import_organisation
from doakte_content.organisation.models import Membership, OrgUnit, Role
from doakte_content.records.forms import edit_handler_of
from doakte_content.records.sharing import share
from tests.factories import OrgUnitFactory, UserFactory, fresh

TODAY = timezone.localdate()


def close(office, on=TODAY):
    office.closed_on = on
    office.full_clean()
    office.save()


def test_an_office_with_people_or_open_divisions_stays_open(city):
    OrgUnitFactory(code="11/1", parent=city.personnel)
    with pytest.raises(ValidationError) as error:
        close(city.personnel)
    message = " ".join(error.value.message_dict["closed_on"])
    assert "3 Zugehörigkeiten" in message
    assert "1 Einheiten des Aktenplans" in message
    assert "Umorganisation" in message


def test_an_office_is_not_closed_in_the_future(db):
    with pytest.raises(ValidationError):
        close(OrgUnitFactory(), timezone.localdate() + datetime.timedelta(days=1))


def test_a_closed_office_takes_nobody_and_its_code_is_free(db):
    office = OrgUnitFactory(code="77")
    close(office)
    with pytest.raises(ValidationError) as error:
        Membership(user=UserFactory(), org_unit=office, role=Role.objects.get(code="head")).full_clean()
    assert "org_unit" in error.value.message_dict
    with pytest.raises(ValidationError):
        OrgUnit(code="77/1", name="Abteilung", parent=office).full_clean()
    OrgUnit(code="77", name="Neues Amt").full_clean()
    with pytest.raises(ValidationError):
        OrgUnit(code="78", name="Neues Amt", parent=office).full_clean()


def test_two_open_offices_do_not_share_a_code(db):
    OrgUnitFactory(code="77")
    with pytest.raises(ValidationError):
        OrgUnit(code="77", name="Anderes Amt").full_clean()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("x;X;Y;;99;head;ja", "99"),
        ("x;X;Y;;77;head;ja", "geschlossen"),
        ("x;X;Y;;11;koenig;ja", "koenig"),
        ("gegangen;X;Y;;11;head;ja", "arbeitet nicht mehr hier"),
    ],
)
def test_an_import_names_the_line_and_keeps_nothing(line, words, city):
    """Unknown and closed offices, unknown roles, people who have left: clear message, nothing half."""
    close(OrgUnitFactory(code="77"))
    UserFactory(username="gegangen", is_active=False)
    good = "neu;Ada;Öz;;11;case_worker;nein"
    outcome = import_organisation(
        f"username;first;last;email;office;role;final_sign\n{good}\n{line}\n".encode()
    )
    [(number, reason)] = outcome.refused
    assert number == 3
    assert words in reason
    assert not Membership.objects.filter(user__username="neu").exists()


def test_an_import_does_not_bring_a_closed_office_back(city):
    close(OrgUnitFactory(code="77"))
    outcome = import_organisation(b"code;name;kind;parent\n77;Altes Amt;office;\n")
    assert [number for number, _reason in outcome.refused] == [2]


def test_a_form_keeps_a_closed_office_that_stands_there_and_offers_no_other(city):
    """R58: the history keeps the old office, and nothing new goes there."""
    record_file = city.file()
    closed, other = OrgUnitFactory(code="77"), OrgUnitFactory(code="78")
    close(closed)
    close(other)
    record_file.office = closed
    form = edit_handler_of(type(record_file)).get_form_class()(instance=record_file, for_user=city.head)
    offered = form.fields["office"].queryset
    assert closed in offered and city.treasury in offered
    assert other not in offered


def test_the_plan_takes_no_closed_office(city):
    closed = OrgUnitFactory(code="77")
    close(closed)
    with pytest.raises(ValidationError):
        change_unit(city.unit, office=closed)
    with pytest.raises(ValidationError):
        create_unit(city.group, number="1.9", title="Neu", office=closed)


def test_nobody_moves_their_own_office_below_another_one(city, client):
    """R61: whoever works in an office has what is shared with those above it. By form and by file alike."""
    share(city.file(), Right.READ, org_unit=city.personnel)
    client.force_login(city.administrator)
    own = Membership.objects.get(user=city.administrator).org_unit
    data = {"code": own.code, "kind": own.kind, "name": own.name, "parent": city.personnel.pk}
    response = client.post(f"/admin/organisation/aemter/edit/{own.pk}/", data, follow=True)
    assert "Bitten Sie jemand anderen aus der Administration" in response.text
    line = f"code;name;kind;parent\n{own.code};{own.name};{own.kind};11\n".encode()
    with pytest.raises(GivesRights):
        import_organisation(line, actor=fresh(city.administrator))
    assert OrgUnit.objects.get(pk=own.pk).parent == own.parent
    other = {"code": "20", "kind": "office", "name": "Stadtkämmerei", "parent": city.personnel.pk}
    assert client.post(f"/admin/organisation/aemter/edit/{city.treasury.pk}/", other).status_code == 302
