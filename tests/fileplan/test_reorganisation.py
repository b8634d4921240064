"""Offices renamed, merged and split (R58): what they hold passes on, records stay as they are, the history too."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from doakte_content.access.actions import grant
from doakte_content.access.models import Cause, Grant
from doakte_content.access.policies import Right, can
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.fileplan.reorganisation.actions import HoldingsChanged, reorganise
from doakte_content.fileplan.reorganisation.holdings import holdings
from doakte_content.fileplan.reorganisation.models import Kind, Reorganisation
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.models import Membership, OrgUnit
from doakte_content.organisation.queries import signing_authority
from doakte_content.records.models import Record
from doakte_content.records.sharing import share
from tests.factories import MembershipFactory, OrgUnitFactory, UserFactory, fresh

TODAY = timezone.localdate()


def new(code="12", name="Personal und Organisation", parent=None) -> OrgUnit:
    return OrgUnit(code=code, name=name, parent=parent)


def rename(city, **kwargs):
    office = new("11", "Amt für Personal", city.personnel.parent)
    return reorganise(Kind.RENAME, [city.personnel], [office], reason="Ratsbeschluss", **kwargs)


def stored(office: OrgUnit) -> OrgUnit:
    return OrgUnit.objects.get(pk=office.pk)


def people_rights(people, things) -> list:
    persons = [fresh(person) for person in people]
    return [
        [can(person, right, thing) for right in Right if right > 0] for person in persons for thing in things
    ]


def test_a_renamed_office_keeps_its_rights_and_its_past(city):
    """R58: nobody's rights change, the old office stays in the history, its code is free for the new one."""
    document = city.document(case=city.case(city.file()))
    share(city.treasury_unit, Right.READ, org_unit=city.personnel, reason="Stellenplan")
    people = [city.case_worker, city.head, city.treasurer, city.registrar]
    things = [city.unit, city.treasury_unit, document]
    before = people_rights(people, things)
    report = rename(city)
    assert people_rights(people, things) == before
    old, office = stored(city.personnel), OrgUnit.objects.open().get(code="11")
    assert (old.closed_on, list(old.successors.all())) == (TODAY, [office])
    assert old.name == "Personal- und Organisationsamt"
    assert FilePlanUnit.objects.get(pk=city.group.pk).office == office
    assert (report.records, str(report)) == (3, "11 Personal- und Organisationsamt → 11 Amt für Personal")


def test_records_are_not_touched(city):
    """R58: not a row of a record is written, and they go on naming the old office."""
    document = city.document()
    before = list(Record.objects.order_by("pk").values())
    entries = JournalEntry.objects.filter(object_uuid=document.uuid).count()
    rename(city)
    assert list(Record.objects.order_by("pk").values()) == before
    assert JournalEntry.objects.filter(object_uuid=document.uuid).count() == entries
    assert type(document).objects.get(pk=document.pk).office == city.personnel


def test_memberships_end_yesterday_and_begin_today(city):
    rename(city)
    old, now = Membership.objects.filter(user=city.head).order_by("pk")
    assert (old.org_unit, old.ends) == (city.personnel, TODAY - datetime.timedelta(days=1))
    assert (now.starts, now.ends, now.final_sign, now.role.code) == (TODAY, None, True, "head")


def test_a_membership_that_begins_later_begins_in_the_new_office(city):
    tomorrow = TODAY + datetime.timedelta(days=1)
    Membership.objects.filter(user=city.colleague).update(starts=tomorrow)
    rename(city)
    later = Membership.objects.get(user=city.colleague)
    assert (later.org_unit.name, later.starts) == ("Amt für Personal", tomorrow)


def test_merged_offices_work_with_all_that_both_had(city):
    city.file()
    office = new(parent=city.personnel.parent)
    reorganise(Kind.MERGE, [city.personnel, city.treasury], [office], reason="Sparbeschluss")
    for person in (city.case_worker, city.treasurer):
        for unit in (city.unit, city.treasury_unit):
            assert can(fresh(person), Right.EDIT, unit)
    assert OrgUnit.objects.open().filter(pk__in=[city.personnel.pk, city.treasury.pk]).count() == 0


