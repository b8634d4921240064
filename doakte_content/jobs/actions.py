"""Ordering background work, doing it, stopping it, going on with it."""

import logging
from datetime import timedelta
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from .models import Job
from .queries import may_stop
from .registry import KINDS, Kind
from .running import LeaseLost, Running, Stopped, TurnOver

logger = logging.getLogger(__name__)

State = Job.State

#: Taken that often without a slice being done, a job is given up; it can be continued by hand.
MAX_ATTEMPTS = 5
#: How long it waits when the database or the disk fails, longer each time.
PAUSE = timedelta(seconds=10)
#: How long the rows of finished jobs are kept.
KEPT = timedelta(days=90)


@transaction.atomic
def order(kind: str, *, actor, arguments: dict | None = None, once: bool = False, total: int = 0) -> Job:
    """Order work of a registered kind and return the job; it begins after the commit.

    `arguments` are JSON values. `actor` None is the system itself. With `once`, the same order that is still open is
    returned instead of a second one. Whether `actor` may order it is asked by the caller, and again by the work.
    """
    if kind not in KINDS:
        raise ValueError(f"no such kind of job: {kind}")
    arguments = arguments or {}
    if once:
        same = Job.objects.filter(
            kind=kind, ordered_by=actor, arguments=arguments, state__in=Job.OPEN
        ).first()
        if same:
            return same
    job = Job.objects.create(
        kind=kind,
        arguments=arguments,
        ordered_by=actor,
        language=translation.get_language() or "",
        total=total,
    )
    ring_on_commit()
    return job


def open_jobs():
    """Return the jobs that may be taken now, who waits longest first."""
    return Job.objects.filter(
        Q(state=State.WAITING) | Q(state__in=[State.RUNNING, State.STOPPING], lease_until__lt=timezone.now())
    ).order_by("touched_at", "pk")


def run(job_id: int, *, seconds: float | None = None, take_over: bool = False) -> bool:
    """Do an open job, for one turn of some `seconds` or to its end; tell whether this call had it.

    Safe to be killed at any moment: the work then falls to whoever comes after the lease. With `take_over` a lease
    that still runs does not count (a command that is started again knows that its former process is gone).
    """
    job = take(job_id, take_over)
    if job is None:
        return False
    kind = KINDS[job.kind]
    running = Running(job, kind.lease, seconds)
    try:
        if job.attempts > MAX_ATTEMPTS:
            running.say("gave_up")
            finish(running, State.FAILED)
        else:
            do(running, kind)
    except LeaseLost:
        logger.info("Job %s was taken over", job.uuid)
    except (OSError, OperationalError, InterfaceError):
        # The disk is full, or the database gone. That passes: the lease runs out, and somebody tries again.
        logger.exception("Job %s was interrupted", job.uuid)
        put_off(running)
    return True


def do(running: Running, kind: Kind) -> None:
    """Call the kind's function and write how that ended. Lets pass what another attempt may get over."""
    job = running.job
    try:
        with translation.override(job.language or None):
            kind.function(running)
    except TurnOver:
        release(running)
    except Stopped:
        finish_stopped(running)
    except (LeaseLost, OSError, OperationalError, InterfaceError):
        raise
    except ValidationError as error:
        running.say("refused", reason=" ".join(error.messages))
        finish(running, State.FAILED)
    except PermissionDenied:
        running.say("not_allowed")
        finish(running, State.FAILED)
    except Exception:
        logger.exception("Job %s failed", job.uuid)
        running.say("unexpected")
        finish(running, State.FAILED)
    else:
        finish(running, State.DONE)


def take(job_id: int, take_over: bool = False) -> Job | None:
    """Take the lease of one job; None if somebody else has it, it is over, or nobody knows its kind."""
    found = Job.objects.filter(state__in=Job.OPEN) if take_over else open_jobs()
    job = found.select_related("ordered_by").filter(pk=job_id).first()
    if job is None or job.kind not in KINDS:
        return None
    now = timezone.now()
    values = {"token": uuid4(), "lease_until": now + KINDS[job.kind].lease, "touched_at": now}
    if job.state == State.WAITING:
        values["state"] = State.RUNNING
    if job.message == "waits":
        values["message"] = ""
    held = Job.objects.filter(pk=job.pk, state=job.state, token=job.token)
    if not held.update(attempts=F("attempts") + 1, **values):
        return None
    for name, value in values.items():
        setattr(job, name, value)
    job.attempts += 1
    return job


def finish(running: Running, state: State) -> None:
    """Write that the work is over."""
    now = timezone.now()
    running.keep(state=state, finished_at=now, touched_at=now, lease_until=None)


def finish_stopped(running: Running) -> None:
    """Write that the work was stopped, and what has been done until then, where the kind does not say it itself."""
    if not running.job.message:
        running.say(stopped_code(running.job))
    finish(running, State.STOPPED)


def stopped_code(job: Job) -> str:
    return "stopped" if job.done else "stopped_before"


def release(running: Running) -> None:
    """Give the job back at the end of a turn, unless somebody has stopped it meanwhile: then that ends it."""
    now = timezone.now()
    held = Job.objects.filter(pk=running.job.pk, token=running.job.token, state=State.RUNNING)
    if not held.update(state=State.WAITING, lease_until=None, touched_at=now, attempts=0):
        finish_stopped(running)


def put_off(running: Running) -> None:
    """Let a job wait for the database or the disk. Not even that may be possible: then the lease runs out."""
    job = running.job
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    waits = PAUSE * 2 ** min(job.attempts, MAX_ATTEMPTS)
    try:
        Job.objects.filter(pk=job.pk, token=job.token).update(
            lease_until=timezone.now() + waits, message="waits", values={}
        )
    except (OperationalError, InterfaceError):
        logger.warning("Job %s could not be put off", job.uuid)


@transaction.atomic
def stop(job: Job, *, actor) -> None:
    """Stop a job: at once if nobody is at it, else between two slices. What has been done stays.

    Who ordered it may, and who manages the organisation. Raises `PermissionDenied`; an ended job stays as it is.
    """
    if not may_stop(actor, job):
        raise PermissionDenied
    now = timezone.now()
    waiting = Job.objects.filter(pk=job.pk, state=State.WAITING)
    if not waiting.update(
        state=State.STOPPED, stopped_by=actor, finished_at=now, message=stopped_code(job), values={}
    ):
        Job.objects.filter(pk=job.pk, state=State.RUNNING).update(state=State.STOPPING, stopped_by=actor)


@transaction.atomic
def resume(job: Job, *, actor) -> None:
    """Go on with a job that was stopped or has failed, where it ended. Only who ordered it may.

    Raises `PermissionDenied`; what is open or done stays as it is.
    """
    if actor is None or job.ordered_by_id != actor.pk:
        raise PermissionDenied
    ended = Job.objects.filter(pk=job.pk, state__in=[State.STOPPED, State.FAILED])
    ended.update(
        state=State.WAITING,
        attempts=0,
        message="",
        values={},
        finished_at=None,
        stopped_by=None,
        touched_at=timezone.now(),
    )
    ring_on_commit()


def release_leases() -> None:
    """Free what a worker holds that is known to be gone. If it is not, what it does no longer counts."""
    Job.objects.filter(state__in=[State.RUNNING, State.STOPPING]).update(lease_until=timezone.now())


def clear_away() -> int:
    """Remove the rows of what ended long ago; return how many."""
    return Job.objects.filter(finished_at__lt=timezone.now() - KEPT).delete()[0]


def ring_on_commit() -> None:
    from .tasks import ring  # The task calls this module.

    transaction.on_commit(ring, robust=True)
