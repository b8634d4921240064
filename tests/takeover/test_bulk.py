"""Records that come in bulk are like those that come one by one."""

import datetime
import uuid

import pytest
from django.db import connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.journal.models import JournalEntry
from doakte_content.records import bulk
from doakte_content.records.actions import create_case, create_record_file
from doakte_content.records.models import Case, Counter, Document, Record, RecordFile

pytestmark = pytest.mark.django_db

#: Differ from record to record, or say when it was written.
OWN = {
    "id", "page_ptr", "record_ptr", "path", "uuid", "slug", "url_path", "translation_key", "reference",
    "reference_key", "ordinal", "numchild", "container",
    "latest_revision", "latest_revision_created_at", "first_published_at", "last_published_at", "live_revision",
}  # fmt: skip


def fields(record) -> dict:
    return {
        name.name: getattr(record, name.attname)
        for name in record._meta.concrete_fields
        if name.name not in OWN
    }


def new(parent, **values) -> bulk.NewRecord:
    return bulk.NewRecord(
        uuid=uuid.uuid4(), parent=parent.uuid, title="Neue Stelle", dated=datetime.date(2026, 2, 3), **values
    )


@transaction.atomic
def insert(model, parent, records):
    hold = bulk.hold_units if model is RecordFile else bulk.hold_records
    return bulk.insert(model, records, hold([parent.uuid]), action="record.take_over")


def test_a_file_in_bulk_is_like_a_single_one(city):
    """R10, R12: number, scope, office, classification and place in the tree are the same."""
    city.unit.confidentiality = 2
    city.unit.save()
    day = datetime.date.today()
    single = create_record_file(city.unit, title="Neue Stelle", dated=day)
    record = new(city.unit)
    record.dated = day
    insert(RecordFile, city.unit, [record])
    one = RecordFile.objects.get(uuid=record.uuid)
    assert fields(one) == fields(RecordFile.objects.get(pk=single.pk))
    assert one.ordinal == single.ordinal + 1 and one.year == single.year
    assert one.reference == f"1.1-{day.year}-{one.ordinal:04}"
    assert one.reference_key > single.reference_key
    assert FilePlanUnit.objects.get(pk=city.unit.pk).get_children().count() == 2
    next_one = create_record_file(city.unit, title="Danach")
    assert next_one.ordinal == one.ordinal + 1 and next_one.path > one.path


def test_a_case_in_bulk_is_like_a_single_one(city):
    record_file = city.file()
    single = create_case(record_file, title="Neue Stelle", dated=datetime.date(2026, 2, 3))
    record = new(record_file)
    insert(Case, record_file, [record])
    one = Case.objects.get(uuid=record.uuid)
    assert fields(one) == fields(Case.objects.get(pk=single.pk))
    assert one.reference == f"{record_file.reference}/{single.ordinal + 1}"


def test_a_document_in_bulk_is_like_a_single_one_that_was_published(city):
    """R16: with its first version. It is approved and live, for it comes from where it was in use."""
    case = city.case()
    single = city.document(case)
    version = single.version
    record = new(case, file=bulk.NewFile(version.blob_id, "brief.txt", "text/plain"))
    record.title = single.title
    record.dated = single.dated
    insert(Document, case, [record])
    one = Document.objects.get(uuid=record.uuid)
    differing = {name for name, value in fields(single).items() if fields(one)[name] != value}
    assert differing <= {"live", "has_unpublished_changes", "state", "version", "published", "published_at"}
    assert one.live and one.state == "approved" and not one.has_unpublished_changes
    assert model_to_dict(
        one.version, exclude=["id", "document_uuid", "component", "created_at"]
    ) == model_to_dict(version, exclude=["id", "document_uuid", "component", "created_at"])
    assert one.version.component == one.version.document_uuid == one.uuid


def test_numbers_are_free_of_gaps_across_both_ways(city):
    """R10: single and bulk take from the same counters."""
    record_file = city.file()
    first = create_case(record_file, title="Einzeln")
    insert(Case, record_file, [new(record_file) for _number in range(40)])
    last = create_case(record_file, title="Einzeln")
    numbers = sorted(Case.objects.child_of(record_file).values_list("ordinal", flat=True))
    assert numbers == list(range(first.ordinal, last.ordinal + 1))
    assert Counter.objects.get(owner_uuid=record_file.uuid).last == 42


def test_the_tree_is_sound(city):
    """Nothing is wrong with paths, depths and numbers of children, also when some have been moved away before."""
    record_file, other = city.file(), city.file(title="Andere")
    for _number in range(3):
        create_case(record_file, title="Einzeln")
    from doakte_content.records.actions import move_record

    move_record(Case.objects.child_of(record_file).first(), other, reason="falsch abgelegt")
    insert(Case, record_file, [new(record_file) for _number in range(5)])
    assert all(not found for found in Record.find_problems())


def test_the_journal_has_one_entry_for_each(city):
    """R59: who, when, what, at each record."""
    record_file = city.file()
    records = [new(record_file, data={"identifier": f"V-{number}"}) for number in range(3)]
    insert(Case, record_file, records)
    entries = JournalEntry.objects.filter(action="record.take_over")
    assert {entry.object_uuid: entry.data["identifier"] for entry in entries} == {
        record.uuid: record.data["identifier"] for record in records
    }
    assert {entry.scope_id for entry in entries} == {record_file.scope_id}
    assert {entry.object_type for entry in entries} == {"doakte_records.case"}


def test_many_take_as_many_queries_as_few(city):
    record_file = city.file()
    counts = []
    for number in (1, 2, 60):
        with CaptureQueriesContext(connection) as queries:
            insert(Case, record_file, [new(record_file, former_reference="alt") for _record in range(number)])
        counts.append(len(queries))
    assert counts[1] == counts[2]
