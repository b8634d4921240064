"""Who may see one file, case or document beyond its place in the plan: shared, protected, excluded, lent for work.

Each of these opens a scope at the record; when the last grant in it has ended it is folded again, so that there are
as many scopes as there are differences, not as there were. Records are held before scopes, never the other way.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from doakte_content.access import actions as access
from doakte_content.access.models import Cause, Grant, Scope
from doakte_content.access.notices import tell
from doakte_content.access.policies import Right, acts_for
from doakte_content.access.queries import people_of
from doakte_content.access.readers import hold, refresh_readers, remove_ended
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.organisation.names import name_of

from .journalling import journal
from .locks import lock_with_contents
from .models import Record
from .policies import check_may_share, check_right, right_to_share

#: What people give and take back by hand.
BY_HAND = (Cause.SHARE, Cause.PROTECTION, Cause.EXCLUSION)
#: What a step of work gives, and takes back when it is done.
BY_WORK = (Cause.CIRCULATION, Cause.EMERGENCY)


def place_of_scope(scope: Scope) -> Record | FilePlanUnit:
    """Return the unit or record that opened a scope. Raises `Record.DoesNotExist`."""
    unit = FilePlanUnit.objects.filter(uuid=scope.owner_uuid).first()
    return unit or Record.objects.select_related("scope").get(uuid=scope.owner_uuid).specific


def scopes_inside(record: Record):
    """Return the scopes that a record and what lies in it have opened."""
    owners = Record.objects.filter(path__startswith=record.path).values("uuid")
    return Scope.objects.filter(owner_uuid__in=owners).exclude(path="")


def own_scope(record: Record) -> Scope:
    """Return the scope that a locked record opens, opening it where it has none. Touches only what lies in it."""
    if record.scope.owner_uuid == record.uuid:
        return record.scope
    above = hold(record.scope)
    scope = access.open_scope(record.uuid, above, refresh=False)
    if inner := list(scopes_inside(record).exclude(pk=scope.pk)):
        access.move_scopes(inner, above, scope)
    Record.objects.filter(path__startswith=record.path, scope=above).update(scope=scope)
    record.scope = scope
    return scope


def fold_if_empty(record: Record) -> bool:
    """Let a locked record stand in the scope above again when its own holds neither a grant nor a cut.

    Return whether it did.
    """
    scope = record.scope
    if scope.owner_uuid != record.uuid or scope.cut or Grant.objects.current().filter(scope=scope).exists():
        return False
    above = scope.parent
    Record.objects.filter(path__startswith=record.path, scope=scope).update(scope=above)
    access.fold_scope(scope)
    record.scope = above
    return True


def fold_or_refresh(place: Record | FilePlanUnit) -> None:
    """Bring the rights at a held place up to date when grants of its own have ended, folding its scope if it may."""
    if isinstance(place, FilePlanUnit) or not fold_if_empty(place):
        refresh_readers(place.scope)


def held(place: Record | FilePlanUnit) -> Record | FilePlanUnit:
    """Hold a place, with what lies in it, and return it as it is now. Units of the plan stay where they are."""
    return place if isinstance(place, FilePlanUnit) else lock_with_contents(place)


def scope_for(place: Record | FilePlanUnit) -> Scope:
    """Return the scope in which something is granted on a held place alone."""
    return place.scope if isinstance(place, FilePlanUnit) else own_scope(place)


def check_principal(*, actor, user=None, org_unit=None, role=None, ends=None) -> None:
    """Raise `ValidationError` unless something can be granted to this person, office or role until `ends`."""
    if user is not None and not user.is_active:
        raise ValidationError({"user": _("%s has left. Please choose somebody else.") % name_of(user)})
    if user is not None and actor is not None and user.pk == actor.pk:
        raise ValidationError({"user": _("You cannot share something with yourself.")})
    if org_unit is not None and org_unit.closed_on and org_unit.closed_on <= timezone.localdate():
        raise ValidationError(
            {"org_unit": _("%s has been closed. Please choose the office that took its place.") % org_unit}
        )
    if ends is not None and ends <= timezone.now():
        raise ValidationError({"ends": _("The end lies in the past. Please choose a later day.")})


def absent_for(actor, right: Right, place: Record | FilePlanUnit):
    """Return for whom `actor` acts (R55). To be asked before an action changes who may what."""
    return acts_for(actor, right, place) if actor else None


@transaction.atomic
def share(
    place: Record | FilePlanUnit,
    right: Right,
    *,
    user=None,
    org_unit=None,
    role=None,
    ends=None,
    reason: str = "",
    actor=None,
) -> Grant:
    """Give a person, an office, a role, or a role in an office a right on a unit, file, case or document (R57).

    `ends` is a point in time or None. Nobody gives more than they hold. A person who is let into a protected record
    for good is named there like those before, and can be the one who manages it. Raises `PermissionDenied`, or
    `ValidationError` for somebody who has left, a closed office, an end in the past, oneself, what is given already,
    or a right that the record's state leaves no use for.
    """
    right = Right(right)
    place = held(place)
    check_may_share(actor, place, right)
    check_of_use(place, right)
    deputy_for = absent_for(actor, right_to_share(place), place)
    check_principal(actor=actor, user=user, org_unit=org_unit, role=role, ends=ends)
    scope = scope_for(place)
    same = Grant.objects.current().filter(
        scope=scope, user=user, org_unit=org_unit, role=role, right__gte=right, cause__in=BY_HAND
    )
    if ends is None:
        same = same.filter(ends__isnull=True)
    else:
        same = same.filter(Q(ends__isnull=True) | Q(ends__gte=ends))
    if given := same.first():
        raise ValidationError(_("%s has this right here already.") % given.principal_label)
    named = isinstance(place, Record) and place.protected and user is not None and ends is None
    given = access.grant(
        scope,
        right,
        user=user,
        org_unit=org_unit,
        role=role,
        ends=ends,
        reason=reason.strip(),
        cause=Cause.PROTECTION if named else Cause.SHARE,
        actor=actor,
        deputy_for=deputy_for,
        label=str(place),
    )
    tell_holders(given, place, actor=actor)
    return given


def check_of_use(place: Record | FilePlanUnit, right: Right) -> None:
    """Raise `ValidationError` when nobody could use `right` on a held record: it is cancelled, or only read."""
    if not isinstance(place, Record):
        return
    if place.is_cancelled:
        raise ValidationError(_("%s has been cancelled and is not shared any more.") % place)
    if place.is_closed and right == Right.EDIT:
        raise ValidationError(
            {"right": _("%s is closed (z.d.A.) and can only be read. Please choose “read”.") % place}
        )


def tell_holders(given: Grant, place: Record | FilePlanUnit, *, actor=None) -> None:
    """Tell those who have been given something; not everybody in the city who has a role."""
    if given.role_id and not given.org_unit_id:
        return
    people = people_of(given).exclude(pk=actor.pk) if actor else people_of(given)
    kind = "access.named" if given.cause == Cause.PROTECTION else "access.shared"
    label = place.reference if isinstance(place, Record) else place.number
    tell(people, kind, subject=place, label=label, actor=actor)


@transaction.atomic
def exclude(record: Record, user, *, reason: str, ends=None, actor=None) -> Grant:
    """Keep a person out of a record whatever else lets them in, for example for bias (§§ 20, 21 VwVfG, R57).

    Who manages the place excludes others; everybody who may edit can exclude themselves. Raises `PermissionDenied`,
    or `ValidationError` without a reason, for whoever is excluded already and for the last manager.
    """
    oneself = actor is not None and user.pk == actor.pk
    record = held(record)
    needed = Right.EDIT if oneself else Right.MANAGE
    check_right(actor, needed, record)
    deputy_for = absent_for(actor, needed, record)
    if not reason.strip():
        raise ValidationError({"reason": _("Please give a reason. It is kept with the record.")})
    check_principal(actor=None, user=user, ends=ends)
    scope = scope_for(record)
    if Grant.objects.current().filter(scope=scope, user=user, cause=Cause.EXCLUSION).exists():
        raise ValidationError({"user": _("%s is excluded here already.") % name_of(user)})
    given = access.grant(
        scope,
        Right.EXCLUDED,
        user=user,
        ends=ends,
        reason=reason.strip(),
        cause=Cause.EXCLUSION,
        actor=actor,
        deputy_for=deputy_for,
        label=str(record),
    )
    for lost in managing_grants().filter(scope__path__startswith=scope.path, user=user):
        check_manager_left(lost.scope)
    return given


def managing_grants():
    """Return the grants by which active people manage protected records for good, exclusions aside."""
    return (
        Grant.objects.current()
        .filter(cause=Cause.PROTECTION, right=Right.MANAGE, ends__isnull=True, user__is_active=True)
        .select_related("scope")
    )


def check_manager_left(scope: Scope) -> None:
    """Raise `ValidationError` unless an active person who is not excluded manages a protected place for good."""
    excluded = Grant.objects.current().filter(cause=Cause.EXCLUSION, scope__in=scope.line_ids)
    if not managing_grants().filter(scope=scope).exclude(user__in=excluded.values("user")).exists():
        raise ValidationError(_("Somebody must be able to manage the record. Name another person first."))


@transaction.atomic
def withdraw(given: Grant, *, actor=None) -> None:
    """Take back what was given by hand, at once. Who gave it may, and who manages the place.

    Raises `PermissionDenied`, or `ValidationError` for what has ended already and for the last manager of a
    protected record.
    """
    place = held(place_of_scope(given.scope))
    needed = right_to_withdraw(actor, given)
    check_right(actor, needed, place)
    deputy_for = absent_for(actor, needed, place)
    given = Grant.objects.select_for_update(of=("self",)).get(pk=given.pk)
    if not given.is_current or given.cause not in BY_HAND:
        raise ValidationError(_("This right has ended already."))
    access.revoke(given, actor=actor, deputy_for=deputy_for, label=str(place), refresh=False)
    if given.cause == Cause.PROTECTION and given.right == Right.MANAGE:
        check_manager_left(given.scope)
    fold_or_refresh(place)


def right_to_withdraw(actor, given: Grant) -> Right:
    """Return what it takes to take back `given`: to manage the place, or to work with it for who shared it."""
    own = actor is not None and given.created_by_id == actor.pk and given.cause == Cause.SHARE
    return Right.EDIT if own else Right.MANAGE


@transaction.atomic
def confirm(given: Grant, *, actor=None) -> None:
    """Let stand for another year what somebody has been given, after the responsible office has looked at it.

    Who manages the place may. Raises `PermissionDenied`, or `ValidationError` for what has ended already.
    """
    place = place_of_scope(given.scope)
    check_right(actor, Right.MANAGE, place)
    given = Grant.objects.select_for_update(of=("self",)).get(pk=given.pk)
    if not given.is_current:
        raise ValidationError(_("This right has ended already."))
    deputy_for = absent_for(actor, Right.MANAGE, place)
    access.confirm(given, actor=actor, deputy_for=deputy_for, label=str(place))


def shares_within(record: Record):
    """Return the shares of a record and of what lies in it that end when it is protected or moved to a protected place.

    Not those of a part that is protected itself: who is named there has been named there.
    """
    cut = list(
        scopes_inside(record).filter(cut=True).exclude(owner_uuid=record.uuid).values_list("path", flat=True)
    )
    shares = Grant.objects.current().filter(cause=Cause.SHARE, scope__in=scopes_inside(record))
    for path in cut:
        shares = shares.exclude(scope__path__startswith=path)
    return shares.select_related("scope", "user", "org_unit", "role")


def end_shares(record: Record, *, actor=None, deputy_for=None) -> list[Grant]:
    """End the shares of a locked record and of what lies in it; return them.

    Its own scope stays open: the caller closes it off or takes it elsewhere, and brings it up to date by that.
    """
    ended = list(shares_within(record))
    places = {given.scope: place_of_scope(given.scope) for given in ended}
    for given in ended:
        label = str(places[given.scope])
        access.revoke(given, actor=actor, deputy_for=deputy_for, label=label, refresh=False)
    for place in places.values():
        if place.pk != record.pk:
            fold_or_refresh(place)
    return ended


@transaction.atomic
def protect(record: Record, people: Iterable, *, editors=(), readers=(), actor=None) -> list[Grant]:
    """Cut a record off from the rights of the places above: only those named enter it and what lies in it (R57, W7).

    `people` manage it, `editors` and `readers` may do less. Shares end, also of what lies in it, and are returned; a
    part that is protected itself stays as it is, and so does what a step of work has lent. Raises `ValidationError`
    when nobody who is still there would manage it, or when it is protected already.
    """
    record = lock_with_contents(record)
    check_right(actor, Right.MANAGE, record)
    deputy_for = absent_for(actor, Right.MANAGE, record)
    if record.protected:
        raise ValidationError(_("%s is protected already.") % record)
    named: dict = {}
    for right, group in ((Right.READ, readers), (Right.EDIT, editors), (Right.MANAGE, people)):
        named |= dict.fromkeys(group, right)
    if Right.MANAGE not in named.values():
        raise ValidationError(_("Please name at least one person. Nobody could open the record otherwise."))
    for person in named:
        check_principal(actor=None, user=person)
    own_scope(record)
    ended = end_shares(record, actor=actor, deputy_for=deputy_for)
    enclose(record, named, actor=actor, deputy_for=deputy_for)
    check_manager_left(record.scope)
    journal(
        "record.protect",
        actor=actor,
        deputy_for=deputy_for,
        subject=record,
        data={"people": [name_of(person) for person in named], "ended": [str(one.uuid) for one in ended]},
    )
    return ended


def enclose(record: Record, named: dict, *, actor=None, deputy_for=None) -> None:
    """Cut off the scope that a record opens and let {person: right} enter."""
    for person, right in named.items():
        given = access.grant(
            record.scope,
            right,
            user=person,
            cause=Cause.PROTECTION,
            actor=actor,
            deputy_for=deputy_for,
            label=str(record),
            refresh=False,
        )
        tell_holders(given, record, actor=actor)
    access.set_cut(record.scope, True)


@transaction.atomic
def unprotect(record: Record, *, reason: str, actor=None) -> None:
    """Lift the protection: whoever has rights in the place above enters again. Who was named loses that.

    Raises `ValidationError` without a reason or where nothing is protected.
    """
    record = lock_with_contents(record)
    check_right(actor, Right.MANAGE, record)
    deputy_for = absent_for(actor, Right.MANAGE, record)
    if not reason.strip():
        raise ValidationError({"reason": _("Please give a reason. It is kept with the record.")})
    if not record.protected:
        raise ValidationError(_("%s is not protected.") % record)
    for given in Grant.objects.current().filter(scope=record.scope, cause=Cause.PROTECTION):
        access.revoke(given, actor=actor, deputy_for=deputy_for, label=str(record), refresh=False)
    access.set_cut(record.scope, False)
    record.scope.refresh_from_db()
    fold_if_empty(record)
    journal(
        "record.unprotect",
        actor=actor,
        deputy_for=deputy_for,
        subject=record,
        data={"reason": reason.strip()},
    )


@transaction.atomic
def lend(
    record: Record,
    right: Right,
    people: Iterable,
    *,
    reference,
    reason: str = "",
    ends=None,
    cause: Cause = Cause.CIRCULATION,
    actor=None,
) -> list[Grant]:
    """Give people what a step of work needs on exactly this record, until `take_back(reference)` or `ends` (R57).

    `reference` is the identifier of that step. The step's own action has asked who may do that.
    """
    people = list(people)
    if not people:
        return []
    record = lock_with_contents(record)
    scope = own_scope(record)
    given = [
        access.grant(
            scope,
            right,
            user=person,
            cause=cause,
            reference=reference,
            reason=reason,
            ends=ends,
            actor=actor,
            label=str(record),
            refresh=False,
        )
        for person in people
    ]
    refresh_readers(scope)
    return given


@transaction.atomic
def take_back(reference, *, people: Iterable | None = None, actor=None) -> None:
    """End what a step of work has lent, to all or to some people: it is done, cancelled or skipped."""
    lent = Grant.objects.current().filter(reference=reference, cause__in=BY_WORK)
    if people is not None:
        lent = lent.filter(user__in=people)
    end(lent.select_related("scope"), actor=actor)


def end(grants: Iterable[Grant], *, actor=None) -> None:
    """Revoke grants on records, each place once, and fold what is empty by that."""
    by_scope: dict[Scope, list[Grant]] = {}
    for given in grants:
        by_scope.setdefault(given.scope, []).append(given)
    places = [(scope, place_of_scope(scope)) for scope in by_scope]
    # All records before the first scope, the deepest first.
    deepest_first = sorted(places, key=lambda one: -one[1].depth)
    held_records = {scope: lock_with_contents(record) for scope, record in deepest_first}
    for scope, group in by_scope.items():
        record = held_records[scope]
        for given in group:
            access.revoke(given, actor=actor, label=str(record), refresh=False)
        fold_or_refresh(record)


def fold_ended(limit: int = 200) -> int:
    """Fold the scopes of records whose last grant has run out; return their number.

    Rights end on time without it: every question asks for the end. This only tidies up.
    """
    remove_ended()
    over = Scope.objects.filter(cut=False, grants__ends__lte=timezone.now(), grants__revoked_at__isnull=True)
    over = over.exclude(path="").exclude(grants__in=Grant.objects.current())
    owners = Record.objects.filter(uuid__in=over.values("owner_uuid"))
    folded = 0
    for record in owners[:limit]:
        with transaction.atomic():
            fold_if_empty(lock_with_contents(record.specific))
            folded += 1
    return folded
