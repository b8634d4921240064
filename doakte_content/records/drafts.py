"""Who may read a document's draft: those who may edit it, and those whom a step of work asks to read it."""

from wagtail import hooks

from doakte_content.access.policies import Right, can

from .models import Attachment, Document, Keyword, Record, RecordKeyword

#: Called with (user, document); True if a step of work (an approval) needs this person to read the draft.
HOOK = "doakte_draft_readers"


def may_read_draft(user, document: Document) -> bool:
    """Say whether `user` may read what has not been published of `document`."""
    if can(user, Right.EDIT, document):
        return True
    return can(user, Right.READ, document) and any(hook(user, document) for hook in hooks.get_hooks(HOOK))


def draft_of(record: Record) -> Record:
    """Return the latest draft of a record; read once for each object, since many parts of a page ask.

    A record without published state, or without a newer draft, is its own draft: its row follows.
    """
    if not hasattr(record, "_doakte_draft"):
        record._doakte_draft = (
            read_draft(record) if record.live and record.has_unpublished_changes else record
        )
    return record._doakte_draft


def read_draft(record: Record) -> Record:
    """Return what the latest revision holds, in a number of queries that keywords and attachments do not raise.

    Wagtail looks up what each single one of them refers to.
    """
    content = record.latest_revision.content
    keywords, attachments = content.get("keyword_items", []), content.get("attachments", [])
    draft = record.with_content_json({**content, "keyword_items": [], "attachments": []})
    words = Keyword.objects.in_bulk([item["tag"] for item in keywords])
    draft.keyword_items = [
        RecordKeyword(pk=item["pk"], tag=words[item["tag"]], content_object=draft)
        for item in keywords
        if item["tag"] in words
    ]
    if attachments:
        names = ("pk", "sort_order", "uuid", "title")
        draft.attachments = [
            Attachment(document=draft, version_id=item["version"], **{name: item[name] for name in names})
            for item in attachments
        ]
    return draft
