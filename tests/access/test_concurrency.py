"""Several people change access at the same moment, on real connections to PostgreSQL."""

import io
from collections import Counter
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from doakte_content.access import actions
from doakte_content.access.models import Cause, Grant, Scope, ScopeReader
from doakte_content.access.policies import Right, can, right_in
from doakte_content.fileplan.actions import create_unit
from doakte_content.organisation.changes import changing
from doakte_content.organisation.models import Deputyship, Membership, Role
from doakte_content.records import sharing
from doakte_content.records.actions import change_record, move_record
from doakte_content.records.filing import file_document
from doakte_content.records.models import Document, Record
from tests.factories import UserFactory, fresh
from tests.processes import at_once
from tests.workflow.races import overtaken

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def stored(record):
    return type(record).objects.select_related("scope").get(pk=record.pk)


def readers() -> Counter:
    return Counter(ScopeReader.objects.values_list("scope", "principal", "right", "ends"))


def check_derived(city) -> None:
    """The readers that concurrent changes have left are those that one derivation of the whole plan gives."""
    left = readers()
    ScopeReader.objects.all().delete()
    actions.refresh_readers(Scope.objects.get(pk=city.plan.scope_id))
    assert left == readers()


def test_grants_in_parent_and_child_at_once(city):
    """R57: neither derivation works with what the other is about to change."""
    people = [UserFactory() for _ in range(6)]
    places = [city.group.scope, city.unit.scope, city.plan.scope] * 2

    def work(index):
        for right in (Right.READ, Right.EDIT):
            actions.grant(places[index], right, user=people[index])

    assert at_once(6, work) == [0] * 6
    check_derived(city)
    assert all(right_in(fresh(person), city.unit.scope_id) == Right.EDIT for person in people)


def test_granting_and_revoking_in_siblings_at_once(city):
    """R57: who may pass on the way there follows from both places, whoever comes last."""
    person = UserFactory()
    other_unit = create_unit(city.group, number="1.2", title="Nachbar")
    given = actions.grant(other_unit.scope, Right.READ, user=person)
    kept = city.case()

    def work(index):
        if index == 0:
            actions.revoke(Grant.objects.get(pk=given.pk))
        elif index == 1:
            actions.grant(city.unit.scope, Right.READ, user=person)
        elif index == 2:
            sharing.share(kept, Right.READ, user=person)
        else:
            actions.apply_role(Role.objects.get(code="head"))

    assert at_once(4, work) == [0] * 4
    check_derived(city)
    assert right_in(fresh(person), city.group.scope_id) == Right.PASS
    assert right_in(fresh(person), other_unit.scope_id) is None
    assert can(fresh(person), Right.READ, stored(kept))


def test_what_is_filed_while_its_file_is_being_protected_is_protected(city):
    """R57, W7: the upload waits, and then stands with the file in its new scope, or is refused."""
    case = city.case()
    record_file = case.get_parent().specific
    overtaken(
        lambda: sharing.protect(record_file, [city.head], actor=fresh(city.head)),
        lambda: file_document(case, io.BytesIO(b"eben noch"), "neu.txt"),
    ).result()
    document = Document.objects.get()
    assert document.scope_id == stored(record_file).scope_id
    assert right_in(fresh(city.case_worker), document.scope_id) is None
    check_derived(city)


def test_protecting_waits_for_what_is_being_filed(city):
    case = city.case()
    record_file = case.get_parent().specific
    overtaken(
        lambda: file_document(case, io.BytesIO(b"eben noch"), "neu.txt"),
        lambda: sharing.protect(record_file, [city.head], actor=fresh(city.head)),
    ).result()
    assert Document.objects.get().scope_id == stored(record_file).scope_id
    assert stored(record_file).protected
    check_derived(city)


def test_who_was_protected_against_meanwhile_files_nothing(city):
    """R57: the right is asked for again once the case is held."""
    case = city.case()
    worker = fresh(city.case_worker)
    assert can(worker, Right.EDIT, case)
    ending = overtaken(
        lambda: sharing.protect(case, [city.head], actor=fresh(city.head)),
        lambda: file_document(case, io.BytesIO(b"zu spaet"), "neu.txt", actor=worker),
    )
    assert isinstance(ending.exception(), PermissionDenied)
    assert not Document.objects.exists()


def test_whose_share_is_being_withdrawn_changes_nothing_any_more(city):
    """Issue 3: withdrawing works at once, also for who has the form open and sends it that moment."""
    case = city.case()
    given = sharing.share(case, Right.EDIT, user=city.treasurer)
    treasurer = fresh(city.treasurer)
    assert can(treasurer, Right.EDIT, stored(case))
    ending = overtaken(
        lambda: sharing.withdraw(given),
        lambda: change_record(stored(case), actor=treasurer, title="Fremd"),
    )
    assert isinstance(ending.exception(), PermissionDenied)
    assert stored(case).title == "Neue Stelle"