def test_an_office_goes_into_one_that_there_is(city):
    """Who works in both already has one membership afterwards, with the signing authority of either."""
    MembershipFactory(user=city.head, org_unit=city.treasury, role__code="head")
    reorganise(Kind.MERGE, [city.personnel], [city.treasury], reason="Sparbeschluss")
    there = Membership.objects.active().get(user=city.head)
    assert (there.org_unit, there.final_sign) == (city.treasury, True)
    assert can(fresh(city.treasurer), Right.EDIT, city.unit)


def test_a_split_says_for_everything_where_it_goes(city):
    """R58: each unit, share and membership goes to one of the new offices."""
    share(city.treasury_unit, Right.READ, org_unit=city.personnel, reason="Stellenplan")
    targets = [new("12", "Personal"), new("13", "Organisation")]
    held = holdings([city.personnel])
    to_second = {city.colleague.get_full_name(), str(city.treasury_unit)}
    places = {item.key: int(item.label in to_second) for item in held.items}
    reorganise(Kind.SPLIT, [city.personnel], targets, targets=places, reason="Neuordnung")
    assert can(fresh(city.case_worker), Right.EDIT, city.unit)
    assert not can(fresh(city.colleague), Right.READ, city.unit)
    assert can(fresh(city.colleague), Right.READ, city.treasury_unit)
    assert not can(fresh(city.case_worker), Right.READ, city.treasury_unit)


def test_a_split_that_leaves_something_out_does_nothing(city):
    held = holdings([city.personnel])
    places = {item.key: 0 for item in held.items[1:]}
    with pytest.raises(ValidationError, match=held.items[0].label):
        reorganise(Kind.SPLIT, [city.personnel], [new("12"), new("13")], targets=places, reason="x")
    assert stored(city.personnel).closed_on is None
    assert not OrgUnit.objects.filter(code="12").exists()


def test_divisions_come_along(city):
    division = OrgUnitFactory(code="11/1", parent=city.personnel)
    worker = UserFactory(works_in=division)
    rename(city)
    assert stored(division).parent.name == "Amt für Personal"
    assert can(fresh(worker), Right.EDIT, city.unit)


def test_shares_keep_right_cause_reason_and_end(city):
    """W3: the old grant stays as history, the new one says the same of the new office."""
    record_file = city.file(unit=city.treasury_unit)
    end = timezone.now() + datetime.timedelta(days=9)
    share(record_file, Right.EDIT, org_unit=city.personnel, reason="Haushalt", ends=end)
    rename(city)
    given = Grant.objects.current().get(org_unit__name="Amt für Personal", cause=Cause.SHARE)
    assert (given.right, given.reason, given.ends) == (Right.EDIT, "Haushalt", end)
    old = Grant.objects.get(org_unit=city.personnel, cause=Cause.SHARE)
    assert old.revoked_at is not None


def test_the_successor_signs_what_the_old_office_has_left(city):
    """R51, R58: a record goes on naming the old office, and can be signed."""
    rename(city)
    assert signing_authority(fresh(city.head), stored(city.personnel)).user == city.head
    office = OrgUnit.objects.open().get(code="11")
    reorganise(Kind.MERGE, [office], [city.treasury], reason="Sparbeschluss")
    assert signing_authority(fresh(city.head), stored(city.personnel)).org_unit == city.treasury
    assert signing_authority(fresh(city.treasurer), stored(city.personnel)) is None


def test_it_is_journalled_once_with_reason_and_numbers(city):
    """R59."""
    report = rename(city, actor=city.administrator)
    entry = JournalEntry.objects.get(action="organisation.reorganise")
    assert (entry.object_uuid, entry.actor, entry.data["reason"]) == (
        report.uuid,
        city.administrator,
        "Ratsbeschluss",
    )
    assert entry.data["moved"] == {"unit": 1, "share": 0, "member": 3, "child": 0}
    assert [line["to"] for line in report.lines] == ["11 Amt für Personal"] * 4


