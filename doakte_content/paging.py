"""Lists page by key: the address names the row after (or before) which a page begins.

So the hundredth page costs what the first one does, and nobody sees a row twice because another one has been added
meanwhile. The key is the row's number alone: titles and references do not belong into the logs of web servers.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet, Value

from doakte_content.asked import number

AFTER, BEFORE = "after", "before"
#: Finds the keys of so many of the first of ordered rows.
Keys = Callable[[QuerySet, int], list[int]]


@dataclass(frozen=True)
class Page:
    """One page of a list. `before` and `after` are the keys for the addresses of its neighbours, None at the ends."""

    items: list[Any]
    before: int | None = None
    after: int | None = None

    def __iter__(self) -> Iterator:
        return iter(self.items)

    def __len__(self):
        return len(self.items)

    @property
    def has_others(self) -> bool:
        return self.before is not None or self.after is not None


class RowComparison(Func):
    """`(a, b) > (x, y)`: one stretch of an index, which `a > x OR (a = x AND b > y)` is not."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, names: list[str], operator: str, values: list, **extra):
        super().__init__(*(F(name) for name in names), *(Value(one) for one in values), operator=operator)

    def as_sql(self, compiler, connection, **context):
        parts, params = [], []
        for one in self.source_expressions:
            sql, found = compiler.compile(one)
            parts.append(sql)
            params += found
        half = len(parts) // 2
        left, right = ", ".join(parts[:half]), ", ".join(parts[half:])
        return f"({left}) {self.extra['operator']} ({right})", params


def first_keys(rows: QuerySet, count: int) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:count])


def page_of(
    rows: QuerySet,
    order: tuple[str, ...],
    asked: Mapping,
    per_page: int,
    among: QuerySet | None = None,
    keys: Keys = first_keys,
) -> Page:
    """Return the page of `rows` that the query of an address asks for; the first one for a key that means nothing.

    `order` are columns without nulls, all in one direction ("-at", "-id"); the primary key decides where they are
    equal. `among` is the list before it was narrowed down: a key stays good when its row no longer matches. Rows that
    are not in it are no keys, so that nobody learns where a hidden one would stand. Three queries, at the front five.
    """
    names = [name.removeprefix("-") for name in order]
    if "pk" not in names:
        names.append("pk")
    descending = order[0].startswith("-")
    known = rows if among is None else among
    if values := values_of(known, names, asked.get(BEFORE, "")):
        found = stretch(rows, names, not descending, per_page, keys, values)
        if len(found) > per_page:
            items = found[:per_page][::-1]
            return Page(items, before=items[0].pk, after=items[-1].pk)
        # The front has been reached: it is shown as a full page.
    elif values := values_of(known, names, asked.get(AFTER, "")):
        found = stretch(rows, names, descending, per_page, keys, values)
        items = found[:per_page]
        if items:
            return Page(items, before=items[0].pk, after=items[-1].pk if len(found) > per_page else None)
    found = stretch(rows, names, descending, per_page, keys)
    items = found[:per_page]
    return Page(items, after=items[-1].pk if len(found) > per_page else None)


def values_of(rows: QuerySet, names: list[str], key: str) -> tuple | None:
    """Return what the row named in an address holds in the columns of the order; None for what is no key."""
    pk = number(key)
    return None if pk is None else rows.order_by().filter(pk=pk).values_list(*names).first()


def stretch(
    rows: QuerySet, names: list[str], descending: bool, per_page: int, keys: Keys, values=None
) -> list:
    """Return a page and one row more, from the front or beyond `values`. Two queries.

    The keys first, and then these rows alone with what is shown beside them (`select_related`).
    """
    found = rows
    if values:
        found = rows.filter(RowComparison(names, "<" if descending else ">", list(values)))
    found = found.order_by(*(f"-{name}" if descending else name for name in names))
    first = keys(found, per_page + 1)
    shown = rows.model._default_manager.filter(pk__in=first)
    shown.query.select_related = rows.query.select_related
    loaded = {one.pk: one for one in shown}
    return [loaded[key] for key in first if key in loaded]
