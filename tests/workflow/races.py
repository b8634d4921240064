"""Two people at once, on two connections to PostgreSQL."""

from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection, transaction

#: A transaction of ours that somebody waits for. (pg_stat_activity would be frozen within a transaction.)
WAITED_FOR = (
    "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)) LIMIT 1"
)


def overtaken(first, second) -> Future:
    """Do `first`, and commit it only when `second`, started meanwhile, waits for it. Return how `second` ended.

    If `second` does not wait at all, it has ended before `first` commits.
    """
    with ThreadPoolExecutor(max_workers=1) as other:
        with transaction.atomic():
            first()
            ending = other.submit(in_own_connection, second)
            while not (ending.done() or somebody_waits()):
                pass
        ending.exception(timeout=30)
    return ending


def in_own_connection(action):
    """Run `action` in this thread's own connection, and close that."""
    try:
        return action()
    finally:
        connection.close()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITED_FOR)
        return cursor.fetchone() is not None
