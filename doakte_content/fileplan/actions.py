"""Changes of the file plan. Only those who manage the plan call them (R6); views, import and commands alike."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from doakte_content.access import actions as access
from doakte_content.access.models import Scope
from doakte_content.access.policies import Capability, has_capability
from doakte_content.journal.actions import record
from doakte_content.journal.values import changed_values

from .models import FilePlan, FilePlanUnit

#: The fields of a unit that a person or an import sets.
UNIT_FIELDS = [
    "number",
    "title",
    "short_title",
    "description",
    "retention_years",
    "retention_unlimited",
    "retention_reason",
    "disposal_kind",
    "office",
    "confidentiality",
    "valid_from",
    "valid_until",
    "allows_files",
    "translations",
    "extra",
]


def check_may_manage(actor) -> None:
    """Raise `PermissionDenied` unless `actor` may change the plan; None is the system itself."""
    if actor is not None and not has_capability(actor, Capability.MANAGE_PLAN):
        raise PermissionDenied


def check_office(office) -> None:
    """Raise `ValidationError` when an office that has been closed would take over a part of the plan (R58)."""
    if office is not None and office.closed_on:
        raise ValidationError(
            {"office": _("%s has been closed. Please choose the office that took over.") % office}
        )


@transaction.atomic
def create_plan(title: str, *, actor=None, **values) -> FilePlan:
    """Create an empty plan below the root of the page tree and return it."""
    check_may_manage(actor)
    plan = FilePlan(title=title, owner=actor, **values)
    plan.scope = access.open_scope(plan.uuid, None)
    Page.get_first_root_node().add_child(instance=plan)
    access.set_house_rights(plan.scope, actor=actor)
    record("plan.create", actor=actor, subject=plan)
    return plan


#: The fields of a plan that a person sets.
PLAN_FIELDS = ["title", "version", "valid_from", "valid_until", "reference_pattern"]


@transaction.atomic
def change_plan(plan: FilePlan, *, actor=None, **values) -> dict:
    """Set `values` (among `PLAN_FIELDS`) on a plan; return {name: [old, new]}.

    A new pattern holds for files opened from now on; given references are frozen (R10).
    """
    check_may_manage(actor)
    stored = FilePlan.objects.select_for_update(of=("self", "page_ptr")).get(pk=plan.pk)
    changes = changed_values(stored, values)
    if changes:
        for name, value in values.items():
            setattr(stored, name, value)
        stored.draft_title = stored.title
        stored.full_clean()
        stored.save(clean=False)
        record("plan.change", actor=actor, subject=stored, changes=changes)
    return changes


@transaction.atomic
def create_unit(
    parent: FilePlan | FilePlanUnit, *, actor=None, refresh: bool = True, **values
) -> FilePlanUnit:
    """Create a unit below a plan or unit and return it.

    `values` are among `UNIT_FIELDS`. With `refresh` False the caller refreshes the readers of the plan's scope.
    Raises `ValidationError` when the number is taken, the parent already holds files (R7) or the office is closed.
    """
    check_may_manage(actor)
    check_office(values.get("office"))
    plan = parent if isinstance(parent, FilePlan) else parent.plan
    if FilePlanUnit.objects.filter(plan=plan, number=values["number"]).exists():
        raise ValidationError(_("The number %s is already taken in this plan.") % values["number"])
    if isinstance(parent, FilePlanUnit):
        if holds_files(parent):
            raise ValidationError(_("%s already holds files and can therefore not hold units.") % parent)
        if parent.allows_files:
            FilePlanUnit.objects.filter(pk=parent.pk).update(allows_files=False)
            parent.allows_files = False
    unit = FilePlanUnit(plan=plan, owner=actor, **values)
    unit.scope = access.open_scope(unit.uuid, parent.scope, office=unit.office, actor=actor, refresh=refresh)
    parent.add_child(instance=unit)
    record("unit.create", actor=actor, subject=unit)
    return unit


@transaction.atomic
def change_unit(unit: FilePlanUnit, *, actor=None, refresh: bool = True, **values) -> dict:
    """Set `values` (among `UNIT_FIELDS`, the number excepted) on a unit; return {name: [old, new]}.

    Saves and journals only what differs. A new office takes over the rights of the old one here.
    Raises `GivesRights`, with nothing saved, when that would give `actor` rights in records (R61).
    """
    check_may_manage(actor)
    return save_unit(unit, actor=actor, refresh=refresh, **values)


@transaction.atomic
def save_unit(unit: FilePlanUnit, *, actor, refresh: bool = True, **values) -> dict:
    """As `change_unit`, for callers that have asked for a right of their own (a reorganisation, R58)."""
    stored = FilePlanUnit.objects.select_for_update(of=("self", "page_ptr")).get(pk=unit.pk)
    changes = changed_values(stored, values)
    if not changes:
        return {}
    if "office" in changes:
        check_office(values["office"])
    for name, value in values.items():
        setattr(stored, name, value)
        setattr(unit, name, value)
    stored.draft_title = stored.title
    stored.full_clean()
    stored.save(clean=False)
    if "office" in changes:
        access.set_owner(stored.scope, stored.office, actor=actor, refresh=refresh)
    record("unit.change", actor=actor, subject=stored, changes=changes)
    return changes


@transaction.atomic
def close_unit(unit: FilePlanUnit, *, actor=None, successor: FilePlanUnit | None = None, on=None) -> None:
    """Take a unit out of use (stillgelegt): no new files, the old ones stay readable (R4). Never deleted (W11).

    `on` is the day it was closed, today by default.
    """
    check_may_manage(actor)
    unit.closed_on = on or timezone.localdate()
    unit.successor = successor
    FilePlanUnit.objects.filter(pk=unit.pk).update(closed_on=unit.closed_on, successor=successor)
    data = {"successor": successor.number} if successor else {}
    record("unit.close", actor=actor, subject=unit, data=data)


@transaction.atomic
def reopen_unit(unit: FilePlanUnit, *, actor=None) -> None:
    """Take a closed unit into use again."""
    check_may_manage(actor)
    unit.closed_on = None
    FilePlanUnit.objects.filter(pk=unit.pk).update(closed_on=None)
    record("unit.reopen", actor=actor, subject=unit)


def holds_files(unit: FilePlanUnit) -> bool:
    """Say whether files lie directly below `unit`; whoever asks, all of them count."""
    return Page.objects.child_of(unit).not_exact_type(FilePlanUnit).exists()


def refresh_plan_readers(plan: FilePlan) -> None:
    """Derive who may read where in the whole plan, after a mass change with `refresh=False`."""
    access.refresh_readers(Scope.objects.get(pk=plan.scope_id))
