"""E-mails that have been filed and are still to be read: header becomes metadata, attachments become Anlagen (R36).

An e-mail is a stranger's bytes. It is filed at once, under the name of its file; a worker reads it a moment later, in a
process that may break by it, and adds what it says. Until then the document waits: it cannot be submitted, so that
nobody signs a letter whose attachments are not there yet. One transaction adds all of it and removes the order: a kill
at any moment loses nothing and repeats nothing.
"""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from doakte_content.access.policies import Right, can
from doakte_content.journal.values import plain
from doakte_content.storage.errors import EmptyFile, FileTooLarge
from doakte_content.storage.limits import CannotDerive
from doakte_content.storage.mail_reading import SECONDS, ReadMail, reading
from doakte_content.storage.models import Derivation

from .actions import reset_rejection
from .enums import Direction, DocumentType
from .filing import add_row, take_in
from .journalling import journal
from .locks import lock
from .models import Attachment, Document, UnreadMail
from .policies import NotWritable, check_writable

logger = logging.getLogger(__name__)

#: Longer than reading and storing take.
LEASE = timedelta(seconds=SECONDS + 60)
#: An e-mail on which this many workers were lost is left alone.
MAX_ATTEMPTS = 3
#: What an e-mail tells about its document, unless who filed it, or somebody since, has entered it.
TOLD = ("title", "dated", "sender", "recipient")


def describe(found: ReadMail) -> dict[str, Any]:
    """Return the metadata that an e-mail's header gives."""
    values: dict[str, Any] = {
        "document_type": DocumentType.MAIL,
        "direction": Direction.IN,
        "sender": found.sender[:255],
        "recipient": ", ".join(found.recipients)[:255],
    }
    if found.subject:
        values["title"] = found.subject[:255]
    if found.date:
        values["dated"] = timezone.localtime(found.date).date()
    return values


def order(document: Document, given) -> None:
    """Have the e-mail that has just been filed as `document` read, in the caller's transaction.

    `given` names what who filed it has said about it: that stays.
    """
    stands = {name: plain(getattr(document, name)) for name in TOLD if name not in given}
    UnreadMail.objects.create(
        document=document, version=document.version, filed_by=document.owner, stands=stands
    )
    ring_on_commit()


def is_waiting(document: Document) -> bool:
    """Say whether the document is an e-mail that is still to be read."""
    return UnreadMail.objects.filter(document=document.pk, gave_up=False).exists()


def check_read(document: Document) -> None:
    """Raise `NotWritable` while the document is an e-mail that is still to be read."""
    if is_waiting(document):
        raise NotWritable(
            _(
                "The e-mail %s is still being read; its attachments are added in a moment. Please try again then."
            )
            % document
        )


def note_about(document: Document) -> str:
    """Return what there is to say to readers of the draft about the reading of an e-mail, "" where it has been read."""
    unread = UnreadMail.objects.filter(document=document.pk).first()
    if unread is None:
        return ""
    if not unread.gave_up:
        return _("The e-mail is being read. Its title, sender and attachments follow in a moment.")
    reason = Derivation.Note(unread.note).label if unread.note else ""
    return " ".join(
        filter(
            None,
            [
                str(reason),
                _(
                    "The attachments of this e-mail were not taken out of it. It holds them; please download it."
                ),
            ],
        )
    )


def open_mails():
    """Return the orders that may be taken now: waiting, or left by a worker whose lease has run out."""
    return UnreadMail.objects.filter(
        Q(lease_until=None) | Q(lease_until__lte=timezone.now()), gave_up=False
    ).order_by("pk")


