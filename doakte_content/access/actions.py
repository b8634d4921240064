"""Opening scopes, granting and revoking. Each change touches scopes and readers, never a record."""

from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from doakte_content.journal.actions import record
from doakte_content.organisation.enums import Right
from doakte_content.organisation.models import Role

from .models import Cause, Grant, Scope, ScopeReader


def open_scope(owner_uuid, parent: Scope | None, *, cut: bool = False, refresh: bool = True) -> Scope:
    """Open a scope below `parent` for the object `owner_uuid` and return it.

    With `refresh` False the caller calls `refresh_readers` afterwards (mass imports).
    """
    scope = Scope.objects.create(owner_uuid=owner_uuid, parent=parent, cut=cut)
    if refresh:
        refresh_readers(scope)
    return scope


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
    label: str = "",
    refresh: bool = True,
) -> Grant:
    """Give a person, an office, a role, or a role in an office `right` in `scope`; return the grant.

    `label` names the place in the journal.
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
        record("access.grant", actor=actor, subject=scope, label=label, data=describe(given))
    if refresh:
        refresh_readers(scope)
    return given


@transaction.atomic
def revoke(given: Grant, *, actor=None, label: str = "") -> None:
    """End a grant now. The row stays as history; `label` names the place in the journal."""
    given.revoked_at = timezone.now()
    given.save(update_fields=["revoked_at"])
    record("access.revoke", actor=actor, subject=given.scope, label=label, data=describe(given))
    refresh_readers(given.scope)


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


@transaction.atomic
def set_owner(scope: Scope, org_unit, *, actor=None, refresh: bool = True) -> None:
    """Make `org_unit` the office that owns `scope`: its members get the rights of their roles there (R57).

    `org_unit` None withdraws the ownership, so that the place above decides.
    """
    current = Grant.objects.current().filter(scope=scope, cause=Cause.OWNER)
    if org_unit and current.filter(org_unit=org_unit).exists():
        return
    current.update(revoked_at=timezone.now())
    if org_unit:
        Grant.objects.bulk_create(
            Grant(
                scope=scope,
                org_unit=org_unit,
                role=role,
                right=role.owner_right,
                cause=Cause.OWNER,
                created_by=actor,
            )
            for role in Role.objects.filter(owner_right__gte=Right.READ)
        )
    if refresh:
        refresh_readers(scope)


@transaction.atomic
def set_house_rights(scope: Scope, *, actor=None) -> None:
    """Give the roles that reach the whole plan (records office) their right at the plan's scope."""
    for role in Role.objects.filter(everywhere_right__gte=Right.READ):
        if not Grant.objects.current().filter(scope=scope, role=role, cause=Cause.ROLE).exists():
            grant(
                scope, Right(role.everywhere_right), role=role, cause=Cause.ROLE, actor=actor, refresh=False
            )
    refresh_readers(scope)


@transaction.atomic
def refresh_readers(scope: Scope) -> None:
    """Derive the readers of `scope`, of all scopes below it, and who may pass through those above it."""
    below = list(Scope.objects.filter(path__startswith=scope.path).order_by("path"))
    below.sort(key=lambda one: len(one.line_ids))
    granted = defaultdict(set)
    for one in Grant.objects.current().filter(scope__path__startswith=scope.path):
        granted[one.scope_id].add((one.principal, one.right, one.ends))

    rights: dict[int, set] = {}
    if scope.parent_id:
        rights[scope.parent_id] = set(
            ScopeReader.objects.filter(scope=scope.parent_id, right__gte=Right.READ).values_list(
                "principal", "right", "ends"
            )
        )
    for one in below:
        inherited = set() if one.cut or not one.parent_id else rights[one.parent_id]
        rights[one.pk] = inherited | granted[one.pk]

    passing: dict[int, set] = defaultdict(set)
    for one in reversed(below):
        passing[one.pk] |= {(principal, Right.PASS.value, ends) for principal, _, ends in granted[one.pk]}
        if one.parent_id:
            passing[one.parent_id] |= passing[one.pk]

    ScopeReader.objects.filter(scope__path__startswith=scope.path).delete()
    ScopeReader.objects.bulk_create(
        (
            ScopeReader(scope_id=one.pk, principal=principal, right=right, ends=ends)
            for one in below
            for principal, right, ends in rights[one.pk] | passing[one.pk]
        ),
        batch_size=500,
    )
    refresh_passing(scope.line_ids[:-1])


def refresh_passing(scope_ids: list[int]) -> None:
    """Derive who may pass through these scopes: everybody who has a grant somewhere below."""
    ScopeReader.objects.filter(scope__in=scope_ids, right=Right.PASS).delete()
    for above in Scope.objects.filter(pk__in=scope_ids):
        principals = {
            (one.principal, one.ends)
            for one in Grant.objects.current()
            .filter(scope__path__startswith=above.path)
            .only("user_id", "org_unit_id", "role_id", "ends")
            .distinct()
        }
        ScopeReader.objects.bulk_create(
            ScopeReader(scope=above, principal=principal, right=Right.PASS, ends=ends)
            for principal, ends in principals
        )
