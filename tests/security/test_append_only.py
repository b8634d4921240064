"""Attacks on what must not change, by somebody who has a shell with the application's models, or the database itself."""

import io
import uuid
from datetime import date

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.db.models.query import QuerySet
from wagtail.models import Page, Revision

from doakte_content.access.models import Consent, Grant
from doakte_content.fileplan.editions import PlanEdition
from doakte_content.fileplan.models import FilePlan, FilePlanUnit
from doakte_content.fileplan.reorganisation.models import Reorganisation
from doakte_content.journal import append_only, guards
from doakte_content.journal.actions import record as journal
from doakte_content.journal.models import JournalEntry
from doakte_content.records.actions import change_record, move_record
from doakte_content.records.models import (
    Case,
    Document,
    EmergencyAccess,
    FormerReference,
    Record,
    RecordFile,
    Version,
)
from doakte_content.storage.models import Blob
from tests.factories import fresh
from workflow.approval import actions as approval
from workflow.approval.models import Approval, CoSigner, Signature
from workflow.takeover.models import Takeover, TakeoverRow

pytestmark = pytest.mark.django_db

ONCE = [JournalEntry, Version, Blob, Signature, FormerReference, PlanEdition, Reorganisation]
NEVER_REMOVED = [
    Grant,
    Consent,
    Approval,
    CoSigner,
    EmergencyAccess,
    FilePlan,
    FilePlanUnit,
    Takeover,
    TakeoverRow,
]
RECORDS = [Record, RecordFile, Case, Document, Revision]
KEPT = [*ONCE, *NEVER_REMOVED, *RECORDS, ContentType]


@pytest.fixture
def filled(city):
    """A city in which every kept table has rows: a signed document that was moved, a draft with an earlier one."""
    signed = city.document()
    asked = approval.submit(signed, co_signers=[city.colleague], actor=fresh(city.case_worker))
    approval.co_sign(signed, actor=fresh(city.colleague), revision_id=asked.revision_id)
    approval.final_sign(signed, actor=fresh(city.head), revision_id=asked.revision_id)
    move_record(signed, city.case(), reason="falsch zugeordnet", actor=fresh(city.case_worker))
    city.made["draft"] = city.document(content=b"Entwurf")
    change_record(city.made["draft"], actor=fresh(city.case_worker), remark="zweite Fassung")
    EmergencyAccess.objects.create(reference="1.1", reason="Brand", requested_by=city.administrator)
    Consent.objects.create(author=city.administrator, kind="plan.unit", title="Einheit", told="Rechte")
    PlanEdition.objects.create(plan=city.plan, number=1, valid_from=date(2026, 1, 1))
    Reorganisation.objects.create(kind="rename", label="11 → 12", reason="so", records=1)
    takeover = Takeover.objects.create(system="alt", folder="/alt", phase="done")
    for number in (1, 2):
        TakeoverRow.objects.create(takeover=takeover, number=number, record_uuid=city.plan.uuid, size=1)
    return city


def content_of(model) -> list[tuple]:
    """Return all rows of a model's own table as the database has them."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return cursor.fetchall()


def attempt(statement, parameters=()) -> bool:
    """Execute SQL (or call a function); say whether the database let it through."""
    try:
        with transaction.atomic():
            if callable(statement):
                statement()
            else:
                with connection.cursor() as cursor:
                    cursor.execute(statement, parameters)
    except (DatabaseError, ProtectedError, ValidationError):
        return False
    return True


def test_every_kept_table_is_attacked_here():
    """W4, W14: a table that somebody declares kept is attacked as the others are."""
    assert {model._meta.db_table for model in KEPT} == set(append_only.KEPT)


def test_no_statement_removes_a_row(filled):
    """R20, R60, W4: history, evidence, rights and drafts stay, whatever is thrown at their tables."""
    for model in KEPT:
        before = content_of(model)
        assert before, model
        table = model._meta.db_table
        assert not attempt(f"DELETE FROM {table}"), model
        assert not attempt(lambda model=model: model._base_manager.all()._raw_delete("default")), model
        assert not attempt(lambda model=model: model._base_manager.all().delete()), model
        if connection.vendor == "postgresql":
            assert not attempt(f"TRUNCATE {table} CASCADE"), model
            assert not attempt(f"SET LOCAL session_replication_role = replica; DELETE FROM {table}"), model
        assert content_of(model) == before


def test_no_statement_changes_a_row_written_once(filled):
    """R60, W4, W14: neither SQL nor any of Django's ways of writing over a row."""
    for model in ONCE:
        before = content_of(model)
        for way, statement in ways_to_change(model.objects.order_by("pk").first()).items():
            assert not attempt(statement), (model, way)
        assert content_of(model) == before


