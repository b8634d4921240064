"""What the journal of the house shows to whom. The journal itself is below the rooms that know who may see what.

A room that guards things adds a function to `HIDDEN`: it takes the reader, and the objects' identifiers where it is
asked about these alone, and returns, as a condition on entries, whose objects this reader may not know of. It looks
at how things stand now: what was journalled before a record was protected is masked as well (R57, W32).
"""

import re
from collections.abc import Callable, Iterable

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from .models import JournalEntry

HIDDEN: list[Callable[..., Q]] = []
#: Stands in the place of a label that the reader may not know.
MASK = _("protected record")


def hidden_from(user, uuids=None) -> Q:
    """Return the condition for entries whose label `user` may not read; if given, of those about `uuids`."""
    found = Q(pk__in=[])
    for condition in HIDDEN:
        found |= condition(user, uuids)
    return found


def extract_for(user, entries: Iterable[JournalEntry]) -> list[JournalEntry]:
    """Return `entries`, each with `masked`: whether `user` may not read its label. One query for all of them."""
    entries = list(entries)
    hidden: set[int] = set()
    if entries:
        shown = JournalEntry.objects.filter(pk__in=[one.pk for one in entries])
        condition = hidden_from(user, [one.object_uuid for one in entries if one.object_uuid])
        hidden.update(shown.filter(condition).order_by().values_list("pk", flat=True))
    for one in entries:
        one.masked = one.pk in hidden
    return entries


def named_like(user, entries: QuerySet[JournalEntry], text: str) -> QuerySet[JournalEntry]:
    """Return those of `entries` whose label `text` means, of labels that `user` may read.

    What begins with a number is a reference, from its beginning; everything else are words of the title, or their
    beginnings. Each is one index: with both at once the database would read every label's words anew.
    """
    text = text.strip()
    meant = Q(object_label__istartswith=text) if text[:1].isdigit() else worded(text)
    return entries.filter(meant).exclude(hidden_from(user))


def worded(text: str) -> Q:
    """Return the condition for labels with all words of `text`, or words that begin like them."""
    words = re.findall(r"\w+", text)
    if not words:
        return Q(pk__in=[])
    if connection.vendor == "postgresql":
        return Q(HasWords(F("object_label"), Value(" & ".join(f"{word}:*" for word in words))))
    found = Q()
    for word in words:
        found &= Q(object_label__icontains=word)
    return found


class HasWords(Func):
    """The condition that the index doakte_journal_words answers."""

    template = "to_tsvector('simple', %(expressions)s)"
    arg_joiner = ") @@ to_tsquery('simple', "
    output_field = BooleanField()
    conditional = True


def label_of(entry) -> str:
    """Return the label of an entry from `extract_for` as its reader may see it."""
    return str(MASK) if entry.masked else entry.object_label
