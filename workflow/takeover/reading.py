"""From the source to rows in the database: what each row says, and what is wrong with it by itself."""

import datetime
import hashlib
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid5

from django.utils import timezone

from doakte_content.fileplan.tables.problems import UnreadableTable
from doakte_content.organisation.models import OrgUnit
from doakte_content.records.filing import title_from
from doakte_content.storage.file_names import clean
from doakte_content.storage.store import sha256_of

from . import headings, paths
from .enums import Level, RowState
from .models import Takeover
from .problems import HINTS
from .table import read_rows

LEVELS = {
    word: level
    for level, words in {
        Level.FILE: "akte file recordfile aktenordner",
        Level.CASE: "vorgang case",
        Level.DOCUMENT: "dokument document schriftstück",
    }.items()
    for word in words.split()
}
#: As many characters fit into these; what is longer is refused, not cut off.
LENGTHS = {"identifier": 120, "parent": 120, "title": 255, "sender": 255, "recipient": 255, "file": 900}
DATES = {"dated", "closed_on", "received_on", "sent_on"}
SHA256 = re.compile(r"[0-9a-f]{64}")


class Unreadable(Exception):
    """The source as a whole cannot be read; `problem` says why."""

    def __init__(self, code: str, **details):
        super().__init__(code)
        self.problem = [code, details]


def rows_of(takeover: Takeover) -> Iterator[dict[str, Any]]:
    """Yield the values of `TakeoverRow` for each row of the source. Raises `Unreadable`, also on the way."""
    folder = Path(takeover.folder)
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        raise Unreadable("no_folder", folder=takeover.folder)
    return from_table(takeover, folder) if takeover.table else from_folder(takeover, folder)


# --- a table ---


def from_table(takeover: Takeover, folder: Path) -> Iterator[dict[str, Any]]:
    path = folder / takeover.table
    if Path(takeover.table).name != takeover.table or not path.is_file():
        raise Unreadable("no_table", table=takeover.table)
    takeover.table_sha256 = sha256_of(path)
    try:
        rows = read_rows(path)
        _number, first = next(rows, (0, []))
        columns, unknown = headings.recognise(first)
        missing = [name for name in headings.REQUIRED if name not in columns]
        if missing:
            names = ", ".join(headings.FIELDS[name].split("|")[0] for name in missing)
            raise Unreadable("missing_columns", missing=names, known=headings.known())
        if unknown:
            takeover.problems.append(["unknown_columns", {"columns": ", ".join(unknown)}])
        offices = dict(OrgUnit.objects.values_list("code", "pk"))
        for number, cells in rows:
            width = len(cells)
            values = {name: cells[column] if column < width else "" for name, column in columns.items()}
            yield understand(takeover, number, values, offices)
    except UnreadableTable as error:
        raise Unreadable("unreadable_table", reason=str(error)) from error


def understand(
    takeover: Takeover, number: int, given: dict[str, str], offices: dict[str, int]
) -> dict[str, Any]:
    """Return the values of a `TakeoverRow` for what stands in a row of a table."""
    row = empty_row(takeover, number)
    problems: list[list] = row["problems"]
    level = LEVELS.get(given["level"].lower())
    if level is None:
        problems.append(["no_level", {"value": given["level"][:60]}])
    row["level"] = level
    for name, limit in LENGTHS.items():
        if len(given.get(name, "")) > limit:
            problems.append(["too_long", {"value": given[name][:40], "limit": limit}])
    for name in ("identifier", "parent", "title"):
        row[name] = given[name][: LENGTHS[name]]
        if not row[name]:
            problems.append([f"no_{name}", {}])
    for name in DATES:
        if text := given.get(name):
            try:
                value = as_date(text)
            except ValueError:
                problems.append(["bad_date", {"value": text[:40]}])
                continue
            if name in row:
                row[name] = value
            else:
                row["values"][name] = value.isoformat()
    if row["closed_on"] and row["closed_on"] > timezone.localdate():
        problems.append(["future_closing", {"value": row["closed_on"].strftime("%d.%m.%Y")}])
    if code := given.get("office"):
        row["office_id"] = offices.get(code)
        if row["office_id"] is None:
            problems.append(["unknown_office", {"value": code[:60]}])
    for name in ("sender", "recipient", "remark"):
        if given.get(name):
            row["values"][name] = given[name]
    if given.get("keywords"):
        words = (word.strip()[:100] for word in re.split(r"[|;,]", given["keywords"]))
        row["values"]["keywords"] = list(dict.fromkeys(filter(None, words)))
    row["file"] = given.get("file", "")[: LENGTHS["file"]]
    if row["file"] and level in (Level.FILE, Level.CASE):
        problems.append(["file_not_document", {"level": str(Level(level).label)}])
    if claimed := given.get("claimed_sha256", "").lower():
        if SHA256.fullmatch(claimed):
            row["claimed_sha256"] = claimed
        else:
            problems.append(["bad_hash", {"value": claimed[:80]}])
    if any(code not in HINTS for code, _details in problems):
        row["state"] = RowState.REFUSED.value
    return row


