"""The rules of the house on records. They look at everything there is, not at what the asking person sees."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from doakte_content.access.models import Guarded
from doakte_content.access.policies import Right, can

from .enums import State
from .models import Record


class NotWritable(ValidationError):
    """The record's state forbids changes."""


def check_writable(record: Record) -> None:
    """Raise `NotWritable` when the record is closed, cancelled or in approval (R31, R50).

    Looks at the values that `record` holds: pass one that has just been read, best by `actions.lock`.
    """
    if record.closed_on:
        raise NotWritable(
            _("%s is closed (z.d.A.) and can only be read. The records office can reopen it.") % record
        )
    if record.state == State.CANCELLED:
        raise NotWritable(_("%s has been cancelled and can only be read.") % record)
    if record.state == State.IN_APPROVAL:
        raise NotWritable(
            _("%s is in approval. Take it back, or wait for the decision, before you change it.") % record
        )


def right_to_share(thing: Guarded) -> Right:
    """Return what it takes to share a unit or record: to work with it, or to manage a unit or what is protected."""
    return Right.EDIT if isinstance(thing, Record) and not thing.scope.enclosed else Right.MANAGE


def may_share(user, thing: Guarded, right: Right = Right.READ) -> bool:
    """Say whether `user` may give others `right` on a unit or record: no more than what sharing it takes."""
    needed = right_to_share(thing)
    return right <= needed and can(user, needed, thing)


def check_may_share(actor, thing: Guarded, right: Right) -> None:
    """Raise `PermissionDenied` unless `actor` may give `right` on `thing`; None is the system itself."""
    if actor is not None and not may_share(actor, thing, right):
        raise PermissionDenied


def check_right(actor, right: Right, thing) -> None:
    """Raise `PermissionDenied` unless `actor` holds `right` on `thing`; None is the system itself."""
    if actor is not None and not can(actor, right, thing):
        raise PermissionDenied