def ways_to_change(row) -> dict:
    model, texts = type(row), ("CharField", "TextField")
    name = next(one.attname for one in row._meta.local_fields if one.get_internal_type() in texts)
    rows = model.objects
    return {
        "SQL": f"UPDATE {row._meta.db_table} SET {name} = 'gefälscht'",
        "update": lambda: rows.update(**{name: "gefälscht"}),
        "bulk_update": lambda: rows.bulk_update([forged(row, name)], [name]),
        "update_or_create": lambda: rows.update_or_create(pk=row.pk, defaults={name: "gefälscht"}),
        "save": lambda: forged(row, name).save(),
        "force_insert": lambda: forged(row, name).save(force_insert=True),
        "bulk_create": lambda: rows.bulk_create(
            [forged(row, name)], update_conflicts=True, unique_fields=["id"], update_fields=[name]
        ),
    }


def forged(row, name):
    row = type(row).objects.get(pk=row.pk)
    setattr(row, name, "gefälscht")
    return row


@pytest.mark.sqlite_only
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "UPSERT"])
def test_replacing_leaves_known_rows_as_they_are(filled, verb):
    """R60, W4, W14: SQLite's REPLACE asks no trigger of DELETE; for each unique key the known row stays."""
    for model in KEPT:
        table, before = model._meta.db_table, content_of(model)
        kept = append_only.KEPT[table]
        for key in (*kept.keys, *kept.ignored):
            attempt(replacing(model, kept, key, verb))
            assert content_of(model) == before, (table, key)


def replacing(model, kept, key, verb: str) -> str:
    """Return the statement that puts a row in the place of the one that has the same `key`, and only that."""
    columns = [field.column for field in model._meta.local_concrete_fields]
    forgeable = columns[-1]
    values = {column: f'"{column}"' for column in columns}
    for column in {column for one in (*kept.keys, *kept.ignored) for column in one.columns} - set(
        key.columns
    ):
        values[column] = f"\"{column}\" || 'x'" if column in ("uuid", "sha256") else f'"{column}" + 1000'
    if forgeable not in key.columns:
        values[forgeable] = f'"{forgeable}" || 1'
    tail = f' WHERE true ON CONFLICT DO UPDATE SET "{forgeable}" = 1' if verb == "UPSERT" else ""
    return (
        f"{'INSERT' if tail else verb} INTO {kept.table} ({', '.join(values)}) SELECT {', '.join(values.values())}"
        f" FROM (SELECT * FROM {kept.table} AS one WHERE {key.where.format(row='one') or 'true'} LIMIT 1){tail}"
    )


@pytest.mark.sqlite_only
def test_updating_does_not_push_another_row_away(filled):
    """R20, R60: SQLite's UPDATE OR REPLACE removes the row whose key it takes."""
    for model in [*NEVER_REMOVED, *RECORDS]:
        table, before = model._meta.db_table, len(content_of(model))
        for key in append_only.KEPT[table].keys:
            for column in key.columns:
                attempt(f'UPDATE OR REPLACE {table} SET "{column}" = (SELECT min("{column}") FROM {table})')
                assert len(content_of(model)) == before, (table, key)


@pytest.mark.sqlite_only
def test_every_unique_key_is_guarded():
    """W4: a unique index that somebody adds to a kept table is one more way to replace a row."""
    for table, kept in append_only.KEPT.items():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT name, partial FROM pragma_index_list('{table}') WHERE \"unique\"")
            unique = set()
            for name, partial in cursor.fetchall():
                cursor.execute(f"SELECT name FROM pragma_index_info('{name}') ORDER BY seqno")
                unique.add((tuple(row[0] for row in cursor.fetchall()), bool(partial)))
            cursor.execute(f"SELECT name FROM pragma_table_info('{table}') WHERE pk")
            unique.add(((cursor.fetchone()[0],), False))
        assert {(key.columns, bool(key.where)) for key in (*kept.keys, *kept.ignored)} == unique, table


