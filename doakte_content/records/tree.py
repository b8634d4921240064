"""Places in the tree: put in and moved in a number of statements that does not depend on what lies there.

Treebeard's own `add_child` and `move` look for the last sibling among all that lies below it, and save singly what has
to be said of each record. Whoever calls these holds the parent's row (`locks`): it is what two newcomers wait for.
"""

from django.db import connection
from django.db.models import BigIntegerField, Case, F, Value, When
from django.db.models.functions import Concat, Left, Substr
from django.utils import timezone
from wagtail.models import Page

from doakte_content.fileplan.models import sort_key

from .models import FormerReference, Record
from .signals import records_changed


def next_path(parent: Page) -> str:
    """Return the path of a new last child of `parent`: one look at the end of a stretch of the index.

    The last page in the order of paths lies in the last child, or is it.
    """
    within = Page.objects.filter(path__range=Page._get_children_path_interval(parent.path))
    last = within.order_by("-path").values_list("path", flat=True).first()
    start = len(parent.path)
    number = Page._str2int(last[start : start + Page.steplen]) if last else 0
    return Page._get_path(parent.path, parent.depth + 1, number + 1)


def add_below(record: Record, parent: Page) -> None:
    """Save a new record as the last child of `parent`, whose row is held."""
    record.path, record.depth = next_path(parent), parent.depth + 1
    record._cached_parent_obj = parent
    Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + 1)
    parent.numchild += 1
    record.save()


def transplant(
    record: Record, target: Page, *, reference: str, unit_id: int, scopes: tuple[int, int]
) -> None:
    """Put a held record with all that lies in it below `target`, under a new reference; the old ones stay findable.

    What lies in it takes the beginning of its own reference from it. `unit_id` is the unit they lie in from now on;
    what has stood in the first of `scopes` stands in the second one.
    """
    keep_references(record)
    old, old_path = record.reference, record.path
    # One statement for all of it: each would write every row, and its place in every index, once more.
    Record.objects.filter(path__startswith=old_path).update(
        reference=derived("reference", old, with_beginning("reference", old, reference)),
        reference_key=derived(
            "reference_key",
            old,
            Left(with_beginning("reference_key", sort_key(old), sort_key(reference)), 255),
        ),
        unit=unit_id,
        scope=Case(
            When(scope=scopes[0], then=Value(scopes[1])), default=F("scope"), output_field=BigIntegerField()
        ),
    )
    Record.objects.filter(pk=record.pk).update(container=target.pk)
    new_path = next_path(target)
    Page.objects.filter(path__startswith=old_path).update(
        path=with_beginning("path", old_path, new_path), depth=F("depth") + target.depth + 1 - record.depth
    )
    above = old_path[: -Page.steplen]
    Page.objects.filter(path=above).update(numchild=F("numchild") - 1)
    Page.objects.filter(pk=target.pk).update(numchild=F("numchild") + 1)
    moved = Record.objects.filter(path__startswith=new_path)
    records_changed.send(Record, page_ids=moved.order_by().values_list("pk", flat=True))


def derived(name: str, reference: str, value) -> Case:
    """Return `value` for records whose reference is derived from `reference`; a foreign one stays as it is."""
    return Case(When(reference__startswith=reference, then=value), default=F(name))


def with_beginning(name: str, old: str, new: str) -> Concat:
    """Return the expression that gives a text another beginning."""
    return Concat(Value(new), Substr(name, len(old) + 1))


def keep_references(record: Record) -> None:
    """Keep the references of a record and all that lies in it as former ones, in one statement (R19)."""
    rows = Record.objects.filter(path__startswith=record.path).order_by()
    rows = rows.values_list("pk", "reference", Value(timezone.now()))
    sql, parameters = rows.query.sql_with_params()
    table = connection.ops.quote_name(FormerReference._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} (record_id, reference, replaced_at) {sql}", parameters)
