"""The bell and who hears it. What is to be done stands in the database; a lost ring costs seconds, never work."""

import logging
import time

from celery import shared_task
from celery.signals import worker_process_init, worker_process_shutdown, worker_ready
from django.conf import settings

from . import isolated, libreoffice, protection, sandbox
from .actions import derive, open_derivations, release_leases
from .models import Derivation

logger = logging.getLogger(__name__)

#: A task that has run this long lets the others in the queue have their turn.
TURN_SECONDS = 1.0
#: Rows looked up at a time.
BATCH = 100
#: The search waits for texts, readers for thumbnails, and only who opens an office file for its PDF form.
ORDER = (Derivation.Kind.TEXT, Derivation.Kind.THUMBNAIL, Derivation.Kind.PDF)


def ring() -> None:
    """Wake a worker; one ring is enough for any number of open rows."""
    derive_pending.delay()


@shared_task(name="doakte_storage.derive_pending")
def derive_pending() -> None:
    """Work off open derivations for one turn; ring again if something is left."""
    end = time.monotonic() + TURN_SECONDS
    while batch := _next_batch():
        for derivation_id in batch:
            derive(derivation_id)
            if time.monotonic() > end:
                return ring()


@shared_task(name="doakte_storage.sweep")
def sweep(*, starting: bool = False) -> None:
    """Ring for what was missed: a bell that was lost, a worker that was lost.

    Where there is only one worker (DOAKTE_SINGLE_WORKER), its start proves that the former one is gone.
    """
    if starting and getattr(settings, "DOAKTE_SINGLE_WORKER", False):
        release_leases()
    if open_derivations().exists():
        ring()


@shared_task(name="doakte_storage.check_protection")
def check_protection() -> None:
    """Look every night whether the database still keeps what must not change."""
    protection.watch()


@worker_ready.connect
def sweep_at_start(**_kwargs) -> None:
    """A worker that starts looks for what was left while none was there."""
    sweep.delay(starting=True)


@worker_ready.connect
def try_sandbox(**_kwargs) -> None:
    """A worker that starts says whether it can convert office files, and if not, why."""
    program = libreoffice.find_program()
    reason = sandbox.why_not(program) if program else ""
    if not program:
        logger.info("Office files are not converted: LibreOffice is not installed.")
    elif not reason:
        logger.info("Office files are converted in a sandbox.")
    elif libreoffice.unconfined_allowed():
        logger.warning("Office files are converted WITHOUT sandbox, as the settings say: %s.", reason)
    else:
        logger.warning("Office files are not converted, because there is no sandbox: %s.", reason)


@worker_process_init.connect
def start_reader(**_kwargs) -> None:
    """A worker that starts has a process ready that reads files for it."""
    isolated.warm()


@worker_process_shutdown.connect
def end_readers(**_kwargs) -> None:
    """A worker that ends takes the process along that reads files for it."""
    isolated.close()


def _next_batch() -> list[int]:
    """Return the ids of some open rows of the most urgent kind that has any."""
    for kind in ORDER:
        if batch := list(
            open_derivations().filter(kind=kind).order_by("id").values_list("id", flat=True)[:BATCH]
        ):
            return batch
    return []
