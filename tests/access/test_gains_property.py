"""Whatever is changed by whomever, nobody around the author gains rights in records by it (issue 11, 3 and 4; R61).

Hypothesis makes up houses and changes. Each change is made by the actions of the product; what somebody may see before
and after is reckoned by the slow reference, today and on later days. DOAKTE_PROPERTY_EXAMPLES=200 looks longer.
"""

import datetime
from contextlib import suppress

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from doakte_content.access import actions as access
from doakte_content.access.models import Scope
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.fileplan.reorganisation.actions import holdings, reorganise
from doakte_content.fileplan.reorganisation.models import Kind
from doakte_content.organisation.changes import GivesRights, changing
from doakte_content.organisation.imports import import_organisation
from doakte_content.organisation.models import Deputyship, Membership, OrgUnit, Role
from doakte_content.records import sharing
from doakte_content.records.models import Record
from tests.access.reference import House
from tests.access.test_property import EXAMPLES, RIGHT, SETTINGS
from tests.factories import OrgUnitFactory, UserFactory, fresh

#: Days from today on which it is compared what people may see.
DAYS = (0, 1, 2, 6)
#: First and last day of a period, counted from today; None for open.
PERIOD = st.sampled_from([(None, None), (None, 0), (None, 1), (1, None), (2, 4), (-3, -1), (None, 4)])
PEOPLE = (
    ("eins", "10", "administrator"),
    ("zwei", "10", "reader"),
    ("drei", "11", "case_worker"),
    ("vier", "20", "head"),
    ("fuenf", "11/1", "reader"),
    ("sechs", "20", "administrator"),
)
PERSON, PLACE = st.integers(0, 5), st.integers(0, 9)


def period(days) -> dict:
    today = timezone.localdate()
    first, last = (None if one is None else today + datetime.timedelta(days=one) for one in days)
    return {"starts": first, "ends": last}


