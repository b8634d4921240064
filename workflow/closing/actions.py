"""Closing (z.d.A.) and reopening. Only here are records closed; everywhere else `check_writable` keeps them so.

Whoever adds or changes something holds the row of the record, or of the one it goes into, until the commit. Closing
holds all of them before it looks: what it has found finished stays so, and a late upload finds the case closed.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from doakte_content.access.policies import Capability, Right, has_capability
from doakte_content.fileplan.queries import effective_rules
from doakte_content.records.enums import State
from doakte_content.records.journalling import journal
from doakte_content.records.locks import lock, lock_with_contents
from doakte_content.records.models import Case, Record, RecordFile
from doakte_content.records.policies import check_right, check_writable
from doakte_content.records.queries import containers_of, inside
from doakte_content.records.states import set_state

from .hindrances import Hindered, hindrances_of
from .retention import Retention, retention_of, start_of_retention


@transaction.atomic
def close_case(case: Case, *, actor=None) -> None:
    """Close a case: it and its documents can only be read from now on (R30, R31).

    How long they are kept is known when the file is closed (R23). Raises `NotWritable`, or `Hindered` with
    everything that stands in the way.
    """
    case = lock_with_contents(case)
    check_right(actor, Right.EDIT, case)
    check_closable(case, actor)
    case.closed_on = timezone.localdate()
    close(case)
    journal("record.close", actor=actor, subject=case, data={"closed_on": case.closed_on.isoformat()})


@transaction.atomic
def close_file(record_file: RecordFile, *, actor=None) -> Retention:
    """Close a file whose cases are all closed, compute until when it is kept, and return that (R22, R23, R31).

    The end is carried to all that lies in the file. Raises as `close_case` does.
    """
    record_file = lock_with_contents(record_file)
    check_right(actor, Right.EDIT, record_file)
    check_closable(record_file, actor)
    record_file.closed_on = timezone.localdate()
    closed_cases = inside(record_file).filter(case__isnull=False, state=State.CLOSED)
    started_on = start_of_retention(record_file.closed_on, closed_cases.values_list("closed_on", flat=True))
    retention = retention_of(effective_rules(record_file), started_on)
    close(record_file, retained_until=retention.until)
    journal(
        "record.close",
        actor=actor,
        subject=record_file,
        changes={"retained_until": [None, retention.until.isoformat() if retention.until else None]},
        data={
            "closed_on": record_file.closed_on.isoformat(),
            "retention_counts_from": started_on.isoformat(),
            "unlimited": retention.until is None,
            "reason": retention.reason,
        },
    )
    return retention


@transaction.atomic
def reopen(record: Case | RecordFile, *, actor, reason: str) -> None:
    """Lift the closing of a case or file (R27). Only the records office can, where it manages the place.

    A case in a closed file opens the file as well; the other cases stay closed. Computed dates are cleared: they
    are computed anew when the file is closed again. Raises `PermissionDenied`, or `ValidationError` without a
    reason or when the record is not closed.
    """
    check_right(actor, Right.MANAGE, record)
    if not has_capability(actor, Capability.REOPEN):
        raise PermissionDenied
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Please give a reason. It is kept with the record.")})
    record = lock_with_contents(record)
    if record.state != State.CLOSED:
        raise ValidationError(_("%s is not closed.") % record)
    for container in containers_of(record).filter(state=State.CLOSED):
        open_again(lock(container), actor=actor, reason=reason, because_of=record)
    open_again(record, actor=actor, reason=reason)


def open_again(record: Case | RecordFile, *, actor, reason: str, because_of=None) -> None:
    """Clear what closing has set, on a locked record. Documents stand and fall with their case."""
    data = {"closed_on": record.closed_on.isoformat()}
    if because_of:
        data["because_of"] = str(because_of.uuid)
    if because_of is None or because_of.scope_id == record.scope_id or not because_of.scope.enclosed:
        # The reason to reopen what is protected is not for all who read the journal of what it lies in.
        data["reason"] = reason
    changes = {}
    if record.retained_until:
        changes["retained_until"] = [record.retained_until.isoformat(), None]
    journal("record.reopen", actor=actor, subject=record, changes=changes, data=data)
    everything(record).filter(retained_until__isnull=False).update(retained_until=None)
    if isinstance(record, Case):
        inside(record).update(closed_on=None)
    set_state(record, State.OPEN, closed_on=None)


def check_closable(container: Case | RecordFile, actor) -> None:
    """Raise `NotWritable` or `Hindered` unless a locked container can be closed."""
    check_writable(container)
    if hindrances := hindrances_of(container, actor):
        raise Hindered(container, hindrances)


def close(container: Case | RecordFile, **values) -> None:
    """Set state, and date on the container and on all in it that has none of its own yet; `values` on all of it.

    One statement for all of it: a second one would write every row once more.
    """
    everything(container).update(closed_on=Coalesce("closed_on", Value(container.closed_on)), **values)
    set_state(container, State.CLOSED)


def everything(container: Case | RecordFile):
    """Return a container together with all that lies in it."""
    return Record.objects.filter(path__startswith=container.path)
