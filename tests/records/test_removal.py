"""The one door by which records will go: the journal says so first."""

import pytest

from doakte_content.journal.actions import record as journal
from doakte_content.journal.append_only import DESTROYED
from doakte_content.journal.queries import history_of
from doakte_content.records.actions import change_record
from doakte_content.records.models import Document, Record, Version

pytestmark = pytest.mark.django_db


def test_what_the_journal_says_is_destroyed_can_go(city):
    """R20, R60: with its drafts, by one statement; its history and its versions stay."""
    document = city.document()
    change_record(document, actor=city.case_worker, remark="zweite Fassung")
    revisions = document.revisions.all()
    assert revisions.count() == 2
    journal(DESTROYED, subject=document)
    Document.objects.filter(pk=document.pk).delete()
    assert not Record.objects.filter(pk=document.pk).exists() and not revisions.exists()
    assert history_of(document).first().action == DESTROYED
    assert Version.objects.filter(document_uuid=document.uuid).exists()


def test_ordinary_pages_keep_their_ways(city):
    """Editorial pages and their revisions are nobody's evidence."""
    page = city.plan.get_parent().get_first_child()
    revision = page.save_revision()
    page.save_revision()
    revision.delete()
    page.delete()
