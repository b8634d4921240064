"""Umlegen: a file moves below another unit, with all that lies in it (R19, W10, W23)."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from doakte_content.access.policies import Right, can
from doakte_content.fileplan.actions import change_unit, close_unit, create_unit
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.models import OrgUnit
from doakte_content.records import actions, sharing
from doakte_content.records.enums import State
from doakte_content.records.models import FormerReference, Record
from doakte_content.records.policies import NotWritable
from doakte_content.retrieval.models import IndexJob
from tests.factories import fresh
from workflow.closing.actions import close_file, reopen

YEAR = timezone.localdate().year


def stored(record):
    return type(record).objects.get(pk=record.pk)


def move(record, target, **kwargs):
    actions.move_record(record, target, reason="falsche Einheit", **kwargs)
    return stored(record)


@pytest.fixture
def shelf(city):
    """A file with two cases and three documents, and another unit of the same office to move it to."""
    city.other = create_unit(city.group, number="1.2", title="Ausbildung", retention_years=3)
    city.made["file"] = city.file("Wandernd")
    city.made["case"] = city.case(city.made["file"])
    city.made["document"] = city.document(city.made["case"])
    city.document(city.made["case"], content=b"zwei")
    city.document(city.case(city.made["file"], title="Zweiter"), content=b"drei")
    return city


def test_file_keeps_its_identity_and_is_found_under_the_old_reference(shelf):
    """R10, R11, R19: UUID stays; a number of the new unit in this year; cases and documents follow; old ones lead on."""
    shelf.file(unit=shelf.other)
    file, case, document = (shelf.made[name] for name in ("file", "case", "document"))
    old = {one.pk: one.reference for one in (file, case, document)}
    moved = move(file, shelf.other)
    assert (moved.uuid, moved.reference) == (file.uuid, f"1.2-{YEAR}-0002")
    assert (moved.year, moved.ordinal, moved.container_id) == (YEAR, 2, shelf.other.pk)
    assert stored(case).reference == f"1.2-{YEAR}-0002/1"
    assert stored(document).reference == f"1.2-{YEAR}-0002/1-1"
    former = dict(FormerReference.objects.values_list("record", "reference"))
    assert len(former) == 6
    assert {pk: former[pk] for pk in old} == old


def test_tree_and_sort_keys_are_those_of_records_made_there(shelf):
    """What has been moved stands and sorts as if it had been opened there."""
    shelf.file(unit=shelf.other)
    moved = move(shelf.made["file"], shelf.other)
    assert moved.get_parent().pk == shelf.other.pk
    assert [one.pk for one in Page.objects.child_of(shelf.other).order_by("path")][-1] == moved.pk
    inside = Record.objects.filter(path__startswith=moved.path)
    assert inside.count() == 6
    for record in inside:
        key, container = record.reference_key, record.container_id
        assert record.depth == len(record.path) // record.steplen
        assert container == record.get_parent().pk
        record.save(clean=False)
        assert record.reference_key == key
    assert [stored(unit).numchild for unit in (shelf.unit, shelf.other)] == [0, 2]
    assert Page.find_problems() == ([], [], [], [], [])


def test_rights_and_unit_are_those_of_the_new_place(shelf):
    """R57, R58: who may read the new unit may read the file; the file's office is the one in charge there."""
    moved = move(shelf.made["file"], shelf.treasury_unit)
    for record in Record.objects.filter(path__startswith=moved.path):
        assert (record.unit_id, record.scope_id) == (shelf.treasury_unit.pk, shelf.treasury_unit.scope_id)
    document = stored(shelf.made["document"])
    assert can(fresh(shelf.treasurer), Right.EDIT, document)
    assert not can(fresh(shelf.case_worker), Right.READ, document)
    assert moved.office == shelf.treasury
    assert document.office == shelf.personnel  # as it was written


def test_office_that_a_file_had_apart_from_its_unit_stays(shelf):
    shelf.made["file"] = shelf.file("Sonderfall", office=OrgUnit.objects.get(code="10"))
    assert move(shelf.made["file"], shelf.treasury_unit).office.code == "10"


def test_office_does_not_come_back_with_the_next_change(shelf):
    """Revisions of the file do not bring back what moving has changed."""
    actions.change_record(shelf.made["file"], actor=fresh(shelf.case_worker), remark="vorher")
    moved = move(shelf.made["file"], shelf.treasury_unit)
    actions.change_record(moved, actor=fresh(shelf.treasurer), remark="nachher")
    moved = stored(moved)
    assert (moved.office, moved.remark, moved.unit) == (shelf.treasury, "nachher", shelf.treasury_unit)


def test_classification_is_at_least_that_of_the_unit(shelf):
    """R15."""
    change_unit(shelf.other, confidentiality=2)
    assert move(shelf.made["file"], shelf.other).confidentiality == 2


def test_retention_is_that_of_the_new_unit_from_the_closing_on(shelf):
    """W10, W23, R27: a closed file is reopened, moved and closed again: its end is computed anew."""
    record_file = shelf.file("Leer")
    worker = fresh(shelf.case_worker)
    assert close_file(record_file, actor=worker).until.year == YEAR + 10
    with pytest.raises(NotWritable):
        move(record_file, shelf.other)
    reopen(record_file, actor=fresh(shelf.registrar), reason="Umlegen")
    assert close_file(move(record_file, shelf.other), actor=worker).until.year == YEAR + 3


