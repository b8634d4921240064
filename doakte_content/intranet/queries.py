"""Lists that the intranet shows. All of them hold only what the reader may see."""

from django.db.models import F

from doakte_content.access.policies import Right, visible
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.journal.models import JournalEntry
from doakte_content.records.enums import State
from doakte_content.records.models import Attachment, Document, Record, RecordLink
from doakte_content.records.queries import children_of, linked_records

RECENT = 8
#: The plan's page opens this many levels; deeper ones are on the units' own pages.
TREE_LEVELS = 3


def main_groups(user):
    """Return the uppermost units of all plans that `user` may see, without those that have been closed."""
    top = FilePlanUnit.objects.filter(depth=F("plan__depth") + 1, closed_on__isnull=True)
    return visible(top, user, Right.PASS).order_by("plan", "sort_key")


def upper_units(user) -> list[FilePlanUnit]:
    """Return the units of the upper levels of all plans that `user` may see, in plan order. One query."""
    upper = FilePlanUnit.objects.filter(depth__lte=F("plan__depth") + TREE_LEVELS)
    return list(visible(upper, user, Right.PASS).order_by("plan", "depth", "sort_key"))


def recently_published(user):
    """Return the documents that `user` may read and that were published last."""
    published = Document.objects.filter(live=True, last_published_at__isnull=False).exclude(
        state=State.CANCELLED
    )
    return visible(published, user).select_related("office").order_by("-last_published_at")[:RECENT]


def published_children(page, user):
    """Return the records directly below `page` in the state that readers see."""
    return children_of(page, user).filter(live=True).select_related("office", "content_type")


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
