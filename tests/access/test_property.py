"""Whatever happens to a house, its fast answers about access equal the slow reference (issue 3, "The proof").

Hypothesis makes up what people do, one after the other: organisations and roles change, rights are given and end,
records are protected, moved, lent. More of it, and the shortest way to a fault: DOAKTE_PROPERTY_EXAMPLES=200.
"""

import datetime
import os
from collections import Counter
from uuid import uuid4

import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from doakte_content.access import actions as access
from doakte_content.access.models import Cause, Grant, Scope, ScopeReader
from doakte_content.access.policies import Right, can, right_in, visible
from doakte_content.fileplan.actions import create_unit
from doakte_content.fileplan.models import FilePlan, FilePlanUnit
from doakte_content.organisation.models import Deputyship, Membership, OrgUnit, Role
from doakte_content.records import sharing
from doakte_content.records.actions import create_case, create_document, create_record_file, move_record
from doakte_content.records.listing import known
from doakte_content.records.models import Case, Document, Record, RecordFile
from tests.access.reference import House
from tests.factories import UserFactory, fresh

EXAMPLES = os.environ.get("DOAKTE_PROPERTY_EXAMPLES")
SETTINGS = settings(
    max_examples=int(EXAMPLES or 8),
    # Shrinking takes minutes: only for whoever looks for a fault.
    phases=[Phase.generate, Phase.shrink] if EXAMPLES else [Phase.generate],
    database=None,
    stateful_step_count=20,
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=list(HealthCheck),
)
#: Which of the things that are there: taken modulo their number.
PICK = st.integers(0, 30)
PERSON = st.integers(0, 6)
RIGHTS = [Right.READ, Right.EDIT, Right.MANAGE]
RIGHT = st.sampled_from(RIGHTS)
#: Hours until something ends; None for never.
HOURS = st.sampled_from([None, None, 1, 30])
PRINCIPAL = st.sampled_from(["user", "org_unit", "role", "both"])


def attempt(action, *args, **kwargs):
    """Do what people try to do; a refusal changes nothing, and the invariants are checked all the same."""
    try:
        return action(*args, **kwargs)
    except (ValidationError, PermissionDenied):
        return None


def in_hours(hours: int | None):
    return hours and timezone.now() + datetime.timedelta(hours=hours)


def in_days(days: int | None):
    return None if days is None else timezone.localdate() + datetime.timedelta(days=days)


