"""Lists that the intranet shows. All of them hold only what the reader may see."""

from django.db.models import OuterRef, Q, QuerySet, Subquery

from doakte_content.access.models import Scope
from doakte_content.access.policies import Right, allowed_scopes, visible
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.fileplan.queries import visible_plans
from doakte_content.journal.models import JournalEntry
from doakte_content.records.enums import State
from doakte_content.records.models import Attachment, Document, Record, RecordLink
from doakte_content.records.queries import children_of, linked_records

RECENT = 8
#: The plan's page opens this many levels; deeper ones are on the units' own pages.
TREE_LEVELS = 3


def main_groups(user):
    """Return the uppermost units of all plans that `user` may see, without those that have been closed. Two queries."""
    top = FilePlanUnit.objects.filter(levels_of_plans(user, 1), closed_on__isnull=True)
    return visible(top, user, Right.PASS).order_by("plan", "sort_key")


def levels_of_plans(user, levels: int) -> Q:
    """Return the condition for the units on the first levels of the plans that `user` may see."""
    found = Q(pk__in=[])
    for plan in visible_plans(user):
        depths = range(plan.depth + 1, plan.depth + levels + 1)
        found |= Q(path__startswith=plan.path, depth__in=depths)
    return found


def upper_units(user) -> list[FilePlanUnit]:
    """Return the units of the upper levels of all plans that `user` may see, in plan order. Two queries."""
    upper = FilePlanUnit.objects.filter(levels_of_plans(user, TREE_LEVELS))
    return list(visible(upper, user, Right.PASS).order_by("plan", "depth", "sort_key"))


def recently_published(user) -> QuerySet[Document]:
    """Return the documents that `user` may read and that were published last. Two queries.

    The newest stand in the scopes with the newest: so each scope is asked for its latest one, and not the house for
    all that it ever published.
    """
    published = Record.objects.filter(published_at__isnull=False).exclude(state=State.CANCELLED)
    latest = published.filter(scope=OuterRef("pk")).order_by("-published_at").values("published_at")[:1]
    scopes = Scope.objects.filter(pk__in=allowed_scopes(user)).annotate(latest=Subquery(latest))
    scopes = scopes.filter(latest__isnull=False).order_by("-latest").values_list("pk", "latest")[:RECENT]
    found = dict(scopes)
    since = min(found.values()) if len(found) == RECENT else None
    documents = Document.objects.filter(scope__in=found, published_at__isnull=False).exclude(
        state=State.CANCELLED
    )
    if since:
        documents = documents.filter(published_at__gte=since)
    return documents.select_related("office").order_by("-published_at", "-pk")[:RECENT]


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
