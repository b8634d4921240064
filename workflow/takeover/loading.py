"""From checked rows to records: each piece in one transaction, with numbers, scopes, journal and search rows."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Max

from doakte_content import bulk
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.fileplan.queries import EffectiveRules, effective_rules, lines_of
from doakte_content.records.bulk import (
    Inserted,
    NewFile,
    NewRecord,
    Place,
    hold_records,
    hold_units,
    insert,
)
from doakte_content.records.enums import State
from doakte_content.records.models import Case, Document, Record, RecordFile
from doakte_content.retrieval import actions as retrieval
from doakte_content.retrieval import bulk as index
from doakte_content.storage.file_names import clean
from doakte_content.storage.models import Blob, Derivation
from workflow.closing.retention import retention_of, start_of_retention

from . import paths
from .checks import day_of
from .enums import Level, RowState
from .models import Takeover, TakeoverRow

ROWS = TakeoverRow._meta.db_table
MODELS: dict[int, type[Record]] = {Level.FILE: RecordFile, Level.CASE: Case, Level.DOCUMENT: Document}
#: Fields of documents that a row can carry.
DOCUMENT_VALUES = ("sender", "recipient", "received_on", "sent_on", "direction", "document_type")


def load(takeover: Takeover, level: Level, rows: Sequence[TakeoverRow]) -> int:
    """Make records of rows of one level and return how many, in the caller's transaction.

    Refuses rows whose place was closed or cancelled since the check. A row that another process has taken is left
    to it: whoever marks it first has it.
    """
    marked = mark_loaded(rows)
    rows = [row for row in rows if row.pk in marked]
    uuids = {row.parent_uuid for row in rows}
    places = hold_units(uuids) if level == Level.FILE else hold_records(uuids)
    own = own_places(takeover, level, places)
    taken = [row for row in rows if is_open(row, places, own)]
    new = new_records(takeover, level, taken, places)
    model = MODELS[level]
    inserted = insert(model, new, places, action="record.take_over", actor=takeover.created_by)
    write_index(model, level, inserted, places)
    return len(taken)


def own_places(takeover: Takeover, level: Level, places: dict[UUID, Place]) -> set[UUID]:
    """Return which of the places this takeover has brought itself: what was closed before it came may be filled."""
    if level == Level.FILE:
        return set()
    closed = [place.uuid for place in places.values() if place.closed_on]
    found = TakeoverRow.objects.filter(takeover=takeover, record_uuid__in=closed, state=RowState.LOADED)
    return set(found.values_list("record_uuid", flat=True))


def is_open(row: TakeoverRow, places: dict[UUID, Place], own: set[UUID]) -> bool:
    place = places.get(row.parent_uuid)
    if place and place.state != State.CANCELLED and (not place.closed_on or place.uuid in own):
        return True
    row.state = RowState.REFUSED
    row.problems = [*row.problems, ["parent_closed", {"value": row.parent}]]
    TakeoverRow.objects.filter(pk=row.pk).update(state=row.state, problems=row.problems)
    return False


def new_records(
    takeover: Takeover, level: Level, rows: Sequence[TakeoverRow], places: dict[UUID, Place]
) -> list[NewRecord]:
    blobs = blob_keys(rows)
    ends = ends_of_retention(takeover, level, rows, places)
    return [
        NewRecord(
            uuid=row.record_uuid,
            parent=row.parent_uuid,
            title=row.title,
            dated=day_of(row.dated),
            office_id=row.office_id,
            closed_on=closed_on(level, row, places[row.parent_uuid]),
            retained_until=ends.get(row.record_uuid, places[row.parent_uuid].retained_until),
            remark=row.values.get("remark", ""),
            keywords=sorted(row.values.get("keywords", ())),
            former_reference=row.identifier,
            values={name: row.values[name] for name in DOCUMENT_VALUES if name in row.values}
            if level == Level.DOCUMENT
            else {},
            file=NewFile(blobs[row.sha256], clean(paths.as_name(row.file)), row.media_type)
            if row.sha256
            else None,
            attachments=[
                NewFile(blobs[sha256], name, kind) for sha256, name, kind in row.values.get("attachments", ())
            ],
            data={"system": takeover.system, "identifier": row.identifier, "takeover": str(takeover.uuid)},
        )
        for row in rows
    ]


def closed_on(level: Level, row: TakeoverRow, place: Place) -> date | None:
    """Return when a record was closed: it stands and falls with what it lies in, a case can be closed before (R31)."""
    return row.closed_on if level == Level.FILE else row.closed_on or place.closed_on


def blob_keys(rows: Sequence[TakeoverRow]) -> dict[str, int]:
    wanted = {row.sha256 for row in rows if row.sha256}
    wanted |= {sha256 for row in rows for sha256, *_rest in row.values.get("attachments", ())}
    return dict(Blob.objects.filter(sha256__in=wanted).values_list("sha256", "pk"))


def ends_of_retention(
    takeover: Takeover, level: Level, rows: Sequence[TakeoverRow], places: dict[UUID, Place]
) -> dict[UUID, date | None]:
    """Return the end of retention of files that were closed before they came (R22, R23)."""
    closed = [row for row in rows if row.closed_on] if level == Level.FILE else []
    if not closed:
        return {}
    cases = TakeoverRow.objects.filter(
        takeover=takeover, level=Level.CASE, parent_uuid__in=[row.record_uuid for row in closed]
    )
    last = dict(
        cases.exclude(state=RowState.REFUSED)
        .order_by()
        .values_list("parent_uuid")
        .annotate(last=Max("closed_on"))
    )
    units = FilePlanUnit.objects.in_bulk({places[row.parent_uuid].pk for row in closed})
    lines = lines_of(units.values())
    rules: dict[int, EffectiveRules] = {pk: effective_rules(unit, lines[pk]) for pk, unit in units.items()}
    return {
        row.record_uuid: retention_of(
            rules[places[row.parent_uuid].pk],
            start_of_retention(row.closed_on, filter(None, [last.get(row.record_uuid)])),
        ).until
        for row in closed
    }


def mark_loaded(rows: Sequence[TakeoverRow]) -> set[int]:
    """Mark rows as taken over, and hold them; return the keys of those that nobody else has taken."""
    marked: set[int] = set()
    with connection.cursor() as cursor:
        for start in range(0, len(rows), bulk.STATEMENT_ROWS):
            part = [row.pk for row in rows[start : start + bulk.STATEMENT_ROWS]]
            cursor.execute(
                f"UPDATE {ROWS} SET state = 'loaded' WHERE state = 'new' AND id IN ({', '.join(['%s'] * len(part))})"
                " RETURNING id",
                part,
            )
            marked.update(pk for (pk,) in cursor.fetchall())
    return marked


# --- search ---


def write_index(
    model: type[Record], level: Level, inserted: Sequence[Inserted], places: dict[UUID, Place]
) -> None:
    """Write the search rows of new records; a text that has not been read yet brings its documents up again."""
    content_type = ContentType.objects.get_for_model(model).pk
    texts, waiting = texts_of(inserted)
    bulk.insert(
        index.TABLE,
        index.COLUMNS,
        (
            index.index_row(
                content_type,
                one.pk,
                head_texts=[
                    one.new.title,
                    one.reference,
                    one.new.former_reference,
                    ", ".join(one.new.keywords),
                ],
                body_texts=body_of(one.new, texts),
                typing_texts=[one.new.title, one.reference],
                unit_path=unit_path(level, places[one.new.parent]),
                office_id=one.office_id,
                year=one.new.dated.year,
                state=one.state,
                references=(one.reference, one.new.former_reference),
            )
            for one in inserted
        ),
    )
    # Read between our look and our commit, the text would be told to nobody: a document that is not there yet
    # is not found by `text_read`.
    retrieval.request(
        one.pk for one in inserted if any(file.blob_id in waiting for file in files_of(one.new))
    )


def unit_path(level: Level, place: Place) -> str:
    """Return the path of the unit above: of a file right above, of a case two steps up, of a document three."""
    return place.path[: len(place.path) - (level - Level.FILE) * Record.steplen]


def files_of(new: NewRecord) -> list[NewFile]:
    return [file for file in (new.file, *new.attachments) if file]


def body_of(new: NewRecord, texts: dict[int, str]) -> list[str]:
    values: dict[str, Any] = new.values
    return [
        new.remark,
        values.get("sender", ""),
        values.get("recipient", ""),
        *(texts.get(file.blob_id, "") for file in files_of(new)),
    ]


def texts_of(inserted: Sequence[Inserted]) -> tuple[dict[int, str], set[int]]:
    """Return the texts of files by their content's key, and the contents whose text is still to be read."""
    blobs = {file.blob_id for one in inserted for file in files_of(one.new)}
    found = Derivation.objects.filter(blob__in=blobs, kind=Derivation.Kind.TEXT, use=None)
    texts, waiting = {}, set()
    for blob_id, state, text in found.values_list("blob_id", "state", "text"):
        if state in (Derivation.State.PENDING, Derivation.State.RUNNING):
            waiting.add(blob_id)
        else:
            texts[blob_id] = text
    return texts, waiting
