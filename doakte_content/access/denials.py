"""Denied attempts are events, too (W5): each stands in the journal, and many in a short time are reported.

The views call this outside of transactions, so that what is refused stays on record whatever is rolled back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NoReturn

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.http import Http404
from django.utils import timezone, translation
from django.utils.formats import date_format

from doakte_content.journal.actions import record as journal
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.enums import Capability, Right
from doakte_content.organisation.names import name_of
from doakte_content.organisation.queries import people_with

from .models import Notice
from .notices import tell
from .wagtail_policy import shown

ACTION = "access.denied"
#: That many attempts of one person within that time are reported (setting DOAKTE_DENIALS_BEFORE_NOTICE).
BEFORE_NOTICE = 5
WITHIN = timedelta(minutes=15)


def refuse(user, thing) -> NoReturn:
    """Keep that `user` asked for something they may not see, and answer as if it did not exist (Http404)."""
    keep(user, thing)
    raise Http404


def found_or_refuse(user, seen: QuerySet, **lookup):
    """Return the one row of `seen`, which holds what `user` may see; else refuse what is hidden from them.

    Raises Http404 for what is hidden and for what does not exist alike; only the first is kept.
    """
    found = seen.filter(**lookup).first()
    if found is None:
        known = shown(seen.model, user).order_by().values("pk")
        hidden = seen.model._default_manager.filter(**lookup).exclude(pk__in=known).first()
        if hidden is not None:
            refuse(user, hidden)
        raise Http404
    return found


@contextmanager
def kept(user, thing) -> Iterator[None]:
    """Keep it when what happens in the block is refused, after its transaction has been rolled back."""
    try:
        yield
    except PermissionDenied:
        keep(user, thing)
        raise


def keep(user, thing, right: Right | None = None) -> None:
    """Journal that `user` was refused `thing`, or `right` on it, and report it when that is often the case."""
    if user.is_anonymous:
        return
    data = {"right": right.name.lower()} if right is not None else {}
    journal(ACTION, actor=user, subject=thing, label=getattr(thing, "reference", ""), data=data)
    report(user)


def denials_of(user) -> QuerySet[JournalEntry]:
    """Return what was refused to `user`, the latest first. An index of its own holds these entries."""
    return JournalEntry.objects.filter(action=ACTION, actor=user).order_by("-at", "-id")


def refused_people(since: datetime) -> list[tuple]:
    """Return (person, number of attempts, last attempt) since a point in time, the most frequent first. Two queries."""
    rows = JournalEntry.objects.filter(action=ACTION, at__gte=since, actor__isnull=False)
    counted = rows.values("actor").annotate(count=Count("pk"), last=Max("at")).order_by("-count", "actor")
    people = get_user_model().objects.in_bulk([row["actor"] for row in counted])
    return [(people[row["actor"]], row["count"], row["last"]) for row in counted]


def report(user) -> None:
    """Tell the data-protection role, once a day, of a person who is refused again and again."""
    limit = getattr(settings, "DOAKTE_DENIALS_BEFORE_NOTICE", BEFORE_NOTICE)
    recent = list(
        denials_of(user).filter(at__gt=timezone.now() - WITHIN).values_list("at", flat=True)[:limit]
    )
    if len(recent) < limit:
        return
    with transaction.atomic():
        # Two requests of the same person at once: the second one waits, and finds it told.
        get_user_model().objects.select_for_update().get(pk=user.pk)
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        if Notice.objects.filter(kind="access.denied", actor=user, created_at__gte=today).exists():
            return
        with translation.override(settings.LANGUAGE_CODE):
            since = date_format(timezone.localtime(recent[-1]), "SHORT_DATETIME_FORMAT")
        data = {"person": name_of(user), "count": len(recent), "since": since}
        tell(people_with(Capability.DATA_PROTECTION), "access.denied", data=data, actor=user)
