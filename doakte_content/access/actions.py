"""Opening scopes, granting and revoking. Each change touches scopes and readers, never a record."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone

from doakte_content.journal.actions import record
from doakte_content.organisation.changes import changing, require
from doakte_content.organisation.enums import Right
from doakte_content.organisation.models import OrgUnit, Role

from .models import Cause, Grant, Scope, ScopeReader
from .readers import derive, hold, passing_at, refresh_passing, refresh_readers


def open_scope(
    owner_uuid,
    parent: Scope | None,
    *,
    cut: bool = False,
    office: OrgUnit | None = None,
    actor=None,
    refresh: bool = True,
) -> Scope:
    """Open a scope below `parent` for the object `owner_uuid` and return it; a folded one is opened again.

    `office` is responsible for it from the beginning: as nothing lies in a new place, that gives nobody rights in
    records. With `refresh` False the caller calls `refresh_readers` afterwards (mass imports).
    """
    scope = Scope.objects.filter(owner_uuid=owner_uuid).first() or Scope(owner_uuid=owner_uuid)
    scope.parent, scope.cut = parent, cut
    scope.enclosed = cut or bool(parent and parent.enclosed)
    scope.office = office
    scope.save()
    if office:
        grant_to_owners([scope], owning_roles(), actor=actor)
    if refresh:
        refresh_readers(scope)
    return scope


@transaction.atomic
def fold_scope(scope: Scope) -> None:
    """Close a scope in which nothing is granted any more: what lay below belongs to the place above again.

    The row stays, for the history of its grants. The caller has taken everything out that stood in it. Whether its
    readers are up to date makes no difference: they go.
    """
    scope = hold(scope)
    if below := list(Scope.objects.filter(path__startswith=scope.path).exclude(pk=scope.pk)):
        move_scopes(below, scope, scope.parent)
    passing = passing_at([scope.pk])
    ScopeReader.objects.filter(scope=scope).delete()
    Scope.objects.filter(pk=scope.pk).update(parent=None, path="", cut=False, enclosed=False)
    refresh_passing(scope.parent, removed=passing, added=set())


@transaction.atomic
def move_scopes(scopes: Iterable[Scope], old: Scope, new: Scope) -> None:
    """Put scopes that lie in `old`, with all below them, into `new`: they inherit from there now.

    `scopes` are complete downwards. The number of queries does not depend on how many they are.
    """
    old, new = hold(old), hold(new)
    keys = [one.pk for one in scopes]
    moved = Scope.objects.filter(pk__in=keys)
    tops = list(moved.filter(parent=old).values_list("pk", flat=True))
    if not tops:
        return
    passing = passing_at(tops)
    moved.filter(pk__in=tops).update(parent=new)
    moved.update(path=Concat(Value(new.path), Substr(F("path"), len(old.path) + 1)))
    refresh_passing(old, removed=passing, added=set())
    derive(new, list(moved), Q(scope__in=keys))
    refresh_passing(new, removed=set(), added=passing_at(tops))


@transaction.atomic
def set_cut(scope: Scope, cut: bool) -> None:
    """Cut a scope off from the grants of the places above, or join it to them again (W7)."""
    scope.cut = cut
    Scope.objects.filter(pk=scope.pk).update(cut=cut)
    refresh_readers(scope)


@transaction.atomic
def grant(
    scope: Scope,
    right: Right,
    *,
    user=None,
    org_unit=None,
    role=None,
    cause: Cause = Cause.SHARE,
    reference=None,
    reason: str = "",
    ends=None,
    actor=None,
    deputy_for=None,
    label: str = "",
    refresh: bool = True,
) -> Grant:
    """Give a person, an office, a role, or a role in an office `right` in `scope`; return the grant.

    `label` names the place in the journal, `deputy_for` whom `actor` acts for (R55).
    Raises `ValidationError` when the principal is not exactly one of these.
    """
    given = Grant(
        scope=scope,
        right=right,
        user=user,
        org_unit=org_unit,
        role=role,
        cause=cause,
        reference=reference,
        reason=reason,
        ends=ends,
        created_by=actor,
    )
    given.clean()
    given.save()
    if cause not in (Cause.OWNER, Cause.ROLE):
        data = describe(given)
        record("access.grant", actor=actor, deputy_for=deputy_for, subject=scope, label=label, data=data)
    if refresh:
        refresh_readers(scope)
    return given


@transaction.atomic
def revoke(given: Grant, *, actor=None, deputy_for=None, label: str = "", refresh: bool = True) -> None:
    """End a grant now. The row stays as history; `label` and `deputy_for` as in `grant`."""
    given.revoked_at, given.revoked_by = timezone.now(), actor
    given.save(update_fields=["revoked_at", "revoked_by"])
    data = describe(given)
    record("access.revoke", actor=actor, deputy_for=deputy_for, subject=given.scope, label=label, data=data)
    if refresh and given.scope.path:
        refresh_readers(given.scope)


@transaction.atomic
def confirm(given: Grant, *, actor=None, deputy_for=None, label: str = "") -> None:
    """Keep that a grant has been looked at and stays; `label` and `deputy_for` as in `grant`."""
    given.reviewed_at, given.reviewed_by = timezone.now(), actor
    given.save(update_fields=["reviewed_at", "reviewed_by"])
    data = describe(given)
    record("access.confirm", actor=actor, deputy_for=deputy_for, subject=given.scope, label=label, data=data)


def describe(given: Grant) -> dict:
    """Return a grant as plain values for the journal."""
    return {
        "grant": str(given.uuid),
        "scope": given.scope_id,
        "place": str(given.scope.owner_uuid),
        "principal": given.principal_label,
        "right": Right(given.right).name.lower(),
        "cause": given.cause,
        "reason": given.reason,
        "ends": given.ends.isoformat() if given.ends else None,
    }


def set_owner(scope: Scope, org_unit: OrgUnit | None, *, actor=None, refresh: bool = True) -> None:
    """Make `org_unit` the office that owns `scope`: its members get the rights of their roles there (R57).

    `org_unit` None withdraws the ownership, so that the place above decides. With `refresh` False the caller
    refreshes the readers inside the same change (`organisation.changes.changing`).
    Raises `GivesRights` when `actor` would gain by it (R61).
    """
    if scope.office_id == (org_unit.pk if org_unit else None):
        return
    if not refresh:
        require()
    with changing(actor):
        scope.office = org_unit
        Scope.objects.filter(pk=scope.pk).update(office=org_unit)
        Grant.objects.current().filter(scope=scope, cause=Cause.OWNER).update(
            revoked_at=timezone.now(), revoked_by=actor
        )
        if org_unit:
            grant_to_owners([scope], owning_roles(), actor=actor)
        if refresh:
            refresh_readers(scope)


def owning_roles():
    """Return the roles that carry rights in the part of the plan for which their office is responsible."""
    return Role.objects.filter(owner_right__gte=Right.READ)


def grant_to_owners(scopes: Iterable[Scope], roles: Iterable[Role], *, actor=None) -> None:
    """Give the members of the offices that own `scopes` what these roles carry there."""
    roles = list(roles)
    Grant.objects.bulk_create(
        Grant(
            scope=scope,
            org_unit_id=scope.office_id,
            role=role,
            right=role.owner_right,
            cause=Cause.OWNER,
            created_by=actor,
        )
        for scope in scopes
        for role in roles
    )


@transaction.atomic
def set_house_rights(scope: Scope, *, actor=None, refresh: bool = True) -> None:
    """Give the roles that reach the whole plan (records office) their right at the plan's scope."""
    for role in Role.objects.filter(everywhere_right__gte=Right.READ):
        if not Grant.objects.current().filter(scope=scope, role=role, cause=Cause.ROLE).exists():
            grant(
                scope, Right(role.everywhere_right), role=role, cause=Cause.ROLE, actor=actor, refresh=False
            )
    if refresh:
        refresh_readers(scope)


