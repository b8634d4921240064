"""Holding records until a transaction ends. What is checked on a held record stays true."""

from django.db import transaction

from doakte_content.fileplan.models import FilePlanUnit

from .models import Document, Record


def lock(record: Record) -> Record:
    """Hold the record's row until the transaction ends, and return the record as it is now.

    Whoever closes, signs or changes takes the same lock. All its tables are locked: of those that are not,
    PostgreSQL would return what stood there before it waited.
    """
    model = record.specific_class
    # The common row first, as `lock_with_contents` does: PostgreSQL takes the locks in this order.
    tables = ("self", "page_ptr") if model is Record else ("record_ptr", "self", "record_ptr__page_ptr")
    return model.objects.select_for_update(of=tables).get(pk=record.pk)


def lock_unit(unit: FilePlanUnit) -> FilePlanUnit:
    """Hold a unit's rows until the transaction ends: whoever opens a file there, or moves one, takes the same lock.

    Taken after the locks on records, and returned as it is now, with plan and scope.
    """
    held = FilePlanUnit.objects.select_for_update(of=("self", "page_ptr")).get(pk=unit.pk)
    return FilePlanUnit.objects.select_related("plan", "scope").get(pk=held.pk)


def lock_with_contents(container: Record) -> Record:
    """Hold a record and all that lies in it, from the bottom up, and return the record as it is now.

    From the bottom up, as changes do: a document first, then what it lies in. So they wait for each other, and
    never both. Starts again where the record was moved, or something was put into it, while this waited: no row
    inside may be held by somebody who waits for what is taken next, the scopes.
    """
    if container.specific_class is Document:
        return lock(container)  # nothing lies in it
    while True:
        start = transaction.savepoint()
        inside = Record.objects.filter(path__startswith=container.path).exclude(pk=container.pk)
        by_depth = inside.order_by("-depth", "pk").select_for_update(of=("self",))
        held = set(by_depth.values_list("pk", flat=True))
        record = lock(container)
        if record.path == container.path and held == set(inside.values_list("pk", flat=True)):
            transaction.savepoint_commit(start)
            return record
        transaction.savepoint_rollback(start)
        container = record
