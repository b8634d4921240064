"""The bell for e-mails that are to be read, and what has to be tidied up when time has passed."""

import time

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings

from . import emergency, mails, reviews, sharing

#: A task that has run this long lets the others in the queue have their turn.
TURN_SECONDS = 1.0


def ring() -> None:
    """Wake a worker; one ring is enough for any number of e-mails."""
    read_mails.delay()


@shared_task(name="doakte_records.read_mails")
def read_mails() -> None:
    """Read e-mails that wait for it, for one turn; ring again if some are left."""
    end = time.monotonic() + TURN_SECONDS
    for document_id in list(mails.open_mails().values_list("pk", flat=True)[:100]):
        mails.read(document_id)
        if time.monotonic() > end:
            break
    else:
        return
    if mails.open_mails().exists():
        ring()


@shared_task(name="doakte_records.sweep_mails")
def sweep_mails(*, starting: bool = False) -> None:
    """Ring for what was missed.

    Where there is only one worker (DOAKTE_SINGLE_WORKER), its start proves that the former one is gone.
    """
    if starting and getattr(settings, "DOAKTE_SINGLE_WORKER", False):
        mails.release_leases()
    if mails.open_mails().exists():
        ring()


@worker_ready.connect
def sweep_at_start(**_kwargs) -> None:
    """A worker that starts looks for what was left while none was there."""
    sweep_mails.delay(starting=True)


@shared_task(name="doakte_records.fold_ended")
def fold_ended() -> None:
    """Fold the scopes of records whose last grant has run out."""
    sharing.fold_ended()


@shared_task(name="doakte_records.end_emergencies")
def end_emergencies() -> None:
    """Write the end of emergency accesses into the journal."""
    emergency.end_what_is_over()


@shared_task(name="doakte_records.remind_reviews")
def remind_reviews() -> None:
    """Remind those who lead an office of the access review."""
    reviews.remind_leaders()
