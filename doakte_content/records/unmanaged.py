"""Protected records that nobody can manage any more, because all who were named to do so have left."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from doakte_content.access import actions as access
from doakte_content.access.models import Cause, Grant, Scope, ScopeReader
from doakte_content.access.notices import tell
from doakte_content.access.policies import Capability, Right, current, has_capability, right_in
from doakte_content.access.queries import people_of
from doakte_content.organisation.names import name_of
from doakte_content.organisation.queries import people_with

from .locks import lock_with_contents
from .models import Record
from .sharing import check_principal


def suspects() -> QuerySet[Scope]:
    """Return the protected places where no active person who is not excluded has been named to manage them."""
    key = Concat(Value("user:"), Cast(OuterRef("user"), CharField()))
    excluded = current(
        ScopeReader.objects.filter(scope=OuterRef("scope"), principal=key, right=Right.EXCLUDED)
    )
    managing = Grant.objects.current().filter(scope=OuterRef("pk"), right=Right.MANAGE, user__is_active=True)
    managing = managing.exclude(Exists(excluded))
    return Scope.objects.filter(cut=True).exclude(path="").filter(~Exists(managing)).order_by("pk")


def unmanaged_scopes() -> list[Scope]:
    """Return the protected places that nobody can manage any more."""
    scopes = list(suspects())
    groups = Grant.objects.current().filter(scope__in=scopes, right=Right.MANAGE, user__isnull=True)
    managed = {
        given.scope_id for given in groups.select_related("org_unit", "role") if people_of(given).exists()
    }
    return [scope for scope in scopes if scope.pk not in managed]


def unmanaged_records() -> list[Record]:
    """Return the protected records that nobody can manage any more, by reference."""
    owners = [scope.owner_uuid for scope in unmanaged_scopes()]
    return list(Record.objects.filter(uuid__in=owners).select_related("scope").order_by("reference_key"))


def explains_and_manages(user, record: Record) -> bool:
    """Say whether `user` explains access and manages the plan as a whole: the records office."""
    if not has_capability(user, Capability.EXPLAIN_ACCESS):
        return False
    top = right_in(user, record.scope.line_ids[0])
    return top is not None and top >= Right.MANAGE


def may_appoint(user, record: Record) -> bool:
    """Say whether `user` may name somebody who manages a record that nobody can manage."""
    return record.protected and explains_and_manages(user, record) and record.scope in unmanaged_scopes()


@transaction.atomic
def appoint_manager(record: Record, person, *, reason: str, actor=None) -> Grant:
    """Name somebody who manages a protected record that nobody can manage any more; data protection is told (R61).

    Raises `PermissionDenied` for others than the records office and where somebody manages it, `ValidationError`
    without a reason, for oneself, and for who has left or is excluded.
    """
    record = lock_with_contents(record)
    if actor is not None and not may_appoint(actor, record):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Please give a reason. It is kept with the record.")})
    if actor is not None and person.pk == actor.pk:
        raise ValidationError({"person": _("You cannot name yourself. Please name somebody else.")})
    check_principal(actor=None, user=person)
    if is_excluded(person, record):
        raise ValidationError(
            {"person": _("%s is excluded from this record. Please name somebody else.") % name_of(person)}
        )
    given = access.grant(
        record.scope,
        Right.MANAGE,
        user=person,
        cause=Cause.PROTECTION,
        reason=reason.strip(),
        actor=actor,
        label=record.reference,
    )
    tell([person], "access.named", subject=record, label=record.reference, actor=actor)
    tell(
        people_with(Capability.DATA_PROTECTION),
        "access.appointed",
        label=record.reference,
        data={"person": name_of(person)},
        actor=actor,
    )
    return given


def is_excluded(person, record: Record) -> bool:
    rows = ScopeReader.objects.filter(
        scope=record.scope_id, principal=f"user:{person.pk}", right=Right.EXCLUDED
    )
    return current(rows).exists()
