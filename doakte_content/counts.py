"""Numbers that are shown of what can grow without end: counted up to a limit, and then "more than 10,000"."""

from dataclasses import dataclass

from django.db.models import IntegerField, Subquery
from django.utils.formats import number_format
from django.utils.translation import gettext as _

LIMIT = 10_000


@dataclass(frozen=True)
class Count:
    """How many there are, `limit` + 1 standing for all that is more. `str` gives it in words."""

    number: int
    limit: int = LIMIT

    @property
    def is_capped(self) -> bool:
        return self.number > self.limit

    def __bool__(self):
        return self.number > 0

    def __str__(self):
        if self.is_capped:
            return _("more than %s") % number_format(self.limit, force_grouping=True)
        return number_format(self.number, force_grouping=True)


class CountOf(Subquery):
    """How many rows a queryset about the outer row has, up to a limit; `Count` puts it into words."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows, limit: int = LIMIT, **extra):
        super().__init__(rows.order_by().values("pk")[: limit + 1], **extra)


def count(rows, limit: int = LIMIT) -> Count:
    """Count the rows of a queryset; the database stops after `limit` + 1 of them."""
    return Count(rows.order_by().values("pk")[: limit + 1].count(), limit)
