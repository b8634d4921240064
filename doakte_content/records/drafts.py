"""Who may read a document's draft: those who may edit it, and those whom a step of work asks to read it."""

from wagtail import hooks

from doakte_content.access.policies import Right, can

from .models import Document

#: Called with (user, document); True if a step of work (an approval) needs this person to read the draft.
HOOK = "doakte_draft_readers"


def may_read_draft(user, document: Document) -> bool:
    """Say whether `user` may read what has not been published of `document`."""
    if can(user, Right.EDIT, document):
        return True
    return can(user, Right.READ, document) and any(hook(user, document) for hook in hooks.get_hooks(HOOK))


def draft_of(document: Document) -> Document:
    """Return the latest draft of a document; read once for each object, since many parts of a page ask."""
    if not hasattr(document, "_doakte_draft"):
        document._doakte_draft = document.get_latest_revision_as_object()
    return document._doakte_draft