class HouseMachine(RuleBasedStateMachine):
    """One house, changed step by step inside a savepoint that is rolled back at the end."""

    def __init__(self, city, people):
        super().__init__()
        self.plan, self.people = city.plan, people
        self.steps_of_work: list = []
        self.clock = time_machine.travel(timezone.now(), tick=False)
        self.time = self.clock.start()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)
        self.clock.stop()

    def one(self, model, pick: int, **conditions):
        """Return one of the rows of a model, or None if there are none."""
        rows = list(model.objects.filter(**conditions).order_by("pk"))
        return rows[pick % len(rows)] if rows else None

    def person(self, pick: int):
        return fresh(self.people[pick % len(self.people)])

    def record(self, pick: int, **conditions):
        found = self.one(Record, pick, **conditions)
        return found and found.specific

    def principal(self, kind: str, person: int, pick: int) -> dict:
        if kind == "user":
            return {"user": self.person(person)}
        office, role = self.one(OrgUnit, pick), self.one(Role, person)
        return {
            name: value for name, value in (("org_unit", office), ("role", role)) if kind in (name, "both")
        }

    # The organisation

    @rule(pick=PICK)
    def a_division_is_made(self, pick):
        parent = self.one(OrgUnit, pick)
        OrgUnit.objects.create(
            code=f"{parent.code}/{OrgUnit.objects.count()}", name="Abteilung", parent=parent
        )

    @rule(pick=PICK, above=PICK)
    def an_office_becomes_part_of_another(self, pick, above):
        office, parent = self.one(OrgUnit, pick), self.one(OrgUnit, above)
        office.parent = parent
        if f"/{office.pk}/" not in parent.path:
            office.save()

    @rule(person=PERSON, pick=PICK, role=PICK, starts=st.integers(-1, 1), days=st.sampled_from([None, 0, 1]))
    def somebody_joins(self, person, pick, role, starts, days):
        begin = in_days(starts)
        Membership.objects.update_or_create(
            user=self.person(person),
            org_unit=self.one(OrgUnit, pick),
            role=self.one(Role, role),
            defaults={"starts": begin, "ends": in_days(days)},
        )

    @rule(pick=PICK)
    def somebody_leaves_an_office(self, pick):
        membership = self.one(Membership, pick)
        if membership:
            membership.delete()

    @rule(absent=PERSON, deputy=PERSON, days=st.sampled_from([None, 0, 1]))
    def somebody_stands_in(self, absent, deputy, days):
        new = Deputyship(absent=self.person(absent), deputy=self.person(deputy), ends=in_days(days))
        try:
            new.full_clean()
        except ValidationError:
            return
        new.save()

    @rule(person=PERSON, active=st.booleans())
    def an_account_is_switched(self, person, active):
        user = self.person(person)
        user.is_active = active
        user.save()

    @rule(pick=PICK, owner=st.integers(0, 3), everywhere=st.sampled_from([0, 0, 1, 3]))
    def a_role_changes(self, pick, owner, everywhere):
        role = self.one(Role, pick)
        role.owner_right, role.everywhere_right = owner, everywhere
        role.save()
        access.apply_role(role)

    @rule(old=PICK, new=PICK)
    def an_office_takes_over_what_was_shared(self, old, new):
        old, new = self.one(OrgUnit, old), self.one(OrgUnit, new)
        shared = Grant.objects.current().filter(org_unit=old).exclude(cause=Cause.OWNER)
        if old != new:
            access.pass_on(old, new, list(shared))
            access.refresh_readers(Scope.objects.get(pk=self.plan.scope_id))

    # The plan

    @rule(pick=PICK, office=PICK)
    def a_unit_gets_another_owner(self, pick, office):
        offices = [None, *OrgUnit.objects.order_by("pk")]
        access.set_owner(self.one(FilePlanUnit, pick).scope, offices[office % len(offices)])

    @rule(pick=PICK)
    def a_unit_is_made(self, pick):
        parents = [self.plan, *FilePlanUnit.objects.order_by("pk")]
        number = f"9.{FilePlanUnit.objects.count()}"
        attempt(create_unit, parents[pick % len(parents)], number=number, title="Neu")

    @rule(pick=PICK, cut=st.booleans())
    def a_unit_is_cut_off_or_joined(self, pick, cut):
        access.set_cut(self.one(FilePlanUnit, pick).scope, cut)

    # Records

    @rule(pick=PICK, people=st.lists(PERSON, max_size=2))
    def a_file_is_opened(self, pick, people):
        people = [self.person(one) for one in people]
        attempt(create_record_file, self.one(FilePlanUnit, pick), title="Akte", people=people)

    @rule(pick=PICK)
    def a_case_is_opened(self, pick):
        attempt(create_case, self.one(RecordFile, pick), title="Vorgang")

    @rule(pick=PICK)
    def a_document_is_written(self, pick):
        if case := self.one(Case, pick):
            attempt(create_document, case, title="Brief")

    @rule(pick=PICK, place=PICK, document=st.booleans())
    def something_is_moved(self, pick, place, document):
        record = self.one(Document if document else Case, pick)
        attempt(move_record, record, self.one(Case if document else RecordFile, place), reason="Irrtum")

    # Rights

    @rule(pick=PICK, right=RIGHT, kind=PRINCIPAL, person=PERSON, office=PICK, hours=HOURS, actor=PERSON)
    def something_is_shared(self, pick, right, kind, person, office, hours, actor):
        places = [*FilePlanUnit.objects.order_by("pk"), *Record.objects.order_by("pk")]
        place = places[pick % len(places)]
        acting = self.person(actor) if actor % 2 else None
        given = self.principal(kind, person, office)
        attempt(sharing.share, place.specific, right, ends=in_hours(hours), actor=acting, **given)

    @rule(pick=PICK)
    def something_is_withdrawn(self, pick):
        by_hand = list(Grant.objects.current().filter(cause__in=sharing.BY_HAND))
        if by_hand:
            attempt(sharing.withdraw, by_hand[pick % len(by_hand)])

    @rule(pick=PICK, people=st.lists(PERSON, min_size=1, max_size=2), reader=PERSON)
    def something_is_protected(self, pick, people, reader):
        people = [self.person(one) for one in people]
        attempt(sharing.protect, self.record(pick), people, readers=[self.person(reader)])

    @rule(pick=PICK)
    def a_protection_is_lifted(self, pick):
        cut = self.record(pick, scope__cut=True)
        if cut:
            attempt(sharing.unprotect, cut, reason="erledigt")

    @rule(pick=PICK, person=PERSON, hours=HOURS)
    def somebody_is_excluded(self, pick, person, hours):
        attempt(
            sharing.exclude, self.record(pick), self.person(person), reason="befangen", ends=in_hours(hours)
        )

    @rule(pick=PICK, right=RIGHT, people=st.lists(PERSON, min_size=1, max_size=2), hours=HOURS)
    def a_step_of_work_begins(self, pick, right, people, hours):
        self.steps_of_work.append(uuid4())
        people = {self.person(one) for one in people}
        sharing.lend(self.record(pick), right, people, reference=self.steps_of_work[-1], ends=in_hours(hours))

    @rule(pick=PICK, person=st.none() | PERSON)
    def a_step_of_work_ends(self, pick, person):
        if self.steps_of_work:
            people = None if person is None else [self.person(person)]
            sharing.take_back(self.steps_of_work[pick % len(self.steps_of_work)], people=people)

    @rule(hours=st.sampled_from([2, 26]))
    def time_passes(self, hours):
        self.time.shift(datetime.timedelta(hours=hours))

    @rule()
    def what_has_ended_is_tidied_up(self):
        sharing.fold_ended()
        left = [scope for scope in record_scopes() if holds_nothing(scope)]
        assert left == []

    # What has to be true after each step

    @invariant()
    def fast_answers_equal_the_slow_ones(self):
        """R57: for every person, on every plan, unit and record, one by one and in lists."""
        house = House()
        things = [one for model in (FilePlan, FilePlanUnit, Record) for one in model.objects.all()]
        for person in map(fresh, self.people):
            expected = {one: house.may(person, one) for one in things}
            for right in [Right.PASS, *RIGHTS]:
                wanted = {one.pk for one, held in expected.items() if at_least(held, right)}
                for model in (FilePlanUnit, Record):
                    # Nobody passes through records.
                    if right != Right.PASS or model is FilePlanUnit:
                        of_model = {one.pk for one in things if isinstance(one, model)}
                        assert pks(visible(model.objects.all(), person, right)) == wanted & of_model, person
                        assert {
                            one.pk for one in things if isinstance(one, model) and can(person, right, one)
                        } == wanted & of_model, (person, right)
            for plan in FilePlan.objects.all():
                assert right_in(person, plan.scope_id) == expected[plan], person
            assert pks(known(person)) == {
                one.pk
                for one, held in expected.items()
                if isinstance(one, Record) and at_least(held, Right.READ if one.live else Right.EDIT)
            }, person

    @invariant()
    def everything_stands_in_the_scope_of_its_nearest_opener(self):
        opened = {one.owner_uuid: one for one in Scope.objects.exclude(path="").select_related("parent")}
        places = {one.path: one for model in (FilePlan, FilePlanUnit, Record) for one in model.objects.all()}
        for path, place in places.items():
            line = [places[path[:end]].uuid for end in range(len(path), 4, -4)]
            scopes = [opened[uuid] for uuid in line if uuid in opened]
            assert place.scope_id == scopes[0].pk
            if place.uuid in opened:
                scope, above = scopes[0], scopes[1] if len(scopes) > 1 else None
                assert scope.parent == above
                assert scope.path == f"{above.path if above else '/'}{scope.pk}/"
                assert scope.enclosed == (scope.cut or bool(above and above.enclosed))
        assert len(opened) == sum(place.uuid in opened for place in places.values())

    @invariant()
    def nothing_superfluous_is_kept(self):
        rows = ScopeReader.objects.values_list("scope", "principal", "right", "ends")
        assert [row for row, count in Counter(rows).items() if count > 1] == []
        assert not ScopeReader.objects.filter(scope__path="").exists()
        for scope in record_scopes():
            run_out = scope.grants.filter(revoked_at=None, ends__lte=timezone.now())
            assert not holds_nothing(scope) or run_out.exists(), scope


def pks(queryset) -> set[int]:
    return set(queryset.values_list("pk", flat=True))


def at_least(held: Right | None, right: Right) -> bool:
    return held is not None and held >= right


def record_scopes():
    return Scope.objects.exclude(path="").filter(owner_uuid__in=Record.objects.values("uuid"))


def holds_nothing(scope: Scope) -> bool:
    return not scope.cut and not Grant.objects.current().filter(scope=scope).exists()


def test_fast_answers_equal_the_slow_reference(city):
    """R57, R58, W6, W7: for every person and every record after each step, on both databases."""
    OrgUnit.objects.create(code="11/1", name="Abteilung", parent=city.personnel)
    case = city.case()
    create_document(case, title="Brief")
    create_document(create_case(case.get_parent().specific, title="Zweiter"), title="Vermerk")
    create_document(city.case(city.file(unit=city.treasury_unit)), title="Rechnung")
    people = [
        city.case_worker,
        city.head,
        city.registrar,
        city.treasurer,
        city.auditor,
        city.administrator,
        UserFactory(username="ohne_amt"),
    ]
    run_state_machine_as_test(lambda: HouseMachine(city, people), settings=SETTINGS)
