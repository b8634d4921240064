"""The state of a record: a fact about it that no revision brings back, written by itself."""

from .enums import State
from .models import Record
from .signals import records_changed


def set_state(record: Record, state: State, **values) -> None:
    """Write the state of a held record, with other facts of the common row, and tell those who keep a copy of it."""
    Record.objects.filter(pk=record.pk).update(state=state, **values)
    for name, value in {"state": state, **values}.items():
        setattr(record, name, value)
    records_changed.send(Record, page_ids=[record.pk])
