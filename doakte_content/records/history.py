"""What is read of a record's own journal."""

from collections.abc import Iterable
from uuid import UUID

from doakte_content.journal.models import JournalEntry

from .listing import known


def with_causes(entries: Iterable[JournalEntry], user) -> list[JournalEntry]:
    """Return the entries, each with `because_of`: the other record that brought it about, None if not for `user`.

    The journal holds its identifier only, so that nobody reads the name of what they may not see (W32). One query.
    """
    entries = list(entries)
    causes = {one.pk: cause for one in entries if (cause := cause_of(one))}
    records = {one.uuid: one for one in known(user).filter(uuid__in=causes.values())} if causes else {}
    for one in entries:
        one.because_of = records.get(causes.get(one.pk))
    return entries


def cause_of(entry: JournalEntry) -> UUID | None:
    try:
        return UUID(entry.data.get("because_of", ""))
    except ValueError:
        # Entries of the first version hold the name, and entries are never changed.
        return None
