"""Putting many records into the tree at once: what `actions.create_*` do for one, in a constant number of statements.

Used where stock is taken over (R78). Numbers, scopes, classification, versions, keywords and the journal come out as
from the single actions; that is tested by comparing both.
"""

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.utils import timezone
from wagtail.models import Locale, Page

from doakte_content import bulk
from doakte_content.fileplan.models import FilePlanUnit, sort_key
from doakte_content.fileplan.queries import effective_rules, lines_of
from doakte_content.journal.actions import record_many

from .enums import State
from .models import (
    Attachment,
    Case,
    Counter,
    Document,
    FormerReference,
    Keyword,
    Record,
    RecordFile,
    RecordKeyword,
    Version,
    title_key,
)


@dataclass(slots=True)
class NewFile:
    """A stored file as a version will name it."""

    blob_id: int
    name: str
    media_type: str


@dataclass(slots=True)
class NewRecord:
    """A record to be: what `COMMON_FIELDS` and the like hold, and where it comes from."""

    uuid: UUID
    parent: UUID
    title: str
    dated: date
    #: None: the office of what it lies in.
    office_id: int | None = None
    #: z.d.A. and end of retention, for stock that was closed before it came.
    closed_on: date | None = None
    retained_until: date | None = None
    remark: str = ""
    keywords: Sequence[str] = ()
    #: The reference or identifier it had before; stays findable (R19, R78).
    former_reference: str = ""
    #: Further fields of documents.
    values: dict[str, Any] = field(default_factory=dict)
    file: NewFile | None = None
    attachments: Sequence[NewFile] = ()
    #: Details for the journal.
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Place:
    """What new records need to know of the unit, file or case that they go into. Its row is held."""

    pk: int
    uuid: UUID
    path: str
    depth: int
    label: str
    scope_id: int
    unit_id: int
    office_id: int | None
    confidentiality: int
    closed_on: date | None
    retained_until: date | None
    state: str
    pattern: str = ""
    last_step: int = 0
    new_children: int = 0


@dataclass(slots=True)
class Inserted:
    """A record that is there now, as far as the search index asks."""

    pk: int
    new: NewRecord
    reference: str
    state: str
    office_id: int | None


def hold_units(uuids: Iterable[UUID]) -> dict[UUID, Place]:
    """Hold units until the transaction ends and return them as places for files."""
    held = FilePlanUnit.objects.select_for_update(of=("self", "page_ptr")).filter(uuid__in=set(uuids))
    units = list(held.order_by("pk").select_related("plan"))
    lines = lines_of(units)
    offices = {unit.pk: effective_rules(unit, lines[unit.pk]).office.value for unit in units}
    return {
        unit.uuid: Place(
            unit.pk, unit.uuid, unit.path, unit.depth, unit.number, unit.scope_id, unit.pk,
            getattr(offices[unit.pk], "pk", None), unit.confidentiality, None, None, "",
            unit.plan.reference_pattern,
        )
        for unit in units
    }  # fmt: skip


def hold_records(uuids: Iterable[UUID]) -> dict[UUID, Place]:
    """Hold files or cases until the transaction ends and return them as places for cases or documents."""
    found = (
        Record.objects.select_for_update(of=("self", "page_ptr")).filter(uuid__in=set(uuids)).order_by("pk")
    )
    return {
        one.uuid: Place(
            one.pk, one.uuid, one.path, one.depth, one.reference, one.scope_id, one.unit_id, one.office_id,
            one.confidentiality, one.closed_on, one.retained_until, one.state,
        )
        for one in found
    }  # fmt: skip


