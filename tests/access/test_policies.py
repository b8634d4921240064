"""Who may do what where."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from doakte_content.access import actions
from doakte_content.access.models import Cause, Grant, Scope, ScopeReader
from doakte_content.access.policies import (
    Capability,
    Right,
    can,
    has_capability,
    principals,
    right_in,
    visible,
)
from doakte_content.fileplan.actions import change_unit
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.models import Deputyship
from doakte_content.records.models import Record
from tests.factories import OrgUnitFactory, UserFactory, fresh


def rights(city, place) -> dict:
    people = ["case_worker", "head", "registrar", "treasurer", "auditor", "administrator"]
    return {name: right_in(fresh(getattr(city, name)), place.scope_id) for name in people}


def test_roles_in_the_owning_office_decide(city):
    """R57: by role and office; the technical administrator (R61) and the auditor get nothing."""
    assert rights(city, city.unit) == {
        "case_worker": Right.EDIT,
        "head": Right.MANAGE,
        "registrar": Right.MANAGE,
        "treasurer": None,
        "auditor": None,
        "administrator": None,
    }


def test_plan_and_groups_on_the_way_may_be_passed_but_not_read(city):
    """R57: people find their way to what is theirs, and see nothing else on it."""
    assert right_in(fresh(city.case_worker), city.plan.scope_id) == Right.PASS
    seen = visible(FilePlanUnit.objects.order_by("number"), fresh(city.treasurer), Right.PASS)
    assert [unit.number for unit in seen] == ["2", "2.1"]


def test_share_reaches_what_lies_below_and_nothing_else(city):
    """Story 7: a reader in another office gets read access to a part of the plan."""
    inside, outside = city.file(), city.file(unit=city.treasury_unit)
    reader = UserFactory(works_in=OrgUnitFactory())
    given = actions.grant(city.group.scope, Right.READ, user=reader, reason="Prüfung", actor=city.head)
    assert can(fresh(reader), Right.READ, inside)
    assert not can(fresh(reader), Right.EDIT, inside)
    assert list(visible(Record.objects.all(), fresh(reader))) == [inside.record_ptr]
    assert not can(fresh(reader), Right.READ, outside)
    actions.revoke(given, actor=city.head)
    assert right_in(fresh(reader), inside.scope_id) is None
    assert right_in(fresh(reader), city.plan.scope_id) is None
    # Both stand in the journal of the unit itself.
    entries = JournalEntry.objects.filter(object_uuid=city.group.uuid, action__startswith="access.")
    assert list(entries.order_by("pk").values_list("action", "actor")) == [
        ("access.grant", city.head.pk),
        ("access.revoke", city.head.pk),
    ]


def test_share_with_an_office_reaches_its_divisions(city):
    division = OrgUnitFactory(parent=city.treasury, code="20/1")
    member = UserFactory(works_in=division)
    actions.grant(city.unit.scope, Right.READ, org_unit=city.treasury)
    assert right_in(fresh(member), city.unit.scope_id) == Right.READ


def test_grant_ends_by_itself(city):
    reader = UserFactory()
    ends = timezone.now() + datetime.timedelta(seconds=-1)
    actions.grant(city.unit.scope, Right.READ, user=reader, ends=ends)
    assert right_in(fresh(reader), city.unit.scope_id) is None


@pytest.mark.parametrize("principal", [{}, {"user": 1, "org_unit": 1}])
def test_grant_has_exactly_one_principal(city, principal):
    people = {"user": city.head, "org_unit": city.personnel}
    with pytest.raises(ValidationError):
        actions.grant(city.unit.scope, Right.READ, **{name: people[name] for name in principal})
    assert not Grant.objects.filter(cause=Cause.SHARE).exists()


def test_new_office_takes_over_the_unit(city):
    """R57, R58: the unit's rights move with its office, no record is touched."""
    record_file = city.file()
    change_unit(city.unit, office=city.treasury)
    assert right_in(fresh(city.treasurer), record_file.scope_id) == Right.EDIT
    # Personnel still owns the group above, and what is given above reaches down.
    assert right_in(fresh(city.case_worker), record_file.scope_id) == Right.EDIT


def test_deputy_has_the_absent_person_s_rights_within_the_period(city):
    """R55."""
    today = timezone.localdate()
    deputyship = Deputyship.objects.create(absent=city.head, deputy=city.treasurer, starts=today, ends=today)
    assert right_in(fresh(city.treasurer), city.unit.scope_id) == Right.MANAGE
    deputyship.starts = deputyship.ends = today - datetime.timedelta(days=1)
    deputyship.save()
    assert right_in(fresh(city.treasurer), city.unit.scope_id) is None


def test_capabilities_are_not_deputised(city):
    """R6: the plan is changed by the records office in person."""
    Deputyship.objects.create(absent=city.registrar, deputy=city.treasurer)
    assert has_capability(fresh(city.registrar), Capability.MANAGE_PLAN)
    assert not has_capability(fresh(city.treasurer), Capability.MANAGE_PLAN)


def test_inactive_people_have_nothing(city):
    """W8."""
    city.head.is_active = False
    city.head.save()
    assert principals(fresh(city.head)) == frozenset()
    assert right_in(fresh(city.head), city.unit.scope_id) is None


def test_readers_can_be_derived_again_at_any_time(city):
    """The table is derived: rebuilding the whole of it changes nothing."""
    city.file(people=[city.head])
    actions.grant(city.unit.scope, Right.READ, org_unit=city.treasury)

    def rows():
        return set(ScopeReader.objects.values_list("scope", "principal", "right", "ends"))

    before = rows()
    ScopeReader.objects.all().delete()
    actions.refresh_readers(Scope.objects.get(pk=city.plan.scope_id))
    assert rows() == before


@pytest.mark.parametrize("grants", [3, 300])
def test_asking_costs_the_same_for_many_grants(city, grants, django_assert_num_queries):
    """Query counts do not depend on the number of grants."""
    reader = UserFactory(works_in=city.treasury)
    Grant.objects.bulk_create(
        Grant(scope=city.unit.scope, user=reader, right=Right.READ) for _ in range(grants)
    )
    actions.refresh_readers(city.unit.scope)
    city.file()
    reader = fresh(reader)
    with django_assert_num_queries(3):
        assert len(visible(Record.objects.all(), reader)) == 1
