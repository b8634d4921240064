"""What people do with files, cases and documents."""

import datetime
import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from doakte_content.fileplan.actions import close_unit, create_unit
from doakte_content.journal.models import JournalEntry
from doakte_content.records import actions, filing, mails, sharing
from doakte_content.records.enums import Medium, State
from doakte_content.records.listing import known
from doakte_content.records.models import Case, Document, FormerReference, Record, RecordFile, Version
from doakte_content.records.policies import NotWritable
from doakte_content.records.queries import effective_medium, linked_records
from tests.factories import fresh

YEAR = timezone.localdate().year


def stored(record):
    return type(record).objects.get(pk=record.pk)


def test_reference_consists_of_unit_year_and_number(city):
    """R10: unit's number, separator, ordinal; derived references for cases and documents."""
    record_file = city.file(actor=fresh(city.case_worker))
    case = city.case(record_file)
    document = city.document(case)
    assert record_file.reference == f"1.1-{YEAR}-0001"
    assert case.reference == f"1.1-{YEAR}-0001/1"
    assert document.reference == f"1.1-{YEAR}-0001/1-1"
    assert city.file().reference == f"1.1-{YEAR}-0002"


def test_pattern_of_the_plan_decides(city):
    """R10: the pattern is configurable per plan."""
    city.plan.reference_pattern = "{unit}/{number} ({year})"
    city.plan.save()
    assert city.file().reference == f"1.1/1 ({YEAR})"


@pytest.mark.parametrize(
    "pattern", ["", "{unit}", "{number}", "{unit}-{foo}", "{unit.__class__}-{number}", "{0}{unit}"]
)
def test_pattern_that_cannot_work_is_refused(city, pattern):
    """R10: a pattern without unit or number could not give unique references."""
    city.plan.reference_pattern = pattern
    with pytest.raises(ValidationError):
        city.plan.full_clean()