def insert(
    model: type[Record], records: Sequence[NewRecord], places: dict[UUID, Place], *, action: str, actor=None
) -> list[Inserted]:
    """Put records of one type into held places, in the caller's transaction, and return them with their references.

    The caller has checked what the single actions check. Documents come as approved, what has `closed_on` as closed.
    Search rows are the caller's: the index lies in a higher room.
    """
    find_last_steps([places[uuid] for uuid in {new.parent for new in records}])
    years = {new.uuid: new.dated.year if model is RecordFile else 0 for new in records}
    numbers = Numbers(Tally((new.parent, years[new.uuid]) for new in records))
    keys = bulk.reserve_ids(Page, len(records))
    files = [
        (new, component, file)
        for new in records
        for component, file in [(new.uuid, new.file), *((uuid4(), one) for one in new.attachments)]
        if file
    ]
    versions = dict(
        zip(
            ((new.uuid, component) for new, component, _f in files),
            bulk.reserve_ids(Version, len(files)),
            strict=True,
        )
    )
    inserted, pages, commons, specifics = [], [], [], []
    pages_of, commons_of, specifics_of = Rows(Page), Rows(Record), Rows(model)
    content_type = ContentType.objects.get_for_model(model).pk
    locale = Locale.get_default().pk
    for pk, new in zip(keys, records, strict=True):
        place = places[new.parent]
        place.last_step += 1
        place.new_children += 1
        year = years[new.uuid]
        ordinal = numbers.next(new.parent, year)
        reference = reference_of(model, place, year, ordinal)
        state, office_id = state_of(model, new), new.office_id or place.office_id
        identifier = str(new.uuid)
        own = {"ordinal": ordinal, **new.values}
        if model is RecordFile:
            own["year"] = year
        if model is Document:
            own["version_id"] = versions.get((new.uuid, new.uuid))
        pages.append(
            pages_of.row(
                id=pk,
                path=Page._get_path(place.path, place.depth + 1, place.last_step),
                depth=place.depth + 1,
                title=new.title,
                draft_title=new.title,
                slug=identifier,
                url_path=f"/{identifier}/",
                live=True,
                content_type_id=content_type,
                locale_id=locale,
                translation_key=uuid4(),
                owner_id=actor.pk if actor else None,
            )
        )
        commons.append(
            commons_of.row(
                page_ptr_id=pk,
                uuid=new.uuid,
                container_id=place.pk,
                title_key=title_key(new.title),
                published=True,
                opened_by_id=actor.pk if actor else None,
                scope_id=place.scope_id,
                unit_id=place.unit_id,
                office_id=office_id,
                reference=reference,
                reference_key=sort_key(reference),
                state=state,
                dated=new.dated,
                remark=new.remark,
                confidentiality=place.confidentiality if model is RecordFile else 0,
                closed_on=new.closed_on,
                retained_until=new.retained_until,
            )
        )
        specifics.append(specifics_of.row(record_ptr_id=pk, **own))
        inserted.append(Inserted(pk, new, reference, state, office_id))
    add_versions(files, versions, actor)
    pages_of.insert(pages)
    commons_of.insert(commons)
    specifics_of.insert(specifics)
    add_attachments(files, versions, {one.new.uuid: one.pk for one in inserted})
    add_former_references(inserted)
    add_keywords(inserted)
    count_children(places.values())
    record_many(
        action,
        actor=actor,
        model=model,
        subjects=[
            (one.new.uuid, f"{one.reference} {one.new.title}", places[one.new.parent].scope_id, one.new.data)
            for one in inserted
        ],
    )
    return inserted


def reference_of(model: type[Record], place: Place, year: int, ordinal: int) -> str:
    """Return the reference of a new record (R10)."""
    if model is RecordFile:
        return place.pattern.format(unit=place.label, year=year, number=ordinal)
    return f"{place.label}/{ordinal}" if model is Case else f"{place.label}-{ordinal}"


def state_of(model: type[Record], new: NewRecord) -> str:
    if model is Document:
        return State.APPROVED.value
    return State.CLOSED.value if new.closed_on else State.OPEN.value


class Rows:
    """Makes rows of a model's own table: its columns' defaults, and what is given."""

    def __init__(self, model: type[models.Model], *, without: tuple[str, ...] = ()):
        self.table = model._meta.db_table
        self.columns = bulk.columns_of(model, without=without)
        defaults = model()
        fields = [one for one in model._meta.local_concrete_fields if one.column in self.columns]
        self.defaults = [plain_default(getattr(defaults, one.attname)) for one in fields]
        self.places = {name: place for place, name in enumerate(self.columns)}

    def row(self, **values) -> list:
        row = self.defaults.copy()
        for name, value in values.items():
            row[self.places[name]] = value
        return row

    def insert(self, rows: Iterable[Sequence]) -> None:
        bulk.insert(self.table, self.columns, rows)


def plain_default(value):
    """Return a default as the database takes it: a choice's value instead of the choice."""
    return value.value if isinstance(value, models.Choices) else value


