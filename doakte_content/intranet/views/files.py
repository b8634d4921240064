"""Files of documents: the original, its PDF form, its thumbnail."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from doakte_content.access import denials
from doakte_content.access.policies import Right, can
from doakte_content.journal.models import JournalEntry
from doakte_content.records.drafts import draft_of, may_read_draft
from doakte_content.records.journalling import journal
from doakte_content.records.models import Attachment, Document, Version
from doakte_content.records.reading import details_of_reading
from doakte_content.storage import delivery, media_types
from doakte_content.storage.models import Derivation
from doakte_content.storage.queries import forms_of

Kind = Derivation.Kind
#: Pieces fetched within this time belong to one reading.
ONE_READING = timedelta(hours=1)


def version_or_404(user, uuid, version_uuid) -> tuple[Document, Version]:
    """Return a document and the asked version of its file or of an attachment.

    Readers get what belongs to the published state; those who are asked to read the draft (co-signers) what belongs
    to that; those who may edit the document get every version of it.
    All others get 404, so that nobody learns what there is.
    """
    document = get_object_or_404(Document, uuid=uuid)
    version = get_object_or_404(
        Version.objects.select_related("blob"), uuid=version_uuid, document_uuid=document.uuid
    )
    if can(user, Right.EDIT, document):
        return document, version
    if can(user, Right.READ, document) and is_published(document, version):
        return document, version
    if may_read_draft(user, document) and is_in_draft(document, version):
        return document, version
    denials.refuse(user, document)


def is_published(document: Document, version: Version) -> bool:
    if not document.live or document.is_cancelled:
        return False
    if version.pk == document.version_id:
        return True
    return Attachment.objects.filter(document=document, version=version).exists()


def is_in_draft(document: Document, version: Version) -> bool:
    draft = draft_of(document)
    return version.pk in {draft.version_id, *(one.version_id for one in draft.attachments.all())}


def journal_delivery(request, document: Document, version: Version, action: str) -> None:
    """Keep who read a file where that is kept (`details_of_reading`), once and not for each piece of it.

    Which piece is asked for first is up to the reader; so a piece is part of a reading only if that stands in the
    journal already.
    """
    details = details_of_reading(request.user, document)
    if details is None:
        return
    data = {"file": version.file_name, "version": version.number, **details}
    if "Range" in request.headers and reads_already(request.user, document, data):
        return
    journal(action, actor=request.user, subject=document, right=Right.READ, data=data)


def reads_already(user, document: Document, data: dict) -> bool:
    """Say whether the journal holds that `user` began to read this file a short while ago."""
    return JournalEntry.objects.filter(
        object_uuid=document.uuid,
        actor=user,
        action__in=["record.view", "record.download"],
        at__gt=timezone.now() - ONE_READING,
        data=data,
    ).exists()


@login_required
def original(request, uuid, version):
    """Send the file as it was filed; with ?download=1 as a download, else shown where that is safe."""
    document, version = version_or_404(request.user, uuid, version)
    download = "download" in request.GET
    journal_delivery(request, document, version, "record.download" if download else "record.view")
    try:
        return delivery.respond(
            request, version.blob, version.file_name, version.media_type, inline=not download
        )
    except FileNotFoundError:
        raise Http404 from None


@login_required
def pdf_form(request, uuid, version):
    """Send the PDF form that was derived from the file."""
    document, version = version_or_404(request.user, uuid, version)
    download = "download" in request.GET
    journal_delivery(request, document, version, "record.download" if download else "record.view")
    name = f"{version.file_name.rpartition('.')[0] or version.file_name}.pdf"
    return send_derived(request, version, Kind.PDF, name, media_types.PDF, inline=not download)


@login_required
def thumbnail(request, uuid, version):
    """Send the small picture of the first page."""
    _document, version = version_or_404(request.user, uuid, version)
    return send_derived(request, version, Kind.THUMBNAIL, "vorschau.jpg", media_types.JPEG, inline=True)


def send_derived(request, version: Version, kind: Kind, name: str, media_type: str, *, inline: bool):
    derived = forms_of([version]).get((version.uuid, kind))
    if derived is None or derived.state != Derivation.State.DONE:
        raise Http404
    try:
        return delivery.respond_file(
            request, derived.path, derived.file_sha256, name, media_type, inline=inline
        )
    except FileNotFoundError:
        raise Http404 from None
