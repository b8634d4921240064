"""The bell and who hears it. What is to be done stands in `IndexJob`, how far the walks are in `Walk`."""

import time

from celery import shared_task
from celery.signals import worker_ready

from . import actions, care
from .models import Walk

#: A task that runs longer lets the others in the queue have their turn.
TURN_SECONDS = 5.0


@shared_task(name="doakte_retrieval.index_pending")
def index_pending() -> None:
    """Index what waits, for one turn, then go on with a walk; ring again if something is left.

    The sweeper calls it, too.
    """
    started = time.monotonic()
    while actions.work_off(TURN_SECONDS) or care.go_on():
        if time.monotonic() - started >= TURN_SECONDS:
            actions.ring()
            return


@shared_task(name="doakte_retrieval.check_index")
def check_index() -> None:
    """Begin the nightly check; the bell does it in slices, and repairs what it finds."""
    care.start(Walk.Purpose.REPAIR)
    actions.ring()


@worker_ready.connect
def look_at_start(**_kwargs) -> None:
    """A worker that starts looks for what was left while none was there."""
    index_pending.delay()
