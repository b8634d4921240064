"""What happens to accounts by itself."""

from celery import shared_task

from . import actions, mails, tries


@shared_task(name="doakte_accounts.tidy")
def tidy() -> None:
    """Carry out changes whose time has come, and forget used codes and failures that no longer count."""
    actions.apply_due()
    tries.forget_old()


@shared_task(name="doakte_accounts.send_text")
def send_text(to: str, subject: str, text: str) -> None:
    mails.send(to, subject, text)
