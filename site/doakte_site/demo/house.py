"""Musterstadt's organisation: offices, people, roles, deputies."""

from datetime import date

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from doakte_content.organisation.changes import changing
from doakte_content.organisation.models import Deputyship, Membership, OrgUnit, Role

from .people import OFFICES, PASSWORD, PEOPLE

#: Everybody has been here for as long as the records reach back.
SINCE = date(2020, 1, 1)


@changing(None)
def create_offices() -> dict[str, OrgUnit]:
    """Create the offices and return them by code."""
    units: dict[str, OrgUnit] = {}
    for office in OFFICES:
        parent = units[office.parent] if office.parent else None
        units[office.code] = OrgUnit.objects.create(
            code=office.code, name=office.name, kind=office.kind, parent=parent
        )
    return units


@changing(None)
def create_people(units: dict[str, OrgUnit]) -> dict:
    """Create everybody with role, signing authority and deputies; return the users by login.

    They have no mail addresses: the demo would write to nobody.
    """
    User = get_user_model()
    roles = {role.code: role for role in Role.objects.all()}
    # One hash for all: hashing twenty times would take longer than everything else here.
    password = make_password(PASSWORD)
    users = {}
    for person in PEOPLE:
        users[person.login] = User.objects.create(
            username=person.login,
            first_name=person.first_name,
            last_name=person.last_name,
            password=password,
        )
        for office, role in ((person.office, person.role), *person.also):
            Membership.objects.create(
                user=users[person.login],
                org_unit=units[office],
                role=roles[role],
                final_sign=person.final_sign,
                starts=SINCE,
            )
    for person in PEOPLE:
        if person.deputy:
            Deputyship.objects.create(
                absent=users[person.login],
                deputy=users[person.deputy],
                starts=SINCE,
                reason="Ständige Vertretung",
            )
    return users
