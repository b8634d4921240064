"""Everything that changes the storage."""

from typing import BinaryIO

from django.conf import settings

from .errors import DamagedStore, FileTooLarge
from .models import Blob
from .store import write_blob


def check_size(size: int) -> None:
    """Raise FileTooLarge if a file of this many bytes may not be stored; ask before reading an upload."""
    if size > settings.DOAKTE_MAX_UPLOAD_BYTES:
        raise FileTooLarge(settings.DOAKTE_MAX_UPLOAD_BYTES)


def store(stream: BinaryIO, *, max_bytes: int | None = None) -> Blob:
    """Store the content of a binary stream and return its blob; the same content always gives the same blob (R16).

    The file is on the disk before the row exists. If the caller's transaction fails afterwards, the file stays as an
    orphan, which check_integrity names; it is taken up again when the same content comes once more.
    Raises EmptyFile, FileTooLarge (`max_bytes`, by default DOAKTE_MAX_UPLOAD_BYTES) or DamagedStore.
    """
    sha256, size = write_blob(stream, settings.DOAKTE_MAX_UPLOAD_BYTES if max_bytes is None else max_bytes)
    blob, _created = Blob.objects.get_or_create(sha256=sha256, defaults={"size": size})
    if blob.size != size:
        raise DamagedStore(sha256)
    return blob
