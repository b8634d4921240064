"""What will be different for whom when something is shared, protected or moved: said before it happens."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doakte_content.access.explain import holders_among, people_among
from doakte_content.access.models import Cause, Grant
from doakte_content.access.queries import reaching
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.fileplan.queries import effective_rules

from .listing import known
from .models import Document, Record, RecordFile
from .sharing import BY_WORK, scopes_inside, shares_within


@dataclass(frozen=True)
class Change:
    """One thing that will be different, in a sentence, and whom or what it concerns."""

    text: str
    names: tuple[str, ...] = ()


def reach_in_words(place: Record | FilePlanUnit, user) -> str:
    """Return what whoever gets a right on `place` will see, as far as `user` knows of it. Three queries at most.

    What is protected in it stays closed.
    """
    inside = known(user).filter(path__startswith=place.path).exclude(pk=place.pk)
    if place.scope.enclosed:
        for path in (
            scopes_inside(place).filter(cut=True).exclude(pk=place.scope_id).values_list("path", flat=True)
        ):
            inside = inside.exclude(scope__path__startswith=path)
    else:
        inside = inside.exclude(scope__enclosed=True)
    counts = dict.fromkeys(("recordfile", "case", "document"), 0)
    drafts = 0
    for kind, live, count in (
        inside.order_by().values_list("content_type__model", "live").annotate(Count("pk"))
    ):
        counts[kind] += count
        drafts += 0 if live else count
    parts = [str(place)]
    for kind, count in counts.items():
        if count:
            parts.append(counted(kind, count))
    text = _("What becomes visible: %s.") % ", ".join(parts)
    if isinstance(place, Document) and not place.live:
        text += " " + _("It is a draft: only those who may edit it see it before it is approved.")
    elif drafts:
        text += (
            " "
            + ngettext(
                "%d of them is a draft, seen only by those who may edit.",
                "%d of them are drafts, seen only by those who may edit.",
                drafts,
            )
            % drafts
        )
    return text


def counted(kind: str, count: int) -> str:
    if kind == "recordfile":
        return ngettext("%d file (Akte)", "%d files (Akten)", count) % count
    if kind == "case":
        return ngettext("%d case", "%d cases", count) % count
    return ngettext("%d document", "%d documents", count) % count


def of_protecting(record: Record, named: Iterable, user) -> list[Change]:
    """Return what changes when `record` is protected for the people in `named`."""
    before = reaching(record.scope)
    lent = [one for one in before if stands_at(one, record) and one.cause in BY_WORK]
    after = ids(kept(before, lent)) | {person.pk for person in named}
    return [
        *losing(ids(before) - after, [one for one in before if one not in lent]),
        *ending(shares_within(record)),
        *staying_protected(record, user),
    ]


def of_lifting(record: Record) -> list[Change]:
    """Return what changes when the protection of `record` is lifted."""
    before = reaching(record.scope)
    own = [one for one in before if stands_at(one, record) and one.cause != Cause.PROTECTION]
    after = [*reaching(record.scope.parent), *own]
    return [*gaining(ids(after) - ids(before), after), *losing(ids(before) - ids(after), before)]


def of_moving(record: Record, target: Record | FilePlanUnit) -> list[Change]:
    """Return what changes for people when `record` is moved to `target`. Nothing, if both stand in one scope."""
    opens_scope = record.scope.owner_uuid == record.uuid
    above = record.scope.parent_id if opens_scope else record.scope_id
    if above == target.scope_id:
        return []
    if record.protected:
        return [Change(_("It stays protected: only those who are named enter it there, too."))]
    before = reaching(record.scope)
    shares = list(shares_within(record))
    ended = {one.pk for one in shares} if target.scope.enclosed else set()
    own = [one for one in before if stands_at(one, record) and one.pk not in ended]
    after = [*reaching(target.scope), *own]
    changes = [*losing(ids(before) - ids(after), before), *gaining(ids(after) - ids(before), after)]
    if target.scope.enclosed:
        changes.insert(0, Change(_("The new place is protected: only those who are named there enter.")))
        changes += ending(shares)
    elif shares:
        changes.append(Change(_("These shares stay:"), tuple(map(share_in_words, shares))))
    return changes


def of_reclassifying(record_file: RecordFile, target: FilePlanUnit, user) -> list[Change]:
    """Return what changes when a file moves below another unit, beside who may see it. What is named, `user` knows."""
    inside = known(user).filter(path__startswith=record_file.path).exclude(pk=record_file.pk)
    counts = inside.order_by().values_list("content_type__model").annotate(Count("pk"))
    parts = tuple(counted(kind, count) for kind, count in sorted(counts) if count)
    before, after = effective_rules(record_file.unit), effective_rules(target)
    changes = [
        Change(
            _("From %(old)s to %(new)s: the file gets a new Aktenzeichen, and what lies in it follows:")
            % {"old": record_file.unit, "new": target}
            if parts
            else _("From %(old)s to %(new)s: the file gets a new Aktenzeichen.")
            % {"old": record_file.unit, "new": target},
            parts,
        )
    ]
    if not record_file.has_own_retention and before.retention_text != after.retention_text:
        changes.append(
            Change(
                _("Retention: from %(old)s to %(new)s.")
                % {"old": before.retention_text, "new": after.retention_text}
            )
        )
    return changes


def stands_at(given: Grant, record: Record) -> bool:
    return given.scope.owner_uuid == record.uuid


def kept(grants: Iterable[Grant], lent: list[Grant]) -> list[Grant]:
    """Return `lent` with the exclusions among `grants`, which nothing but their end lifts."""
    return [*lent, *(one for one in grants if one.cause == Cause.EXCLUSION)]


def ids(grants: list[Grant]) -> set[int]:
    """Return the identifiers of the people whom `grants` let in."""
    return set(people_among(grants).values_list("pk", flat=True))


def holders(grants: list[Grant], people: set[int]) -> tuple[str, ...]:
    """Return the offices, roles and people by which those in `people` hold `grants`."""
    found = []
    for holder in holders_among(grants):
        if holder.count is None:
            if holder.grants[0].user_id in people:
                found.append(holder.label)
        elif holder.count:
            found.append(
                ngettext("%(label)s (%(count)d person)", "%(label)s (%(count)d people)", holder.count)
                % {"label": holder.label, "count": holder.count}
            )
    return tuple(found)


def losing(people: set[int], grants: list[Grant]) -> list[Change]:
    if not people:
        return []
    text = ngettext(
        "%d person will not see it any more. These rights end here:",
        "%d people will not see it any more. These rights end here:",
        len(people),
    )
    return [Change(text % len(people), holders(grants, people))]


def gaining(people: set[int], grants: list[Grant]) -> list[Change]:
    if not people:
        return []
    text = ngettext(
        "%d more person will see it. These rights hold then:",
        "%d more people will see it. These rights hold then:",
        len(people),
    )
    return [Change(text % len(people), holders(grants, people))]


def ending(shares: Iterable[Grant]) -> list[Change]:
    names = tuple(map(share_in_words, shares))
    return [Change(_("These shares end:"), names)] if names else []


def share_in_words(given: Grant) -> str:
    return f"{given.principal_label} – {given.get_right_display()}"


def staying_protected(record: Record, user) -> list[Change]:
    """Name what is protected in `record` already, as far as `user` knows of it."""
    own = scopes_inside(record).filter(cut=True).values("owner_uuid")
    names = tuple(map(str, known(user).filter(uuid__in=own).exclude(pk=record.pk).order_by("reference_key")))
    return (
        [Change(_("These stay protected by themselves, with the people named there:"), names)]
        if names
        else []
    )
