"""What has a page indexed: its own changes, and its text when that has been read."""

from uuid import UUID

from django.db.models.signals import post_delete, post_save

from doakte_content.records.models import Document, Version
from doakte_content.records.signals import records_changed
from doakte_content.storage.models import Blob
from doakte_content.storage.signals import text_ready

from . import actions


def page_changed(instance, raw=False, **_kwargs) -> None:
    """Ask for the page in the transaction that changes it; after a deletion, its entry is removed."""
    if not raw:
        actions.request([instance.pk])


def many_changed(page_ids, **_kwargs) -> None:
    """Ask for the records that statements have changed at once."""
    actions.request(page_ids)


def text_read(blob: Blob, use: UUID | None, **_kwargs) -> None:
    """Ask for the document whose version has been read, or for all that have, or had, one with this content."""
    versions = Version.objects.filter(uuid=use) if use else Version.objects.filter(blob=blob)
    documents = Document.objects.filter(uuid__in=versions.values("document_uuid"))
    actions.request(documents.values_list("pk", flat=True))


def connect() -> None:
    """Listen to all page types that this queue indexes."""
    for model in actions.indexed_models():
        post_save.connect(
            page_changed, sender=model, dispatch_uid=f"doakte_retrieval.{model._meta.label}.saved"
        )
        post_delete.connect(
            page_changed, sender=model, dispatch_uid=f"doakte_retrieval.{model._meta.label}.deleted"
        )
    records_changed.connect(many_changed, dispatch_uid="doakte_retrieval.records_changed")
    text_ready.connect(text_read, dispatch_uid="doakte_retrieval.text_read")
