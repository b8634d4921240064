"""Questions about records."""

from django.db.models import Max, Q, QuerySet

from doakte_content.access.models import Cause, Grant
from doakte_content.access.policies import Right, visible

from .enums import Medium, State
from .models import Record, RecordLink, Version


def containers_of(record) -> QuerySet[Record]:
    """Return the file and case that a record lies in, from the top."""
    paths = [record.path[:end] for end in range(record.steplen, len(record.path), record.steplen)]
    return Record.objects.filter(path__in=paths).order_by("path")


def inside(record) -> QuerySet[Record]:
    """Return everything below a record, whoever asks: rules look at all there is."""
    return Record.objects.filter(path__startswith=record.path).exclude(pk=record.pk)


def children_of(page, user, right: Right = Right.READ) -> QuerySet[Record]:
    """Return the records directly below a unit, file or case that `user` holds `right` on, by reference."""
    return visible(Record.objects.filter(container=page.pk), user, right).order_by("reference_key")


def highest_confidentiality(record: Record) -> int:
    """Return the highest classification among what a record holds (R15)."""
    if not record.path:
        return 0
    return (
        inside(record).exclude(state=State.CANCELLED).aggregate(highest=Max("confidentiality"))["highest"]
        or 0
    )


def effective_medium(record: Record) -> str:
    """Return the medium of a container: hybrid as soon as what it holds is mixed (R14, xdomea 002)."""
    media = set(
        inside(record).exclude(state=State.CANCELLED).order_by().values_list("medium", flat=True).distinct()
    )
    media.add(record.medium)
    return media.pop() if len(media) == 1 else Medium.HYBRID


def given_at(place) -> list[Grant]:
    """Return what has been given on exactly this unit or record, what its office and roles carry there aside."""
    if place.scope.owner_uuid != place.uuid:
        return []
    given = Grant.objects.current().filter(scope=place.scope_id).exclude(cause__in=[Cause.OWNER, Cause.ROLE])
    return list(given.select_related("user", "org_unit", "role", "created_by"))


def versions_of(document) -> QuerySet[Version]:
    """Return all versions of a document's own file, newest first."""
    return (
        Version.objects.filter(component=document.uuid)
        .select_related("blob", "created_by")
        .order_by("-number")
    )


def linked_records(record: Record, shown: QuerySet[Record]) -> list[tuple[RecordLink, Record]]:
    """Return the references from and to `record`, each with its other end, where that is among `shown` (R17, W32).

    At most two queries: few records have references, and what is among `shown` is asked of their other ends alone.
    """
    links = list(RecordLink.objects.filter(Q(source=record.pk) | Q(target=record.pk)).order_by("pk"))
    ends = [link.target_id if link.source_id == record.pk else link.source_id for link in links]
    found = {end.pk: end for end in shown.filter(pk__in=ends)} if ends else {}
    return [(link, found[end]) for link, end in zip(links, ends, strict=True) if end in found]