def test_known_content_may_come_again(filled):
    """R16: the same letter comes every day; that is no attack, and its row stays as it is."""
    before = content_of(Blob)
    known = Blob.objects.first()
    new = Blob(sha256="ab" * 32, size=5)
    Blob.objects.bulk_create([Blob(sha256=known.sha256, size=1), new], ignore_conflicts=True)
    assert [row for row in content_of(Blob) if new.sha256 not in row] == before
    assert Blob.objects.get(sha256=new.sha256).size == 5


# --- drafts ---


ERASERS = {
    "documents": lambda draft: Document.objects.filter(pk=draft.pk).delete(),
    "records": lambda draft: Record.objects.filter(pk=draft.pk).delete(),
    "pages": lambda draft: Page.objects.filter(pk=draft.pk).delete(),
    "page": lambda draft: Page.objects.get(pk=draft.pk).delete(),
    "case": lambda draft: Case.objects.filter(pk=draft.get_parent().pk).delete(),
    "plan": lambda draft: FilePlan.objects.all().delete(),
    "past the managers": lambda draft: Document._base_manager.filter(pk=draft.pk).delete(),
    "past the collector": lambda draft: QuerySet(Record).filter(pk=draft.pk)._raw_delete("default"),
    "revisions": lambda draft: draft.revisions.all().delete(),
    "revision": lambda draft: draft.revisions.first().delete(),
    "revisions past the collector": lambda draft: draft.revisions.all()._raw_delete("default"),
    "content": lambda draft: draft.revisions.update(content={}),
    "owner": lambda draft: Revision.objects.filter(object_id=draft.pk).update(object_id="0"),
}


@pytest.mark.parametrize("how", ERASERS)
def test_a_draft_is_not_erased_unjournalled(filled, how):
    """R20: what somebody filed does not vanish without a line in the journal, nor an earlier state of it."""
    draft = Document.objects.get(pk=filled.made["draft"].pk)
    before = [content_of(model) for model in RECORDS]
    children = Page.objects.get(pk=draft.get_parent().pk).numchild
    entries = JournalEntry.objects.count()
    assert not attempt(lambda: ERASERS[how](draft))
    assert Document.objects.get(pk=draft.pk).title == draft.title
    assert [content_of(model) for model in RECORDS] == before
    assert Page.objects.get(pk=draft.get_parent().pk).numchild == children
    assert JournalEntry.objects.count() == entries


def test_a_refused_deletion_leaves_the_tree_alone(filled):
    """Outside of a transaction, too: else the case would count one document less than it holds."""
    draft = Document.objects.get(pk=filled.made["draft"].pk)
    case = Page.objects.get(pk=draft.get_parent().pk)
    with pytest.raises(ProtectedError):
        Document.objects.filter(pk=draft.pk).delete()
    assert Page.objects.get(pk=case.pk).numchild == case.numchild == 1


@pytest.mark.django_db(transaction=True)
def test_purging_revisions_leaves_earlier_drafts(filled, capsys):
    """R20, W14: Wagtail's tidying up goes on, past the earlier states of records."""
    page = Page.objects.filter(depth=2).exclude(pk=filled.plan.pk).first()
    old, _new = page.save_revision(), page.save_revision()
    before = set(filled.made["draft"].revisions.values_list("pk", flat=True))
    assert len(before) == 2
    call_command("purge_revisions")
    assert set(filled.made["draft"].revisions.values_list("pk", flat=True)) == before
    assert not Revision.objects.filter(pk=old.pk).exists()


def test_a_line_about_another_record_opens_nothing(filled):
    """R20: the journal must speak of the record that goes."""
    draft = Document.objects.get(pk=filled.made["draft"].pk)
    journal(append_only.DESTROYED, subject=draft.get_parent().specific)
    assert not attempt(lambda: Document.objects.filter(pk=draft.pk).delete())
    assert not attempt("DELETE FROM doakte_records_document WHERE record_ptr_id = %s", [draft.pk])


# --- what triggers, signatures and the journal find a row by ---


