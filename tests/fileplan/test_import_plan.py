"""Importing and exporting plans: all or nothing, editions, round trips (R4, R5, R6)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from doakte_content.access.models import Grant, Scope, ScopeReader
from doakte_content.fileplan import editions
from doakte_content.fileplan.actions import change_unit, close_unit, create_plan, create_unit
from doakte_content.fileplan.bulk import NewUnit, create_units
from doakte_content.fileplan.editions import (
    PlanChangedMeanwhile,
    PlanNotImportable,
    import_plan,
    plan_changes,
)
from doakte_content.fileplan.export import CSV, XLSX, export_plan
from doakte_content.fileplan.models import FilePlan, FilePlanUnit, PlanEdition
from doakte_content.fileplan.tables import read_table
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.models import OrgUnit, Role

from .plans import ENGLISH, GERMAN_CSV, REAL_PLAN, simple, workbook

pytestmark = pytest.mark.django_db

FIELDS = [
    "number",
    "title",
    "short_title",
    "description",
    "retention_years",
    "retention_unlimited",
    "retention_reason",
    "disposal_kind",
    "office_id",
    "confidentiality",
    "valid_from",
    "valid_until",
    "allows_files",
    "closed_on",
    "successor__number",
    "translations",
    "extra",
]

PLANS = {
    "german.csv": GERMAN_CSV,
    "english.xlsx": ENGLISH,
    **({"real.xlsx": REAL_PLAN.read_bytes()} if REAL_PLAN.exists() else {}),
}


def table_of(content, name="plan.xlsx"):
    table = read_table(content, name)
    assert not table.errors, table.errors
    return table


def imported(content, name="plan.xlsx", plan=None, **options):
    return import_plan(plan, read_table(content, name), source_name=name, **options)


def content_of(plan):
    """Return all that the units of a plan say, and where they stand, without identifiers."""
    units = list(plan.units.order_by("path"))
    numbers = {unit.path: unit.number for unit in units}
    above = {unit.number: numbers.get(unit.path[: -unit.steplen], "") for unit in units}
    rows = plan.units.values(*FIELDS)
    return {row["number"]: (above[row["number"]], row) for row in rows}


def counts():
    return [
        model.objects.count() for model in (FilePlan, FilePlanUnit, PlanEdition, Scope, Grant, JournalEntry)
    ]


class TestImport:
    @pytest.mark.parametrize("name", PLANS)
    def test_a_plan_becomes_a_tree(self, name):
        """R1, R2: every unit stands below its parent, with its own scope and a line in the journal."""
        table = table_of(PLANS[name], name)
        result = imported(PLANS[name], name)
        plan = result.plan
        assert plan.units.count() == len(table.rows) == result.edition.created
        assert plan.title == (table.title or name)
        by_number = {unit.number: unit for unit in plan.units.select_related("scope__parent")}
        for row in table.rows:
            unit = by_number[row.number]
            parent = by_number[row.parent] if row.parent else plan
            assert unit.path.startswith(parent.path)
            assert unit.depth == parent.depth + 1
            assert unit.scope.parent_id == parent.scope_id
            assert unit.title == unit.draft_title == row.title
        assert FilePlanUnit.find_problems() == ([], [], [], [], [])
        assert JournalEntry.objects.filter(action="unit.create").count() == len(table.rows)
        entry = JournalEntry.objects.get(action="plan.import")
        assert entry.data["created"] == len(table.rows)

    def test_units_with_units_below_hold_no_files(self):
        """R7: a unit holds units or files, never both."""
        plan = imported(simple("1", "1.1", Aktenbildung={"1": "ja", "1.1": "nein"})).plan
        assert dict(plan.units.values_list("number", "allows_files")) == {"1": False, "1.1": False}
        plan = imported(simple("1", "1.1")).plan
        assert dict(plan.units.values_list("number", "allows_files")) == {"1": False, "1.1": True}

    @pytest.mark.parametrize("name", PLANS)
    def test_importing_again_changes_nothing(self, name):
        plan = imported(PLANS[name], name).plan
        before = counts()
        result = imported(PLANS[name], name, plan=plan)
        assert result.edition is None
        assert result.diff.is_empty
        assert result.diff.unchanged == plan.units.count()
        assert counts() == before

    def test_offices_become_owners(self):
        """R6, R57: the office of a unit gets its rights there by the import."""
        role = Role.objects.create(code="worker", name="Sachbearbeitung", owner_right=2)
        office = OrgUnit.objects.create(code="10", name="Hauptamt")
        result = imported(simple("1", "1.1", Amt={"1": "10", "1.1": "Nirgendamt"}))
        unit = result.plan.units.get(number="1")
        assert unit.office == office
        below = result.plan.units.get(number="1.1")
        assert ScopeReader.objects.filter(
            scope=below.scope_id, principal=f"role:{office.pk}:{role.pk}", right=2
        )
        assert below.office is None
        assert below.extra == {editions.UNKNOWN_OFFICE: "Nirgendamt"}
        assert [problem.row for problem in result.diff.warnings] == [3]

    def test_an_office_known_later_is_taken_over(self):
        content = simple("1", Amt={"1": "Bauamt"})
        plan = imported(content).plan
        office = OrgUnit.objects.create(code="60", name="Bauamt")
        result = imported(content, plan=plan)
        assert set(result.diff.change[0].changes) == {"office", "extra"}
        assert plan.units.get().office == office
        assert plan.units.get().extra == {}

    def test_long_retention_without_reason_is_ordered_by_the_plan(self):
        """R24: more than 30 years needs a reason."""
        plan = imported(simple("1", "2", Frist={"1": "dauernd", "2": 31})).plan
        assert set(plan.units.values_list("retention_reason", flat=True)) == {editions.ORDERED_BY_PLAN}

    def test_people_without_the_capability_are_refused(self, django_user_model):
        """R6: only who manages the plan changes it."""
        actor = django_user_model.objects.create_user("somebody")
        before = counts()
        with pytest.raises(PermissionDenied):
            imported(simple("1"), actor=actor)
        assert counts() == before


class TestManyAtOnce:
    """Creating many units is creating one, many times."""

    def pages(self, plan):
        own = {
            "id",
            "page_ptr_id",
            "uuid",
            "slug",
            "url_path",
            "translation_key",
            "scope_id",
            "path",
            "plan_id",
        }
        fields = [field.attname for field in FilePlanUnit._meta.concrete_fields if field.attname not in own]
        units = plan.units.order_by("path")
        return [{name: getattr(unit, name) for name in fields} | {"path": unit.path[8:]} for unit in units]

    def test_the_same_rows_as_one_by_one(self):
        office = OrgUnit.objects.create(code="1", name="Amt")
        values = [
            ("", {"number": "1", "title": "A", "allows_files": False, "office": office}),
            ("1", {"number": "1.1", "title": "B", "retention_years": 5}),
            ("1", {"number": "1.2", "title": "C"}),
        ]
        single, many = create_plan("Einzeln"), create_plan("Viele")
        made = {"": single}
        for parent, unit in values:
            made[unit["number"]] = create_unit(made[parent], **unit)
        create_units(many, [NewUnit(parent, unit) for parent, unit in values])
        create_unit(many.units.get(number="1"), number="1.3", title="D")
        create_units(single, [NewUnit("1", {"number": "1.3", "title": "D"})])
        assert self.pages(single) == self.pages(many)
        for plan in (single, many):
            plan.refresh_from_db()
            assert plan.numchild == 1
            assert plan.units.get(number="1").numchild == 3
            for unit in plan.units.all():
                assert unit.slug == str(unit.uuid)
                assert unit.url_path == f"/{unit.uuid}/"
        assert FilePlanUnit.find_problems() == ([], [], [], [], [])
        readers = ScopeReader.objects.values_list("principal", "right")
        of_plan = [sorted(readers.filter(scope__path__startswith=plan.scope.path)) for plan in (single, many)]
        assert of_plan[0] == of_plan[1]

    def test_wrong_values_are_refused(self):
        with pytest.raises(ValidationError):
            create_units(create_plan("P"), [NewUnit("", {"number": "1", "title": "x" * 300})])


class TestNewEdition:
    def test_change_create_close_reopen(self):
        """R4: what fell away is closed, never deleted; what comes back is opened again."""
        plan = imported(simple("1", "1.1", "1.2", "2")).plan
        content = simple("1", "1.1", "1.3", "2", Frist={"1.1": 10})
        result = imported(content, "2.xlsx", plan=plan)
        edition = result.edition
        assert (edition.number, edition.created, edition.changed, edition.closed) == (2, 1, 1, 1)
        assert edition.source_name == "2.xlsx"
        plan.refresh_from_db()
        assert plan.version == "2"
        assert plan.units.get(number="1.2").closed_on == timezone.localdate()
        assert plan.units.get(number="1.1").retention_years == 10
        assert imported(content, plan=plan).edition is None

        result = imported(simple("1", "1.1", "1.2", "1.3", "2"), plan=plan)
        assert [unit.number for unit in result.diff.reopen] == ["1.2"]
        assert plan.units.get(number="1.2").closed_on is None
        assert plan.units.get(number="1.1").retention_years == 10, "a file without the column changes nothing"
        assert FilePlanUnit.find_problems() == ([], [], [], [], [])

    def test_stated_closing_with_date_and_successor(self):
        """R4: Stillgelegt, and the reference to the successor."""
        plan = imported(simple("1", "2")).plan
        content = simple("1", "2", Stillgelegt={"1": "31.12.2024"}, Nachfolger={"1": "2", "2": "siehe 7"})
        imported(content, plan=plan)
        unit = plan.units.get(number="1")
        assert unit.closed_on == datetime.date(2024, 12, 31)
        assert unit.successor.number == "2"
        assert plan.units.get(number="2").extra == {editions.OTHER_REFERENCE: "siehe 7"}
        assert imported(content, plan=plan).edition is None

    def test_an_empty_cell_clears_a_value(self):
        plan = imported(simple("1", Frist={"1": 10}, Farbe={"1": "rot"})).plan
        imported(simple("1", Frist={}, Farbe={}), plan=plan)
        unit = plan.units.get()
        assert (unit.retention_years, unit.extra) == (None, {})

    def test_a_version_in_the_houses_own_words_stays(self):
        plan = create_plan("Plan", version="2026/A")
        imported(simple("1"), plan=plan)
        plan.refresh_from_db()
        assert plan.version == "2026/A"

    def test_units_cannot_be_moved(self):
        plan = imported(simple("1", "12", "13", "2")).plan
        assert plan.units.get(number="12").depth == plan.units.get(number="1").depth + 1
        diff = plan_changes(plan, read_table(simple("1", "12", "13", "2"), "p.xlsx", numbering="segments"))
        assert [problem.row for problem in diff.refuse] == [3, 4]
        assert diff.close == [], "what is refused is not closed either"

    def test_validity_of_the_plan_is_taken_over(self):
        heading = ["Nr", "Titel", "Gültig ab", "Gültig bis"]
        plan = imported(workbook(heading, [None, "Mein Plan", "2020", "2029"], ["1", "a"])).plan
        assert plan.title == "Mein Plan"
        assert (plan.valid_from.year, plan.valid_until) == (2020, datetime.date(2029, 12, 31))
        result = imported(workbook(heading, [None, "Mein Plan", "2020", "2030"], ["1", "a"]), plan=plan)
        assert result.edition.number == 2
        plan.refresh_from_db()
        assert plan.valid_until.year == 2030

    def test_dates_of_file_and_plan_together_must_be_right(self):
        plan = imported(simple("1", **{"Gültig ab": {"1": "2020"}})).plan
        diff = plan_changes(plan, table_of(simple("1", **{"Gültig bis": {"1": "2019"}})))
        assert [problem.row for problem in diff.refuse] == [2]


class TestNothingHalf:
    def test_errors_stop_everything(self):
        before = counts()
        with pytest.raises(PlanNotImportable):
            imported(simple("1", "1.1", "3.1"))
        assert counts() == before

    def test_without_the_refused_rows(self):
        """Only when asked for; what is refused stays as it is, also what lies below."""
        plan = imported(simple("1", "1.1", "1.1.1", "2")).plan
        content = simple("1", "1.1", "1.1.1", Frist={"1": 5, "1.1": "irgendwann"})
        with pytest.raises(PlanNotImportable):
            imported(content, plan=plan)
        result = imported(content, plan=plan, without_refused=True)
        assert [problem.row for problem in result.diff.refuse] == [3, 4]
        closed = plan.units.filter(closed_on__isnull=False)
        assert [unit.number for unit in closed] == ["2"]
        assert plan.units.get(number="1").retention_years == 5

    def test_an_unreadable_file_is_never_imported(self):
        plan = imported(simple("1")).plan
        with pytest.raises(PlanNotImportable):
            imported(b"", plan=plan, without_refused=True)
        assert not plan.units.get().is_closed

    def test_a_failure_in_the_middle_leaves_nothing(self, monkeypatch):
        plan = imported(simple("1", "2", "3")).plan
        before = counts(), content_of(plan)

        def fail(*args, **kwargs):
            raise OSError("disk full")

        monkeypatch.setattr(editions, "refresh_plan_readers", fail)
        with pytest.raises(OSError, match="disk full"):
            imported(simple("1", "2", "4", Frist={"1": 3}), plan=plan)
        assert (counts(), content_of(plan)) == before

    def test_a_preview_that_is_no_longer_true(self):
        plan = imported(simple("1", "2")).plan
        table = table_of(simple("1"))
        expected = plan_changes(plan, table).fingerprint
        close_unit(plan.units.get(number="2"))
        with pytest.raises(PlanChangedMeanwhile):
            import_plan(plan, table, expected=expected)

    def test_the_preview_writes_nothing(self):
        plan = imported(simple("1", "2")).plan
        before = counts(), content_of(plan)
        diff = plan_changes(plan, table_of(simple("1", "1.1", Frist={"1": 3})))
        assert (len(diff.create), len(diff.change), len(diff.close)) == (1, 1, 1)
        assert diff.change[0].changes["retention_years"] == [None, 3]
        assert (counts(), content_of(plan)) == before


class TestExport:
    @pytest.mark.parametrize("form", [XLSX, CSV])
    @pytest.mark.parametrize("name", PLANS)
    def test_round_trip_into_an_empty_plan(self, name, form):
        """R5: the exported file imports to an equal plan."""
        plan = imported(PLANS[name], name).plan
        copy = imported(export_plan(plan, form), f"export.{form}").plan
        assert content_of(copy) == content_of(plan)
        assert (copy.title, copy.valid_from, copy.valid_until) == (
            plan.title,
            plan.valid_from,
            plan.valid_until,
        )

    @pytest.mark.parametrize("form", [XLSX, CSV])
    def test_round_trip_of_everything_awkward(self, form):
        office = OrgUnit.objects.create(code="=10", name="Amt")
        plan = imported(simple("1", "1.9", "1.10", "2", "3", Amt={"2": "Unbekannt"})).plan
        unit = plan.units.get(number="1.10")
        change_unit(
            unit,
            title="=1+1 'äöü';\"x\"",
            description="-Zeile 1\nZeile 2;",
            short_title="'+49",
            retention_unlimited=True,
            retention_reason="@Gesetz",
            confidentiality=4,
            office=office,
            valid_from=datetime.date(1999, 1, 2),
            extra={"Beschreibung": "zweite", "'=x": "'"},
            translations={"en": "E", "fr": "F"},
        )
        close_unit(
            plan.units.get(number="3"), successor=plan.units.get(number="2"), on=datetime.date(2020, 1, 1)
        )
        exported = export_plan(plan, form)
        assert imported(exported, f"x.{form}", plan=plan).edition is None
        copy = imported(exported, f"x.{form}").plan
        assert content_of(copy) == content_of(plan)


class TestCommands:
    @pytest.fixture
    def file(self, tmp_path):
        def write(content, name="plan.xlsx"):
            path = tmp_path / name
            path.write_bytes(content)
            return str(path)

        return write

    def test_import_and_export(self, file, tmp_path, capsys):
        call_command("import_file_plan", file(GERMAN_CSV, "p.csv"))
        plan = FilePlan.objects.get()
        assert plan.title == "p"
        assert plan.units.count() == 9
        target = tmp_path / "out.xlsx"
        call_command("export_file_plan", str(target))
        before = counts()
        call_command("import_file_plan", str(target))
        assert counts() == before

    def test_dry_run_changes_nothing(self, file, capsys):
        before = counts()
        call_command("import_file_plan", file(simple("1", "1.1")), "--dry-run", "-v2")
        assert counts() == before
        assert "+ 1.1 Titel 1.1" in capsys.readouterr().out

    def test_errors_are_listed_and_exit_non_zero(self, file, capsys):
        path = file(simple("1", "2.1"))
        for arguments in (["--dry-run"], []):
            with pytest.raises(CommandError):
                call_command("import_file_plan", path, *arguments)
            assert "3" in capsys.readouterr().out
        assert not FilePlan.objects.exists()

    def test_mapping_by_hand(self, file):
        path = file(workbook(["X", "Y"], ["1", "a"]))
        call_command("import_file_plan", path, "--map", "number=A", "--map", "title=Y", "--plan", "Neu")
        assert FilePlan.objects.get().title == "Neu"
        with pytest.raises(CommandError):
            call_command("import_file_plan", path, "--map", "foo=A")

    def test_which_plan(self, file):
        create_plan("A")
        create_plan("B")
        path = file(simple("1"))
        with pytest.raises(CommandError):
            call_command("import_file_plan", path)
        call_command("import_file_plan", path, "--plan", "B")
        assert FilePlan.objects.get(title="B").units.count() == 1

    def test_no_such_file(self):
        with pytest.raises(CommandError):
            call_command("import_file_plan", "/nowhere/plan.xlsx")


def test_five_hundred_forty_units_in_seconds():
    """A plan of the usual size is imported within ten seconds."""
    numbers = [str(g) for g in range(10)] + [f"{g}.{n}" for g in range(10) for n in range(53)]
    start = timezone.now()
    imported(simple(*numbers))
    assert (timezone.now() - start).total_seconds() < 10
