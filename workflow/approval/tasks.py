from celery import shared_task
from django.core.mail import EmailMessage, get_connection


@shared_task(name="doakte_approval.send_mails")
def send_mails(addresses: list[str], subject: str, body: str) -> None:
    """Send the same mail to each address by itself: nobody sees who else was asked."""
    get_connection().send_messages([EmailMessage(subject, body, to=[address]) for address in addresses])
