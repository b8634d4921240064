"""How failed logins are counted: for a name, however it is written, at an address; and how many names at an address.

Five wrong passwords lock a name at an address. Whoever tries one password on many names is slowed down by address
instead, and not locked out: a whole city may share one. All of it is counted in the database, for all processes.
"""

import ipaddress
import math
from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.core.internal.ratelimit import truncate_ip
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db.models import Count, Max
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

#: So many different names may fail at an address within that time before each further try has to wait,
FREE_NAMES, WITHIN = 10, timedelta(hours=1)
#: first for a second, then for twice as long with each further name, at most for so many seconds.
LONGEST_WAIT = 300
#: Names the browsers that have logged in here, and for whom.
COOKIE, COOKIE_AGE = "doakte_known", 180 * 24 * 3600
KEPT_NAMES = 5


def client_ip(request) -> str:
    """Return the client's address, behind as many proxies as `ALLAUTH_TRUSTED_PROXY_COUNT` says.

    Of IPv6 the network (/64): one computer has all addresses in it.
    """
    address = get_adapter().get_client_ip(request)
    try:
        # A server that listens on both kinds names IPv4 in the words of IPv6; all of them are in one network there.
        mapped = getattr(ipaddress.ip_address(address), "ipv4_mapped", None)
    except ValueError:
        return address
    return str(mapped) if mapped else truncate_ip(address)


def name_tried(request, credentials) -> str:
    """Return the name of a login attempt in one spelling: accounts are found whatever its case."""
    return ((credentials or {}).get("username") or request.POST.get("login") or "").strip().lower()


class Handler(AxesDatabaseHandler):
    """Counts as axes does, and has an address wait at which many names have failed."""

    def is_locked(self, request, credentials=None) -> bool:
        if super().is_locked(request, credentials):
            return True
        if knows(request, name_tried(request, credentials)):
            return False
        request.doakte_wait = seconds_to_wait(request.axes_ip_address)
        return request.doakte_wait > 0

    def clean_expired_user_attempts(self, request=None, credentials=None) -> int:
        """Keep names for as long as they are counted; what locks a name counts for a shorter time."""
        now = timezone.now()
        over = AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME)
        over.update(failures_since_start=0)
        return AccessAttempt.objects.filter(attempt_time__lt=now - WITHIN).delete()[0]


def seconds_to_wait(address: str) -> int:
    """Return for how long nobody may try a password from `address`: it grows with the names that have failed."""
    now = timezone.now()
    failed = AccessAttempt.objects.filter(ip_address=address, attempt_time__gt=now - WITHIN)
    found = failed.aggregate(names=Count("username", distinct=True), last=Max("attempt_time"))
    if found["names"] < FREE_NAMES:
        return 0
    wait = min(2 ** (found["names"] - FREE_NAMES), LONGEST_WAIT)
    return max(0, math.ceil(wait - (now - found["last"]).total_seconds()))


def answer(request, original_response=None, credentials=None):
    """Say why nobody can log in now: the name is locked at this address, or the address has to wait."""
    if wait := getattr(request, "doakte_wait", 0):
        response = render(request, "account/slowed.html", {"seconds": wait}, status=429)
        response["Retry-After"] = str(wait)
        return response
    return render(
        request, "account/locked.html", {"cooloff_timedelta": settings.AXES_COOLOFF_TIME}, status=429
    )


class KnownBrowsers:
    """Middleware: marks the browser of whoever logs in, so that others at their address do not hold them up."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if (user := getattr(request, "doakte_came_in", None)) is not None:
            marks = dict.fromkeys([mark_of(user.get_username()), *marks_on(request)])
            response.set_cookie(
                COOKIE,
                ".".join(list(marks)[:KEPT_NAMES]),
                max_age=COOKIE_AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def mark_of(name: str) -> str:
    """Return what stands on a browser for a name: only this site can make it, and nobody reads the name from it."""
    return salted_hmac("doakte.known", name.strip().lower(), algorithm="sha256").hexdigest()


def marks_on(request) -> list[str]:
    return request.COOKIES.get(COOKIE, "").split(".")


def knows(request, name: str) -> bool:
    """Say whether somebody has logged in by this name from this browser before."""
    expected = mark_of(name)
    return any(constant_time_compare(mark, expected) for mark in marks_on(request))


def mark(sender, request, user, **kwargs) -> None:
    request.doakte_came_in = user


def connect() -> None:
    user_logged_in.connect(mark, dispatch_uid="doakte_accounts.known_browser")
