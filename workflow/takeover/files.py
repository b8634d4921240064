"""The files of a source: read and hashed in the check, copied into the store before the records that name them."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection

from doakte_content import bulk
from doakte_content.records.mails import describe
from doakte_content.storage import bulk as storage
from doakte_content.storage import media_types
from doakte_content.storage.errors import StorageError
from doakte_content.storage.limits import CannotDerive
from doakte_content.storage.mail_reading import reading
from doakte_content.storage.models import blob_path
from doakte_content.storage.store import write_blob

from . import paths
from .enums import RowState
from .models import Takeover, TakeoverRow

ROWS = TakeoverRow._meta.db_table


def hash_files(takeover: Takeover, rows: Sequence[TakeoverRow]) -> None:
    """Look at the files of `rows` and keep what they are; refuse rows whose file is missing, unreadable or another."""
    folder = Path(takeover.folder)
    there: list[tuple[TakeoverRow, Path]] = []
    for row in rows:
        try:
            found = paths.find(folder, row.file)
        except ValueError:
            refuse(row, "file_outside", value=row.file)
            continue
        if found is None:
            refuse(row, "file_missing", value=shown(row))
            continue
        if found.startswith(paths.BYTES) and not row.problems:
            row.problems.append(["name_in_old_code", {"value": paths.as_name(found)}])
        row.file = found
        there.append((row, folder / paths.as_path(found)))
    for (row, _path), content in zip(there, storage.look_at([path for _row, path in there]), strict=True):
        if isinstance(content, Exception):
            refuse_file(row, content)
            continue
        row.sha256, row.size, row.media_type = content.sha256, content.size, content.media_type
        if row.claimed_sha256 and row.claimed_sha256 != row.sha256:
            refuse(row, "hash_differs", value=shown(row), found=row.sha256, claimed=row.claimed_sha256)
    save(rows)


def copy_files(takeover: Takeover, rows: Sequence[TakeoverRow]) -> None:
    """Copy the files of `rows` into the store and write the rows of their contents.

    E-mails bring their attachments along (R36, W38). A file that is no longer what was checked refuses its row.
    Raises OSError where the store cannot be written.
    """
    folder = Path(takeover.folder)
    path_of = {row.sha256: folder / paths.as_path(row.file) for row in rows}
    results = dict(zip(path_of, storage.copy_in([(path, sha) for sha, path in path_of.items()]), strict=True))
    contents: dict[str, tuple[int, str]] = {}
    changed = []
    for row in rows:
        result = results[row.sha256]
        if isinstance(result, Exception):
            refuse_file(row, result)
            changed.append(row)
        elif result[0] != row.sha256:
            refuse(row, "file_changed", value=shown(row))
            changed.append(row)
        else:
            contents[row.sha256] = (row.size, row.media_type)
            if row.media_type == media_types.EML:
                contents |= take_mail(row, path_of[row.sha256])
                changed.append(row)
    storage.add_blobs(contents)
    save(changed)


def take_mail(row: TakeoverRow, path: Path) -> dict[str, tuple[int, str]]:
    """Store the attachments of an e-mail, describe the row by its header, and return the stored contents."""
    contents: dict[str, tuple[int, str]] = {}
    attachments = []
    try:
        with reading(path) as found:
            described: dict[str, Any] = describe(found)
            for name, part in found.attachments:
                with open(part, "rb") as stream:
                    sha256, size = write_blob(stream, part.stat().st_size)
                kind = media_types.detect(blob_path(sha256), name)
                contents[sha256] = (size, kind)
                attachments.append([sha256, name, kind])
    except CannotDerive as reason:
        # The e-mail itself is taken over; what is in it stays in it.
        row.problems = [
            *row.problems,
            ["mail_unread", {"value": shown(row), "reason": str(reason.note.label)}],
        ]
        return {}
    for name in ("title", "dated"):
        described.pop(name, None)
    row.values = {**{name: str(value) for name, value in described.items()}, **row.values}
    if attachments:
        row.values["attachments"] = attachments
    return contents


def refuse_file(row: TakeoverRow, error: Exception) -> None:
    if isinstance(error, StorageError):
        refuse(row, "file_refused", value=shown(row), reason=str(error))
    else:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        refuse(row, "file_unreadable", value=shown(row), reason=reason)


def refuse(row: TakeoverRow, code: str, **details: Any) -> None:
    row.state = RowState.REFUSED
    row.problems = [*row.problems, [code, details]]


def shown(row: TakeoverRow) -> str:
    return paths.as_name(row.file) if row.file.startswith(paths.BYTES) else row.file


def save(rows: Sequence[TakeoverRow]) -> None:
    json_type = "jsonb" if connection.vendor == "postgresql" else "text"
    columns = {
        "file": "varchar(1000)",
        "sha256": "varchar(64)",
        "size": "bigint",
        "media_type": "varchar(120)",
        "state": "varchar(10)",
        "problems": json_type,
        "values": json_type,
    }
    bulk.update(
        ROWS,
        "id",
        columns,
        [
            (
                row.pk,
                row.file,
                row.sha256,
                row.size,
                row.media_type,
                str(row.state),
                json.dumps(row.problems),
                json.dumps(row.values),
            )
            for row in rows
        ],
    )