@pytest.mark.parametrize("first", ["share", "move"])
@pytest.mark.parametrize("shared", ["case", "document"])
def test_sharing_while_it_is_being_moved(city, first, shared):
    """R19, R57: whoever comes last, the record stands in its own scope below the new place."""
    target = city.file("Ziel", unit=city.treasury_unit)
    document = city.document()
    case = document.get_parent().specific
    record = {"case": case, "document": document}[shared]
    reader = UserFactory()
    doing = [
        lambda: sharing.share(record, Right.READ, user=reader),
        lambda: move_record(case, target, reason="Irrtum"),
    ]
    overtaken(*(doing if first == "share" else reversed(doing))).result()
    assert stored(record).scope.owner_uuid == record.uuid
    assert stored(record).scope.parent_id == target.scope_id
    assert can(fresh(reader), Right.READ, stored(document))
    assert can(fresh(city.treasurer), Right.EDIT, stored(document))
    assert right_in(fresh(city.case_worker), stored(document).scope_id) is None
    check_derived(city)


def test_withdrawing_twice(city):
    """One of both succeeds; the other one hears that it is over. One entry, no scope left."""
    case = city.case()
    given = sharing.share(case, Right.READ, user=city.treasurer)
    ending = overtaken(
        lambda: sharing.withdraw(given, actor=fresh(city.head)),
        lambda: sharing.withdraw(given, actor=fresh(city.head)),
    )
    assert isinstance(ending.exception(), ValidationError)
    assert stored(case).scope_id == city.unit.scope_id
    check_derived(city)


def test_two_managers_withdrawing_each_other(city):
    """Issue 3: one of them remains."""
    record_file = city.file()
    sharing.protect(record_file, [city.head, city.colleague])
    of = {one.user_id: one for one in Grant.objects.current().filter(cause=Cause.PROTECTION)}
    head, colleague = fresh(city.head), fresh(city.colleague)
    ending = overtaken(
        lambda: sharing.withdraw(of[colleague.pk], actor=head),
        lambda: sharing.withdraw(of[head.pk], actor=colleague),
    )
    assert isinstance(ending.exception(), ValidationError | PermissionDenied)
    assert right_in(fresh(head), stored(record_file).scope_id) == Right.MANAGE
    check_derived(city)


def test_everything_at_once_ends_without_deadlock(city):
    """Sharing, lending, protecting, moving and tidying up on the same records: each waits for the other in one order."""
    record_file, other = city.file(), city.file("Andere Akte")
    case = city.case(record_file)
    document = city.document(case)
    second = city.document(case, b"zweites")
    people = [UserFactory() for _ in range(6)]
    ends = timezone.now()

    def work(index):
        person = people[index]
        for _ in range(4):
            try:
                if index == 0:
                    sharing.withdraw(sharing.share(case, Right.READ, user=person))
                elif index == 1:
                    reference = uuid4()
                    sharing.lend(document, Right.EDIT, [person], reference=reference)
                    sharing.take_back(reference)
                elif index == 2:
                    sharing.protect(record_file, [person])
                    sharing.unprotect(record_file, reason="erledigt")
                elif index == 3:
                    for place in (other, record_file):
                        move_record(stored(case), place, reason="hin und her")
                elif index == 4:
                    actions.grant(city.group.scope, Right.READ, user=person, ends=ends)
                    sharing.fold_ended()
                else:
                    given = sharing.exclude(second, person, reason="befangen")
                    sharing.withdraw(given)
            except ValidationError:
                pass  # what another one has changed meanwhile

    assert at_once(6, work) == [0] * 6
    ScopeReader.objects.filter(ends__isnull=False).delete()
    check_derived(city)
    for record in Record.objects.select_related("scope"):
        assert record.scope_id == city.unit.scope_id or record.scope.grants.current().exists()


def test_two_harmless_changes_at_once_do_not_add_up_to_a_gain(city):
    """R61: a role gets rights, and at the same moment somebody for whom the author stands in gets that role."""
    city.document()
    author = UserFactory(works_in=city.treasury, works_in__role="administrator")
    absent = UserFactory(works_in=city.treasury, works_in__role="reader")
    Deputyship.objects.create(absent=absent, deputy=author)
    role = Role.objects.create(code="guest", name="Gast")

    def work(index):
        with changing(fresh(author)):
            if index:
                Membership.objects.create(user=absent, org_unit=city.treasury, role=role)
            else:
                changed = Role.objects.get(pk=role.pk)
                changed.everywhere_right = Right.READ
                changed.save()
                actions.apply_role(changed, actor=author)

    assert sorted(at_once(2, work)) != [0, 0]
    assert right_in(fresh(author), city.unit.scope_id) is None
