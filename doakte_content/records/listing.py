"""Lists of records in the admin: what lies directly below a page, and what refers to a record."""

from django.db.models import QuerySet

from doakte_content.access.wagtail_policy import known_to

from .models import Record, RecordFile

#: Name of the column in the address -> the fields it sorts by. Never the tree's path.
ORDERINGS = {
    "reference": ("reference_key",),
    "title": ("title", "reference_key"),
    "dated": ("dated", "reference_key"),
    "state": ("state", "reference_key"),
}


def known(user) -> QuerySet[Record]:
    """Return the records that exist for `user`; those who may only read know of no drafts."""
    return Record.objects.filter(known_to(user))


def known_files(user) -> QuerySet[RecordFile]:
    """Return the files that exist for `user`."""
    return RecordFile.objects.filter(known_to(user))


def listed_below(page, user, ordering: str = "") -> QuerySet[Record]:
    """Return the records directly below a unit, file or case, sorted by a column ("-dated" for the other way)."""
    name = ordering.removeprefix("-")
    fields = ORDERINGS.get(name, ORDERINGS["reference"])
    if ordering.startswith("-") and name in ORDERINGS:
        fields = tuple(f"-{field}" for field in fields)
    return known(user).child_of(page).select_related("content_type", "document").order_by(*fields)
