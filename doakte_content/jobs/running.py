"""A job that is being done: what its function works with."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy

from django.db import transaction
from django.utils import timezone

from .models import Job

State = Job.State

#: What a job says of itself; kept or taken back together with what a slice does.
SAID = ("cursor", "result", "done", "total", "message", "values", "attempts")


class Interrupted(Exception):
    """The function ends here; what comes after is the next turn's, another worker's or nobody's."""


class Stopped(Interrupted):
    """Somebody has stopped the job."""


class TurnOver(Interrupted):
    """Others in the queue have their turn now; the job goes on after them."""


class LeaseLost(Interrupted):
    """Another worker has taken over."""


class Running:
    """A job in the hands of one worker.

    The function does everything that counts inside `slice()`: one transaction that does a piece and moves the cursor.
    It must be able to start again from any cursor that a slice has left. What it does outside of slices (reading,
    hashing, writing files) may happen twice.
    """

    def __init__(self, job: Job, lease, seconds: float | None = None):
        self.job = job
        self.lease = lease
        self._end = None if seconds is None else time.monotonic() + seconds
        #: A turn lasts until a slice has been done, however long it took to get to it.
        self._kept = False

    @property
    def arguments(self) -> dict:
        return self.job.arguments

    @property
    def actor(self):
        """Who has ordered it; None is the system itself. Answers about rights are those of this turn."""
        return self.job.ordered_by

    @property
    def cursor(self) -> dict:
        """What the last slice has left; change it inside a slice, or it is not kept. JSON values."""
        return self.job.cursor

    @property
    def result(self) -> dict:
        """Facts about the result, kept as the cursor is."""
        return self.job.result

    @property
    def done(self) -> int:
        return self.job.done

    @property
    def total(self) -> int:
        return self.job.total

    @total.setter
    def total(self, total: int) -> None:
        self.job.total = total

    def advance(self, count: int = 1) -> None:
        """Say inside a slice that `count` more have been done."""
        self.job.done += count

    def say(self, code: str, **values) -> None:
        """Say what came of it by a code of the kind's `words`. Kept by the next slice, or by the end."""
        self.job.message, self.job.values = code, values

    def check_stop(self) -> None:
        """Raise `Stopped`, `TurnOver` or `LeaseLost` where the function has to end. `slice` asks by itself."""
        row = Job.objects.filter(pk=self.job.pk).values_list("state", "token").first()
        if row is None or row[1] != self.job.token:
            raise LeaseLost
        if row[0] == State.STOPPING:
            raise Stopped
        if self._kept and self._end is not None and time.monotonic() >= self._end:
            raise TurnOver

    @contextmanager
    def slice(self) -> Iterator[None]:
        """Do one piece: a transaction that is kept together with cursor, progress and a new lease, or not at all."""
        self.check_stop()
        before = deepcopy({name: getattr(self.job, name) for name in SAID})
        try:
            with transaction.atomic():
                yield
                self.beat()
        except BaseException:
            for name, value in before.items():
                setattr(self.job, name, value)
            raise

    def beat(self) -> None:
        """Keep progress and cursor, and renew the lease. Raises `LeaseLost`. For long work between two slices, too."""
        now = timezone.now()
        self.job.attempts = 0
        self._kept = True
        self.keep(lease_until=now + self.lease, touched_at=now)

    def keep(self, **values) -> None:
        """Save what the job says, with `values`, unless another worker has taken over: then raise `LeaseLost`."""
        for name, value in values.items():
            setattr(self.job, name, value)
        names = (*SAID, *values)
        held = Job.objects.filter(pk=self.job.pk, token=self.job.token)
        if not held.update(**{name: getattr(self.job, name) for name in names}):
            raise LeaseLost
