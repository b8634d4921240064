"""z.d.A. and back: what hinders, what is set, what is refused afterwards."""

import io
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doakte_content.fileplan.actions import change_unit
from doakte_content.journal.models import JournalEntry
from doakte_content.records import filing
from doakte_content.records.actions import (
    cancel_record,
    change_record,
    create_case,
    move_record,
)
from doakte_content.records.enums import Medium, State
from doakte_content.records.models import Case, Document, Record, RecordFile
from doakte_content.records.policies import NotWritable
from doakte_content.records.sharing import protect
from tests.factories import fresh
from workflow.approval import actions as approval
from workflow.closing import actions, queries
from workflow.closing.hindrances import Hindered

pytestmark = pytest.mark.django_db


def stored(record):
    return type(record).objects.get(pk=record.pk)


def approve(city, document) -> None:
    running = approval.submit(document, co_signers=[city.colleague], actor=fresh(city.case_worker))
    approval.co_sign(document, actor=fresh(city.colleague), revision_id=running.revision_id)
    approval.final_sign(document, actor=fresh(city.head), revision_id=running.revision_id)


def finished_case(city, record_file=None, **kwargs) -> Case:
    case = city.case(record_file, **kwargs)
    approve(city, city.document(case))
    return case


def close_case(city, case, actor=None):
    return actions.close_case(case, actor=fresh(actor or city.case_worker))


def close_file(city, record_file, actor=None):
    return actions.close_file(record_file, actor=fresh(actor or city.case_worker))


def closed_file(city) -> tuple[RecordFile, Case, Document]:
    record_file = city.file()
    case = finished_case(city, record_file)
    close_case(city, case)
    close_file(city, record_file)
    return stored(record_file), stored(case), Document.objects.child_of(case).get()


def reopen(city, record, reason="Nachtrag eingegangen", actor=None) -> None:
    actions.reopen(record, actor=fresh(actor or city.registrar), reason=reason)


def entries(record, action):
    return list(JournalEntry.objects.filter(object_uuid=record.uuid, action=action))


# --- closing ---------------------------------------------------------------------------------------------------------


def test_closing_a_case_closes_what_is_inside(city):
    """R31: ZdA and date set, on the documents as well."""
    case = finished_case(city)
    close_case(city, case)
    case, document = stored(case), Document.objects.child_of(case).get()
    assert (case.state, case.closed_on) == (State.CLOSED, date.today())
    assert (document.state, document.closed_on) == (State.APPROVED, date.today())
    assert entries(case, "record.close")[0].actor == city.case_worker


def test_retention_of_a_case_is_not_known_before_the_file_is_closed(city):
    """R23: the period runs from the last closed case of the file."""
    case = finished_case(city)
    close_case(city, case)
    assert stored(case).retained_until is None


def test_closing_a_file_computes_the_retention(city):
    """R22, R23: 31.12. of (year of z.d.A. + 10), carried to cases and documents."""
    record_file, case, document = closed_file(city)
    end = date(date.today().year + 10, 12, 31)
    assert record_file.state == State.CLOSED
    assert [one.retained_until for one in (record_file, case, document)] == [end, end, end]
    entry = entries(record_file, "record.close")[0]
    assert entry.changes["retained_until"] == [None, end.isoformat()]


def test_retention_counts_from_the_last_closed_case(city):
    """R23."""
    record_file = city.file()
    for year in (2019, 2021):
        case = finished_case(city, record_file)
        close_case(city, case)
        Record.objects.filter(pk=case.pk).update(closed_on=date(year, 5, 17))
    assert close_file(city, record_file).until == date(2031, 12, 31)
    assert stored(case).closed_on == date(2021, 5, 17)


def test_own_retention_of_the_file_overrides_the_plan(city):
    """R3."""
    record_file = city.file(retention_years=3)
    assert close_file(city, record_file).until == date(date.today().year + 3, 12, 31)


def test_without_limit_has_a_reason_instead_of_an_end(city):
    """R24."""
    record_file = city.file(retention_unlimited=True, retention_reason="Personenstand")
    retention = close_file(city, record_file)
    assert (retention.until, retention.reason) == (None, "Personenstand")
    assert stored(record_file).retained_until is None
    assert entries(record_file, "record.close")[0].data["reason"] == "Personenstand"


def test_period_of_a_file(city):
    """R21: from the oldest document to the closing; while open, to the latest document."""
    record_file = city.file(dated=date(2020, 6, 1))
    case = city.case(record_file)
    first = city.document(case, dated=date(2019, 3, 4))
    city.document(case, content=b"zwei", dated=date(2022, 8, 9))
    wrong = city.document(case, content=b"drei", dated=date(2001, 1, 1))
    cancel_record(wrong, "falsche Akte", actor=fresh(city.case_worker))
    assert queries.period_of(record_file, city.case_worker) == queries.Period(
        date(2019, 3, 4), date(2022, 8, 9)
    )
    record_file.closed_on = date(2023, 1, 2)
    assert queries.period_of(record_file, city.case_worker) == queries.Period(
        date(2019, 3, 4), date(2023, 1, 2)
    )
    assert first.dated == date(2019, 3, 4)


