"""The journal: append-only, and it outlives what it speaks of."""

import sqlite3

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations import AddConstraint, Migration
from django.db.migrations.loader import MigrationLoader
from django.db.models import CheckConstraint, Q
from django.db.utils import ConnectionHandler

from doakte_content.journal import guards
from doakte_content.journal.actions import record
from doakte_content.journal.labels import ACTIONS
from doakte_content.journal.models import JournalEntry
from doakte_content.journal.queries import history_of


def test_entry_names_actor_time_action_and_object(city):
    """R59, W3."""
    entry = record("record.view", actor=city.head, subject=city.unit)
    assert (entry.actor_name, entry.object_uuid, entry.scope_id) == (
        city.head.get_full_name(),
        city.unit.uuid,
        city.unit.scope_id,
    )
    assert entry.at
    assert history_of(city.unit).first() == entry


def test_system_is_named_when_nobody_acted(db):
    """R59."""
    assert record("plan.import").actor_name == "System"


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE doakte_journal_journalentry SET actor_name = 'nobody'",
        "DELETE FROM doakte_journal_journalentry",
        pytest.param("TRUNCATE doakte_journal_journalentry", marks=pytest.mark.postgres),
    ],
)
def test_database_refuses_every_change(db, attempt):
    """R60, W4: not even the owner of the database alters the history by a statement."""
    record("plan.import")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attempt)
    assert JournalEntry.objects.get().actor_name == "System"


def test_orm_cannot_change_it_either(db):
    entry = record("plan.import")
    for attempt in (entry.save, entry.delete, JournalEntry.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_every_action_written_in_the_code_has_a_name():
    """The panel shows words, not codes."""
    import re
    from pathlib import Path

    root = Path(__file__).parents[2]
    written = set()
    for wing in ("doakte_content", "workflow"):
        for path in (root / wing).rglob("*.py"):
            written |= set(re.findall(r'(?:journal|record)\(\s*"([a-z_]+\.[a-z_]+)"', path.read_text()))
    assert "record.create" in written
    assert written <= set(ACTIONS)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "model", ["doakte_journal.journalentry", "doakte_records.record", "doakte_takeover.takeover"]
)
def test_a_table_that_sqlite_makes_anew_is_kept_again(db, tmp_path, model):
    """R60: a later migration goes through although triggers of other tables ask this one, and `migrate` ends protected."""
    copy = tmp_path / "copy.sqlite3"
    with sqlite3.connect(connection.settings_dict["NAME"]) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    own = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(copy)}})[
        "default"
    ]
    before = MigrationLoader(own).project_state()
    app, name = model.split(".")
    constraint = CheckConstraint(condition=Q(pk__gte=0), name="doakte_made_anew")
    migration = Migration("anew", app)
    migration.operations = [AddConstraint(name, constraint)]
    try:
        guards.make_way(own)
        with own.schema_editor() as editor:
            migration.apply(before, editor)
        assert guards.problems(own)[0].weakness == guards.Weakness.MISSING
        guards.establish(own)
        assert [one.weakness for one in guards.problems(own)] == [guards.Weakness.NO_ROLES]
    finally:
        own.close()
