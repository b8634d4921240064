"""E-mails are filed at once and read afterwards: nothing gets lost, nothing is there twice, nothing is overwritten."""

from email.message import EmailMessage

import pytest

from doakte_content.journal.models import JournalEntry
from doakte_content.records import actions, mails
from doakte_content.records.enums import State
from doakte_content.records.models import Document, UnreadMail, Version
from doakte_content.records.policies import NotWritable
from workflow.approval.actions import submit

pytestmark = pytest.mark.django_db


def message(attachments: int = 1) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Jürgen Weiß <jw@example.org>", "post@musterstadt.example"
    mail["Subject"], mail["Date"] = "Antrag auf Teilzeit", "Mon, 02 Mar 2026 10:00:00 +0100"
    mail.set_content("Guten Tag")
    for number in range(attachments):
        mail.add_attachment(
            f"Anlage {number}".encode(), maintype="text", subtype="plain", filename=f"{number}.txt"
        )
    return bytes(mail)


def filed(city, content: bytes | None = None, **values) -> Document:
    return city.document(content=message() if content is None else content, name="anfrage_neu.eml", **values)


def stored(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


def titles(document: Document) -> list[str]:
    return [one.title for one in stored(document).get_latest_revision_as_object().attachments.all()]


def test_it_is_there_at_once_under_the_name_of_its_file(city):
    """R36: who files an e-mail sees it at once; a stranger's bytes are not read for that."""
    document = stored(filed(city))
    assert (document.title, document.document_type, document.direction) == ("anfrage neu", "mail", "in")
    assert mails.is_waiting(document) and mails.note_about(document)
    assert not titles(document)


def test_reading_twice_adds_once(city):
    """R36: each attachment is there exactly once, also where two workers have read the e-mail."""
    document = filed(city, message(3))
    assert mails.read(document.pk)
    assert not mails.read(document.pk)
    mails.read_all()
    assert titles(document) == ["0.txt", "1.txt", "2.txt"]
    assert Version.objects.filter(document_uuid=document.uuid).count() == 4
    assert JournalEntry.objects.filter(action="mail.read", object_uuid=document.uuid).count() == 1


def test_a_worker_that_lost_its_lease_adds_nothing(city):
    """R36: a worker that was thought dead and comes back does not add the attachments a second time."""
    document = filed(city)
    slow = mails._take(document.pk)
    UnreadMail.objects.update(lease_until=None)
    assert mails.read(document.pk)
    with mails.reading(slow.version.blob.path) as found:
        assert not mails._add(slow, mails.describe(found), mails._store(found))
    assert titles(document) == ["0.txt"]


def test_what_somebody_has_entered_stays(city):
    """R36: what people have said about an e-mail, when filing or since, is not overwritten by its header."""
    document = filed(city, sender="Personalrat")
    actions.change_record(stored(document), title="Teilzeit Weiß", actor=city.case_worker)
    mails.read_all()
    document = stored(document)
    assert (document.title, document.sender) == ("Teilzeit Weiß", "Personalrat")
    assert document.dated.isoformat() == "2026-03-02"
    entry = JournalEntry.objects.get(action="mail.read", object_uuid=document.uuid)
    assert set(entry.changes) == {"dated", "recipient"}


def test_it_cannot_be_submitted_before_it_has_been_read(city):
    """R50: nobody signs an e-mail whose attachments are not there yet; the refusal says why."""
    document = filed(city, actor=city.case_worker)
    with pytest.raises(NotWritable, match="anfrage neu"):
        submit(stored(document), co_signers=[city.colleague], actor=city.case_worker)
    mails.read_all()
    submit(stored(document), co_signers=[city.colleague], actor=city.case_worker)
    assert stored(document).state == State.IN_APPROVAL


def test_a_cancelled_one_is_left_alone(city):
    """R20: what has been cancelled takes part in nothing more; the e-mail holds its attachments all the same."""
    document = filed(city)
    actions.cancel_record(stored(document), "doppelt")
    mails.read_all()
    assert not titles(document)
    assert not mails.is_waiting(document) and mails.note_about(document)
    assert JournalEntry.objects.filter(action="mail.unread", object_uuid=document.uuid).count() == 1


def test_it_is_read_where_it_has_been_moved_to(city):
    """R19: moving an e-mail in the meantime takes nothing away from it."""
    document = filed(city)
    actions.move_record(stored(document), city.case(), reason="falsch abgelegt")
    mails.read_all()
    assert titles(document) == ["0.txt"]


def test_who_filed_may_have_lost_the_right_since(city):
    """R59: the e-mail is completed, and the journal does not say that it was done by somebody who was not allowed to."""
    document = filed(city, actor=city.case_worker)
    city.case_worker.is_active = False
    city.case_worker.save()
    city.case_worker.memberships.all().delete()
    mails.read_all()
    assert titles(document) == ["0.txt"]
    assert JournalEntry.objects.get(action="mail.read", object_uuid=document.uuid).actor is None


def test_one_on_which_workers_are_lost_is_given_up(city):
    """W14: an e-mail that ends every worker does not stop the others; the page says what became of it."""
    content = message()
    document = filed(city, content)
    UnreadMail.objects.update(attempts=mails.MAX_ATTEMPTS)
    assert mails.read(document.pk)
    assert not mails.is_waiting(document) and mails.note_about(document)
    assert stored(document).version.blob.path.read_bytes() == content


def test_malformed_ones_are_read_as_far_as_they_can_be(city):
    """R36: no e-mail is refused, whatever it looks like."""
    for content in (
        b"From: a\nTo: (((\nX: x/y; a*\nContent-Type: x/y; a*\n\nText",
        b"Subject: a\nFrom: " + b'"' * 200_000 + b"\n\n",
    ):
        document = filed(city, content)
        assert mails.read(document.pk)
        assert not mails.is_waiting(document)
        assert mails.note_about(document) == ""