def test_old_class_stays_in_the_history(shelf):
    """W10, R59."""
    move(shelf.made["file"], shelf.treasury_unit, actor=fresh(shelf.registrar))
    entry = JournalEntry.objects.get(action="record.move")
    assert entry.object_uuid == shelf.made["file"].uuid
    assert entry.changes["unit"] == ["1.1 Stellenwirtschaft", "2.1 Haushalt"]
    assert entry.changes["reference"] == [f"1.1-{YEAR}-0001", f"2.1-{YEAR}-0001"]
    assert entry.changes["office"] == [str(shelf.personnel), str(shelf.treasury)]
    assert (entry.actor, entry.data["reason"]) == (shelf.registrar, "falsche Einheit")


def test_everything_in_it_is_indexed_anew(shelf):
    """A search for the new reference finds what has been moved, each record of it."""
    IndexJob.objects.all().delete()
    moved = move(shelf.made["file"], shelf.other)
    inside = Record.objects.filter(path__startswith=moved.path).values_list("pk", flat=True)
    assert set(IndexJob.objects.values_list("page_id", flat=True)) >= set(inside)


def test_what_is_protected_or_shared_in_it_takes_that_along(shelf):
    """R57, W7: the protected case stays with those named; the shared document stays shared; both inherit anew."""
    case, document = stored(shelf.made["case"]), shelf.made["document"]
    sharing.protect(case, [shelf.head], actor=fresh(shelf.head))
    other = stored(Record.objects.filter(title="brief").order_by("path").last())
    sharing.share(other.specific, Right.READ, user=shelf.auditor, actor=fresh(shelf.case_worker))
    move(shelf.made["file"], shelf.treasury_unit)
    assert can(fresh(shelf.head), Right.MANAGE, stored(document))
    assert not can(fresh(shelf.treasurer), Right.READ, stored(document))
    assert can(fresh(shelf.auditor), Right.READ, stored(other))
    assert can(fresh(shelf.treasurer), Right.EDIT, stored(other))
    assert not can(fresh(shelf.case_worker), Right.READ, stored(other))


def test_takes_the_right_to_edit_in_both_places(shelf):
    """R57: neither a file out of somebody else's unit nor one into it."""
    mover = fresh(shelf.case_worker)
    with pytest.raises(PermissionDenied):
        move(shelf.made["file"], shelf.treasury_unit, actor=mover)
    foreign = shelf.file("Fremd", unit=shelf.treasury_unit)
    sharing.share(foreign, Right.EDIT, user=mover, actor=fresh(shelf.treasurer))
    with pytest.raises(PermissionDenied):
        move(foreign, shelf.other, actor=mover)
    assert move(shelf.made["file"], shelf.other, actor=mover).unit == shelf.other
    assert move(foreign, shelf.other, actor=fresh(shelf.registrar)).unit == shelf.other


@pytest.mark.parametrize(
    "case", ["no reason", "same unit", "unit with units", "closed unit", "in approval", "closed", "a file"]
)
def test_impossible_moves_change_nothing(shelf, case):
    """R4, R7, R31, R50: refused in words, with nothing half done."""
    file, target, reason = shelf.made["file"], shelf.other, "falsche Einheit"
    if case == "no reason":
        reason = " "
    elif case == "same unit":
        target = shelf.unit
    elif case == "unit with units":
        target = shelf.group
    elif case == "closed unit":
        close_unit(target)
    elif case == "in approval":
        Record.objects.filter(pk=shelf.made["document"].pk).update(state=State.IN_APPROVAL)
    elif case == "closed":
        Record.objects.filter(pk=file.pk).update(closed_on=timezone.localdate())
    elif case == "a file":
        target = shelf.file("Andere")
    with pytest.raises(ValidationError):
        actions.move_record(file, target, reason=reason)
    assert stored(file).reference == file.reference
    assert not FormerReference.objects.exists()


def test_number_of_queries_does_not_depend_on_what_lies_in_it(shelf):
    """Issue 4: an Akte with 1,000 records moves in as many statements as one with six."""
    few, many = shelf.made["file"], shelf.file("Dicke Akte")
    for _number in range(3):
        case = shelf.case(many)
        for number in range(5):
            shelf.document(case, content=f"Blatt {number}".encode())
    costs = []
    for one in (few, many):
        with CaptureQueriesContext(connection) as queries:
            move(one, shelf.other, actor=fresh(shelf.registrar))
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert costs[0] < 60


def test_new_children_do_not_ask_for_their_siblings(shelf):
    """Issue 4: the place of a new record is found by one look at the end of the index, in the order of the tree."""
    parent = Page.objects.get(pk=shelf.made["file"].pk)
    first = shelf.case(shelf.made["file"])
    second = shelf.case(shelf.made["file"])
    parent.refresh_from_db()
    assert parent.numchild == 4
    assert second.path > first.path
    assert second.path[: len(parent.path)] == parent.path
    assert Page.find_problems() == ([], [], [], [], [])
