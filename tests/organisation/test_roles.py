"""Roles are data: those delivered, and who holds what today."""

import datetime

from doakte_content.organisation.enums import Capability
from doakte_content.organisation.models import Deputyship, Membership, Role
from doakte_content.organisation.queries import people_with
from tests.factories import UserFactory


def test_a_city_starts_with_the_roles_that_it_needs(db):
    """R57, R61: technical administration and data protection look after the house, not into records."""
    roles = {role.code: role for role in Role.objects.all()}
    assert set(roles) == {
        "case_worker",
        "head",
        "records_office",
        "mail_room",
        "reader",
        "plan_administrator",
        "archivist",
        "auditor",
        "administrator",
        "technical_administrator",
        "data_protection",
    }
    for code in ("auditor", "administrator", "technical_administrator", "data_protection"):
        assert (roles[code].owner_right, roles[code].everywhere_right) == (0, 0)
    assert Capability.EXPLAIN_ACCESS in roles["records_office"].capabilities


def test_people_with_a_capability_hold_it_themselves_and_today(city):
    """R61: neither a deputy, nor somebody whose time is over, nor a deactivated person is asked."""
    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    privacy = {"works_in": city.personnel, "works_in__role": "data_protection"}
    officer = UserFactory(**privacy)
    former, gone = UserFactory(**privacy), UserFactory(is_active=False, **privacy)
    Membership.objects.filter(user=former).update(ends=yesterday)
    Deputyship.objects.create(absent=officer, deputy=city.colleague)
    assert list(people_with(Capability.DATA_PROTECTION)) == [officer]
    assert gone not in people_with(Capability.DATA_PROTECTION)
