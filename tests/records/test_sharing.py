"""Sharing, protecting, excluding and lending one record: who enters afterwards, and in which scope it stands."""

import datetime
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from doakte_content.access.models import Cause, Grant, Scope, ScopeReader
from doakte_content.access.policies import Right, can, right_in, visible
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.models import Deputyship, Role
from doakte_content.records import sharing
from doakte_content.records.actions import move_record
from doakte_content.records.models import Record
from tests.factories import OrgUnitFactory, UserFactory, fresh

HOUR = datetime.timedelta(hours=1)


def stored(record):
    return type(record).objects.select_related("scope").get(pk=record.pk)


def scope_of(record) -> Scope:
    return stored(record).scope


def opens_one(record) -> bool:
    """Say whether a record stands in a scope of its own."""
    return scope_of(record).owner_uuid == record.uuid


def right_of(person, record) -> Right | None:
    return right_in(fresh(person), stored(record).scope_id)


def sees(person) -> set:
    return set(visible(Record.objects.all(), fresh(person)).values_list("uuid", flat=True))


def journalled(place, action) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(object_uuid=place.uuid, action=action).order_by("pk"))


@pytest.fixture
def tree(city):
    """A file with two cases of one document each, beside another file."""
    record_file = city.file()
    first, second = city.case(record_file), city.case(record_file, "Zweiter Vorgang")
    city.made = {
        "file": record_file,
        "first": first,
        "letter": city.document(first),
        "second": second,
        "note": city.document(second),
        "other": city.file("Andere Akte"),
    }
    return city


# Sharing


@pytest.mark.parametrize("shared, reached", [("letter", 1), ("first", 2), ("file", 5)])
def test_share_reaches_the_record_and_what_lies_in_it(tree, shared, reached):
    """R57: need to know; the rest of the file stays unknown to the other office."""
    record = tree.made[shared]
    sharing.share(record, Right.READ, user=tree.treasurer, actor=fresh(tree.case_worker))
    inside = Record.objects.filter(path__startswith=record.path)
    assert sees(tree.treasurer) == set(inside.values_list("uuid", flat=True))
    assert len(sees(tree.treasurer)) == reached
    assert not can(fresh(tree.treasurer), Right.EDIT, stored(record))
    # Those who worked with it still do.
    assert right_of(tree.case_worker, record) == Right.EDIT


def test_share_with_office_role_and_role_in_an_office(tree):
    """R57: role and office are principals as well as people."""
    division = OrgUnitFactory(parent=tree.treasury, code="20/1")
    in_division = UserFactory(works_in=division, works_in__role="reader")
    reader_role = Role.objects.get(code="reader")
    sharing.share(tree.made["letter"], Right.READ, org_unit=tree.treasury)
    sharing.share(tree.made["first"], Right.READ, org_unit=tree.treasury, role=reader_role)
    assert right_of(tree.treasurer, tree.made["letter"]) == Right.READ
    assert right_of(in_division, tree.made["first"]) == Right.READ
    assert not can(fresh(tree.treasurer), Right.READ, stored(tree.made["first"]))
    elsewhere = UserFactory(works_in=tree.personnel, works_in__role="auditor")
    sharing.share(tree.made["note"], Right.READ, role=Role.objects.get(code="auditor"))
    assert right_of(elsewhere, tree.made["note"]) == Right.READ


def test_what_is_filed_after_the_sharing_is_shared_too(tree):
    """R57: what lies in a shared case inherits, whenever it was filed."""
    sharing.share(tree.made["first"], Right.EDIT, user=tree.treasurer)
    late = tree.document(stored(tree.made["first"]), actor=fresh(tree.treasurer), content=b"spaet")
    assert late.uuid in sees(tree.treasurer)
    later_case = tree.case(stored(tree.made["file"]))
    assert later_case.uuid not in sees(tree.treasurer)


def test_share_stands_in_the_journal_of_the_record(tree):
    """R59: who gave whom what, why and until when."""
    ends = timezone.now() + HOUR
    sharing.share(
        tree.made["first"],
        Right.READ,
        user=tree.treasurer,
        ends=ends,
        reason=" Haushalt ",
        actor=fresh(tree.head),
    )
    [entry] = journalled(tree.made["first"], "access.grant")
    assert entry.actor == tree.head
    assert entry.deputy_for is None
    told = {name: entry.data[name] for name in ("right", "cause", "reason", "ends")}
    assert told == {"right": "read", "cause": "share", "reason": "Haushalt", "ends": ends.isoformat()}


