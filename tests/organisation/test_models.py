"""Offices, memberships, deputies."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from doakte_content.organisation.models import Deputyship, Membership, OrgUnit, Role
from doakte_content.organisation.queries import memberships, signing_authority
from tests.factories import OrgUnitFactory, UserFactory, fresh


def test_moving_an_office_takes_its_divisions_along(db):
    top, other = OrgUnitFactory(), OrgUnitFactory()
    office = OrgUnitFactory(parent=top)
    division = OrgUnitFactory(parent=office)
    office.parent = other
    office.save()
    assert OrgUnit.objects.get(pk=division.pk).line_ids == [other.pk, office.pk, division.pk]


def test_office_cannot_lie_below_itself(db):
    office = OrgUnitFactory()
    office.parent = OrgUnitFactory(parent=office)
    with pytest.raises(ValidationError):
        office.full_clean()


def test_final_signing_authority_covers_the_units_below(city):
    """R51."""
    division = OrgUnitFactory(parent=city.personnel, code="11/1")
    head = fresh(city.head)
    assert signing_authority(head, division).org_unit == city.personnel
    assert signing_authority(head, city.treasury) is None
    assert signing_authority(fresh(city.case_worker), city.personnel) is None
    assert signing_authority(head, None) is None


def test_own_authority_comes_before_the_deputised_one(city):
    """R55."""
    Deputyship.objects.create(absent=city.head, deputy=city.colleague)
    assert signing_authority(fresh(city.colleague), city.personnel).user == city.head
    Membership.objects.filter(user=city.colleague).update(final_sign=True)
    assert signing_authority(fresh(city.colleague), city.personnel).user == city.colleague


@pytest.mark.parametrize(
    ("starts", "ends", "active"), [(-1, 1, True), (0, 0, True), (1, 2, False), (-2, -1, False)]
)
def test_membership_counts_within_its_period(db, starts, ends, active):
    today = datetime.date.today()
    days = [today + datetime.timedelta(days=offset) for offset in (starts, ends)]
    user = UserFactory()
    Membership.objects.create(
        user=user, org_unit=OrgUnitFactory(), role=Role.objects.get(code="head"), starts=days[0], ends=days[1]
    )
    assert bool(memberships(fresh(user))) is active


def test_period_must_not_end_before_it_starts(city):
    today = datetime.date.today()
    deputyship = Deputyship(
        absent=city.head, deputy=city.colleague, starts=today, ends=today - datetime.timedelta(days=1)
    )
    with pytest.raises(ValidationError):
        deputyship.full_clean()


def test_nobody_is_their_own_deputy(city):
    with pytest.raises(ValidationError):
        Deputyship(absent=city.head, deputy=city.head).full_clean()


def test_role_with_unknown_capability_is_refused(db):
    with pytest.raises(ValidationError):
        Role(code="x", name="X", capabilities=["world.rule"]).full_clean()