RECORD, REVISION, TYPE = "doakte_records_record", "wagtailcore_revision", "django_content_type"
FORGE = f"UPDATE {REVISION} SET content = '{{}}' WHERE id = {{revision}}"
#: Each in one transaction, with all put back at its end: keys are checked at the end only.
DETOURS = {
    "renamed content type": [
        f"UPDATE {TYPE} SET app_label = 'x' WHERE app_label = 'doakte_records'",
        FORGE,
        f"UPDATE {TYPE} SET app_label = 'doakte_records' WHERE app_label = 'x'",
    ],
    "renamed content type, erased": [
        "UPDATE wagtailcore_page SET latest_revision_id = NULL, live_revision_id = NULL WHERE id = {page}",
        f"UPDATE {TYPE} SET app_label = 'x' WHERE app_label = 'doakte_records'",
        f"DELETE FROM {REVISION} WHERE id = {{revision}}",
        f"UPDATE {TYPE} SET app_label = 'doakte_records' WHERE app_label = 'x'",
    ],
    "renumbered content type": [
        f"UPDATE {TYPE} SET id = -id WHERE app_label = 'doakte_records'",
        FORGE,
        f"UPDATE {TYPE} SET id = -id WHERE app_label = 'doakte_records'",
    ],
    "content type away": [f"DELETE FROM {TYPE} WHERE app_label = 'doakte_records' AND model = 'document'"],
    "record elsewhere": [
        f"UPDATE {RECORD} SET page_ptr_id = -1 WHERE page_ptr_id = {{page}}",
        FORGE,
        f"UPDATE {RECORD} SET page_ptr_id = {{page}} WHERE page_ptr_id = -1",
    ],
    "document elsewhere": [
        "UPDATE doakte_records_document SET record_ptr_id = -1 WHERE record_ptr_id = {page}",
        "DELETE FROM doakte_records_document WHERE record_ptr_id = -1",
    ],
    "another record's destruction": [
        "UPDATE wagtailcore_page SET latest_revision_id = NULL, live_revision_id = NULL WHERE id = {page}",
        f"UPDATE {RECORD} SET uuid = '{{destroyed}}' WHERE page_ptr_id = {{page}}",
        f"DELETE FROM {REVISION} WHERE object_id = '{{page}}'",
        "DELETE FROM doakte_records_document WHERE record_ptr_id = {page}",
    ],
    "revision of nobody": [
        f"UPDATE {REVISION} SET content_type_id = (SELECT id FROM {TYPE} WHERE model = 'site') WHERE id = {{revision}}"
    ],
    "revisions of each other": [
        f"UPDATE {REVISION} SET id = -1 WHERE id = {{revision}}",
        f"UPDATE {REVISION} SET id = {{revision}} WHERE id = {{later}}",
        f"UPDATE {REVISION} SET id = {{later}} WHERE id = -1",
    ],
}


@pytest.mark.parametrize("how", DETOURS)
def test_no_trigger_is_made_to_look_elsewhere(filled, how):
    """R20, R50, R60: what a record's state is recognised by is kept as the state itself."""
    draft = filled.made["draft"]
    first, later = draft.revisions.order_by("pk").values_list("pk", flat=True)[:2]
    destroyed = uuid.uuid4()
    JournalEntry(action=append_only.DESTROYED, object_uuid=destroyed).save()
    names = {
        "page": draft.pk,
        "revision": first,
        "later": later,
        "destroyed": destroyed.hex,
    }
    before = [content_of(model) for model in (*RECORDS, ContentType)]

    def detour():
        with connection.cursor() as cursor:
            for statement in DETOURS[how]:
                for name, value in names.items():
                    statement = statement.replace(f"{{{name}}}", str(value))
                cursor.execute(statement)

    assert not attempt(detour)
    assert [content_of(model) for model in (*RECORDS, ContentType)] == before


def test_what_a_row_is_known_by_never_changes(filled):
    """R20, R60: signatures, grants and the journal name rows by their keys; nobody gives these to another row."""
    for model in [*NEVER_REMOVED, *RECORDS]:
        table, before = model._meta.db_table, content_of(model)
        for key in append_only.KEPT[table].keys:
            if len(key.columns) == 1 and not key.where:
                column = key.columns[0]
                new = f"'{uuid.uuid4().hex}'" if column == "uuid" else f"-{column}"
                one = f"SELECT min({key_of(model)}) FROM {table}"
                assert not attempt(f"UPDATE {table} SET {column} = {new} WHERE {key_of(model)} = ({one})"), (
                    table,
                    column,
                )
        assert content_of(model) == before


def key_of(model) -> str:
    return model._meta.pk.column


def test_an_approval_stays_with_its_document(filled):
    """R50: signatures given under one document are not hung onto another, nor the request onto other people."""
    asked = Approval.objects.get()
    other = filled.made["draft"]
    person = filled.administrator
    for name, value in {
        "document_id": other.pk,
        "revision_id": other.latest_revision_id,
        "office_id": asked.office_id + 1,
        "submitted_by_id": person.pk,
    }.items():
        assert not attempt(f"UPDATE doakte_approval_approval SET {name} = {value}"), name
    assert not attempt(f"UPDATE doakte_approval_cosigner SET user_id = {person.pk}")


