"""One process at a time works on a takeover; the end of that process, whatever ends it, lets the next one in."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from doakte_content.folders import make_folder

from .models import Takeover

#: Beside the takeover's key, so that no other advisory lock of the house is meant.
NAMESPACE = 0x746B6F76


class Busy(Exception):
    """Another process is at work on it; `str(error)` says so to the user."""

    def __str__(self) -> str:
        return str(_("Another process is at work on this takeover. Wait for it, or stop it first."))


@contextmanager
def alone(takeover: Takeover) -> Iterator[None]:
    """Let nobody else work on the takeover meanwhile. Raises `Busy`."""
    with advisory_lock(takeover) if connection.vendor == "postgresql" else file_lock(takeover):
        yield


@contextmanager
def advisory_lock(takeover: Takeover) -> Iterator[None]:
    """Hold a lock of the session: PostgreSQL lets it go when the connection ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [NAMESPACE, takeover.pk])
        if not cursor.fetchone()[0]:
            raise Busy
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [NAMESPACE, takeover.pk])


@contextmanager
def file_lock(takeover: Takeover) -> Iterator[None]:
    """The same beside the embedded database: the operating system lets go with the process."""
    path = Path(settings.DOAKTE_BLOB_ROOT).with_name(f"takeover-{takeover.pk}.lock")
    make_folder(path.parent)
    with open(path, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield
    path.unlink(missing_ok=True)
