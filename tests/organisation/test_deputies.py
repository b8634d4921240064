"""Deputies (R55): who may stand in for whom."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from doakte_content.organisation.models import Deputyship
from tests.factories import UserFactory


def days(*offsets):
    return [
        None if offset is None else timezone.localdate() + datetime.timedelta(days=offset)
        for offset in offsets
    ]


def deputyship(absent, deputy, starts=None, ends=None) -> Deputyship:
    starts, ends = days(starts, ends)
    return Deputyship(absent=absent, deputy=deputy, starts=starts, ends=ends)


@pytest.fixture
def people(db):
    return [UserFactory() for _ in range(3)]


def entered(one: Deputyship) -> Deputyship:
    one.full_clean()
    one.save()
    return one


def test_two_people_do_not_stand_in_for_each_other_at_the_same_time(people):
    first, second, _third = people
    entered(deputyship(first, second, 0, 10))
    with pytest.raises(ValidationError, match=r"Kreis|circle"):
        deputyship(second, first, 10, 20).full_clean()
    entered(deputyship(second, first, 11, 20))


def test_a_longer_circle_is_refused_as_well(people):
    first, second, third = people
    entered(deputyship(first, second, 0, 10))
    entered(deputyship(second, third, 5, None))
    with pytest.raises(ValidationError):
        deputyship(third, first).full_clean()


def test_a_circle_counts_only_on_days_that_all_periods_share(people):
    first, second, third = people
    entered(deputyship(first, second, 0, 4))
    entered(deputyship(second, third, 5, 10))
    entered(deputyship(third, first))


def test_ending_a_deputyship_is_no_circle_with_itself(people):
    first, second, _third = people
    standing = entered(deputyship(first, second))
    (standing.ends,) = days(3)
    entered(standing)


@pytest.mark.parametrize("who", ["absent", "deputy"])
def test_whoever_has_left_is_neither_absent_nor_a_deputy(who, people):
    """W8."""
    first, second, _third = people
    gone = first if who == "absent" else second
    gone.is_active = False
    gone.save()
    with pytest.raises(ValidationError) as error:
        deputyship(first, second).full_clean()
    assert who in error.value.message_dict


def test_a_deputyship_of_somebody_who_left_can_still_be_ended(people):
    first, second, _third = people
    standing = entered(deputyship(first, second))
    second.is_active = False
    second.save()
    (standing.ends,) = days(0)
    entered(Deputyship.objects.get(pk=standing.pk))


@pytest.mark.parametrize(("starts", "ends"), [(5, 1), (-9, -2)])
def test_a_period_that_nobody_could_act_in_is_refused(starts, ends, people):
    first, second, _third = people
    with pytest.raises(ValidationError) as error:
        deputyship(first, second, starts, ends).full_clean()
    assert "ends" in error.value.message_dict
