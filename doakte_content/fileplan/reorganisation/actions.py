"""Reorganising: one transaction in which all that offices hold passes to others (R58). Records are not touched."""

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from doakte_content.access.actions import pass_on, refresh_readers
from doakte_content.access.models import Scope
from doakte_content.access.policies import Capability, has_capability
from doakte_content.fileplan.actions import save_unit
from doakte_content.journal.actions import record
from doakte_content.organisation.changes import changing
from doakte_content.organisation.models import Membership, OrgUnit

from .holdings import Holdings, Item, holdings
from .models import Kind, Moved, Reorganisation


class HoldingsChanged(ValidationError):
    """The offices hold something else than the preview has shown."""


def reorganise(
    kind: Kind,
    old: list[OrgUnit],
    new: list[OrgUnit],
    *,
    reason: str,
    targets: dict[str, int] | None = None,
    expected: str = "",
    actor=None,
) -> Reorganisation:
    """Close the offices `old` today and pass on all they hold to `new`; return the report.

    `new` are open offices, or unsaved ones that are founded by this. `targets` says for each item of `holdings(old)`,
    by its key, the place in `new` that it goes to; with one new office all go there. `expected`, if given, is the
    fingerprint of the holdings that somebody has looked at.
    Raises `PermissionDenied`; `HoldingsChanged`; `GivesRights` when `actor` would gain rights in records (R61);
    `ValidationError` for what cannot be, with nothing done.
    """
    if actor is not None and not has_capability(actor, Capability.MANAGE_ORGANISATION):
        raise PermissionDenied
    with changing(actor):
        return pass_everything_on(kind, old, new, reason, targets or {}, expected, actor)


def pass_everything_on(kind, old, new, reason, targets, expected, actor) -> Reorganisation:
    old, new = hold_offices(old, new)
    check(kind, old, new)
    held = holdings(old)
    if expected and expected != held.fingerprint:
        raise HoldingsChanged(_("Something has changed since the preview. Please look at it again."))
    goes_to = assign(held, new, targets)
    report = Reorganisation(
        kind=kind, reason=reason, actor=actor, records=held.records, label=label_of(old, new)
    )
    report.lines = [line_of(item, new[place]) for item, place in goes_to]
    close_and_found(old, new)
    for item, place in goes_to:
        MOVES[item.kind](item, new[place], actor)
    refresh_plans(held)
    report.save()
    counts = {str(moved): sum(item.kind == moved for item in held.items) for moved in Moved}
    data = {"kind": str(kind), "reason": reason, "records": held.records, "moved": counts}
    record("organisation.reorganise", actor=actor, subject=report, data=data)
    return report