def test_rolled_back_file_leaves_no_gap(city):
    """R10: gap-free per unit and year."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        city.file()
        raise ZeroDivisionError
    assert city.file().ordinal == 1


def test_files_only_on_open_units_that_allow_them(city):
    """R4, R7: no files on a unit that holds units, and none on a closed one; old files stay."""
    with pytest.raises(ValidationError, match="1 Personal"):
        city.file(unit=city.group)
    old = city.file()
    close_unit(city.unit)
    with pytest.raises(ValidationError, match="1.1"):
        city.file()
    assert stored(old).title == "Stellenplan"


def test_unit_with_files_takes_no_units(city):
    """R7: a unit holds units or files, never both."""
    city.file()
    with pytest.raises(ValidationError):
        create_unit(city.unit, number="1.1.1", title="Zu spät")


def test_other_office_may_not_file(city):
    """R57: rights by role in the office that owns the part of the plan."""
    stranger = fresh(city.treasurer)
    case = city.case()
    with pytest.raises(PermissionDenied):
        city.file(actor=stranger)
    with pytest.raises(PermissionDenied):
        city.case(city.file(), actor=stranger)
    with pytest.raises(PermissionDenied):
        city.document(case, actor=stranger)
    with pytest.raises(PermissionDenied):
        actions.change_record(case, actor=stranger, title="Fremd")
    with pytest.raises(PermissionDenied):
        actions.cancel_record(case, "weil", actor=stranger)


def test_superuser_has_no_content(city):
    """R61: a technical administrator gets no content by being one."""
    with pytest.raises(PermissionDenied):
        city.file(actor=fresh(city.administrator))


def test_filed_document_is_a_draft_with_its_file(city):
    """R16: a version with file name, type, hash; readers do not see a draft."""
    document = stored(city.document(actor=city.case_worker, keywords=["Stelle", "Plan"], sender="Frau Groß"))
    assert (document.state, document.live) == (State.DRAFT, False)
    assert document.version.number == 1
    assert document.version.media_type == "text/plain"
    assert document.version.blob.path.read_bytes() == b"Sehr geehrte Damen und Herren"
    assert sorted(tag.name for tag in document.keywords.all()) == ["Plan", "Stelle"]
    assert document.latest_revision.user == city.case_worker


def test_xdomea_s_everyday_metadata_are_kept(city):
    """R12, R13: as entered, and in the revision that is signed."""
    entered = {
        "foreign_reference": "32-4711/2026",
        "received_on": datetime.date(2026, 3, 3),
        "regarding": "Ihr Schreiben vom 1. März",
        "author": "Łukasz Żółć",
        "privacy_level": "Art. 9 DSGVO",
        "document_type": "notice",
        "direction": "out",
    }
    document = stored(city.document(actor=city.case_worker, **entered))
    revised = document.get_latest_revision_as_object()
    for record in (document, revised):
        assert {name: getattr(record, name) for name in entered} == entered
        assert record.clerk == city.case_worker.get_full_name()
    assert city.file(kept_by=city.treasury).kept_by == city.treasury


def test_mail_brings_its_attachments_and_header(city):
    """R36, W38: attachments become Anlagen, header data become metadata."""
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["From"], mail["To"] = "Jürgen Weiß <jw@example.org>", "post@musterstadt.example"
    mail["Subject"], mail["Date"] = "Antrag auf Teilzeit", "Mon, 02 Mar 2026 10:00:00 +0100"
    mail.set_content("Guten Tag")
    mail.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="../../Antrag.pdf")
    mail.add_attachment(b"", maintype="text", subtype="plain", filename="leer.txt")
    document = city.document(content=mail.as_bytes(), name="mail.eml")
    mails.read_all()
    document = stored(document)
    assert document.title == "Antrag auf Teilzeit"
    assert "jw@example.org" in document.sender
    assert document.dated.isoformat() == "2026-03-02"
    assert document.direction == "in"
    assert [attachment.title for attachment in document.attachments.all()] == ["Antrag.pdf"]
    assert document.attachments.get().version.document_uuid == document.uuid


def test_new_version_keeps_the_old_one(city):
    """R16: earlier versions are never overwritten."""
    document = city.document()
    filing.add_version(document, io.BytesIO(b"Zweite Fassung"), "neu.txt", note="Korrektur")
    document = stored(document)
    assert document.version.number == 2
    first, second = Version.objects.filter(document_uuid=document.uuid).order_by("number")
    assert first.blob.path.read_bytes() == b"Sehr geehrte Damen und Herren"
    assert second.blob.path.read_bytes() == b"Zweite Fassung"


def test_present_version_again_is_refused(city):
    document = city.document()
    with pytest.raises(ValidationError):
        filing.add_version(document, io.BytesIO(b"Sehr geehrte Damen und Herren"), "brief.txt")


@pytest.mark.parametrize(
    "change", ["update doakte_records_version set number = 9", "delete from doakte_records_version"]
)
def test_database_refuses_to_touch_a_version(city, change):
    """W14: nothing can replace or remove a filed version, not even SQL."""
    from django.db import connection

    city.document()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert Version.objects.get().number == 1


@pytest.mark.parametrize("kind", ["file", "case", "document"])
def test_records_cannot_be_deleted(city, kind):
    """R20: cancelled with a reason, never deleted."""
    record = getattr(city, kind)()
    with pytest.raises(ValidationError):
        record.delete()
    assert stored(record).pk == record.pk


def test_change_is_journalled_with_old_and_new_value(city):
    """R59, W17."""
    document = city.document()
    changes = actions.change_record(document, actor=city.case_worker, title="Anderer Titel", sender="Amt 5")
    assert changes == {"title": ["brief", "Anderer Titel"], "sender": ["", "Amt 5"]}
    entry = JournalEntry.objects.filter(action="record.change").latest("pk")
    assert (entry.actor, entry.changes, entry.object_uuid) == (city.case_worker, changes, document.uuid)
    assert stored(document).title == "Anderer Titel"


def test_unchanged_change_leaves_no_trace(city):
    document = city.document()
    before = JournalEntry.objects.count()
    assert actions.change_record(document, title="brief") == {}
    assert JournalEntry.objects.count() == before
    assert stored(document).revisions.count() == 1


def test_case_and_file_change_at_once(city):
    case = city.case()
    actions.change_record(case, actor=city.case_worker, title="Umbenannt", remark="eilt")
    assert (stored(case).title, stored(case).remark, stored(case).live) == ("Umbenannt", "eilt", True)


def test_old_revision_does_not_bring_back_the_state(city):
    """R31: publishing what was written before the closing must not reopen a case."""
    case = city.case()
    actions.change_record(case, title="Erste Fassung")
    revision = stored(case).latest_revision
    Record.objects.filter(pk=case.pk).update(state=State.CLOSED, closed_on=timezone.localdate())
    revision.publish(skip_permission_checks=True)
    assert stored(case).state == State.CLOSED
    assert stored(case).closed_on


@pytest.mark.parametrize(
    "state", [{"closed_on": timezone.localdate()}, {"state": State.CANCELLED}, {"state": State.IN_APPROVAL}]
)
def test_closed_cancelled_and_waiting_records_are_read_only(city, state):
    """R31, R50: whichever door it comes through, saving a revision included."""
    document = city.document()
    stale = stored(document)
    Record.objects.filter(pk=document.pk).update(**state)
    with pytest.raises(NotWritable):
        actions.change_record(document, title="Trotzdem")
    with pytest.raises(NotWritable):
        filing.add_version(stored(document), io.BytesIO(b"neu"), "neu.txt")
    with pytest.raises(NotWritable):
        filing.add_attachment(stored(document), io.BytesIO(b"neu"), "neu.txt")
    with pytest.raises(NotWritable):
        actions.cancel_record(document, "weil")
    with pytest.raises(NotWritable):
        stale.save_revision()
    assert stored(document).revisions.count() == 1


def test_nothing_enters_a_closed_case(city):
    """R31, W12."""
    case = city.case()
    Record.objects.filter(pk=case.pk).update(closed_on=timezone.localdate())
    with pytest.raises(NotWritable):
        city.document(stored(case))
    assert not Document.objects.exists()
    assert not Version.objects.exists()


def test_cancelling_needs_a_reason_and_an_empty_record(city):
    """R20."""
    document = city.document()
    case = Case.objects.get()
    with pytest.raises(ValidationError):
        actions.cancel_record(document, "  ")
    with pytest.raises(ValidationError):
        actions.cancel_record(case, "doppelt angelegt")
    actions.cancel_record(document, "falscher Vorgang", actor=city.case_worker)
    actions.cancel_record(case, "doppelt angelegt")
    assert stored(document).state == stored(case).state == State.CANCELLED
    assert stored(document).cancelled_reason == "falscher Vorgang"
    assert JournalEntry.objects.filter(action="record.cancel", actor=city.case_worker).exists()


def test_moved_case_keeps_identity_and_is_found_under_the_old_reference(city):
    """R11, R19: UUID stays, new reference, the old one findable and logged; the documents go along."""
    case = city.case(city.file("Alt"))
    document = city.document(case)
    target = city.file("Neu")
    city.case(target)
    actions.move_record(case, target, reason="gehört zur neuen Akte", actor=city.case_worker)
    moved, inside = stored(case), stored(document)
    assert moved.get_parent().specific == target
    assert (moved.uuid, moved.reference) == (case.uuid, f"{target.reference}/2")
    assert inside.reference == f"{target.reference}/2-1"
    former = FormerReference.objects.values_list("record_id", "reference")
    assert set(former) == {(moved.pk, f"1.1-{YEAR}-0001/1"), (inside.pk, f"1.1-{YEAR}-0001/1-1")}
    assert JournalEntry.objects.get(action="record.move").data["reason"] == "gehört zur neuen Akte"


def test_move_across_offices_takes_the_new_place_s_rights(city):
    """R19, R57: what is moved below another unit is seen by those who see that unit."""
    case = city.case()
    document = city.document(case)
    target = city.file(unit=city.treasury_unit)
    actions.move_record(case, target, reason="zuständig ist die Kämmerei")
    for record in (stored(case), stored(document)):
        assert (record.scope_id, record.unit_id) == (target.scope_id, city.treasury_unit.pk)


def test_case_with_a_document_in_approval_stays_where_it_is(city):
    """R50: what is being signed is not moved under the signers' hands."""
    case, target = city.case(), city.file("Ziel")
    document = city.document(case)
    Record.objects.filter(pk=document.pk).update(state=State.IN_APPROVAL)
    with pytest.raises(ValidationError):
        actions.move_record(case, target, reason="Versehen")
    assert stored(case).reference == case.reference


