"""Getting files into documents: filing, new versions, attachments."""

from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from doakte_content.access.policies import Right
from doakte_content.storage import media_types
from doakte_content.storage.actions import request_derivations, store
from doakte_content.storage.file_names import clean
from doakte_content.storage.models import Blob

from .actions import create_document, next_version_number, reset_rejection
from .enums import Direction, DocumentType
from .journalling import journal
from .locks import lock
from .models import Attachment, Case, Document, Version
from .policies import check_right, check_writable


def file_document(case: Case, stream: BinaryIO, file_name: str, *, actor=None, **values) -> Document:
    """File one file into a case as a new document with its first version, and return the document.

    An e-mail's attachments become Anlagen and its header fills sender, recipient, date and title (R36, W38), unless
    `values` (among `actions.DOCUMENT_FIELDS`, and `keywords`) say otherwise: a worker reads it afterwards (see
    `mails`). Where there is none, `mails.read_all` does.
    Raises storage's `StorageError`s for files that cannot be taken, `NotWritable` when the case is closed.
    """
    check_right(actor, Right.EDIT, case)
    check_writable(case)
    # Reading and hashing happen before the transaction: a large upload must not hold the case's row.
    name, blob, media_type = take_in(stream, file_name)
    is_mail = media_type == media_types.EML
    described = {"document_type": DocumentType.MAIL, "direction": Direction.IN} if is_mail else {}
    # The version names the document it belongs to before there is one.
    document_uuid = uuid4()
    with transaction.atomic():
        version = add_row(document_uuid, document_uuid, 1, blob, name, media_type, actor)
        document = create_document(
            case,
            actor=actor,
            uuid=document_uuid,
            version=version,
            **{"title": title_from(name), "dated": timezone.localdate(), **described, **values},
        )
        if is_mail:
            from . import mails  # It adds versions by this module.

            mails.order(document, values)
        return document


def take_in(stream: BinaryIO, file_name: str) -> tuple[str, Blob, str]:
    """Store a file, outside of any transaction, and return its clean name, its blob and what it really is."""
    name = clean(file_name)
    blob = store(stream)
    return name, blob, media_types.detect(blob.path, name)


def title_from(file_name: str) -> str:
    """Return a title for people, made of a file name."""
    return Path(file_name).stem.replace("_", " ").strip() or file_name


def add_row(document_uuid, component, number, blob, file_name, media_type, actor, note="") -> Version:
    """Write one version and ask for its text, thumbnail and PDF form."""
    version = Version.objects.create(
        document_uuid=document_uuid,
        component=component,
        number=number,
        blob=blob,
        file_name=file_name,
        media_type=media_type,
        created_by=actor,
        note=note,
    )
    request_derivations(blob, media_type, version.uuid)
    return version


def add_version(
    document: Document, stream: BinaryIO, file_name: str, *, note: str = "", actor=None
) -> Version:
    """Add a new version of the document's file; the old ones stay readable (R16). It is a draft until approved.

    Raises `NotWritable`, storage's errors, or `ValidationError` when the content is the present one.
    """
    check_right(actor, Right.EDIT, document)
    check_writable(document)
    name, blob, media_type = take_in(stream, file_name)
    with transaction.atomic():
        document = lock(document)
        check_right(actor, Right.EDIT, document)
        check_writable(document)
        draft = document.get_latest_revision_as_object()
        if draft.version and draft.version.blob_id == blob.pk:
            raise ValidationError(_("This is the present version already; nothing has been changed."))
        number = next_version_number(document.uuid)
        version = add_row(document.uuid, document.uuid, number, blob, name, media_type, actor, note)
        draft.version = version
        draft.save_revision(user=actor)
        reset_rejection(draft)
        journal(
            "version.add",
            actor=actor,
            subject=draft,
            data={"version": number, "file": name, "sha256": blob.sha256, "note": note},
        )
    return version


def add_attachment(
    document: Document, stream: BinaryIO, file_name: str, *, title: str = "", actor=None
) -> Attachment:
    """Add an attachment (Anlage) to the document's draft."""
    check_right(actor, Right.EDIT, document)
    check_writable(document)
    name, blob, media_type = take_in(stream, file_name)
    with transaction.atomic():
        document = lock(document)
        check_right(actor, Right.EDIT, document)
        check_writable(document)
        draft = document.get_latest_revision_as_object()
        attachment = Attachment(title=(title or title_from(name))[:255], sort_order=draft.attachments.count())
        attachment.version = add_row(document.uuid, attachment.uuid, 1, blob, name, media_type, actor)
        draft.attachments.add(attachment)
        draft.save_revision(user=actor)
        reset_rejection(draft)
        journal("attachment.add", actor=actor, subject=draft, data={"file": name, "sha256": blob.sha256})
    return attachment


def documents_with_same_content(blob: Blob, case: Case) -> list[Document]:
    """Return documents of the case whose file has this content: a hint for people, no refusal (R35)."""
    uuids = Version.objects.filter(blob=blob).values("document_uuid")
    return list(Document.objects.child_of(case).filter(uuid__in=uuids).order_by("ordinal"))
