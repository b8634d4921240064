"""The journal, as the records' actions write it."""

from doakte_content.access.policies import Right, acts_for
from doakte_content.journal.actions import record
from doakte_content.journal.models import JournalEntry


def journal(action: str, *, actor=None, subject, right: Right = Right.EDIT, **kwargs) -> JournalEntry:
    """Write one event on a record. Who could do it only as a deputy is named with the absent person (R55).

    `right` is what the action takes; the rest is as in `doakte_content.journal.actions.record`.
    """
    if actor is not None and "deputy_for" not in kwargs:
        kwargs["deputy_for"] = acts_for(actor, right, subject)
    return record(action, actor=actor, subject=subject, **kwargs)
