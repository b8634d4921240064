"""The bell and who hears it. What is to be done stands in the database."""

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings

from . import files
from .actions import clear_away, open_jobs, release_leases, run

#: A job that has run this long lets the others in the queue have their turn.
TURN_SECONDS = 10.0


def ring() -> None:
    """Wake a worker."""
    run_pending.delay()


@shared_task(name="doakte_jobs.run_pending")
def run_pending() -> None:
    """Do the job that waits longest for one turn; ring again if one is open."""
    for job_id in open_jobs().values_list("pk", flat=True)[:20]:
        if run(job_id, seconds=TURN_SECONDS):
            if open_jobs().exists():
                ring()
            return


@shared_task(name="doakte_jobs.sweep")
def sweep(*, starting: bool = False) -> None:
    """Ring for what was missed, and clear away what is old.

    Where there is only one worker (DOAKTE_SINGLE_WORKER), its start proves that the former one is gone.
    """
    if starting and getattr(settings, "DOAKTE_SINGLE_WORKER", False):
        release_leases()
    clear_away()
    files.clear_away()
    if open_jobs().exists():
        ring()


@worker_ready.connect
def sweep_at_start(**_kwargs) -> None:
    """A worker that starts looks for what was left while none was there."""
    sweep.delay(starting=True)