@pytest.mark.parametrize("who", ["registrar", "head", "auditor"])
def test_only_those_who_manage_the_organisation_reorganise(who, city):
    with pytest.raises(PermissionDenied):
        rename(city, actor=getattr(city, who))
    assert stored(city.personnel).closed_on is None


def test_nobody_gets_rights_in_records_by_a_reorganisation_of_their_own(city):
    """R61: a member of the office that takes over asks somebody else."""
    city.document()
    MembershipFactory(user=city.administrator, org_unit=city.treasury, role__code="reader")
    actor = fresh(city.administrator)
    with pytest.raises(ValidationError, match=r"Administration|administration"):
        reorganise(Kind.MERGE, [city.personnel], [city.treasury], reason="x", actor=actor)
    assert stored(city.personnel).closed_on is None
    assert not can(fresh(city.administrator), Right.READ, city.unit)


def test_what_has_changed_since_the_preview_is_looked_at_again(city):
    expected = holdings([city.personnel]).fingerprint
    grant(city.treasury_unit.scope, Right.READ, org_unit=city.personnel)
    with pytest.raises(HoldingsChanged):
        rename(city, expected=expected)


def closed(city) -> OrgUnit:
    office = OrgUnitFactory(code="77")
    office.closed_on = TODAY
    office.save()
    return office


BAD = {
    "into itself": lambda city: (Kind.MERGE, [city.personnel], [city.personnel]),
    "into its own part": lambda city: (
        Kind.MERGE,
        [city.personnel],
        [OrgUnitFactory(code="11/1", parent=city.personnel)],
    ),
    "new office inside what ends": lambda city: (Kind.RENAME, [city.personnel], [new(parent=city.personnel)]),
    "into a closed one": lambda city: (Kind.MERGE, [city.personnel], [closed(city)]),
    "of a closed one": lambda city: (Kind.RENAME, [closed(city)], [new()]),
    "code taken": lambda city: (Kind.RENAME, [city.personnel], [new(code="20")]),
    "same code twice": lambda city: (Kind.SPLIT, [city.personnel], [new("12"), new("12")]),
    "same office twice": lambda city: (Kind.SPLIT, [city.personnel], [city.treasury, city.treasury]),
    "merge of one into a new one": lambda city: (Kind.MERGE, [city.personnel], [new()]),
    "split into one": lambda city: (Kind.SPLIT, [city.personnel], [new()]),
    "rename of two": lambda city: (Kind.RENAME, [city.personnel, city.treasury], [new()]),
    "rename into another": lambda city: (Kind.RENAME, [city.personnel], [city.treasury]),
    "nothing": lambda city: (Kind.MERGE, [], [city.personnel]),
    "no name": lambda city: (Kind.RENAME, [city.personnel], [new(name="")]),
}


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_is_refused_and_nothing_is_half_done(what, city):
    kind, old, targets = BAD[what](city)
    before = (list(OrgUnit.objects.values()), list(Membership.objects.values()), Grant.objects.count())
    everything = {item.key: index % 2 for index, item in enumerate(holdings(old).items)}
    with pytest.raises(ValidationError):
        reorganise(kind, old, targets, targets=everything, reason="x")
    assert (
        list(OrgUnit.objects.values()),
        list(Membership.objects.values()),
        Grant.objects.count(),
    ) == before
    assert not Reorganisation.objects.exists()


def test_looking_costs_the_same_whatever_the_offices_hold(city, django_assert_max_num_queries):
    for _number in range(5):
        record_file = city.file(unit=city.treasury_unit)
        share(record_file, Right.READ, org_unit=city.personnel, reason="Haushalt")
        MembershipFactory(org_unit=city.personnel)
    with django_assert_max_num_queries(10):
        held = holdings([city.personnel])
    assert len([item for item in held.items if item.kind == "share"]) == 1


def test_records_are_counted_where_the_office_is_in_charge(city):
    """A unit with another office inside counts for that one."""
    city.file()
    other = FilePlanUnit.objects.get(pk=city.unit.pk)
    other.office = city.treasury
    other.save()
    assert holdings([city.personnel]).records == 0
    assert holdings([city.treasury]).records == 1
