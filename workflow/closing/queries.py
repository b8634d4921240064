"""Questions about closing."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min

from doakte_content.access.policies import Capability, Right, can, has_capability
from doakte_content.access.wagtail_policy import known_to
from doakte_content.records.enums import State
from doakte_content.records.models import Case, Document, RecordFile

from .hindrances import Hindrance, hindrances_of


@dataclass(frozen=True)
class Period:
    """Laufzeit of a file or case (R21, xdomea Laufzeit); `ends` None where nothing has been dated yet."""

    begins: date
    ends: date | None


def period_of(container: Case | RecordFile, user) -> Period:
    """Return from when to when a file or case runs (R21), as far as `user` knows what lies in it.

    It begins with its oldest document, or when it was opened, whichever is earlier; it ends when it was closed,
    or, as long as it is open, with its latest document. Cancelled documents do not count.
    """
    dates = (
        Document.objects.filter(known_to(user), path__startswith=container.path)
        .exclude(state=State.CANCELLED)
        .aggregate(first=Min("dated"), last=Max("dated"))
    )
    begins = min(filter(None, [container.dated, dates["first"]]))
    return Period(begins, container.closed_on or dates["last"])


def what_hinders(container: Case | RecordFile, user) -> list[Hindrance]:
    """Return what would hinder `user` from closing it now; for showing before anybody tries."""
    return hindrances_of(container, user)


def may_close(user, container: Case | RecordFile) -> bool:
    """Say whether `user` is one to close it, hindrances aside."""
    return container.state == State.OPEN and can(user, Right.EDIT, container)


def may_reopen(user, container: Case | RecordFile) -> bool:
    """Say whether `user` is one to reopen it (R27)."""
    return (
        container.state == State.CLOSED
        and has_capability(user, Capability.REOPEN)
        and can(user, Right.MANAGE, container)
    )
