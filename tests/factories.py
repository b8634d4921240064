"""Things to test with. Records are made by the actions of the rooms, as everywhere else."""

import io
from dataclasses import dataclass, field

import factory
from django.contrib.auth import get_user_model

from doakte_content.fileplan.actions import create_plan, create_unit
from doakte_content.fileplan.models import FilePlan, FilePlanUnit
from doakte_content.organisation.changes import by_hand
from doakte_content.organisation.models import Membership, OrgUnit, Role
from doakte_content.records.actions import create_case, create_record_file
from doakte_content.records.filing import file_document
from doakte_content.records.models import Case, Document, RecordFile


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    first_name = "Änne"
    last_name = factory.Sequence(lambda n: f"Groß {n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@musterstadt.example")
    password = factory.PostGenerationMethodCall("set_password", "passwort")

    @factory.post_generation
    def works_in(user, create, office, role="case_worker", **kwargs):
        """`works_in=office, works_in__role="head"` makes the person a member."""
        if office:
            user.save()
            MembershipFactory(user=user, org_unit=office, role__code=role, **kwargs)


class OrgUnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OrgUnit

    code = factory.Sequence(lambda n: f"{n + 100}")
    name = factory.LazyAttribute(lambda unit: f"Amt {unit.code}")


class RoleFactory(factory.django.DjangoModelFactory):
    """The delivered roles exist; this finds them by code."""

    class Meta:
        model = Role
        django_get_or_create = ("code",)

    code = "case_worker"


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    org_unit = factory.SubFactory(OrgUnitFactory)
    role = factory.SubFactory(RoleFactory)


def fresh(user):
    """Return the person as the next request would load them: answers kept for one request are gone."""
    return get_user_model().objects.get(pk=user.pk)


@dataclass
class City:
    """A small city: two offices with people, a records office, and a plan of two main groups."""

    personnel: OrgUnit
    treasury: OrgUnit
    case_worker: object
    colleague: object
    head: object
    registrar: object
    treasurer: object
    auditor: object
    administrator: object
    plan: FilePlan
    group: FilePlanUnit
    unit: FilePlanUnit
    treasury_unit: FilePlanUnit
    made: dict = field(default_factory=dict)

    def file(self, title="Stellenplan", unit=None, **kwargs) -> RecordFile:
        return create_record_file(unit or self.unit, title=title, **kwargs)

    def case(self, record_file=None, title="Neue Stelle", **kwargs) -> Case:
        return create_case(record_file or self.file(), title=title, **kwargs)

    def document(
        self, case=None, content=b"Sehr geehrte Damen und Herren", name="brief.txt", **kwargs
    ) -> Document:
        return file_document(case or self.case(), io.BytesIO(content), name, **kwargs)


@by_hand()
def make_city() -> City:
    """Build the city that most tests live in."""
    top = OrgUnitFactory(code="OB", name="Stadt", kind="city")
    personnel = OrgUnitFactory(code="11", name="Personal- und Organisationsamt", parent=top)
    treasury = OrgUnitFactory(code="20", name="Stadtkämmerei", parent=top)
    records_office = OrgUnitFactory(code="10", name="Hauptamt", parent=top)
    plan = create_plan("Aktenplan Musterstadt")
    group = create_unit(
        plan, number="1", title="Personal", office=personnel, retention_years=10, disposal_kind="B"
    )
    unit = create_unit(group, number="1.1", title="Stellenwirtschaft")
    money = create_unit(
        plan, number="2", title="Finanzen", office=treasury, retention_years=6, disposal_kind="V"
    )
    treasury_unit = create_unit(money, number="2.1", title="Haushalt")

    def person(username, office, role, **kwargs):
        return UserFactory(username=username, works_in=office, works_in__role=role, **kwargs)

    return City(
        personnel=personnel,
        treasury=treasury,
        case_worker=person("sachbearbeitung", personnel, "case_worker"),
        colleague=person("kollegin", personnel, "case_worker"),
        head=person("leitung", personnel, "head", works_in__final_sign=True),
        registrar=person("registratur", records_office, "records_office"),
        treasurer=person("kaemmerei", treasury, "case_worker"),
        auditor=person("revision", records_office, "auditor"),
        administrator=person("verwaltung", records_office, "administrator", is_superuser=True),
        plan=plan,
        group=group,
        unit=unit,
        treasury_unit=treasury_unit,
    )