def hold_offices(old: list[OrgUnit], new: list[OrgUnit]) -> tuple[list[OrgUnit], list[OrgUnit]]:
    """Return the offices as they are now, held until the end of the transaction: one reorganisation at a time."""
    keys = [office.pk for office in [*old, *new] if office.pk]
    stored = {one.pk: one for one in OrgUnit.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    return [stored[one.pk] for one in old], [stored[one.pk] if one.pk else one for one in new]


def check(kind: Kind, old: list[OrgUnit], new: list[OrgUnit]) -> None:
    """Raise `ValidationError` unless `old` can become `new`."""
    founded = [office for office in new if not office.pk]
    if not old:
        raise ValidationError(_("Please choose the office that is reorganised."))
    if kind == Kind.RENAME and not (len(old) == len(new) == len(founded) == 1):
        raise ValidationError(_("One office gets one new code and name."))
    if kind == Kind.MERGE and (len(new) != 1 or (founded and len(old) < 2)):
        raise ValidationError(
            _("Please choose at least two offices that become a new one, or one that goes into another.")
        )
    if kind == Kind.SPLIT and (len(old) != 1 or len(new) < 2):
        raise ValidationError(_("An office is split into at least two. Please name both."))
    for office in old:
        if office.closed_on:
            raise ValidationError(_("%s has been closed already.") % office)
    kept = [office.pk for office in new if office.pk]
    if len(set(kept)) != len(kept):
        raise ValidationError(_("Please name each office only once."))
    for office in new:
        check_target(office, old)


def check_target(office: OrgUnit, old: list[OrgUnit]) -> None:
    """Raise `ValidationError` unless `office` can take over from `old`."""
    if office.closed_on:
        raise ValidationError(_("%s has been closed and cannot take anything over.") % office)
    if office in old:
        raise ValidationError(_("%s cannot go on as itself. Please choose another office.") % office)
    if not office.pk:
        office.clean_fields()
        taken = OrgUnit.objects.open().filter(code=office.code).exclude(pk__in=[one.pk for one in old])
        if taken.exists():
            raise ValidationError(_("The code %s belongs to another office.") % office.code)
    place = office if office.pk else office.parent
    for ending in old:
        if place is not None and place.path.startswith(ending.path):
            raise ValidationError(
                _("%(part)s is part of %(office)s, which ends. Please put it elsewhere first.")
                % {"part": place, "office": ending}
                if office.pk
                else _("%s ends: the new office cannot be part of it. Please choose another place.") % ending
            )


def assign(held: Holdings, new: list[OrgUnit], targets: dict[str, int]) -> list[tuple[Item, int]]:
    """Return each item with the place in `new` of the office that it goes to. Raises `ValidationError`."""
    if len(new) == 1:
        return [(item, 0) for item in held.items]
    missing = [item.label for item in held.items if targets.get(item.key) not in range(len(new))]
    if missing:
        raise ValidationError(_("Please say for each of these where it goes: %s.") % ", ".join(missing))
    return [(item, targets[item.key]) for item in held.items]


def label_of(old: list[OrgUnit], new: list[OrgUnit]) -> str:
    return " → ".join(", ".join(str(office) for office in offices) for offices in (old, new))


def line_of(item: Item, office: OrgUnit) -> dict:
    return {
        "kind": str(item.kind),
        "what": item.label,
        "hint": item.hint,
        "from": str(item.office),
        "to": str(office),
    }


def close_and_found(old: list[OrgUnit], new: list[OrgUnit]) -> None:
    """End the old offices, so that their codes are free, then found the new ones."""
    today = timezone.localdate()
    OrgUnit.objects.filter(pk__in=[office.pk for office in old]).update(closed_on=today)
    for office in new:
        if not office.pk:
            office.full_clean()
            office.save()
    for office in old:
        office.successors.set(new)


def move_unit(item: Item, office: OrgUnit, actor) -> None:
    save_unit(item.thing, actor=actor, refresh=False, office=office)


def move_shares(item: Item, office: OrgUnit, actor) -> None:
    pass_on(item.office, office, item.thing, actor=actor)


def move_child(item: Item, office: OrgUnit, actor) -> None:
    item.thing.parent = office
    item.thing.save()


def move_member(item: Item, office: OrgUnit, actor) -> None:
    """End a membership yesterday and begin it today in the other office; one that has not begun changes its office."""
    old: Membership = item.thing
    today = timezone.localdate()
    there = Membership.objects.filter(user=old.user, org_unit=office, role=old.role).first()
    has_begun = old.starts is None or old.starts < today
    if there is None and not has_begun:
        old.org_unit = office
        old.save()
        return
    if there is None:
        there = Membership(user=old.user, org_unit=office, role=old.role, source=old.source, starts=today)
        there.ends, there.final_sign = old.ends, old.final_sign
    else:
        take_in(there, old, today)
    there.save()
    old.ends = today - datetime.timedelta(days=1)
    old.starts = min(old.starts, old.ends) if old.starts else None
    old.save()


def take_in(there: Membership, old: Membership, today: datetime.date) -> None:
    """Let a membership that a person already has, or had, in the other office do for both."""
    lasts = there.ends is None or there.ends >= today
    there.final_sign = old.final_sign or (lasts and there.final_sign)
    if there.starts and there.starts > today:
        there.starts = max(today, old.starts or today)
    if not lasts or old.ends is None:
        there.ends = old.ends
    elif there.ends is not None:
        there.ends = max(there.ends, old.ends)


MOVES = {
    Moved.UNIT: move_unit,
    Moved.SHARE: move_shares,
    Moved.MEMBER: move_member,
    Moved.CHILD: move_child,
}


def refresh_plans(held: Holdings) -> None:
    """Derive anew who may read where, once for each plan concerned."""
    scopes = [item.thing.scope for item in held.items if item.kind == Moved.UNIT]
    scopes += [given.scope for item in held.items if item.kind == Moved.SHARE for given in item.thing]
    for root in sorted({scope.line_ids[0] for scope in scopes}):
        refresh_readers(Scope.objects.get(pk=root))