# --- what hinders ----------------------------------------------------------------------------------------------------


def test_everything_that_hinders_is_named_at_once(city):
    """R30, story 8: a list, not the first finding."""
    case = city.case()
    draft = city.document(case)
    submitted = city.document(case, content=b"zwei")
    approval.submit(submitted, co_signers=[city.colleague], actor=fresh(city.case_worker))
    rejected = city.document(case, content=b"drei")
    running = approval.submit(rejected, co_signers=[city.colleague], actor=fresh(city.case_worker))
    approval.reject(rejected, actor=fresh(city.colleague), revision_id=running.revision_id, reason="nein")
    changed = city.document(case, content=b"vier")
    approve(city, changed)
    change_record(changed, actor=fresh(city.case_worker), remark="neu")
    cancelled = city.document(case, content=b"fuenf")
    cancel_record(cancelled, "doppelt", actor=fresh(city.case_worker))
    with pytest.raises(Hindered) as caught:
        close_case(city, case)
    assert [one.record.pk for one in caught.value.hindrances] == [
        one.pk for one in (draft, submitted, rejected, changed)
    ]
    assert all(one.record.reference in one.message for one in caught.value.hindrances)
    assert stored(case).state == State.OPEN
    assert Document.objects.filter(closed_on__isnull=False).count() == 0


def test_cancelled_documents_do_not_hinder(city):
    """R20: what has been cancelled takes part in nothing more."""
    case = city.case()
    cancel_record(city.document(case), "doppelt", actor=fresh(city.case_worker))
    close_case(city, case)
    assert stored(case).state == State.CLOSED


def test_file_with_open_cases_is_not_closed(city):
    """R31: an Akte is closable only when all its Vorgänge are."""
    record_file = city.file()
    case = finished_case(city, record_file)
    cancel_record(city.case(record_file, title="irrtümlich"), "doppelt", actor=fresh(city.case_worker))
    with pytest.raises(Hindered) as caught:
        close_file(city, record_file)
    assert [one.record.pk for one in caught.value.hindrances] == [case.pk]


def test_file_without_retention_rule_is_not_closed(city):
    """R2, R22: nobody guesses how long a file is kept."""
    change_unit(city.group, retention_years=None)
    record_file = city.file()
    with pytest.raises(Hindered) as caught:
        close_file(city, record_file)
    assert len(caught.value.hindrances) == 1


def test_hybrid_file_needs_a_location(city):
    """R14: as soon as anything inside is paper, somebody must know where it is."""
    record_file = city.file()
    case = city.case(record_file)
    approve(city, city.document(case, medium=Medium.PAPER, location="Raum 2"))
    for attempt in (lambda: close_case(city, case), lambda: close_file(city, record_file)):
        with pytest.raises(Hindered, match="location|Standort"):
            attempt()
    change_record(case, actor=fresh(city.case_worker), location="Raum 2, Regal 14")
    close_case(city, case)


def test_messages_do_not_give_away_what_cannot_be_seen(city):
    """W32: rules look at everything, messages only tell of what the person may see."""
    record_file = city.file()
    hidden = city.document(city.case(record_file), title="Abmahnung")
    readable = record_file.scope_id
    secret = city.file("geheim")
    protect(secret, [city.head])
    # A place inside a file with narrower access; later issues open such places.
    Record.objects.filter(pk=hidden.pk).update(scope=stored(secret).scope_id)
    case = stored(hidden).get_parent().specific
    assert case.scope_id == readable
    with pytest.raises(Hindered) as caught:
        close_case(city, case)
    assert len(caught.value.hindrances) == 1
    assert caught.value.hindrances[0].record is None
    assert hidden.reference not in str(caught.value)
    with pytest.raises(Hindered) as caught:
        close_case(city, case, actor=city.head)
    assert caught.value.hindrances[0].record.pk == hidden.pk


def test_closing_needs_the_right_to_edit(city):
    """R57."""
    with pytest.raises(PermissionDenied):
        close_case(city, city.case(), actor=city.treasurer)
    with pytest.raises(PermissionDenied):
        close_file(city, city.file(), actor=city.treasurer)


def test_not_closed_twice(city):
    """R31."""
    record_file, case, _document = closed_file(city)
    with pytest.raises(NotWritable):
        close_case(city, case)
    with pytest.raises(NotWritable):
        close_file(city, record_file)


def filled_case(city, documents: int, state) -> Case:
    case = city.case(title=f"Mit {documents}")
    for number in range(documents):
        city.document(case, content=f"Blatt {number}".encode())
    Record.objects.filter(path__startswith=case.path).exclude(pk=case.pk).update(
        state=state, live=True, has_unpublished_changes=False
    )
    return case


def test_number_of_queries_does_not_depend_on_what_is_closed(city):
    """Issue 4: an Akte with 1,000 records closes and opens again in as many statements as one with three."""
    costs = {"case": [], "file": [], "again": []}
    for documents in (2, 9):
        case = filled_case(city, documents, State.APPROVED)
        record_file = case.get_parent().specific
        for name, work in (
            ("case", lambda case=case: close_case(city, case)),
            ("file", lambda record_file=record_file: close_file(city, record_file)),
            ("again", lambda record_file=record_file: reopen(city, stored(record_file))),
        ):
            with CaptureQueriesContext(connection) as sent:
                work()
            costs[name].append(len(sent))
    assert all(few == many for few, many in costs.values()), costs


