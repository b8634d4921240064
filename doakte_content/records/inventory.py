"""Aktenbestandsverzeichnis: all files that a person may know of, with the medium that each is kept in (R8, R14)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connection
from django.db.models import Exists, Func, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from doakte_content.access.models import Scope
from doakte_content.access.policies import Right, readers_of
from doakte_content.access.wagtail_policy import known_to
from doakte_content.among import Among
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.organisation.queries import kept_on_user
from doakte_content.paging import Keys, first_keys

from .enums import Medium, State
from .models import IS_FILE, Record

#: Column in the address -> the fields it sorts by, each with an index over files alone.
ORDERINGS = {"reference": ("reference_key",), "title": ("title_key", "reference_key")}
#: Who holds rights in no more places than this has them looked up one by one; others are asked file by file.
FEW_SCOPES = 500
CHUNK = 500


@kept_on_user
def places_of(user) -> dict[int, int] | None:
    """Return {scope: right} of where `user` may read; None where these are too many to look into each. One query."""
    held = readers_of(user, Right.READ).values_list("scope_id").annotate(Max("right"))[: FEW_SCOPES + 1]
    return None if len(held) > FEW_SCOPES else dict(held)


def inventory_of(user) -> QuerySet[Record]:
    """Return the files that exist for `user`, to be narrowed down and paged. One query for a person's places."""
    files = Record.objects.filter(IS_FILE)
    places = places_of(user)
    if places is None:
        return files.filter(known_to(user))
    editable = [scope for scope, right in places.items() if right >= Right.EDIT]
    return files.filter(Among("scope_id", places), Q(published=True) | Q(Among("scope_id", editable)))


def keys_by_place(user, narrowed: bool) -> Keys:
    """Return how the keys of a page of `inventory_of(user)` are found without reading all files of their places.

    Who may read in many places meets enough of the house's files on the way; of the few places of others the first
    files of each are taken, and the first of these. Of a narrowed list each place might have to be read through.
    """
    places = places_of(user)
    if places is None or narrowed or connection.vendor != "postgresql":
        return first_keys

    def keys(files: QuerySet, count: int) -> list[int]:
        # Django's ArraySubquery says the same, but cannot be imported where psycopg is not installed.
        first = Subquery(
            files.filter(scope=OuterRef("pk")).values("pk")[:count], template="ARRAY(%(subquery)s)"
        )
        candidates = Scope.objects.filter(Among("id", places)).annotate(file=Func(first, function="unnest"))
        found = Record.objects.filter(pk__in=candidates.values("file")).order_by(*files.query.order_by)
        return first_keys(found, count)

    return keys


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
    """Return {file: the medium that it is kept in}. Three queries, none of which reads what is electronic through."""
    found = defaultdict(set, {one.pk: {one.medium} for one in files})
    other = Record.objects.exclude(medium=Medium.ELECTRONIC).exclude(state=State.CANCELLED).order_by()
    for place in ("container", "container__record__container"):
        for pk, medium in other.filter(**{f"{place}__in": list(found)}).values_list(place, "medium"):
            found[pk].add(medium)
    not_yet = [pk for pk, media in found.items() if media == {Medium.PAPER}]
    mixed = Record.objects.filter(holds_other_than(Medium.PAPER), pk__in=not_yet)
    for pk in mixed.order_by().values_list("pk", flat=True):
        found[pk].add(Medium.ELECTRONIC)
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
