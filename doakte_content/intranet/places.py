"""Where a record stands, as far as the reader may know it: breadcrumbs, addresses, restriction."""

from dataclasses import dataclass

from django.urls import reverse

from doakte_content.access.policies import allowed
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.fileplan.queries import line_of
from doakte_content.records.models import Record
from doakte_content.records.queries import containers_of

#: Name of the model -> name of the address.
URL_NAMES = {
    "fileplanunit": "unit",
    "recordfile": "record_file",
    "case": "case",
    "document": "document",
}


@dataclass(frozen=True)
class Crumb:
    """One step of the breadcrumbs."""

    reference: str
    title: str
    url: str


@dataclass(frozen=True)
class Place:
    """The way from the plan to a record.

    `units` is the whole line, for rules that are inherited along it. `crumbs` holds only what the reader may see.
    `restricted`: the file is open to named people only, so that reading it is journalled.
    """

    units: list[FilePlanUnit]
    crumbs: list[Crumb]
    restricted: bool


def kind_of(record: Record) -> str:
    """Return the name of the record's type, "recordfile", "case" or "document", without a query."""
    return record.cached_content_type.model


def record_url(record: Record) -> str:
    """Return the address of a unit, or a record fetched as the common `Record`; of a draft, its page in the admin."""
    if not record.live:
        return reverse("wagtailadmin_explore", args=[record.pk])
    return reverse(f"doakte_intranet:{URL_NAMES[kind_of(record)]}", args=[record.uuid])


def unit_crumbs(units: list[FilePlanUnit]) -> list[Crumb]:
    """Return the steps for the units above something that the reader sees.

    No right is asked for: whoever has a right somewhere may pass through every unit above it (`Right.PASS`).
    """
    return [
        Crumb(unit.number, unit.short_title or unit.title, reverse("doakte_intranet:unit", args=[unit.uuid]))
        for unit in units
    ]


def place_of(record: Record, user) -> Place:
    """Return where `record` stands for `user`, who may read it. Two queries, whatever the depth."""
    units = line_of(record)
    containers = list(containers_of(record).annotate(readable=allowed(user)))
    above = [Crumb(one.reference, one.title, record_url(one)) for one in containers if one.readable]
    return Place(units, unit_crumbs(units) + above, record.scope.enclosed)