@pytest.mark.parametrize("absent, right", [("case_worker", Right.EDIT), ("head", Right.READ)])
def test_deputy_shares_in_the_own_name_for_the_absent_person(tree, absent, right):
    """R55: the journal names both."""
    Deputyship.objects.create(absent=getattr(tree, absent), deputy=tree.treasurer)
    sharing.share(tree.made["first"], right, user=tree.auditor, actor=fresh(tree.treasurer))
    [entry] = journalled(tree.made["first"], "access.grant")
    assert (entry.actor, entry.deputy_for) == (tree.treasurer, getattr(tree, absent))


def test_deputy_is_named_where_only_managing_is_enough(tree):
    """R55: an own right to edit does not do in a protected file, or to exclude somebody; the absent head's does."""
    record = tree.made["file"]
    sharing.protect(record, [tree.head], editors=[tree.treasurer], actor=fresh(tree.head))
    Deputyship.objects.create(absent=tree.head, deputy=tree.treasurer)
    sharing.share(record, Right.READ, user=tree.auditor, actor=fresh(tree.treasurer))
    by_head = sharing.share(record, Right.READ, user=tree.registrar, actor=fresh(tree.head))
    sharing.withdraw(by_head, actor=fresh(tree.treasurer))
    sharing.exclude(record, tree.colleague, reason="§ 20 VwVfG", actor=fresh(tree.treasurer))
    sharing.unprotect(record, reason="erledigt", actor=fresh(tree.treasurer))
    by_deputy = JournalEntry.objects.filter(object_uuid=record.uuid, actor=tree.treasurer)
    assert {(one.action, one.deputy_for) for one in by_deputy} == {
        ("access.grant", tree.head),
        ("access.revoke", tree.head),
        ("record.unprotect", tree.head),
    }


def test_nobody_gives_what_they_do_not_hold(tree):
    """R57: readers share nothing, case workers nothing to be managed; of a protected file only managers do."""
    record = tree.made["first"]
    sharing.share(record, Right.READ, user=tree.treasurer)
    for person, right in ((tree.treasurer, Right.READ), (tree.case_worker, Right.MANAGE)):
        with pytest.raises(PermissionDenied):
            sharing.share(record, right, user=tree.auditor, actor=fresh(person))
    sharing.protect(tree.made["file"], [tree.head], editors=[tree.case_worker])
    with pytest.raises(PermissionDenied):
        sharing.share(record, Right.READ, user=tree.auditor, actor=fresh(tree.case_worker))
    sharing.share(record, Right.READ, user=tree.auditor, actor=fresh(tree.head))
    assert right_of(tree.auditor, record) == Right.READ


def closed_office(city):
    return {"org_unit": OrgUnitFactory(closed_on=timezone.localdate())}


def deactivated(city):
    return {"user": UserFactory(is_active=False)}


def oneself(city):
    return {"user": city.case_worker}


def end_in_the_past(city):
    return {"user": city.treasurer, "ends": timezone.now() - HOUR}


@pytest.mark.parametrize("bad", [closed_office, deactivated, oneself, end_in_the_past])
def test_bad_shares_are_refused_and_leave_nothing(tree, bad):
    """Issue 3, "Bad input": a clear message, nothing half."""
    before = Scope.objects.count()
    with pytest.raises(ValidationError) as refused:
        sharing.share(tree.made["first"], Right.READ, actor=fresh(tree.case_worker), **bad(tree))
    assert refused.value.messages[0].endswith(".")
    assert Scope.objects.count() == before
    assert not Grant.objects.filter(cause=Cause.SHARE).exists()
    assert not opens_one(tree.made["first"])


def test_what_is_given_already_is_not_given_again(tree):
    record = tree.made["first"]
    sharing.share(record, Right.EDIT, user=tree.treasurer, ends=timezone.now() + HOUR)
    with pytest.raises(ValidationError):
        sharing.share(record, Right.READ, user=tree.treasurer, ends=timezone.now() + HOUR / 2)
    # Longer is more.
    sharing.share(record, Right.READ, user=tree.treasurer)
    assert Grant.objects.current().filter(cause=Cause.SHARE).count() == 2


