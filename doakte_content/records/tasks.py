"""What has to be tidied up when time has passed. Rights end on time without it."""

from celery import shared_task

from .emergency import end_what_is_over
from .sharing import fold_ended


@shared_task(name="doakte_records.sweep")
def sweep() -> None:
    """Journal the ends of emergency accesses, and fold the scopes whose last grant has run out."""
    end_what_is_over()
    fold_ended()