class GainsMachine(RuleBasedStateMachine):
    """One house; each step is a change by somebody, or the world going on without anybody asking."""

    def __init__(self, people):
        super().__init__()
        self.people = people
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        #: How many changes were made, and how many refused: both have to occur.
        self.made = self.refused = 0

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def one(self, model, pick: int, **conditions):
        rows = list(model.objects.filter(**conditions).order_by("pk"))
        return rows[pick % len(rows)] if rows else None

    def around(self, author) -> list:
        """Return the author, whom they stand in for and who stands in for them, on any day from today."""
        lasting = [
            one for one in Deputyship.objects.all() if not one.ends or one.ends >= timezone.localdate()
        ]
        people = {author.pk}
        people |= {one.absent_id for one in lasting if one.deputy_id == author.pk}
        people |= {one.deputy_id for one in lasting if one.absent_id == author.pk}
        return [one for one in self.people if one.pk in people]

    def seen(self, people) -> dict:
        """Return {(day, person, record): right} by the reference."""
        found = {}
        records = list(Record.objects.all())
        for days in DAYS:
            with time_machine.travel(timezone.now() + datetime.timedelta(days=days), tick=False):
                house = House()
                for person in people:
                    for record in records:
                        found[days, person.pk, record.pk] = house.may(person, record) or 0
        return found

    def by(self, pick: int, change) -> None:
        """Let somebody make a change; what those around them may see has not grown, whatever comes of it."""
        author = fresh(self.people[pick % len(self.people)])
        around = self.around(author)
        before = self.seen(around)
        try:
            with transaction.atomic():
                change(author)
            self.made += 1
        except GivesRights:
            self.refused += 1
        except (ValidationError, PermissionDenied):
            pass
        after = self.seen(around)
        grown = {key: (before[key], right) for key, right in after.items() if right > before[key]}
        assert not grown, (author, grown)

    # Changes by somebody

    @rule(author=PERSON, person=PERSON, office=PLACE, role=PLACE, days=PERIOD)
    def somebody_is_appointed(self, author, person, office, role, days):
        key = {
            "user": self.people[person % len(self.people)],
            "org_unit": self.one(OrgUnit, office, closed_on=None),
            "role": self.one(Role, role),
        }

        def change(actor):
            with changing(actor):
                Membership.objects.update_or_create(**key, defaults=period(days))

        self.by(author, change)

    @rule(author=PERSON, absent=PERSON, deputy=PERSON, days=PERIOD)
    def somebody_stands_in(self, author, absent, deputy, days):
        def change(actor):
            new = Deputyship(
                absent=self.people[absent % len(self.people)],
                deputy=self.people[deputy % len(self.people)],
                **period(days),
            )
            new.full_clean()
            with changing(actor):
                new.save()

        self.by(author, change)

    @rule(author=PERSON, pick=PLACE, owner=st.integers(0, 3), everywhere=st.sampled_from([0, 0, 1, 3]))
    def a_role_changes(self, author, pick, owner, everywhere):
        def change(actor):
            role = self.one(Role, pick)
            with changing(actor):
                role.owner_right, role.everywhere_right = owner, everywhere
                role.save()
                access.apply_role(role, actor=actor)

        self.by(author, change)

    @rule(author=PERSON, pick=PLACE, above=PLACE)
    def an_office_moves(self, author, pick, above):
        office, parent = self.one(OrgUnit, pick), self.one(OrgUnit, above)
        line = f"code;name;kind;parent\n{office.code};{office.name};{office.kind};{parent.code}\n"
        self.by(author, lambda actor: import_organisation(line.encode(), actor=actor))

    @rule(author=PERSON, pick=PLACE, office=PLACE)
    def a_unit_gets_another_office(self, author, pick, office):
        offices = [None, *OrgUnit.objects.filter(closed_on=None).order_by("pk")]
        scope = self.one(FilePlanUnit, pick).scope
        self.by(author, lambda actor: access.set_owner(scope, offices[office % len(offices)], actor=actor))

    @rule(author=PERSON, old=PLACE, new=PLACE)
    def offices_are_merged(self, author, old, new):
        ends, goes_on = (self.one(OrgUnit, pick, closed_on=None) for pick in (old, new))
        if OrgUnit.objects.filter(closed_on=None).count() > 3 and holdings([ends]).items:
            self.by(author, lambda actor: reorganise(Kind.MERGE, [ends], [goes_on], reason="x", actor=actor))

    # What nobody around an author does

    @rule(pick=PLACE, right=RIGHT, office=PLACE)
    def something_is_shared(self, pick, right, office):
        place = self.one(Record, pick).specific
        with suppress(ValidationError):
            sharing.share(place, right, org_unit=self.one(OrgUnit, office, closed_on=None))

    @rule(pick=PLACE, cut=st.booleans())
    def a_unit_is_cut_off_or_joined(self, pick, cut):
        access.set_cut(Scope.objects.get(pk=self.one(FilePlanUnit, pick).scope_id), cut)


@pytest.mark.once
def test_nobody_around_the_author_gains(city):
    """R61: offices, memberships, deputies, roles, the plan and reorganisations give their author nothing, ever."""
    OrgUnitFactory(code="11/1", name="Abteilung", parent=city.personnel)
    city.case()
    city.case(city.file(unit=city.treasury_unit))
    people = [
        UserFactory(username=name, works_in=OrgUnit.objects.get(code=office), works_in__role=role)
        for name, office, role in PEOPLE
    ]
    counted = []

    class Counted(GainsMachine):
        def teardown(self):
            counted.append((self.made, self.refused))
            super().teardown()

    run_state_machine_as_test(
        lambda: Counted(people),
        settings=settings(SETTINGS, max_examples=int(EXAMPLES or 4), stateful_step_count=15),
    )
    assert sum(made for made, _refused in counted) and sum(refused for _made, refused in counted)