# Withdrawing, and ends


def test_withdrawing_works_at_once_and_leaves_no_scope(tree):
    """Issue 3: withdrawing works at once; as many scopes as there are differences."""
    record = tree.made["first"]
    before = set(ScopeReader.objects.values_list("scope", "principal", "right"))
    given = sharing.share(record, Right.READ, user=tree.treasurer, actor=fresh(tree.case_worker))
    assert opens_one(record)
    assert scope_of(tree.made["letter"]) == scope_of(record)
    sharing.withdraw(given, actor=fresh(tree.case_worker))
    assert sees(tree.treasurer) == set()
    assert scope_of(record) == scope_of(tree.made["letter"]) == tree.unit.scope
    assert set(ScopeReader.objects.values_list("scope", "principal", "right")) == before
    assert Scope.objects.get(owner_uuid=record.uuid).path == ""
    assert journalled(record, "access.revoke")[0].actor == tree.case_worker


def test_folding_the_outer_keeps_the_inner_share(tree):
    """R57: what is shared of a document stays when the sharing of its case ends."""
    outer = sharing.share(tree.made["first"], Right.READ, user=tree.treasurer)
    sharing.share(tree.made["letter"], Right.READ, user=tree.auditor)
    sharing.withdraw(outer)
    assert sees(tree.auditor) == {tree.made["letter"].uuid}
    assert sees(tree.treasurer) == set()
    assert scope_of(tree.made["letter"]).parent == tree.unit.scope
    assert right_of(tree.case_worker, tree.made["letter"]) == Right.EDIT


def test_sharing_the_outer_after_the_inner(tree):
    """R57: the inner scope inherits from the new outer one."""
    sharing.share(tree.made["letter"], Right.READ, user=tree.auditor)
    sharing.share(tree.made["file"], Right.READ, user=tree.treasurer)
    assert tree.made["letter"].uuid in sees(tree.treasurer)
    assert sees(tree.auditor) == {tree.made["letter"].uuid}
    assert scope_of(tree.made["letter"]).parent == scope_of(tree.made["file"])


def test_a_scope_that_was_folded_opens_again(tree):
    record = tree.made["first"]
    sharing.withdraw(sharing.share(record, Right.READ, user=tree.treasurer))
    sharing.share(record, Right.READ, user=tree.auditor)
    assert sees(tree.auditor) == {record.uuid, tree.made["letter"].uuid}
    assert sees(tree.treasurer) == set()


def test_who_gave_it_or_manages_it_withdraws_it(tree):
    """R57: a colleague who may only edit does not take away what another one gave."""
    given = sharing.share(tree.made["first"], Right.READ, user=tree.treasurer, actor=fresh(tree.case_worker))
    for person in (tree.colleague, tree.treasurer):
        with pytest.raises(PermissionDenied):
            sharing.withdraw(given, actor=fresh(person))
    sharing.withdraw(given, actor=fresh(tree.head))
    with pytest.raises(ValidationError):
        sharing.withdraw(given, actor=fresh(tree.head))


def test_a_right_of_the_house_is_not_withdrawn_by_hand(tree):
    """R57: what follows from role and office is changed there."""
    given = Grant.objects.filter(cause=Cause.OWNER).first()
    with pytest.raises(ValidationError):
        sharing.withdraw(given)


def test_a_right_ends_on_time_and_its_scope_is_folded_later(tree):
    """Issue 3: with an end date; the right is over at that moment, the scope is only tidied up."""
    record = tree.made["first"]
    sharing.share(record, Right.READ, user=tree.treasurer, ends=timezone.now() + HOUR)
    sharing.share(tree.made["note"], Right.READ, user=tree.treasurer, ends=timezone.now() + 3 * HOUR)
    assert sharing.fold_ended() == 0
    with time_machine.travel(timezone.now() + 2 * HOUR):
        assert sees(tree.treasurer) == {tree.made["note"].uuid}
        assert opens_one(record)
        assert sharing.fold_ended() == 1
        assert not opens_one(record)
        assert opens_one(tree.made["note"])
        assert sharing.fold_ended() == 0


# Protecting