def test_a_takeover_that_made_records_does_not_begin_again(filled):
    """W14: its rows may be removed while it reads; so it never reads again, nor do they move to one that reads."""
    reading = Takeover.objects.create(system="neu", folder="/neu")
    assert not attempt("UPDATE doakte_takeover_takeover SET phase = 'reading' WHERE phase = 'done'")
    assert not attempt("UPDATE doakte_takeover_takeover SET phase = 'checked' WHERE phase = 'done'")
    assert not attempt(f"UPDATE doakte_takeover_takeoverrow SET takeover_id = {reading.pk}")


def test_a_signed_revision_that_was_changed_is_named(filled):
    """R50, R62: who lifts the protection, changes what was signed and puts it back is found out by its hash."""
    signature = Signature.objects.filter(kind="final").get()
    said = io.StringIO()
    call_command("check_integrity", stdout=said)
    assert str(signature.document_uuid) not in said.getvalue()
    lift(REVISION, "content")
    revision = Revision.objects.get(pk=signature.revision_id)
    Revision.objects.filter(pk=revision.pk).update(content={**revision.content, "title": "gefälscht"})
    connection.check_constraints()
    guards.establish(connection)
    with pytest.raises(SystemExit):
        call_command("check_integrity", stdout=said)
    assert str(signature.document_uuid) in said.getvalue()


def lift(table: str, suffix: str) -> None:
    connection.check_constraints()
    prefix = append_only.PREFIX
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER {prefix}_{suffix} ON {table}")
        else:
            cursor.execute(f"DROP TRIGGER {prefix}_{table}_{suffix}")


# --- the protection itself ---


def break_it(table: str, how: str) -> None:
    prefix = append_only.PREFIX
    # What the test wrote still waits for its checks; a transaction of its own would have none of that.
    connection.check_constraints()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                {
                    "drop": f"DROP TRIGGER {prefix}_row ON {table}",
                    "disable": f"ALTER TABLE {table} DISABLE TRIGGER {prefix}_row",
                    "not always": f"ALTER TABLE {table} ENABLE TRIGGER {prefix}_row",
                    "weaken": f"CREATE OR REPLACE FUNCTION {prefix}() RETURNS trigger LANGUAGE plpgsql AS"
                    " 'BEGIN RETURN OLD; END'",
                    "narrow": f"CREATE OR REPLACE TRIGGER {prefix}_row BEFORE UPDATE OR DELETE ON {table}"
                    f" FOR EACH ROW WHEN (OLD.id < 0) EXECUTE FUNCTION {prefix}()",
                }[how]
            )
        else:
            cursor.execute(f"DROP TRIGGER {prefix}_{table}_delete")
            if how != "drop":
                cursor.execute(
                    f"CREATE TRIGGER {prefix}_{table}_delete BEFORE DELETE ON {table} WHEN OLD.id < 0"
                    f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )


@pytest.mark.parametrize(
    "how",
    [
        "drop",
        "weaken",
        *(pytest.param(one, marks=pytest.mark.postgres) for one in ("disable", "not always", "narrow")),
    ],
)
def test_broken_protection_is_named(filled, how):
    """R62: who takes the protection away is found out by the nightly check, which ends with an error."""
    break_it("doakte_journal_journalentry", how)
    said = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_integrity", stdout=said)
    assert ended.value.code == 1
    assert "doakte_journal_journalentry" in said.getvalue()


def test_migrating_brings_the_protection_back(filled):
    """R60: after a restore without triggers, or a table made anew on SQLite, the next `migrate` protects again."""
    break_it("doakte_journal_journalentry", "drop")
    assert attempt("DELETE FROM doakte_journal_journalentry WHERE id < 0")
    guards.establish(connection)
    assert all(one.weakness in guards.OF_ONE_ROLE for one in guards.problems(connection))
    assert not attempt("DELETE FROM doakte_journal_journalentry")


def test_one_role_is_a_warning_unless_the_house_needs_two(db, settings):
    """W4: a small office may work with one role and is told so every night; in production it is an error."""
    said = io.StringIO()
    call_command("check_integrity", stdout=said)
    assert "Warnung: " in said.getvalue()
    settings.DOAKTE_REQUIRE_TWO_ROLES = True
    with pytest.raises(SystemExit):
        call_command("check_integrity", stdout=said)
