"""E-mails whose reading is killed in the middle: every attachment is there afterwards, and once."""

from email.message import EmailMessage

import pytest

from tests.running_site import RunningSite

MAILS, ATTACHMENTS = 12, 3


@pytest.fixture
def site(tmp_path):
    site = RunningSite(tmp_path)
    yield site
    site.kill()


def message(number: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", f"Anfrage {number}"
    mail.set_content("Guten Tag")
    for attachment in range(ATTACHMENTS):
        content = f"Anlage {number}-{attachment} ".encode() * 50_000
        mail.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=f"{attachment}.txt"
        )
    return bytes(mail)


@pytest.mark.kill
@pytest.mark.sqlite_only
def test_killing_the_worker_in_the_middle_of_reading_mails(site):
    """R36: kill the worker with its reading process in the middle of twelve e-mails; each attachment is there once."""
    site.start()
    for number in range(MAILS):
        assert site.upload(f"{number}.eml", message(number)) == 200

    def unread() -> int:
        return site.query("SELECT count(*) FROM doakte_records_unreadmail")[0][0]

    kills = 0
    while unread() and kills < 4:
        before = unread()
        site.wait_for(lambda left=before: unread() < left or not unread())
        site.kill("worker")
        kills += 1
        site.start("worker")
    assert kills >= 1, "the worker was too quick to prove anything"
    site.wait_for(lambda: not unread())
    counted = (
        "SELECT count(*), count(DISTINCT v.blob_id) FROM doakte_records_attachment a"
        " JOIN doakte_records_version v ON v.id = a.version_id"
    )
    assert site.query(counted) == [(MAILS * ATTACHMENTS, MAILS * ATTACHMENTS)]
    # Each e-mail itself and its attachments, and no version that belongs to nothing.
    assert site.query("SELECT count(*) FROM doakte_records_version") == [(MAILS * (1 + ATTACHMENTS),)]
    titles = site.query(
        "SELECT count(DISTINCT p.title) FROM doakte_records_document d JOIN wagtailcore_page p ON p.id = d.record_ptr_id"
        " WHERE p.title LIKE 'Anfrage %'"
    )
    assert titles == [(MAILS,)]
    assert site.query("SELECT count(*) FROM doakte_journal_journalentry WHERE action = 'mail.read'") == [
        (MAILS,)
    ]