def read(document_id: int) -> bool:
    """Read one e-mail if it waits and nobody else has it; tell whether this call did it.

    Idempotent, safe to call from any number of processes, and safe to be killed at any moment.
    """
    unread = _take(document_id)
    if unread is None:
        return False
    if unread.attempts > MAX_ATTEMPTS:
        return _give_up(unread, Derivation.Note.GAVE_UP)
    try:
        with reading(unread.version.blob.path) as found:
            return _add(unread, describe(found), _store(found))
    except CannotDerive as reason:
        return _give_up(unread, reason.note)
    except NotWritable:
        return _give_up(unread, Derivation.Note.NONE)
    except OSError:
        # The disk is full or gone. That passes: the lease runs out, and somebody tries again.
        logger.exception("Reading the e-mail %s was interrupted", unread.version.blob)
        return False
    except Exception:
        logger.exception("Reading the e-mail %s failed", unread.version.blob)
        return _give_up(unread, Derivation.Note.UNEXPECTED)


def read_all() -> None:
    """Read all e-mails that wait, here and now; what workers have taken is left to them."""
    for document_id in list(open_mails().values_list("pk", flat=True)):
        read(document_id)


def release_leases() -> None:
    """Free what a worker holds that is known to be gone."""
    UnreadMail.objects.filter(gave_up=False).update(lease_until=None)


def ring_on_commit() -> None:
    from .tasks import ring  # The task calls this module.

    transaction.on_commit(ring, robust=True)


def _store(found: ReadMail) -> list[tuple]:
    """Store the attachments, outside of any transaction, and return their names, blobs and types."""
    stored = []
    for name, path in found.attachments:
        try:
            with open(path, "rb") as stream:
                stored.append(take_in(stream, name))
        except (EmptyFile, FileTooLarge):
            # Larger than what may be filed: the e-mail itself still holds it.
            logger.warning("An attachment of an e-mail was not taken: %s", name)
    return stored


def _take(document_id: int) -> UnreadMail | None:
    unread = open_mails().select_related("version__blob", "filed_by").filter(pk=document_id).first()
    if unread is None:
        return None
    taken = (
        open_mails()
        .filter(pk=document_id, attempts=unread.attempts)
        .update(attempts=F("attempts") + 1, lease_until=timezone.now() + LEASE)
    )
    unread.attempts += 1
    return unread if taken else None


@transaction.atomic
def _add(unread: UnreadMail, told: dict[str, Any], stored: list[tuple]) -> bool:
    """Put into the document's draft what its e-mail says, once. Raises `NotWritable` for what was cancelled meanwhile.

    Filing was allowed, and this completes it: where who filed may not change the document any more, the system does.
    """
    document = lock(unread.document)
    if _ours(unread).select_for_update().first() is None:
        return False
    check_writable(document)
    filer = unread.filed_by
    actor = filer if filer is not None and can(filer, Right.EDIT, document) else None
    draft = document.get_latest_revision_as_object()
    changes = {}
    for name, before in unread.stands.items():
        now = plain(getattr(draft, name))
        if now == before and name in told and plain(told[name]) != now:
            setattr(draft, name, told[name])
            changes[name] = [now, plain(told[name])]
    first = draft.attachments.count()
    files = []
    for number, (name, blob, media_type) in enumerate(stored, start=first):
        attachment = Attachment(title=name, sort_order=number)
        attachment.version = add_row(document.uuid, attachment.uuid, 1, blob, name, media_type, filer)
        draft.attachments.add(attachment)
        files.append({"file": name, "sha256": blob.sha256})
    if changes or files:
        draft.clean()
        draft.save_revision(user=actor)
        reset_rejection(draft)
    journal("mail.read", actor=actor, subject=draft, changes=changes, data={"attachments": files})
    UnreadMail.objects.filter(pk=unread.pk).delete()
    return True


@transaction.atomic
def _give_up(unread: UnreadMail, note: Derivation.Note) -> bool:
    document = lock(unread.document)
    if not _ours(unread).update(gave_up=True, note=note, lease_until=None):
        return False
    journal("mail.unread", actor=None, subject=document, data={"reason": str(note.value)})
    return True


def _ours(unread: UnreadMail):
    """Return the order, unless another worker has taken over."""
    return UnreadMail.objects.filter(pk=unread.pk, attempts=unread.attempts, gave_up=False)
