"""Loading in several processes: half of the work is Python's and half the database's, so two keep two cores busy."""

import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import OperationalError, connection, connections


@dataclass(frozen=True)
class Lane:
    """The places whose identifiers lie between `first` and `last`. Identifiers are random, so lanes are even."""

    first: UUID
    last: UUID
    #: The process that it works for; None: it is that process's own.
    parent: int | None = None

    def goes_on(self) -> bool:
        """Say whether the process that it works for is still there."""
        return self.parent is None or os.getppid() == self.parent


class LaneFailed(OperationalError):
    """A process has ended before its work; what it had finished stays."""


def lanes_of(count: int) -> list[Lane]:
    step = 2**128 // count
    return [
        Lane(
            UUID(int=number * step), UUID(int=2**128 - 1 if number == count - 1 else (number + 1) * step - 1)
        )
        for number in range(count)
    ]


def in_lanes(count: int, work: Callable[[Lane], None]) -> None:
    """Do `work` for each of `count` lanes, side by side on PostgreSQL. Raises `LaneFailed`.

    The first is this process's own, so that what it raises and tells reaches the caller.
    """
    mine, *others = lanes_of(count if connection.vendor == "postgresql" else 1)
    context = multiprocessing.get_context("fork")
    parent = os.getpid()
    # A connection must not be shared: each process opens its own.
    children = [
        context.Process(target=in_child, args=(work, replace(lane, parent=parent)), daemon=True)
        for lane in others
    ]
    for child in children:
        child.start()
    try:
        work(mine)
    finally:
        for child in children:
            child.join()
    if any(child.exitcode for child in children):
        raise LaneFailed("a process that was loading has ended too early")


def in_child(work: Callable[[Lane], None], lane: Lane) -> None:
    """Run one lane in a forked process, and end with it; without touching what belongs to the parent."""
    for one in connections.all(initialized_only=True):
        # Forget, do not close: closing would say goodbye on the parent's connection.
        one.connection = None
    try:
        work(lane)
    except BaseException:
        if lane.goes_on():
            traceback.print_exc()
            sys.stderr.flush()
        os._exit(1)
    connections.close_all()
    os._exit(0)