@lru_cache(maxsize=50_000)
def as_date(text: str) -> datetime.date:
    """Return the day; raises ValueError."""
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        day, month, year = text.split(".")
        return datetime.date(int(year), int(month), int(day))


def empty_row(takeover: Takeover, number: int) -> dict[str, Any]:
    """Return a row that says nothing yet. A row that is read again becomes the same record."""
    return {
        "number": number,
        "level": None,
        "identifier": "",
        "parent": "",
        "parent_uuid": None,
        "record_uuid": uuid5(takeover.uuid, str(number)),
        "title": "",
        "dated": None,
        "closed_on": None,
        "office_id": None,
        "values": {},
        "file": "",
        "claimed_sha256": "",
        "sha256": "",
        "size": None,
        "media_type": "",
        "state": RowState.NEW.value,
        "problems": [],
    }


# --- a folder tree ---


def from_folder(takeover: Takeover, folder: Path) -> Iterator[dict[str, Any]]:
    """Make a case of each folder that holds files, named by its path, and a document of each file."""
    if takeover.target is None:
        raise Unreadable("no_target")
    number = 0
    for place, folders, names in os.walk(folder):
        folders.sort()
        if not names:
            continue
        below = os.path.relpath(place, folder)
        below = "" if below == "." else below
        number += 1
        case = empty_row(takeover, number) | {
            "level": Level.CASE.value,
            "identifier": shortened(paths.as_text(below) or folder.name),
            "parent": takeover.target.reference,
            "parent_uuid": takeover.target.uuid,
            "title": folder_title(below, folder),
            "dated": modified(Path(place)),
        }
        yield case
        for name in sorted(names):
            number += 1
            yield file_row(takeover, number, Path(below, name) if below else Path(name), folder, case)


def file_row(
    takeover: Takeover, number: int, relative: Path, folder: Path, case: dict[str, Any]
) -> dict[str, Any]:
    text = paths.as_text(str(relative))
    shown = clean(paths.as_name(text))
    row = empty_row(takeover, number) | {
        "level": Level.DOCUMENT.value,
        "identifier": shortened(text),
        "parent": case["identifier"],
        "parent_uuid": case["record_uuid"],
        "title": title_from(shown)[:255],
        "dated": modified(folder / relative),
        "file": text,
    }
    if text.startswith(paths.BYTES):
        row["problems"].append(["name_in_old_code", {"value": shown}])
    return row


def shortened(identifier: str) -> str:
    """Return an identifier of at most 120 characters; one that had to be cut ends in a hash of the whole."""
    if len(identifier) <= LENGTHS["identifier"]:
        return identifier
    return f"{identifier[:100]}…{hashlib.sha256(identifier.encode()).hexdigest()[:16]}"


def folder_title(below: str, folder: Path) -> str:
    parts = [paths.as_name(paths.as_text(part)) for part in below.split(os.sep)] if below else [folder.name]
    return clean(" – ".join(parts).replace("_", " "))[:255]


def modified(path: Path) -> datetime.date:
    try:
        return datetime.date.fromtimestamp(path.stat().st_mtime)
    except (OSError, ValueError, OverflowError):
        return timezone.localdate()


def same_table(takeover: Takeover) -> bool:
    """Say whether the table is still the one that was read."""
    if not takeover.table:
        return True
    try:
        return sha256_of(Path(takeover.folder, takeover.table)) == takeover.table_sha256
    except OSError:
        return False
