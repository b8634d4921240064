"""Creates the demo city, once."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from django.db import transaction

from doakte_content.fileplan.editions import import_plan
from doakte_content.fileplan.models import FilePlan, FilePlanUnit
from doakte_content.fileplan.tables import read_table
from doakte_content.organisation.enums import Right
from doakte_content.organisation.models import OrgUnit
from doakte_content.records.sharing import share

from ..setup import name_site
from . import people
from .house import create_offices, create_people
from .records import Shelves

PLAN_FILE = Path(__file__).parent / "plan.csv"


class OtherCity(Exception):
    """The database already holds somebody's plan or offices."""


@transaction.atomic
def create_city(report: Callable[[str], None]) -> None:
    """Create Musterstadt with everything in it, or nothing at all; `report` is told what is being done.

    Raises `OtherCity` when the database is in use already: the demo does not mix with real records.
    """
    if OrgUnit.objects.exists() or FilePlan.objects.exists():
        raise OtherCity
    name_site("Musterstadt")
    report("Offices and people")
    units = create_offices()
    users = create_people(units)
    report("File plan")
    plan = create_plan(users["registratur"])
    share_parts(plan, units[people.SHARED_WITH], users["amtsleitung"])
    report("Files, cases and documents")
    Shelves(plan, users, report).fill()


def create_plan(records_office) -> FilePlan:
    """Import the plan as the records office would."""
    content = PLAN_FILE.read_bytes()
    return import_plan(
        None,
        read_table(content, PLAN_FILE.name),
        actor=records_office,
        title=people.PLAN_TITLE,
        source_name=PLAN_FILE.name,
        source_sha256=hashlib.sha256(content).hexdigest(),
    ).plan


def share_parts(plan: FilePlan, office: OrgUnit, head) -> None:
    """Let another office read parts of the plan, as the head of the office in charge would."""
    for number in people.SHARED_UNITS:
        unit = FilePlanUnit.objects.select_related("scope").get(plan=plan, number=number)
        share(unit, Right.READ, org_unit=office, actor=head, reason="Stellenbesetzung im eigenen Amt")