def test_protecting_lets_only_the_named_in(tree):
    """R57, W7: inheritance is cut off, of the file and of what lies in it, also of what is filed later."""
    record = tree.made["file"]
    sharing.protect(
        record, [tree.head], editors=[tree.colleague], readers=[tree.treasurer], actor=fresh(tree.head)
    )
    late = tree.document(stored(tree.made["second"]), content=b"spaet")
    for one in (record, tree.made["letter"], late):
        assert right_of(tree.head, one) == Right.MANAGE
        assert right_of(tree.colleague, one) == Right.EDIT
        assert right_of(tree.treasurer, one) == Right.READ
        assert right_of(tree.case_worker, one) is None
        assert right_of(tree.registrar, one) is None
    assert stored(record).protected
    assert not stored(late).protected
    assert stored(late).scope.enclosed
    assert right_of(tree.case_worker, tree.made["other"]) == Right.EDIT
    assert journalled(record, "record.protect")[0].actor == tree.head


def test_protecting_ends_shares_and_keeps_what_work_has_lent(tree):
    """Issue 3: those who were let in by hand are out; a step of work goes on."""
    shared = sharing.share(tree.made["letter"], Right.READ, user=tree.treasurer)
    sharing.lend(tree.made["note"], Right.READ, [tree.auditor], reference=uuid4())
    ended = sharing.protect(tree.made["file"], [tree.head], actor=fresh(tree.head))
    assert ended == [shared]
    assert sees(tree.treasurer) == set()
    assert not opens_one(tree.made["letter"])
    assert sees(tree.auditor) == {tree.made["note"].uuid}


def test_protecting_around_something_protected(tree):
    """Issue 3, "Bad input": the inner one stays as it is, with its people and their shares."""
    sharing.protect(tree.made["first"], [tree.colleague])
    inner_share = sharing.share(tree.made["letter"], Right.READ, user=tree.treasurer)
    ended = sharing.protect(tree.made["file"], [tree.head])
    assert ended == []
    assert inner_share in Grant.objects.current()
    assert right_of(tree.colleague, tree.made["first"]) == Right.MANAGE
    assert not can(fresh(tree.colleague), Right.READ, stored(tree.made["file"]))
    assert right_of(tree.head, tree.made["first"]) is None
    assert right_of(tree.treasurer, tree.made["letter"]) == Right.READ


def test_lifting_the_protection(tree):
    """W7: whoever has rights in the place above enters again, those who were named lose theirs."""
    record = tree.made["file"]
    sharing.protect(record, [tree.head], readers=[tree.treasurer])
    sharing.protect(tree.made["first"], [tree.head])
    with pytest.raises(ValidationError):
        sharing.unprotect(record, reason="  ")
    sharing.unprotect(record, reason="Verfahren beendet", actor=fresh(tree.head))
    assert right_of(tree.case_worker, record) == Right.EDIT
    assert right_of(tree.treasurer, record) is None
    assert right_of(tree.case_worker, tree.made["first"]) is None
    assert not scope_of(record).enclosed
    assert scope_of(tree.made["first"]).enclosed
    assert journalled(record, "record.unprotect")[0].data == {"reason": "Verfahren beendet"}
    with pytest.raises(ValidationError):
        sharing.unprotect(record, reason="noch einmal")


def test_bad_protections_are_refused(tree):
    """Issue 3: at least one must be able to manage it, and be there; not twice."""
    record = tree.made["file"]
    for people in ([], [UserFactory(is_active=False)]):
        with pytest.raises(ValidationError):
            sharing.protect(record, people, editors=[tree.colleague])
    with pytest.raises(PermissionDenied):
        sharing.protect(record, [tree.case_worker], actor=fresh(tree.case_worker))
    assert not opens_one(record)
    sharing.protect(record, [tree.head])
    with pytest.raises(ValidationError):
        sharing.protect(record, [tree.colleague])
    assert right_of(tree.colleague, record) is None


def test_the_last_manager_cannot_be_withdrawn(tree):
    """Issue 3: the last manager can't lock themselves out."""
    record = tree.made["file"]
    sharing.protect(record, [tree.head, tree.colleague], readers=[tree.treasurer])
    of = {one.user_id: one for one in Grant.objects.current().filter(scope=scope_of(record))}
    sharing.withdraw(of[tree.treasurer.pk], actor=fresh(tree.head))
    sharing.withdraw(of[tree.colleague.pk], actor=fresh(tree.colleague))
    with pytest.raises(ValidationError):
        sharing.withdraw(of[tree.head.pk], actor=fresh(tree.head))
    assert right_of(tree.head, record) == Right.MANAGE


