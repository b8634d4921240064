"""The one way to change what gives people rights: who works where, who stands in for whom, roles, offices, the plan.

What is changed inside `changing` is judged before it is kept: a higher room (`access.gains`) compares what the author,
and those they stand in for or who stand in for them, may see in records before and after (R61). Rows of this room are
saved nowhere else: without an open change they refuse (`require`), so that no new action can forget to ask.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction


class Unguarded(RuntimeError):
    """Something that gives rights was about to be changed outside of `changing`: a fault of the program."""


class GivesRights(ValidationError):
    """The change would give its author rights in records; nothing has been changed. `gains` says who gets what."""

    #: What was to be changed, [label, old, new] each, where the one who caught it on the way knows that.
    lines: list = []

    def __init__(self, message, gains):
        super().__init__(message)
        self.gains = gains


@dataclass(frozen=True)
class Guard:
    """What the room above knows: how a change is judged, and how one that was refused gets to a second person."""

    #: Called with the author before the change; what it returns is called after it, and raises `GivesRights`.
    watch: Callable[[Any], Callable[[], None]]
    #: Called with the request, the refusal, the kind of change, the payload and what is changed, in words.
    hand_over: Callable


_guards: list[Guard] = []
#: The authors of the changes that are open in this thread or task; None for the system. No change: None.
_authors: ContextVar[frozenset | None] = ContextVar("doakte_changing", default=None)


def guard_with(guard: Guard) -> None:
    """Let `guard` judge all changes from now on."""
    _guards[:] = [guard]


@contextmanager
def changing(actor) -> Iterator[None]:
    """Change in this block, in one transaction, what gives rights. `actor` None is the system itself.

    Inside a change of the same author, and for the system inside any, the outermost judges. Raises `GivesRights`,
    with all undone, when `actor` would gain.
    """
    author, outside = actor and actor.pk, _authors.get()
    if outside is not None and (author is None or author in outside):
        with transaction.atomic():
            yield
        return
    with transaction.atomic():
        _hold()
        checks = [guard.watch(actor) for guard in _guards] if actor else []
        token = _authors.set((outside or frozenset()) | {author})
        try:
            yield
        finally:
            _authors.reset(token)
        for check in checks:
            check()


@contextmanager
def by_hand() -> Iterator[None]:
    """Let rows be saved one by one, unjudged: for those who build a house (the demo city, tests)."""
    token = _authors.set(frozenset({None}))
    try:
        yield
    finally:
        _authors.reset(token)


def require() -> None:
    """Raise `Unguarded` unless a change is open."""
    if _authors.get() is None:
        raise Unguarded("What gives rights is changed inside organisation.changes.changing(actor).")


def hand_over(request, refusal: GivesRights, kind: str, payload: dict, title: str, lines=()):
    """Offer a refused change to a second person, and return the response that leads there."""
    (guard,) = _guards
    return guard.hand_over(request, refusal, kind=kind, payload=payload, title=title, lines=list(lines))


def _hold() -> None:
    """One change at a time: two that are harmless each could together give what neither gives alone."""
    from .models import Role

    list(Role.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


class GuardedRows(models.QuerySet):
    """Rows that give rights: changed in an open change only, also where no signal is sent."""

    def update(self, **kwargs):
        require()
        return super().update(**kwargs)

    def bulk_create(self, *args, **kwargs):
        require()
        return super().bulk_create(*args, **kwargs)

    def bulk_update(self, *args, **kwargs):
        require()
        return super().bulk_update(*args, **kwargs)

    def delete(self):
        require()
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class GuardedRow(models.Model):
    """Base of rows that give rights."""

    objects = GuardedRows.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        require()
        return super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        require()
        return super().delete(*args, **kwargs)
