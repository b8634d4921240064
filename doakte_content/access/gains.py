"""Does a change of the organisation or the plan give its author rights in records? (R61)

Asked after every change of offices, memberships, deputies, roles, and of who is responsible for a part of the plan:
`organisation.changes.changing` calls `watch`. Compared is what people hold today and on every later day on which
something begins or ends, so that nobody gains tomorrow either. Rights count only where records lie: whoever sets up
an empty house gains nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import inf

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doakte_content.among import Among
from doakte_content.organisation.changes import GivesRights
from doakte_content.organisation.enums import Capability, Right
from doakte_content.organisation.models import Deputyship, Membership, OrgUnit
from doakte_content.organisation.names import name_of

from .models import Scope, ScopeReader
from .policies import keys_of
from .wagtail_policy import PASSABLE, guarded_models

#: What counts, the lowest first.
RIGHTS = (Right.READ, Right.EDIT, Right.MANAGE)
NEVER_HELD = -inf
ADVICE = gettext_lazy(
    "Ask somebody else of the administration to do it, or put it before a second person for consent."
)
#: So many places are named; of more only the number is told.
PLACES_NAMED = 5


class NotWhatWasShown(GivesRights):
    """A change that somebody has consented to would give something else by now."""


@dataclass
class Gains:
    """What people would get by a change: {(person, scope): right}, and what goes with no place."""

    rights: dict[tuple[int, int], int] = field(default_factory=dict)
    capabilities: set[tuple[int, str]] = field(default_factory=set)
    #: {(person, office): its code}: for which offices somebody could sign finally. A new office has no lasting key yet.
    signing: dict[tuple[int, int], str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rights or self.capabilities or self.signing)

    @property
    def people(self) -> set[int]:
        return {key[0] for key in (*self.rights, *self.capabilities, *self.signing)}

    def plain(self) -> list:
        """Return all of it as plain values, to be kept and compared."""
        return [
            sorted([person, scope, right] for (person, scope), right in self.rights.items()),
            sorted([person, capability] for person, capability in self.capabilities),
            sorted([person, code] for (person, _office), code in self.signing.items()),
        ]


#: {author: what somebody has consented that they may gain by the change that is being made, as `Gains.plain`}
_consented: ContextVar[dict[int, list] | None] = ContextVar("doakte_consented", default=None)


@contextmanager
def consented(author, gains: list) -> Iterator[None]:
    """Let `author` gain just `gains` by the change that is made in this block: a second person has agreed."""
    token = _consented.set({author.pk: gains})
    try:
        yield
    finally:
        _consented.reset(token)


def watch(author) -> Callable[[], None]:
    """Look at what `author` and those around them hold; return what is called after the change.

    That raises `GivesRights` if anybody of them has gained something, `NotWhatWasShown` if it is something else than
    what has been consented to.
    """
    people = circle_of(author)
    before = Holdings(people)

    def check() -> None:
        gains = gained(before, Holdings(people))
        agreed = (_consented.get() or {}).get(author.pk)
        if agreed is not None and gains.plain() != agreed:
            raise NotWhatWasShown(
                _("Something has changed since: it would give other rights by now. Please ask anew."), gains
            )
        if gains and agreed is None:
            raise GivesRights([in_words(gains, author), ADVICE], gains)

    return check


def circle_of(author) -> list[int]:
    """Return the ids of `author`, of whom they stand in for and of who stands in for them, today or later (R55)."""
    people = {author.pk}
    for absent, deputy in (
        lasting(Deputyship).filter(Q(deputy=author) | Q(absent=author)).values_list("absent", "deputy")
    ):
        people |= {absent, deputy}
    return sorted(people)


def lasting(model):
    """Return the rows of a period that has not ended."""
    return model.objects.filter(Q(ends__isnull=True) | Q(ends__gte=timezone.localdate()))


class Holdings:
    """What some people hold, today and on later days, by the rows as they are now; nothing is asked of caches."""

    def __init__(self, people: list[int]):
        self.today = timezone.localdate()
        self.people = people
        self.deputyships = list(
            lasting(Deputyship).filter(deputy__in=people).values_list("deputy", "absent", "starts", "ends")
        )
        everybody = {*people, *(absent for _deputy, absent, _starts, _ends in self.deputyships)}
        active = get_user_model().objects.filter(pk__in=everybody, is_active=True)
        self.active = set(active.values_list("pk", flat=True))
        self.memberships: dict[int, list[Membership]] = defaultdict(list)
        for one in lasting(Membership).filter(user__in=everybody).select_related("org_unit", "role"):
            self.memberships[one.user_id].append(one)
        self.readers = self._readers()

    def _readers(self) -> dict[str, list[tuple]]:
        """Return (scope, right, end) for each key that any of the people has on any day."""
        keys = {f"alone:{person}" for person in self.people}
        for person in {*self.people, *(absent for _deputy, absent, _starts, _ends in self.deputyships)}:
            keys |= keys_of(person, self.memberships[person])
        found = defaultdict(list)
        rows = ScopeReader.objects.filter(principal__in=keys, right__gte=Right.READ)
        for key, scope, right, ends in rows.values_list("principal", "scope", "right", "ends"):
            found[key].append((scope, right, ends))
        return found

    @property
    def days(self) -> set[date]:
        """Return today and the later days on which something of this begins, or has just ended."""
        periods = [(starts, ends) for _deputy, _absent, starts, ends in self.deputyships]
        periods += [(one.starts, one.ends) for held in self.memberships.values() for one in held]
        days = {starts for starts, _ends in periods if starts}
        days |= {ends + timedelta(days=1) for _starts, ends in periods if ends and ends < date.max}
        return {self.today, *(day for day in days if day > self.today)}

    def absent(self, person: int, day: date) -> set[int]:
        """Return for whom somebody stands in on a day."""
        return {
            absent
            for deputy, absent, starts, ends in self.deputyships
            if deputy == person and absent in self.active and includes(day, starts, ends)
        }

    def held_on(self, day: date, *people: int) -> list[Membership]:
        return [
            one
            for person in people
            for one in self.memberships[person]
            if includes(day, one.starts, one.ends)
        ]

    def keys(self, person: int, day: date) -> set[str]:
        """Return the keys under which somebody holds rights on a day (compare `policies.principals`)."""
        keys = {f"alone:{person}"}
        for whose in {person, *self.absent(person, day)}:
            keys |= keys_of(whose, self.held_on(day, whose))
        return keys if person in self.active else set()

    def rights(self, person: int, day: date) -> dict[int, list[float]]:
        """Return {scope: until when each right from reading upwards is held} of somebody from a day on.

        An exclusion (R57) is not asked for: it may end, and what has been given in the meantime would then count.
        """
        now = timezone.now()
        moment = now if day == self.today else timezone.make_aware(datetime.combine(day, time.min))
        held: dict[int, list[float]] = {}
        for key in self.keys(person, day):
            for scope, right, ends in self.readers.get(key, ()):
                if ends is None or ends > moment:
                    until = held.setdefault(scope, [NEVER_HELD] * len(RIGHTS))
                    for place in range(right):
                        until[place] = max(until[place], inf if ends is None else ends.timestamp())
        return held

    def capabilities(self, person: int, day: date) -> set[str]:
        """Return what somebody may do in the house on a day, in the own name."""
        own = self.held_on(day, person) if person in self.active else []
        return {capability for one in own for capability in one.role.capabilities}

    def signing(self, person: int, day: date) -> list[OrgUnit]:
        """Return the offices for which somebody signs finally on a day, as a deputy included (R51)."""
        held = self.held_on(day, person, *self.absent(person, day)) if person in self.active else []
        return [one.org_unit for one in held if one.final_sign]


def includes(day: date, starts: date | None, ends: date | None) -> bool:
    return (starts is None or starts <= day) and (ends is None or ends >= day)


def gained(before: Holdings, after: Holdings) -> Gains:
    """Return what the people of `before` hold on some day after the change, and did not before, where records lie."""
    gains = Gains()
    for day in sorted(before.days | after.days):
        for person in before.people:
            was = before.rights(person, day)
            for scope, until in after.rights(person, day).items():
                had = was.get(scope, [NEVER_HELD] * len(RIGHTS))
                for right, now, then in zip(RIGHTS, until, had, strict=True):
                    if now > then:
                        known = gains.rights.get((person, scope), Right.PASS)
                        gains.rights[person, scope] = max(right, known)
            new = after.capabilities(person, day) - before.capabilities(person, day)
            gains.capabilities |= {(person, capability) for capability in new}
            covered = tuple(unit.path for unit in before.signing(person, day))
            for unit in after.signing(person, day):
                if not unit.path.startswith(covered):
                    gains.signing[person, unit.pk] = unit.code
    if not gains or not any(model._default_manager.exists() for model in content_models()):
        return Gains()
    holding = holding_records({scope for _person, scope in gains.rights})
    gains.rights = {key: right for key, right in gains.rights.items() if key[1] in holding}
    gains.signing = {key: code for key, code in gains.signing.items() if signs_something(key[1])}
    return gains


def content_models() -> list:
    """Return the types of what lies in the plan: all guarded ones but the plan and its units."""
    return [model for model in guarded_models() if model not in PASSABLE]


def holding_records(scopes: set[int]) -> set[int]:
    """Return those of `scopes` in which a record stands, drafts and cancelled ones included."""
    found: set[int] = set()
    if scopes:
        for model in content_models():
            inside = Exists(model._default_manager.filter(scope=OuterRef("pk")))
            found |= set(
                Scope.objects.filter(Among("pk", scopes)).filter(inside).values_list("pk", flat=True)
            )
    return found


def signs_something(office: int) -> bool:
    """Say whether records lie where an office, or one below it, is responsible."""
    owned = Scope.objects.filter(office__path__contains=f"/{office}/").exclude(path="")
    return any(
        model._default_manager.filter(scope__path__startswith=path).exists()
        for path in owned.values_list("path", flat=True)
        for model in content_models()
    )


def in_words(gains: Gains, author) -> str:
    """Return what `author` is told: who would gain, and where, as far as they may know it."""
    people = get_user_model().objects.in_bulk(gains.people)
    others = sorted(name_of(person) for pk, person in people.items() if pk != author.pk)
    parts = []
    if author.pk in people:
        parts.append(_("You would get rights by this yourself."))
    if others:
        parts.append(
            _("Somebody for whom you stand in, or who stands in for you, would get rights by this: %s.")
            % ", ".join(others)
        )
    if places := named_places(gains):
        parts.append(_("Concerned: %s.") % places)
    return " ".join(parts)


def named_places(gains: Gains) -> str:
    """Return where rights would be gained: plans and units, never records, which the author need not know.

    Who changes the plan or the organisation sees the names of its units in the import and the reorganisation.
    """
    scopes = Scope.objects.filter(Among("pk", {scope for _person, scope in gains.rights} or {0}))
    lines = [scope.line_ids for scope in scopes.order_by("path").only("path")]
    above = {pk for line in lines for pk in line}
    units = {
        place.scope_id: str(place)
        for model in PASSABLE
        for place in model._default_manager.filter(Among("scope", above or {0}))
    }
    names = list(
        dict.fromkeys(
            next((units[pk] for pk in reversed(line) if pk in units), _("the file plan")) for line in lines
        )
    )
    offices = OrgUnit.objects.filter(pk__in={office for _person, office in gains.signing})
    names += [_("%s: final signature") % office for office in offices]
    labels = dict(Capability.choices)
    names += [str(labels.get(capability, capability)) for _person, capability in sorted(gains.capabilities)]
    text = ", ".join(names[:PLACES_NAMED])
    more = len(names) - PLACES_NAMED
    return f"{text} {ngettext('and %s more', 'and %s more', more) % more}" if more > 0 else text
