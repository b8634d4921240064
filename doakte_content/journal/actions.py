"""The one way to write into the journal."""

from doakte_content.organisation.acting import place_of
from doakte_content.organisation.names import name_of

from .models import JournalEntry


def record(
    action: str, *, actor=None, subject=None, label="", changes=None, data=None, deputy_for=None
) -> JournalEntry:
    """Write one event, in the caller's transaction, and return it (R59).

    `action` is a key of `labels.ACTIONS`. `subject` is what it happened to: anything with a `uuid` and, where
    access to it is limited, a `scope_id`; `label` names it where its own `str` does not. `changes` is
    {name: [old, new]} of plain JSON values. `actor` None means that the system acted by itself.
    """
    entry = JournalEntry(
        action=action,
        actor=actor,
        actor_name=name_of(actor) if actor else "System",
        actor_role=place_of(actor)[:400] if actor else "",
        deputy_for=deputy_for,
        changes=changes or {},
        data=data or {},
    )
    if subject is not None:
        entry.object_uuid = subject.uuid
        entry.object_type = subject._meta.label_lower
        entry.object_label = (label or str(subject))[:300]
        entry.scope_id = getattr(subject, "scope_id", None)
    entry.save(force_insert=True)
    return entry
