"""What the journal of the house shows to whom. The journal itself is below the rooms that know who may see what.

A room that guards things adds a function to `HIDDEN`: it takes the reader and returns, as a condition on entries,
whose objects this reader may not know of. It looks at how things stand now: what was journalled before a record was
protected is masked as well (R57, W32).
"""

from collections.abc import Callable

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.fields import BooleanField
from django.utils.translation import gettext_lazy as _

from .models import JournalEntry

HIDDEN: list[Callable[..., Q]] = []
#: Stands in the place of a label that the reader may not know.
MASK = _("protected record")


def hidden_from(user) -> Q:
    """Return the condition for entries whose label `user` may not read."""
    found = Q(pk__in=[])
    for condition in HIDDEN:
        found |= condition(user)
    return found


def extract_for(user, entries: QuerySet[JournalEntry]) -> QuerySet[JournalEntry]:
    """Return `entries`, each with `masked`: whether `user` may not read its label. No query of its own."""
    return entries.annotate(
        masked=Case(
            When(hidden_from(user), then=Value(True)), default=Value(False), output_field=BooleanField()
        )
    )


def named_like(user, entries: QuerySet[JournalEntry], text: str) -> QuerySet[JournalEntry]:
    """Return those of `entries` whose label holds `text`, of labels that `user` may read."""
    return entries.filter(object_label__icontains=text).exclude(hidden_from(user))


def label_of(entry) -> str:
    """Return the label of an entry from `extract_for` as its reader may see it."""
    return str(MASK) if entry.masked else entry.object_label