@pytest.mark.parametrize("kind", ["wrong place", "closed target", "no reason"])
def test_impossible_moves_change_nothing(city, kind):
    case, target = city.case(), city.file("Ziel")
    reason = "" if kind == "no reason" else "Versehen"
    if kind == "wrong place":
        target = city.case(target)
    if kind == "closed target":
        Record.objects.filter(pk=target.pk).update(closed_on=timezone.localdate())
    with pytest.raises(ValidationError):
        actions.move_record(case, target, reason=reason)
    assert stored(case).reference == case.reference
    assert not FormerReference.objects.exists()


def test_references_are_seen_from_both_ends_and_only_by_those_who_may(city):
    """R17, W32."""
    one, other = city.case(), city.case(city.file(unit=city.treasury_unit), title="Haushalt")
    actions.link_records(one, other, kind="related")
    registrar = fresh(city.registrar)
    assert len(linked_records(one, known(registrar))) == len(linked_records(other, known(registrar))) == 1
    assert linked_records(one, known(fresh(city.case_worker))) == []
    with pytest.raises(PermissionDenied):
        actions.link_records(one, other, kind="answer", actor=fresh(city.case_worker))
    with pytest.raises(ValidationError):
        actions.link_records(one, other, kind="related")
    with pytest.raises(ValidationError):
        actions.link_records(one, one)