def test_hindrances_are_found_in_as_many_queries_however_many_there_are(city):
    """Issue 4: what hinders is asked for at once, not document by document."""
    costs = []
    for documents in (2, 9):
        case = filled_case(city, documents, State.DRAFT)
        actor = fresh(city.case_worker)
        with CaptureQueriesContext(connection) as sent:
            assert len(queries.what_hinders(case, actor)) == documents
        costs.append(len(sent))
    assert costs[0] == costs[1]


# --- afterwards ------------------------------------------------------------------------------------------------------


def test_read_only_through_every_action(city):
    """R31: content and metadata are read-only, whatever is tried."""
    record_file, case, document = closed_file(city)
    other = city.case()
    worker = fresh(city.head)
    attempts = [
        lambda: change_record(record_file, actor=worker, title="anders"),
        lambda: change_record(case, actor=worker, title="anders"),
        lambda: change_record(document, actor=worker, title="anders"),
        lambda: create_case(record_file, title="neu", actor=worker),
        lambda: filing.file_document(case, io.BytesIO(b"neu"), "neu.txt", actor=worker),
        lambda: filing.add_version(document, io.BytesIO(b"neu"), "neu.txt", actor=worker),
        lambda: filing.add_attachment(document, io.BytesIO(b"neu"), "neu.txt", actor=worker),
        lambda: cancel_record(document, "doch nicht", actor=worker),
        lambda: cancel_record(case, "doch nicht", actor=worker),
        lambda: move_record(document, other, reason="falsch", actor=worker),
        lambda: move_record(case, city.file("andere"), reason="falsch", actor=worker),
        lambda: approval.submit(document, co_signers=[city.colleague], actor=worker),
        lambda: document.save_revision(user=worker),
        lambda: case.save_revision(user=worker),
    ]
    for attempt in attempts:
        with pytest.raises(NotWritable):
            attempt()
    assert stored(document).title == document.title


# --- reopening -------------------------------------------------------------------------------------------------------


def test_reopening_clears_the_dates_and_closing_again_computes_them(city):
    """R27: both logged."""
    record_file, case, document = closed_file(city)
    reopen(city, record_file)
    record_file, case, document = stored(record_file), stored(case), stored(document)
    assert (record_file.state, record_file.closed_on) == (State.OPEN, None)
    assert {one.retained_until for one in (record_file, case, document)} == {None}
    assert case.state == State.CLOSED
    entry = entries(record_file, "record.reopen")[0]
    assert (entry.actor, entry.data["reason"]) == (city.registrar, "Nachtrag eingegangen")
    assert entry.changes["retained_until"][1] is None
    close_file(city, record_file)
    assert stored(document).retained_until == date(date.today().year + 10, 12, 31)
    assert len(entries(record_file, "record.close")) == 2


def test_reopening_a_case_opens_its_file_as_well(city):
    """R27: a case can be worked on only in an open file. The other cases stay closed."""
    record_file = city.file()
    first, second = finished_case(city, record_file), finished_case(city, record_file)
    for case in (first, second):
        close_case(city, case)
    close_file(city, record_file)
    reopen(city, stored(first))
    assert [stored(one).state for one in (record_file, first, second)] == [
        State.OPEN,
        State.OPEN,
        State.CLOSED,
    ]
    assert stored(first).closed_on is stored(record_file).closed_on is None
    assert Document.objects.child_of(first).get().closed_on is None
    assert Document.objects.child_of(second).get().closed_on == date.today()
    assert entries(record_file, "record.reopen")[0].data["because_of"] == str(first.uuid)
    filing.file_document(
        stored(first), io.BytesIO(b"Nachtrag"), "nachtrag.txt", actor=fresh(city.case_worker)
    )


def test_only_the_records_office_reopens(city):
    """R27, W12: neither the case worker nor the head."""
    record_file, _case, _document = closed_file(city)
    for person in (city.case_worker, city.head, city.administrator, city.treasurer):
        with pytest.raises(PermissionDenied):
            reopen(city, record_file, actor=person)
    assert queries.may_reopen(fresh(city.registrar), record_file)
    assert not queries.may_reopen(fresh(city.head), record_file)


def test_reopening_needs_a_reason_and_something_closed(city):
    """R27."""
    record_file, _case, _document = closed_file(city)
    with pytest.raises(ValidationError):
        reopen(city, record_file, reason=" ")
    with pytest.raises(ValidationError):
        reopen(city, city.file())


def test_number_of_queries_does_not_grow_with_the_content(city, django_assert_max_num_queries):
    """Set-based: an Akte of a thousand documents is closed like one of ten."""
    case = city.case()
    for number in range(8):
        approve(city, city.document(case, content=b"%d" % number))
    actor = fresh(city.case_worker)
    with django_assert_max_num_queries(17):
        actions.close_case(case, actor=actor)
