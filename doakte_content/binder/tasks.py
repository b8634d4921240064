"""The bell and who hears it. What is to be done stands in the database."""

from celery import shared_task

from .actions import clear_away, make, open_binders


def ring() -> None:
    """Wake a worker."""
    make_pending.delay()


@shared_task(name="doakte_binder.make_pending")
def make_pending() -> None:
    """Make the oldest open binder; ring again if another is open."""
    for binder_id in open_binders().values_list("pk", flat=True):
        if make(binder_id):
            if open_binders().exists():
                ring()
            return


@shared_task(name="doakte_binder.sweep")
def sweep() -> None:
    """Ring for what was missed or had to wait, and clear away what is old."""
    clear_away()
    if open_binders().exists():
        ring()
