"""Codes that open once, and how often somebody may guess: kept in the database.

allauth keeps both in the cache. Where each process has a cache of its own, or after a restart, a code would open
again (RFC 6238, 5.2), and guesses would be counted anew.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import IntegrityError, transaction
from django.utils import timezone

from .models import FailedTry, UsedCode

#: So many wrong ones of one account within that time stop further tries.
LIMIT, WITHIN = 10, timedelta(minutes=5)


def use(user, secret: str, code: str) -> bool:
    """Use up a valid code of `user`'s app; say whether it was new. Of two at once, one wins."""
    steps = [
        step
        for step in yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step)))
    ]
    try:
        with transaction.atomic():
            UsedCode.objects.bulk_create(UsedCode(user=user, step=step) for step in steps)
    except IntegrityError:
        return False
    # None: its time ran out between the two looks at the clock.
    return bool(steps)


@contextmanager
def counted(user) -> Iterator[None]:
    """Count a `ValidationError` in the block as a wrong try of `user`; success forgets earlier ones.

    Raises `ValidationError` without running the block when there were too many. A try is counted before it is made,
    so that many at once do not slip through together.
    """
    if FailedTry.objects.filter(user=user, at__gt=timezone.now() - WITHIN).count() >= LIMIT:
        raise get_adapter().validation_error("too_many_login_attempts")
    this = FailedTry.objects.create(user=user)
    recent = FailedTry.objects.filter(user=user, at__gt=timezone.now() - WITHIN)
    if recent.count() > LIMIT:
        this.delete()
        raise get_adapter().validation_error("too_many_login_attempts")
    yield
    FailedTry.objects.filter(user=user).delete()


def forget_old() -> None:
    """Remove what no longer counts."""
    FailedTry.objects.filter(at__lt=timezone.now() - WITHIN).delete()
    last = int(time.time()) // app_settings.TOTP_PERIOD - app_settings.TOTP_TOLERANCE
    UsedCode.objects.filter(step__lt=last - 1).delete()
