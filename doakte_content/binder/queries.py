"""Questions about binders. A result is for the person who asked for it, and for nobody else."""

from doakte_content.access.wagtail_policy import known_to
from doakte_content.records.models import Record, RecordFile

from .models import Binder


def binder_of(user, uuid) -> Binder | None:
    """Return an order of `user`, as long as they may still see the file and all that went into it; None otherwise."""
    binder = Binder.objects.filter(uuid=uuid, requested_by=user).first()
    return binder if binder and is_still_theirs(binder, user) else None


def latest_binder(user, record_file: RecordFile) -> Binder | None:
    """Return the latest order of `user` for a file, to show how far it is; None if there is none to be had."""
    binder = Binder.objects.filter(requested_by=user, record_file_uuid=record_file.uuid).first()
    return binder if binder and is_still_theirs(binder, user) else None


def is_still_theirs(binder: Binder, user) -> bool:
    """Say whether `user` may still see the file and everything that was put into the binder."""
    known = Record.objects.filter(known_to(user))
    return known.filter(uuid=binder.record_file_uuid).exists() and known.filter(
        pk__in=binder.contents
    ).count() == len(binder.contents)