def test_a_manager_who_has_left_does_not_count(tree):
    """W8: a deactivated person manages nothing."""
    record = tree.made["file"]
    sharing.protect(record, [tree.head, tree.colleague])
    tree.colleague.is_active = False
    tree.colleague.save()
    last = Grant.objects.current().get(scope=scope_of(record), user=tree.head)
    with pytest.raises(ValidationError):
        sharing.withdraw(last, actor=fresh(tree.head))


# Excluding


def test_exclusion_wins_over_everything(tree):
    """R57: explicit deny wins, over role, office, share and work (§ 20 VwVfG)."""
    record = tree.made["first"]
    sharing.share(record, Right.EDIT, user=tree.colleague)
    sharing.lend(tree.made["letter"], Right.READ, [tree.colleague], reference=uuid4())
    given = sharing.exclude(record, tree.colleague, reason="Schwägerin", actor=fresh(tree.head))
    assert right_of(tree.colleague, record) is None
    assert right_of(tree.colleague, tree.made["letter"]) is None
    assert right_of(tree.colleague, tree.made["file"]) == Right.EDIT
    assert right_of(tree.case_worker, record) == Right.EDIT
    sharing.withdraw(given, actor=fresh(tree.head))
    assert right_of(tree.colleague, record) == Right.EDIT


def test_exclusion_reaches_into_what_is_protected_inside(tree):
    """R57: a cut keeps rights out, not exclusions."""
    sharing.protect(tree.made["first"], [tree.head, tree.colleague])
    sharing.exclude(tree.made["file"], tree.colleague, reason="befangen")
    assert right_of(tree.colleague, tree.made["letter"]) is None
    assert right_of(tree.head, tree.made["letter"]) == Right.MANAGE


def test_who_may_exclude(tree):
    """R57: managers exclude others; whoever may edit declares the own bias (§ 21 VwVfG)."""
    record = tree.made["first"]
    with pytest.raises(PermissionDenied):
        sharing.exclude(record, tree.colleague, reason="missliebig", actor=fresh(tree.case_worker))
    with pytest.raises(ValidationError):
        sharing.exclude(record, tree.colleague, reason=" ", actor=fresh(tree.head))
    given = sharing.exclude(record, tree.case_worker, reason="Nachbar", actor=fresh(tree.case_worker))
    assert right_of(tree.case_worker, record) is None
    with pytest.raises(ValidationError):
        sharing.exclude(record, tree.case_worker, reason="Nachbar", actor=fresh(tree.head))
    # Nor do they let themselves in again.
    with pytest.raises(PermissionDenied):
        sharing.withdraw(given, actor=fresh(tree.case_worker))


@pytest.mark.parametrize("where", ["file", "first"])
def test_somebody_who_is_not_excluded_has_to_manage_what_is_protected(tree, where):
    """Issue 3: at least one must be able to manage it; an excluded person does not count."""
    record = tree.made["first"]
    sharing.protect(record, [tree.head, tree.colleague])
    sharing.exclude(tree.made[where], tree.colleague, reason="befangen")
    last = Grant.objects.current().get(scope=scope_of(record), user=tree.head, cause=Cause.PROTECTION)
    with pytest.raises(ValidationError):
        sharing.withdraw(last, actor=fresh(tree.head))
    with pytest.raises(ValidationError):
        sharing.exclude(tree.made[where], tree.head, reason="auch befangen")
    assert right_of(tree.head, record) == Right.MANAGE


def test_an_excluded_person_alone_cannot_protect(tree):
    """Issue 3: nobody could open the record otherwise."""
    sharing.exclude(tree.made["file"], tree.colleague, reason="befangen")
    with pytest.raises(ValidationError):
        sharing.protect(tree.made["first"], [tree.colleague])
    assert not stored(tree.made["first"]).protected


# Lending for work


