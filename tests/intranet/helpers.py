"""What the tests of the intranet do again and again."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doakte_content.journal.actions import record as journal
from doakte_content.records import actions
from doakte_content.records.enums import State
from doakte_content.records.models import Document, Record
from doakte_content.retrieval.actions import work_off
from doakte_content.storage.actions import derive, open_derivations


def page(name, *args) -> str:
    """Return the address of a page of the intranet."""
    return reverse(f"doakte_intranet:{name}", args=args)


def publish(document, signer) -> Document:
    """Do to a document what the last signature does, which is a matter of a higher wing; return it as it is then."""
    revision = Document.objects.get(pk=document.pk).get_latest_revision()
    Record.objects.filter(pk=document.pk).update(state=State.APPROVED)
    actions.publish(revision)
    published = Document.objects.get(pk=document.pk)
    data = {"revision": revision.pk, "content_sha256": "ab" * 32, "manner": ""}
    journal("approval.final_sign", actor=signer, subject=published, data=data)
    return published


def work() -> None:
    """Do what the workers do: derive, then index what waits."""
    for pk in open_derivations().values_list("pk", flat=True):
        derive(pk)
    work_off()


def queries(client, address: str) -> int:
    """Return how many queries a page takes that is asked for a second time, caches warm."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)
