"""The file plan's rules."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doakte_content.access.policies import Right
from doakte_content.fileplan import actions
from doakte_content.fileplan.models import FilePlanUnit, sort_key
from doakte_content.fileplan.queries import children_of, effective_rules, visible_plans
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.models import Role
from tests.factories import fresh


def test_levels_are_not_limited(city):
    """R1: at least five levels."""
    unit = city.unit
    for level in range(6):
        unit = actions.create_unit(unit, number=f"{unit.number}.{level}", title=f"Ebene {level}")
    assert unit.depth == city.plan.depth + 8


def test_retention_and_disposal_are_inherited_with_their_origin(city):
    """R2, R3: the nearest value on the way up wins and says where it comes from."""
    rules = effective_rules(city.unit)
    assert (rules.retention.value, rules.retention.origin) == (10, city.group)
    assert (rules.disposal_kind.value, rules.disposal_kind.origin) == ("B", city.group)
    assert (rules.office.value, rules.office.origin) == (city.personnel, city.group)
    actions.change_unit(city.unit, retention_unlimited=True, retention_reason="Nachweis", disposal_kind="A")
    rules = effective_rules(city.unit)
    assert (rules.retention.value, rules.retention.origin) == ("unlimited", city.unit)
    assert (rules.disposal_kind.value, rules.reason) == ("A", "Nachweis")


def test_override_is_logged(city):
    """R3: an explicit value overrides, and the override is logged."""
    actions.change_unit(city.unit, retention_years=5, actor=city.registrar)
    entry = JournalEntry.objects.get(action="unit.change", object_uuid=city.unit.uuid)
    assert (entry.actor, entry.changes) == (city.registrar, {"retention_years": [None, 5]})


def test_own_value_of_a_file_comes_before_the_plan(city):
    """W22: from category to folder and record."""
    record_file = city.file(retention_years=3)
    assert effective_rules(record_file).retention.value == 3
    assert effective_rules(city.case(record_file)).retention.value == 10


@pytest.mark.parametrize("values", [{"retention_years": 31}, {"retention_unlimited": True}])
def test_long_retention_needs_a_reason(city, values):
    """R24."""
    with pytest.raises(ValidationError):
        actions.change_unit(city.unit, **values)
    actions.change_unit(city.unit, **values, retention_reason="Grundstücksrechte")


@pytest.mark.parametrize("person", ["case_worker", "head", "administrator", "auditor"])
def test_only_the_records_office_changes_the_plan(city, person):
    """R6."""
    actor = fresh(getattr(city, person))
    for attempt in (
        lambda: actions.create_plan("Zweiter Plan", actor=actor),
        lambda: actions.create_unit(city.plan, number="9", title="Neu", actor=actor),
        lambda: actions.change_unit(city.unit, title="Neu", actor=actor),
        lambda: actions.close_unit(city.unit, actor=actor),
        lambda: actions.reopen_unit(city.unit, actor=actor),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_pattern_changes_for_files_opened_from_now_on(city):
    """R10: configurable per plan, and frozen once given."""
    old = city.file()
    actions.change_plan(city.plan, reference_pattern="{unit}/{number}", actor=fresh(city.registrar))
    assert city.file().reference == "1.1/2"
    old.refresh_from_db()
    assert old.reference.endswith("-0001")
    with pytest.raises(ValidationError):
        actions.change_plan(city.plan, reference_pattern="{number}")
    with pytest.raises(PermissionDenied):
        actions.change_plan(city.plan, title="Meiner", actor=fresh(city.head))


def test_number_is_unique_in_a_plan(city):
    """R1."""
    with pytest.raises(ValidationError, match="1.1"):
        actions.create_unit(city.group, number="1.1", title="Doppelt")
    other = actions.create_plan("Zweiter Plan")
    assert actions.create_unit(other, number="1.1", title="Anderer Plan").pk


def test_closed_unit_keeps_its_place_and_names_its_successor(city):
    """R4, W11: never deleted."""
    actions.close_unit(city.unit, successor=city.treasury_unit)
    unit = FilePlanUnit.objects.get(pk=city.unit.pk)
    assert unit.is_closed
    assert unit.successor == city.treasury_unit
    actions.reopen_unit(unit)
    assert not FilePlanUnit.objects.get(pk=city.unit.pk).is_closed


def test_numbers_sort_as_people_read_them():
    assert sorted(["0.10", "0.9", "0.1", "10", "2"], key=sort_key) == ["0.1", "0.9", "0.10", "2", "10"]


def test_tree_shows_what_may_be_seen_with_constant_queries(city, django_assert_num_queries):
    """R57: units that lead to nothing readable do not exist for a person."""
    actions.create_unit(city.unit, number="1.1.1", title="Tiefer")
    worker = fresh(city.case_worker)
    assert [plan.title for plan in visible_plans(worker)] == ["Aktenplan Musterstadt"]
    with django_assert_num_queries(1):
        units = list(children_of(city.plan, worker))
    assert [(unit.number, unit.has_units) for unit in units] == [("1", True)]
    assert list(children_of(city.plan, fresh(city.administrator))) == []


def test_new_role_is_data(city):
    """W6: a house adds its own role; units owned afterwards follow it."""
    Role.objects.create(code="trainee", name="Ausbildung", owner_right=Right.READ)
    unit = actions.create_unit(city.plan, number="3", title="Ausbildung", office=city.personnel)
    assert unit.scope.grants.filter(role__code="trainee", right=Right.READ).exists()


@pytest.mark.parametrize(
    "values", [{"title": "Anders"}, {"office": "20"}, {"retention_years": 4}, {"confidentiality": 1}], ids=str
)
def test_changing_a_unit_touches_no_record(city, values):
    """Issue 4: a unit with 90,000 records below is renamed, and passes to another office, like an empty one."""
    if "office" in values:
        values = {"office": city.treasury}
    costs = []
    # The first one brings who may pass through the units above it; that is not what is compared.
    for number, files in (("1.6", 0), ("1.7", 1), ("1.8", 6)):
        unit = actions.create_unit(city.group, number=number, title="Einheit")
        for _file in range(files):
            city.document(city.case(city.file(unit=unit)))
        with CaptureQueriesContext(connection) as sent:
            actions.change_unit(unit, actor=fresh(city.registrar), **values)
        statements = [query["sql"] for query in sent]
        assert not [one for one in statements if "doakte_records_" in one]
        costs.append(len(statements))
    assert costs[1] == costs[2]
