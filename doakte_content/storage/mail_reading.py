"""Reading an e-mail in the process that may break by it: see `isolated`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from . import isolated
from .file_names import clean

#: The largest mails that may be filed take some 15 seconds.
SECONDS = 90.0


@dataclass(frozen=True)
class ReadMail:
    """What an e-mail says of itself, and its attachments as (file name, where its content lies)."""

    subject: str
    sender: str
    recipients: list[str]
    date: datetime | None
    attachments: list[tuple[str, Path]]


@contextmanager
def reading(path: Path) -> Iterator[ReadMail]:
    """Read the e-mail in a file; its attachments lie on the disk until the block ends.

    Raises `CannotDerive` where it cannot be read, OSError where the disk cannot.
    """
    with TemporaryDirectory(prefix="doakte-mail-") as folder:
        found = isolated.call(
            "doakte_content.storage.isolated_work:read_mail", str(path), folder, seconds=SECONDS
        )
        date = found["date"]
        yield ReadMail(
            subject=str(found["subject"]),
            sender=str(found["sender"]),
            recipients=[str(one) for one in found["recipients"]],
            date=datetime.fromisoformat(date) if date else None,
            # The child names nothing but files of this folder.
            attachments=[
                (clean(str(name)), Path(folder, str(int(number)))) for number, name in found["attachments"]
            ],
        )
