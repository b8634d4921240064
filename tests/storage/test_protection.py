"""Every night: does the database still keep what must not change? (R60, R62)"""

import pytest
from django.db import connection

from doakte_content.access.models import Notice
from doakte_content.access.notices import lines_for
from doakte_content.journal.append_only import PREFIX
from doakte_content.journal.guards import Weakness
from doakte_content.journal.models import JournalEntry
from doakte_content.storage.protection import KIND
from doakte_content.storage.tasks import check_protection
from tests.factories import UserFactory

TABLE = "doakte_records_version"


@pytest.fixture
def officer(city):
    return UserFactory(username="datenschutz", works_in=city.personnel, works_in__role="data_protection")


def drop_trigger() -> None:
    on_postgres = connection.vendor == "postgresql"
    name = f"{PREFIX}_row ON {TABLE}" if on_postgres else f"{PREFIX}_{TABLE}_delete"
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}")


def test_missing_protection_is_journalled_and_told(officer, caplog):
    """R62: it stands in the journal every night, and data protection is told until somebody has read it."""
    drop_trigger()
    check_protection()
    check_protection()
    entries = JournalEntry.objects.filter(action=KIND)
    assert [entry.data["found"][0].split(":")[0] for entry in entries] == [Weakness.MISSING.value] * 2
    notice = Notice.objects.get(kind=KIND)
    assert notice.user == officer
    assert TABLE in lines_for(officer, [notice])[0].text
    assert any(one.levelname == "ERROR" and TABLE in one.getMessage() for one in caplog.records)


def test_one_role_is_logged_and_disturbs_nobody(officer, caplog):
    """A small office is not told every morning of what it has decided."""
    check_protection()
    assert not JournalEntry.objects.filter(action=KIND).exists() and not Notice.objects.exists()
    assert [one.levelname for one in caplog.records] == ["WARNING"]


def test_one_role_is_an_error_where_two_are_needed(officer, settings):
    settings.DOAKTE_REQUIRE_TWO_ROLES = True
    check_protection()
    assert JournalEntry.objects.filter(action=KIND).count() == 1
