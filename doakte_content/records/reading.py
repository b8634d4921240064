"""Keeping who has looked at what (R60, R61)."""

from doakte_content.access.policies import Right

from .emergency import is_open_to
from .journalling import journal
from .models import Record


def details_of_reading(user, record: Record) -> dict | None:
    """Return what the journal says of a look at `record`, or None where looks are not journalled.

    They are where only named people enter, and everywhere during emergency access.
    """
    if is_open_to(user, record):
        return {"emergency": True}
    return {} if record.scope.enclosed else None


def journal_view(user, record: Record) -> None:
    """Keep that `user` has looked at `record`, where that has to be kept."""
    details = details_of_reading(user, record)
    if details is not None:
        journal("record.view", actor=user, subject=record, right=Right.READ, data=details)
