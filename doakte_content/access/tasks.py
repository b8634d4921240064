"""Mails about notices. What the reader may not see at that moment is not mailed."""

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import translation

from .models import Notice
from .notices import lines_for


@shared_task(name="doakte_access.send_notices")
def send_notices(pks: list[int]) -> None:
    """Send each notice to its reader by itself, with the reference at most: a title may say too much for a mail."""
    mails = []
    with translation.override(settings.LANGUAGE_CODE):
        for notice in Notice.objects.filter(pk__in=pks, user__is_active=True).select_related("user", "actor"):
            line = lines_for(notice.user, [notice])[0]
            if notice.user.email and not line.withheld:
                body = f"{line.text}\n\n{settings.WAGTAILADMIN_BASE_URL}{line.url}\n"
                mails.append(EmailMessage(line.text, body, to=[notice.user.email]))
    get_connection().send_messages(mails)
