"""Lists that the intranet shows. All of them hold only what the reader may see."""

from collections.abc import Iterable

from django.db.models import OuterRef, Q, QuerySet, Subquery

from doakte_content.access.models import Scope
from doakte_content.access.policies import Right, allowed, visible
from doakte_content.fileplan.models import FilePlan, FilePlanUnit
from doakte_content.fileplan.queries import visible_plans
from doakte_content.journal.models import JournalEntry
from doakte_content.records.enums import State
from doakte_content.records.models import Attachment, Document, Record, RecordLink
from doakte_content.records.queries import children_of, linked_records

RECENT = 8
#: The plan's page shows this many levels, the last only if there are not more units; deeper ones are on their pages.
TREE_LEVELS, TREE_UNITS = 3, 400


def main_groups(user):
    """Return the uppermost units of all plans that `user` may see, without those that have been closed. Two queries."""
    top = FilePlanUnit.objects.filter(levels_of(visible_plans(user), 1), closed_on__isnull=True)
    return visible(top, user, Right.PASS).order_by("plan", "sort_key")


def levels_of(plans: Iterable[FilePlan], levels: int) -> Q:
    """Return the condition for the units on the first levels of plans."""
    found = Q(pk__in=[])
    for plan in plans:
        depths = range(plan.depth + 1, plan.depth + levels + 1)
        found |= Q(path__startswith=plan.path, depth__in=depths)
    return found


def upper_units(user, plans: list[FilePlan]) -> list:
    """Return the units of the upper levels of plans that `user` may see, in plan order. At most two queries.

    They are rows with what a tree shows of them: making some hundred pages takes longer than all the rest.
    """

    def upper(levels: int):
        units = visible(FilePlanUnit.objects.filter(levels_of(plans, levels)), user, Right.PASS)
        units = units.order_by("plan", "depth", "sort_key")
        return units.values_list("plan_id", "path", "uuid", "number", "title", "closed_on", named=True)

    units = list(upper(TREE_LEVELS)[: TREE_UNITS + 1])
    return units if len(units) <= TREE_UNITS else list(upper(TREE_LEVELS - 1))


def recently_published(user) -> QuerySet[Document]:
    """Return the documents that `user` may read and that were published last.

    The newest stand in the scopes with the newest: so each scope is asked for its latest one, and then a few of them,
    but not the house for all that it ever published.
    """
    published = Record.objects.filter(published_at__isnull=False).exclude(state=State.CANCELLED)
    published = published.order_by("-published_at")
    latest = published.filter(scope=OuterRef("pk")).values("published_at")[:1]
    scopes = Scope.objects.filter(allowed(user, scope="pk")).annotate(latest=Subquery(latest))
    scopes = scopes.filter(latest__isnull=False).order_by("-latest").values_list("pk", flat=True)[:RECENT]
    newest = [
        row
        for scope in scopes
        for row in published.filter(scope=scope).values_list("published_at", "pk")[:RECENT]
    ]
    keys = [pk for _at, pk in sorted(newest, reverse=True)[:RECENT]]
    return Document.objects.filter(pk__in=keys).select_related("office").order_by("-published_at", "-pk")


def published_children(page, user):
    """Return the records directly below `page` in the state that readers see."""
    return children_of(page, user).filter(published=True).select_related("office", "content_type")


def attachments_of(document):
    return list(
        Attachment.objects.filter(document=document)
        .select_related("version__blob")
        .order_by("sort_order", "pk")
    )


def published_links(record: Record, user) -> list[tuple[RecordLink, Record]]:
    """Return the references from and to `record`, each with its other end, as readers see them."""
    return linked_records(record, visible(Record.objects.filter(live=True), user))


def final_signature(document: Document) -> JournalEntry | None:
    """Return the journal's entry of the signature that the published state stands under (R50), if there is one."""
    signed = JournalEntry.objects.filter(object_uuid=document.uuid, action="approval.final_sign").first()
    return signed if signed and signed.data.get("revision") == document.live_revision_id else None
