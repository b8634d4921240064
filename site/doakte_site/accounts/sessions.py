"""How long somebody stays logged in: so long without doing anything, and so long at most."""

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext as _

STARTED = "doakte_started"
SEEN = "doakte_seen"
#: Seconds after which a session in use is written again; more often would cost every page a write.
WRITE_AFTER = 300
#: What an open page asks by itself: nobody need sit in front of it.
BY_ITSELF = "/editing-sessions/ping/"


class SessionLimits:
    """Middleware: ends sessions older than `SESSION_COOKIE_AGE` or idle for `DOAKTE_SESSION_IDLE` seconds.

    Stands after the messages, which tell why.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        session, now = request.session, time.time()
        if STARTED in session:
            if is_over(session, now):
                logout(request)
                messages.info(request, _("Your session has ended. Please log in again."))
            elif now - session[SEEN] > WRITE_AFTER and BY_ITSELF not in request.path:
                session[SEEN] = now
        return self.get_response(request)


def is_over(session, now: float) -> bool:
    return (
        now - session[STARTED] > settings.SESSION_COOKIE_AGE
        or now - session[SEEN] > settings.DOAKTE_SESSION_IDLE + WRITE_AFTER
    )


def begin(sender, request, user, **kwargs) -> None:
    request.session[STARTED] = request.session[SEEN] = time.time()


def connect() -> None:
    user_logged_in.connect(begin, dispatch_uid="doakte_accounts.begin")