@transaction.atomic
def apply_role(role: Role, *, actor=None) -> None:
    """Bring the rights that a role carries, in its offices' parts and in whole plans, to what it says now (W6).

    Inside the change of the role (`organisation.changes.changing`), which is judged as a whole.
    """
    require()
    given = Grant.objects.current().filter(role=role)
    outdated = (given.filter(cause=Cause.OWNER).exclude(right=role.owner_right)) | (
        given.filter(cause=Cause.ROLE).exclude(right=role.everywhere_right)
    )
    outdated.update(revoked_at=timezone.now(), revoked_by=actor)
    plans = list(Scope.objects.filter(parent=None).exclude(path=""))
    if role.owner_right >= Right.READ:
        holding = given.filter(cause=Cause.OWNER).values("scope")
        owned = Scope.objects.filter(office__isnull=False).exclude(path="").exclude(pk__in=holding)
        grant_to_owners(owned, [role], actor=actor)
    for plan in plans:
        set_house_rights(plan, actor=actor)


@transaction.atomic
def pass_on(old: OrgUnit, new: OrgUnit, grants: Iterable[Grant], *, actor=None) -> list[Grant]:
    """Give what was shared with an office to the one that takes its place (R58); return the new grants.

    Cause, reason and end stay; the old grants stay as history. The caller refreshes the readers of the plan, inside
    the change (`organisation.changes.changing`) that closes the office.
    """
    require()
    passed = []
    for one in grants:
        if one.org_unit_id != old.pk:
            raise ValueError(f"{one} was not given to {old}")
        revoke(one, actor=actor, refresh=False)
        passed.append(
            grant(
                one.scope,
                Right(one.right),
                org_unit=new,
                role=one.role,
                cause=Cause(one.cause),
                reference=one.reference,
                reason=one.reason,
                ends=one.ends,
                actor=actor,
                refresh=False,
            )
        )
    return passed