class Numbers:
    """Numbers below several owners and years, reserved in one statement that holds their counters (R10)."""

    def __init__(self, wanted: dict[tuple[UUID, int], int]):
        table = Counter._meta.db_table
        owner = Counter._meta.get_field("owner_uuid")
        self.given: dict[tuple[UUID, int], int] = {}
        # In one order everywhere: two of these never wait for each other in a circle.
        entries = sorted(wanted.items(), key=lambda entry: (entry[0][0].int, entry[0][1]))
        for start in range(0, len(entries), bulk.STATEMENT_ROWS):
            part = entries[start : start + bulk.STATEMENT_ROWS]
            values = [
                value
                for (uuid, year), count in part
                for value in (owner.get_db_prep_value(uuid, connection), year, count)
            ]
            with connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO {table} (owner_uuid, year, last) VALUES {', '.join(['(%s, %s, %s)'] * len(part))}"
                    f" ON CONFLICT (owner_uuid, year) DO UPDATE SET last = {table}.last + excluded.last"
                    " RETURNING owner_uuid, year, last",
                    values,
                )
                for uuid, year, last in cursor.fetchall():
                    key = (uuid if isinstance(uuid, UUID) else UUID(uuid), year)
                    self.given[key] = last - wanted[key]

    def next(self, owner: UUID, year: int) -> int:
        self.given[owner, year] += 1
        return self.given[owner, year]


def find_last_steps(places: Sequence[Place]) -> None:
    """Look up where in the tree the last child of each place stands: one look into an index for each."""
    table = Page._meta.db_table
    steplen = Page.steplen
    for start in range(0, len(places), bulk.STATEMENT_ROWS):
        part = places[start : start + bulk.STATEMENT_ROWS]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT p.id, (SELECT c.path FROM {table} c WHERE c.path > p.path AND c.path <= p.path || %s"
                f" ORDER BY c.path DESC LIMIT 1) FROM {table} p WHERE p.id IN ({', '.join(['%s'] * len(part))})",
                ["Z" * steplen * 4, *(place.pk for place in part)],
            )
            last = dict(cursor.fetchall())
        for place in part:
            path = last.get(place.pk)
            step = path[len(place.path) : len(place.path) + steplen] if path else ""
            place.last_step = Page._str2int(step) if step else 0


def count_children(places: Iterable[Place]) -> None:
    grown = [(place.pk, place.new_children) for place in places if place.new_children]
    table = Page._meta.db_table
    for start in range(0, len(grown), bulk.STATEMENT_ROWS):
        part = grown[start : start + bulk.STATEMENT_ROWS]
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET numchild = numchild + v.column2 FROM (VALUES"
                f" {', '.join(['(%s, %s)'] * len(part))}) AS v WHERE {table}.id = v.column1",
                [value for entry in part for value in entry],
            )


def add_versions(files, versions: dict[tuple[UUID, UUID], int], actor) -> None:
    """Write the first version of each file. Versions name their document by identifier and may come first."""
    rows, now = Rows(Version), timezone.now()
    rows.insert(
        rows.row(
            id=versions[new.uuid, component],
            uuid=uuid4(),
            document_uuid=new.uuid,
            component=component,
            number=1,
            blob_id=file.blob_id,
            file_name=file.name,
            media_type=file.media_type,
            created_at=now,
            created_by_id=actor.pk if actor else None,
        )
        for new, component, file in files
    )


def add_attachments(files, versions: dict[tuple[UUID, UUID], int], keys: dict[UUID, int]) -> None:
    rows = Rows(Attachment, without=("id",))
    order: Tally = Tally()
    found = []
    for new, component, file in files:
        if component != new.uuid:
            found.append(
                rows.row(
                    uuid=component,
                    document_id=keys[new.uuid],
                    title=file.name,
                    version_id=versions[new.uuid, component],
                    sort_order=order[new.uuid],
                )
            )
            order[new.uuid] += 1
    if found:
        rows.insert(found)


def add_former_references(inserted: list[Inserted]) -> None:
    rows, now = Rows(FormerReference, without=("id",)), timezone.now()
    rows.insert(
        rows.row(record_id=one.pk, reference=one.new.former_reference, replaced_at=now)
        for one in inserted
        if one.new.former_reference
    )


def add_keywords(inserted: list[Inserted]) -> None:
    names = {name for one in inserted for name in one.new.keywords}
    if not names:
        return
    known = {tag.name: tag.pk for tag in Keyword.objects.filter(name__in=names)}
    for name in sorted(names - known.keys()):
        known[name] = Keyword.objects.get_or_create(name=name)[0].pk
    rows = Rows(RecordKeyword, without=("id",))
    rows.insert(
        rows.row(content_object_id=one.pk, tag_id=known[name])
        for one in inserted
        for name in one.new.keywords
    )
