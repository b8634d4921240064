"""Emergency access (R61): a technical administrator opens one record, when a second person agrees, for a limited time.

Whoever asks does not learn whether there is such a record. Each step stands in the journal with both names, is told
to the data-protection role, and while it lasts every look is journalled as in protected records.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from doakte_content.access.models import Cause, Grant
from doakte_content.access.notices import settle, tell
from doakte_content.access.policies import Capability, Right, can, has_capability
from doakte_content.access.queries import people_of, reaching
from doakte_content.journal.actions import record as journal
from doakte_content.organisation.models import Deputyship
from doakte_content.organisation.names import name_of
from doakte_content.organisation.queries import kept_on_user, people_with

from .models import EmergencyAccess, Record
from .sharing import lend, take_back

State = EmergencyAccess.State


def may_ask(user) -> bool:
    return has_capability(user, Capability.REQUEST_EMERGENCY)


def may_decide(user) -> bool:
    return has_capability(user, Capability.DATA_PROTECTION)


def record_named(reference: str) -> Record | None:
    """Return the one record that bears a reference, or bore it before it was moved; None if there is not just one."""
    found = Record.objects.filter(reference=reference)
    if not found.exists():
        found = Record.objects.filter(former_references__reference=reference).distinct()
    records = list(found[:2])
    return records[0].specific if len(records) == 1 else None


@transaction.atomic
def request(reference: str, *, reason: str, hours: int, actor) -> EmergencyAccess:
    """Ask for emergency access to the record with this reference; nothing is said about whether there is one.

    Raises `PermissionDenied`, or `ValidationError` without a reason or reference, for another duration than those
    offered, and while the same request waits.
    """
    if not may_ask(actor):
        raise PermissionDenied
    reference, reason = reference.strip(), reason.strip()
    if not reference:
        raise ValidationError({"reference": _("Please enter the reference of the record.")})
    if not reason:
        raise ValidationError({"reason": _("Please give a reason. Whoever decides about it reads it.")})
    if hours not in EmergencyAccess.Duration.values:
        raise ValidationError({"hours": _("Please choose one of the durations.")})
    if waiting().filter(requested_by=actor, reference=reference).exists():
        raise ValidationError({"reference": _("You have asked for this already. It waits for a decision.")})
    access = EmergencyAccess.objects.create(
        reference=reference, reason=reason, hours=hours, requested_by=actor
    )
    data = {"reference": reference, "reason": reason, "hours": hours}
    journal("emergency.request", actor=actor, subject=access, data=data)
    deciding = people_with(Capability.DATA_PROTECTION).exclude(pk=actor.pk)
    tell(deciding, "emergency.requested", subject=access, label=reference, actor=actor)
    return access


def waiting() -> QuerySet[EmergencyAccess]:
    """Return the requests that somebody can still decide about."""
    since = timezone.now() - EmergencyAccess.EXPIRES_AFTER
    return EmergencyAccess.objects.filter(state=State.REQUESTED, requested_at__gt=since)


def hold_for_decision(access: EmergencyAccess, actor) -> EmergencyAccess:
    """Lock a request and return it; two people who decide at once come one after the other.

    Raises `PermissionDenied`, or `ValidationError` for one's own request, that of somebody for whom one acts or who
    acts for oneself, and for what has been decided or has expired.
    """
    if not may_decide(actor):
        raise PermissionDenied
    held = EmergencyAccess.objects.select_for_update(of=("self",)).get(pk=access.pk)
    if held.requested_by_id == actor.pk:
        raise ValidationError(_("It takes a second person: nobody decides about their own request."))
    if is_deputy_of(actor, held.requested_by) or is_deputy_of(held.requested_by, actor):
        raise ValidationError(
            _("You and %s stand in for each other. Somebody else has to decide about this request.")
            % name_of(held.requested_by)
        )
    if held.state != State.REQUESTED:
        raise ValidationError(_("%s has decided about this request already.") % name_of(held.decided_by))
    if held.is_expired:
        raise ValidationError(_("The request has expired. It has to be made anew."))
    return held


def is_deputy_of(deputy, absent) -> bool:
    return Deputyship.objects.active().filter(deputy=deputy, absent=absent).exists()


@transaction.atomic
def approve(access: EmergencyAccess, *, actor) -> EmergencyAccess:
    """Agree to a request: from now on, and for as long as was asked for, who asked may read the record.

    Raises as `hold_for_decision` does, and `ValidationError` for a reference that leads to no record and where the
    right would not come about, since the person is excluded from the record or has left.
    """
    access = hold_for_decision(access, actor)
    record = record_named(access.reference)
    if record is None:
        raise ValidationError(_("No record bears the reference %s. You can refuse.") % access.reference)
    requester = get_user_model().objects.get(pk=access.requested_by_id)
    access.ends = timezone.now() + timedelta(hours=access.hours)
    lend(
        record,
        Right.READ,
        [requester],
        reference=access.uuid,
        reason=access.reason[:255],
        ends=access.ends,
        cause=Cause.EMERGENCY,
        actor=actor,
    )
    record = type(record).objects.select_related("scope").get(pk=record.pk)
    if not can(requester, Right.READ, record):
        raise ValidationError(
            _("%s is excluded from this record, or has left. You can refuse.") % name_of(requester)
        )
    access.record_uuid = record.uuid
    decide(access, State.GRANTED, actor)
    journal(
        "emergency.approve",
        actor=actor,
        subject=record,
        data={
            "access": str(access.uuid),
            "requested_by": name_of(requester),
            "reason": access.reason,
            "ends": access.ends.isoformat(),
        },
    )
    report(access, record, requester, actor)
    return access


def decide(access: EmergencyAccess, state: str, actor) -> None:
    access.state, access.decided_by, access.decided_at = state, actor, timezone.now()
    access.save()
    settle("emergency.requested", access)


def report(access: EmergencyAccess, record: Record, requester, actor) -> None:
    """Tell the requester, the data-protection role and those who manage the record (R61)."""
    with translation.override(settings.LANGUAGE_CODE):
        until = date_format(timezone.localtime(access.ends), "SHORT_DATETIME_FORMAT")
    data = {"requester": name_of(requester), "until": until}
    tell([requester], "emergency.approved", subject=access, data=data, actor=actor)
    informed = people_with(Capability.DATA_PROTECTION).exclude(pk=requester.pk)
    tell(informed, "emergency.reported", subject=access, label=access.reference, data=data, actor=actor)
    tell(
        managers_of(record),
        "emergency.opened",
        subject=record,
        label=record.reference,
        data=data,
        actor=actor,
    )


def managers_of(record: Record) -> list:
    grants = [given for given in reaching(record.scope) if given.right == Right.MANAGE]
    return list({person.pk: person for given in grants for person in people_of(given)}.values())


@transaction.atomic
def refuse(access: EmergencyAccess, *, reason: str, actor) -> EmergencyAccess:
    """Refuse a request. Raises as `hold_for_decision` does, and `ValidationError` without a reason."""
    access = hold_for_decision(access, actor)
    if not reason.strip():
        raise ValidationError({"reason": _("Please give a reason. Whoever asked reads it.")})
    access.refusal = reason.strip()
    decide(access, State.REFUSED, actor)
    data = {"reason": access.refusal, "requested_by": name_of(access.requested_by)}
    journal("emergency.refuse", actor=actor, subject=access, data=data)
    tell([access.requested_by], "emergency.refused", subject=access, actor=actor)
    return access


@transaction.atomic
def end(access: EmergencyAccess, *, actor=None) -> None:
    """End a running access before its time, or (`actor` None) journal that its time is over.

    Raises `PermissionDenied` for others than the requester and the data-protection role. What has ended stays ended.
    """
    if actor is not None and not may_end(actor, access):
        raise PermissionDenied
    access = EmergencyAccess.objects.select_for_update(of=("self",)).get(pk=access.pk)
    if access.state != State.GRANTED or access.ended_at:
        return
    take_back(access.uuid, actor=actor)
    access.ended_at = min(timezone.now(), access.ends)
    access.save()
    record = Record.objects.get(uuid=access.record_uuid).specific
    data = {"access": str(access.uuid), "requested_by": name_of(access.requested_by)}
    journal("emergency.end", actor=actor, subject=record, data=data)


def may_end(user, access: EmergencyAccess) -> bool:
    return user.pk == access.requested_by_id or may_decide(user)


def end_what_is_over() -> int:
    """Journal the end of each access whose time is over; return how many. The right itself ends on time by itself."""
    over = EmergencyAccess.objects.filter(state=State.GRANTED, ended_at=None, ends__lte=timezone.now())
    for access in over:
        end(access)
    return len(over)


@kept_on_user
def opened_scopes(user) -> set[int]:
    """Return the scopes in which `user` holds emergency access now. One query for each request."""
    grants = Grant.objects.current().filter(user=user, cause=Cause.EMERGENCY)
    return set(grants.values_list("scope_id", flat=True))


def is_open_to(user, record: Record) -> bool:
    """Say whether `user` reads `record` during emergency access, so that it is journalled and drafts are shown."""
    opened = opened_scopes(user)
    return bool(opened) and not opened.isdisjoint(record.scope.line_ids)


def reported(user) -> QuerySet[EmergencyAccess]:
    """Return the emergency accesses that `user` may know of, the latest first: the own ones, or all."""
    found = EmergencyAccess.objects.select_related("requested_by", "decided_by").order_by("-pk")
    if may_decide(user):
        return found
    return found.filter(requested_by=user)
