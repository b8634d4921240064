"""Questions about binders. A result is for the person who asked for it, and for nobody else."""

from doakte_content.access.policies import visible
from doakte_content.records.models import RecordFile

from .models import Binder


def binder_of(user, uuid) -> Binder | None:
    """Return an order of `user`, as long as they may still see the file; None otherwise."""
    binder = Binder.objects.filter(uuid=uuid, requested_by=user).first()
    if binder is None or not visible(RecordFile.objects.filter(uuid=binder.record_file_uuid), user).exists():
        return None
    return binder


def latest_binder(user, record_file: RecordFile) -> Binder | None:
    """Return the latest order of `user` for a file, to show how far it is; None if there is none."""
    return Binder.objects.filter(requested_by=user, record_file_uuid=record_file.uuid).first()
