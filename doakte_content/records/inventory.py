"""Aktenbestandsverzeichnis: all files that a person may know of, with the medium that each is kept in (R8, R14)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from doakte_content.access.policies import Right, allowed_scopes
from doakte_content.access.wagtail_policy import known_to
from doakte_content.fileplan.models import FilePlanUnit

from .enums import Medium, State
from .models import IS_FILE, Record

#: Column in the address -> the fields it sorts by, each with an index over files alone.
ORDERINGS = {"reference": ("reference_key",), "title": ("title_key", "reference_key")}
#: Who holds rights in no more places than this has them looked up one by one; others are asked file by file.
FEW_SCOPES = 500
CHUNK = 500


def inventory_of(user) -> QuerySet[Record]:
    """Return the files that exist for `user`, to be narrowed down and paged. One query for a person's places."""
    files = Record.objects.filter(IS_FILE)
    readable = list(allowed_scopes(user).distinct()[: FEW_SCOPES + 1])
    if len(readable) > FEW_SCOPES:
        return files.filter(known_to(user))
    scopes = [one["scope_id"] for one in readable]
    editable = Q(published=True) | Q(scope__in=allowed_scopes(user, Right.EDIT))
    return files.filter(editable, scope__in=scopes)


def narrowed(files: QuerySet[Record], *, number="", office=None, medium="", state="") -> QuerySet[Record]:
    """Keep the files in units whose number begins with `number`, of an office, of a medium, in a state."""
    if number:
        files = files.filter(
            container__in=FilePlanUnit.objects.filter(number__startswith=number).values("pk")
        )
    if office:
        files = files.filter(office=office)
    if medium:
        files = files.filter(kept_as(medium))
    if state:
        files = files.filter(state=state)
    return files


def kept_as(medium: str) -> Q:
    """Return the condition for files of a medium: a file that holds records of another one is hybrid (R14)."""
    if medium != Medium.HYBRID:
        return Q(medium=medium) & ~holds_other_than(medium)
    found = Q(medium=Medium.HYBRID)
    for one in (Medium.ELECTRONIC, Medium.PAPER):
        found |= Q(medium=one) & holds_other_than(one)
    return found


def holds_other_than(medium: str) -> Q:
    other = Record.objects.exclude(medium=medium).exclude(state=State.CANCELLED).order_by()
    return Q(Exists(other.filter(container=OuterRef("pk")))) | Q(
        Exists(other.filter(container__record__container=OuterRef("pk")))
    )


def media_of(files: Iterable[Record]) -> dict[int, Medium]:
    """Return {file: the medium that it is kept in}. Two queries."""
    found = defaultdict(set, {one.pk: {one.medium} for one in files})
    inside = Record.objects.exclude(state=State.CANCELLED).order_by()
    for place in ("container", "container__record__container"):
        rows = inside.filter(**{f"{place}__in": list(found)}).values_list(place, "medium").distinct()
        for pk, medium in rows:
            found[pk].add(medium)
    return {pk: Medium(media.pop()) if len(media) == 1 else Medium.HYBRID for pk, media in found.items()}


def with_media(files: Iterable[Record]) -> list[Record]:
    """Return the files, each with `kept_in`: the medium it is kept in."""
    files = list(files)
    media = media_of(files)
    for one in files:
        one.kept_in = media[one.pk]
    return files


def all_with_media(files: QuerySet[Record]) -> Iterator[Record]:
    """Yield the files as `with_media` returns them, some hundred at a time: for tables without an end."""
    rows = files.iterator(chunk_size=CHUNK)
    while some := with_media(islice(rows, CHUNK)):
        yield from some


def headings() -> list[str]:
    """Return the headings of the table that people take away. It has more than the page: place of the paper, dates."""
    return [
        _("Reference"),
        _("Title"),
        _("Unit of the file plan"),
        _("Title of the unit"),
        _("Office in charge"),
        _("State"),
        _("Medium"),
        _("Location of the paper"),
        _("Opened on"),
        _("Closed on"),
        _("Retained until"),
    ]


def row_of(record_file: Record) -> list:
    """Return the row of a file that `with_media` has returned."""
    return [
        record_file.reference,
        record_file.title,
        record_file.unit.number,
        record_file.unit.title,
        str(record_file.office or ""),
        record_file.get_state_display(),
        str(record_file.kept_in.label),
        record_file.location,
        record_file.dated,
        record_file.closed_on,
        record_file.retained_until,
    ]
