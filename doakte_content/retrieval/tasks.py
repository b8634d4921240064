"""The bell and who hears it. What is to be done stands in `IndexJob`."""

from celery import shared_task
from celery.signals import worker_ready

from . import actions

#: A task that runs longer lets the others in the queue have their turn.
TURN_SECONDS = 5.0


@shared_task(name="doakte_retrieval.index_pending")
def index_pending() -> None:
    """Index what waits, for one turn; ring again if something is left. The sweeper calls it, too."""
    if actions.work_off(TURN_SECONDS) and actions.due().exists():
        actions.ring()


@worker_ready.connect
def look_at_start(**_kwargs) -> None:
    """A worker that starts looks for what was left while none was there."""
    index_pending.delay()