def test_work_gets_what_it_needs_for_its_time(tree):
    """Issue 3: exactly that record, exactly that time; the step's own reference takes it back."""
    step, other_step = uuid4(), uuid4()
    sharing.lend(tree.made["letter"], Right.EDIT, [tree.treasurer, tree.auditor], reference=step)
    sharing.lend(tree.made["letter"], Right.READ, [tree.treasurer], reference=other_step)
    assert sees(tree.treasurer) == {tree.made["letter"].uuid}
    sharing.take_back(step, people=[tree.auditor])
    assert sees(tree.auditor) == set()
    assert right_of(tree.treasurer, tree.made["letter"]) == Right.EDIT
    sharing.take_back(step)
    assert right_of(tree.treasurer, tree.made["letter"]) == Right.READ
    sharing.take_back(other_step)
    assert sees(tree.treasurer) == set()
    assert not opens_one(tree.made["letter"])
    sharing.take_back(other_step)


def test_lending_to_nobody_opens_nothing(tree):
    assert sharing.lend(tree.made["letter"], Right.READ, [], reference=uuid4()) == []
    assert not opens_one(tree.made["letter"])


def test_what_was_lent_is_not_withdrawn_by_hand(tree):
    """Issue 3: work grants end with their step."""
    [lent] = sharing.lend(tree.made["letter"], Right.READ, [tree.treasurer], reference=uuid4())
    with pytest.raises(ValidationError):
        sharing.withdraw(lent, actor=fresh(tree.head))
    assert sees(tree.treasurer) == {tree.made["letter"].uuid}


# Moving


def test_moving_takes_the_own_share_along(tree):
    """R19, R57: the record keeps its identity and those it is shared with; rights of the place change."""
    target = tree.case(tree.file("Ziel", unit=tree.treasury_unit))
    sharing.share(tree.made["letter"], Right.READ, user=tree.auditor)
    move_record(stored(tree.made["letter"]), target, reason="falsch abgelegt")
    assert sees(tree.auditor) == {tree.made["letter"].uuid}
    assert right_of(tree.treasurer, tree.made["letter"]) == Right.EDIT
    assert right_of(tree.case_worker, tree.made["letter"]) is None
    assert scope_of(tree.made["letter"]).parent == tree.treasury_unit.scope


def test_moving_a_case_takes_shares_inside_along(tree):
    target = tree.file("Ziel", unit=tree.treasury_unit)
    sharing.share(tree.made["letter"], Right.READ, user=tree.auditor)
    move_record(stored(tree.made["first"]), target, reason="falsch abgelegt")
    assert sees(tree.auditor) == {tree.made["letter"].uuid}
    assert right_of(tree.treasurer, tree.made["letter"]) == Right.EDIT
    assert scope_of(tree.made["first"]) == tree.treasury_unit.scope


@pytest.mark.parametrize("shared", ["first", "letter"])
def test_moving_into_a_protected_file_ends_shares(tree, shared):
    """Issue 3, "Bad input": moving a shared record below a protected one; no empty scope is left."""
    sharing.share(tree.made[shared], Right.READ, user=tree.auditor)
    sharing.protect(tree.made["other"], [tree.head])
    move_record(stored(tree.made["first"]), stored(tree.made["other"]), reason="gehört dorthin")
    assert sees(tree.auditor) == set()
    assert right_of(tree.case_worker, tree.made["letter"]) is None
    assert right_of(tree.head, tree.made["letter"]) == Right.MANAGE
    assert scope_of(tree.made["first"]) == scope_of(tree.made["letter"]) == scope_of(tree.made["other"])
    assert not Grant.objects.current().filter(cause=Cause.SHARE).exists()


def test_moving_out_of_a_protected_file_opens_to_the_new_place(tree):
    sharing.protect(tree.made["file"], [tree.head])
    assert right_of(tree.case_worker, tree.made["first"]) is None
    move_record(stored(tree.made["first"]), stored(tree.made["other"]), reason="gehört dorthin")
    assert right_of(tree.case_worker, tree.made["letter"]) == Right.EDIT
    assert not scope_of(tree.made["letter"]).enclosed


def test_moving_something_protected_keeps_its_protection(tree):
    """W7: wherever it lies, only its people enter."""
    sharing.protect(tree.made["first"], [tree.colleague])
    sharing.protect(tree.made["other"], [tree.head])
    for target in ("other", "file"):
        move_record(stored(tree.made["first"]), stored(tree.made[target]), reason="hin und her")
        assert right_of(tree.colleague, tree.made["letter"]) == Right.MANAGE
        assert right_of(tree.head, tree.made["letter"]) is None
        assert stored(tree.made["first"]).protected