def test_references_of_closed_records_stay_as_they_are(city):
    """R31: read-only afterwards."""
    one, other = city.case(), city.case(city.file("Andere"))
    link = actions.link_records(one, other)
    Record.objects.filter(pk=one.pk).update(closed_on=timezone.localdate())
    with pytest.raises(NotWritable):
        actions.link_records(one, other, kind="answer")
    with pytest.raises(NotWritable):
        actions.unlink_records(link)
    assert one.links.count() == 1


def test_removed_reference_is_journalled(city):
    """R17, R59."""
    one, other = city.case(), city.case(city.file("Andere"))
    actions.unlink_records(actions.link_records(one, other), actor=city.case_worker)
    assert not one.links.exists()
    assert JournalEntry.objects.get(action="record.unlink").data["target"] == str(other.uuid)


def test_containers_are_at_least_as_confidential_as_their_contents(city):
    """R15."""
    record_file = city.file()
    case = city.case(record_file)
    document = city.document(case, confidentiality=1)
    assert stored(case).confidentiality == stored(record_file).confidentiality == 1
    actions.change_record(document, confidentiality=2)
    assert stored(record_file).confidentiality == 2
    with pytest.raises(ValidationError):
        actions.change_record(case, confidentiality=1)


def test_medium_of_a_container_is_hybrid_when_mixed(city):
    """R14."""
    record_file = city.file()
    case = city.case(record_file)
    assert effective_medium(record_file) == Medium.ELECTRONIC
    city.document(case, medium=Medium.PAPER, location="Keller, Regal 3")
    assert effective_medium(record_file) == Medium.HYBRID


def test_paper_needs_a_location(city):
    """R14."""
    with pytest.raises(ValidationError):
        city.document(medium=Medium.PAPER)
    assert not Document.objects.exists()


def test_protected_file_is_for_the_named_people_only(city):
    """R57, W7: inheritance is cut off; what lies inside follows."""
    record_file = city.file()
    document = city.document(city.case(record_file))
    sharing.protect(record_file, [city.head], actor=fresh(city.head))
    assert stored(document).scope_id == stored(record_file).scope_id != city.unit.scope_id
    with pytest.raises(PermissionDenied):
        actions.change_record(stored(document), actor=fresh(city.case_worker), title="Neugier")
    with pytest.raises(PermissionDenied):
        actions.change_record(stored(document), actor=fresh(city.registrar), title="Neugier")
    assert actions.change_record(stored(document), actor=fresh(city.head), title="Darf")
    with pytest.raises(ValidationError):
        sharing.protect(stored(record_file), [city.head])


def test_protecting_without_anybody_is_refused(city):
    with pytest.raises(ValidationError):
        sharing.protect(city.file(), [])


def test_file_opened_for_named_people_is_protected_from_the_start(city):
    record_file = city.file(people=[city.case_worker], actor=fresh(city.case_worker))
    assert stored(record_file).protected
    with pytest.raises(PermissionDenied):
        city.case(record_file, actor=fresh(city.colleague))


def test_same_file_twice_is_filed_and_hinted_at(city):
    """R35: a hint, no refusal."""
    case = city.case()
    one, other = city.document(case), city.document(case)
    assert one.version.blob == other.version.blob
    assert filing.documents_with_same_content(other.version.blob, case) == [one, other]


def test_all_of_it_stands_in_one_table(city):
    """R9: one indexed query across files, cases and documents."""
    city.document()
    assert {record.specific_class for record in Record.objects.all()} == {RecordFile, Case, Document}
