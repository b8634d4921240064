"""Deriving the readers of scopes from the grants. Only differences are written: most changes touch a few rows."""

from collections import defaultdict

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from doakte_content.organisation.enums import Right

from .models import Cause, Grant, Scope, ScopeReader

#: (principal, right, end)
Entry = tuple


def hold(scope: Scope) -> Scope:
    """Let changes of access in a plan happen one after the other; return the scope as it is now.

    Each derives from what the one before has left. Taken last, after the locks on records: never the other way.
    """
    first = Scope.objects.only("path").get(pk=scope.pk)
    Scope.objects.select_for_update().get(pk=(first.line_ids or [scope.pk])[0])
    return Scope.objects.get(pk=scope.pk)


@transaction.atomic
def refresh_readers(scope: Scope) -> None:
    """Derive the readers of `scope`, of all scopes below it, and who may pass through those above it."""
    scope = hold(scope)
    below = list(Scope.objects.filter(path__startswith=scope.path))
    within = Q(scope__path__startswith=scope.path)
    before = passing_at([scope.pk])
    wanted = derive(scope.parent, below, within)
    if scope.parent_id:
        after = {entry for entry in wanted[scope.pk] if entry[1] == Right.PASS}
        refresh_passing(scope.parent, removed=before - after, added=after - before)


def derive(parent: Scope | None, scopes: list[Scope], within: Q) -> dict[int, set[Entry]]:
    """Derive the entries of scopes that are complete downwards, the uppermost of which lie in `parent`; return them.

    `within` finds what belongs to these scopes.
    """
    wanted = wanted_entries(parent, sorted(scopes, key=lambda one: len(one.line_ids)), within)
    write_differences(within, wanted)
    return wanted


def wanted_entries(parent: Scope | None, below: list[Scope], within: Q) -> dict[int, set[Entry]]:
    """Return for each scope in `below`, sorted by depth, the entries that should be there; mark the enclosed ones."""
    granted: dict[int, set[Entry]] = defaultdict(set)
    excluded: dict[int, set[Entry]] = defaultdict(set)
    for one in Grant.objects.current().filter(within):
        kept = excluded if one.cause == Cause.EXCLUSION else granted
        kept[one.scope_id].add((one.principal, one.right, one.ends))

    rights: dict[int, set[Entry]] = {}
    enclosed: dict[int, bool] = {}
    if parent:
        above = ScopeReader.objects.filter(scope=parent).exclude(right=Right.PASS)
        rights[parent.pk] = set()
        for entry in above.values_list("principal", "right", "ends"):
            kept = excluded if entry[1] == Right.EXCLUDED else rights
            kept[parent.pk].add(entry)
        enclosed[parent.pk] = parent.enclosed
    changed = []
    for one in below:
        inherited = set() if one.cut or not one.parent_id else rights[one.parent_id]
        rights[one.pk] = inherited | granted[one.pk]
        # An exclusion is not cut off: it wins everywhere below.
        excluded[one.pk] |= excluded[one.parent_id] if one.parent_id else set()
        enclosed[one.pk] = one.cut or enclosed.get(one.parent_id, False)
        if one.enclosed != enclosed[one.pk]:
            one.enclosed = enclosed[one.pk]
            changed.append(one)
    Scope.objects.bulk_update(changed, ["enclosed"], batch_size=500)

    passing: dict[int, set[Entry]] = defaultdict(set)
    for one in reversed(below):
        passing[one.pk] |= {
            (principal, Right.PASS.value, ends) for principal, _right, ends in granted[one.pk]
        }
        if one.parent_id:
            passing[one.parent_id] |= passing[one.pk]
    return {one.pk: rights[one.pk] | excluded[one.pk] | passing[one.pk] for one in below}


def write_differences(within: Q, wanted: dict[int, set[Entry]]) -> None:
    """Bring the stored entries of some scopes to what is wanted."""
    stored = ScopeReader.objects.filter(within)
    surplus, there = [], defaultdict(set)
    for pk, scope_id, principal, right, ends in stored.values_list(
        "pk", "scope", "principal", "right", "ends"
    ):
        entry = (principal, right, ends)
        if entry in wanted[scope_id] and entry not in there[scope_id]:
            there[scope_id].add(entry)
        else:
            surplus.append(pk)
    for start in range(0, len(surplus), 500):
        ScopeReader.objects.filter(pk__in=surplus[start : start + 500]).delete()
    add_entries(
        (scope_id, entry) for scope_id, entries in wanted.items() for entry in entries - there[scope_id]
    )


def add_entries(entries) -> None:
    ScopeReader.objects.bulk_create(
        (
            ScopeReader(scope_id=scope_id, principal=principal, right=right, ends=ends)
            for scope_id, (principal, right, ends) in entries
        ),
        batch_size=500,
    )


def passing_at(scope_ids, **conditions) -> set[Entry]:
    rows = ScopeReader.objects.filter(scope__in=scope_ids, right=Right.PASS, **conditions)
    return set(rows.values_list("principal", "right", "ends"))


def refresh_passing(scope: Scope | None, *, removed: set[Entry], added: set[Entry]) -> None:
    """Carry a change of who may pass up from a place below `scope`, until nothing changes any more.

    Who may pass through a place is who holds a grant there or may pass through a place right below it. The number of
    queries does not depend on how many places there are above.
    """
    if scope is None or not (removed or added):
        return
    line = scope.line_ids
    there, below, own = passing_along(line, {principal for principal, _right, _ends in removed | added})
    surplus, missing = Q(), []
    for pk in reversed(line):
        still = set().union(own[pk], *below[pk].values())
        removed, added = (removed - still) & there[pk], added - there[pk]
        if not (removed or added):
            break
        for principal, right, ends in removed:
            surplus |= Q(scope=pk, principal=principal, right=right, ends=ends)
        missing += [(pk, entry) for entry in added]
        if pk != line[0]:
            below[line[line.index(pk) - 1]][pk] = there[pk] - removed | added
    if surplus:
        ScopeReader.objects.filter(surplus).delete()
    add_entries(missing)


def passing_along(line: list[int], principals: set[str]) -> tuple[dict, dict, dict]:
    """Return who of `principals` may pass through the scopes of a line, through those right below each, by own grants.

    {scope: entries}, {scope: {scope below: entries}}, {scope: entries}.
    """
    there: dict[int, set[Entry]] = defaultdict(set)
    below: dict[int, dict[int, set[Entry]]] = defaultdict(lambda: defaultdict(set))
    own: dict[int, set[Entry]] = defaultdict(set)
    rows = ScopeReader.objects.filter(right=Right.PASS, principal__in=principals)
    rows = rows.filter(Q(scope__in=line) | Q(scope__parent__in=line))
    for pk, parent_id, *entry in rows.values_list("scope", "scope__parent", "principal", "right", "ends"):
        if pk in line:
            there[pk].add(tuple(entry))
        if parent_id in line:
            below[parent_id][pk].add(tuple(entry))
    for one in Grant.objects.current().filter(scope__in=line).exclude(cause=Cause.EXCLUSION):
        own[one.scope_id].add((one.principal, Right.PASS.value, one.ends))
    return there, below, own


def remove_ended() -> None:
    """Remove the entries whose end has passed. They have counted for nothing since."""
    ScopeReader.objects.filter(ends__lte=timezone.now()).delete()
