"""Holding records until a transaction ends. What is checked on a held record stays true."""

from .models import Record


def lock(record: Record) -> Record:
    """Hold the record's row until the transaction ends, and return the record as it is now.

    Whoever closes, signs or changes takes the same lock. All its tables are locked: of those that are not,
    PostgreSQL would return what stood there before it waited.
    """
    model = record.specific_class
    # The common row first, as `lock_with_contents` does: PostgreSQL takes the locks in this order.
    tables = ("self", "page_ptr") if model is Record else ("record_ptr", "self", "record_ptr__page_ptr")
    return model.objects.select_for_update(of=tables).get(pk=record.pk)


def lock_with_contents(container: Record) -> Record:
    """Hold a record and all that lies in it, from the bottom up, and return the record as it is now.

    From the bottom up, as changes do: a document first, then what it lies in. So they wait for each other, and
    never both. What is being put in is waited for as well: it holds what it goes into.
    """
    below = Record.objects.filter(path__startswith=container.path).exclude(pk=container.pk)
    list(below.order_by("-depth", "pk").select_for_update(of=("self",)).values_list("pk"))
    return lock(container)
