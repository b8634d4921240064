"""What has to be tidied up when time has passed. Rights end on time without it."""

from celery import shared_task

from . import emergency, reviews, sharing


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
