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
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doakte_content.among import Among
from doakte_content.organisation.changes import GivesRights
from doakte_content.organisation.enums import Capability, Right
from doakte_content.organisation.models import Deputyship, Membership, OrgUnit
from doakte_content.organisation.names import name_of
from doakte_content.organisation.queries import authority_line, closed_offices

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
    """What people would get by a change."""

    #: {(person, scope): {day: (right, until when)}}; the day is "" for today, else the first on which it would hold.
    rights: dict[tuple[int, int], dict[str, tuple[int, float | None]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    capabilities: set[tuple[int, str]] = field(default_factory=set)
    #: (person, office): whose documents, and (person, scope): what in a place somebody could sign finally.
    signing_for: set[tuple[int, int]] = field(default_factory=set)
    signing_in: set[tuple[int, int]] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.rights or self.capabilities or self.signing_for or self.signing_in)

    def plain(self) -> list:
        """Return all of it as plain values, to be kept and compared; each begins with the person."""
        return [
            sorted(
                [person, scope, sorted([day, *held] for day, held in days.items())]
                for (person, scope), days in self.rights.items()
            ),
            sorted(map(list, self.capabilities)),
            sorted(map(list, self.signing_for)),
            sorted(map(list, self.signing_in)),
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


def watch(author, *, opening: bool = False) -> Callable[[], None]:
    """Look at what `author` and those around them hold; return what is called after the change.

    Who has been deactivated may come back: their rights count, so that nobody prepares for that. With `opening`, when
    accounts are opened again, they do not.
    That raises `GivesRights` if anybody of them has gained something, `NotWhatWasShown` if it is something else than
    what has been consented to.
    """
    people = circle_of(author)
    before = Holdings(people, only_active=opening)
    before.settle()

    def check() -> None:
        gains = gained(before, Holdings(people, only_active=opening))
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
        Deputyship.objects.lasting()
        .filter(Q(deputy=author) | Q(absent=author))
        .values_list("absent", "deputy")
    ):
        people |= {absent, deputy}
    return sorted(people)


class Holdings:
    """What some people hold, today and on later days, by the rows as they are now; nothing is asked of caches."""

    def __init__(self, people: list[int], *, only_active: bool = False):
        self.today = timezone.localdate()
        self.people = people
        self.deputyships = list(
            Deputyship.objects.lasting()
            .filter(deputy__in=people)
            .values_list("deputy", "absent", "starts", "ends")
        )
        everybody = {*people, *(absent for _deputy, absent, _starts, _ends in self.deputyships)}
        counted = get_user_model().objects.filter(pk__in=everybody)
        if only_active:
            counted = counted.filter(is_active=True)
        self.counted = set(counted.values_list("pk", flat=True))
        self.memberships: dict[int, list[Membership]] = defaultdict(list)
        for one in Membership.objects.lasting().filter(user__in=everybody).select_related("org_unit", "role"):
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
            if deputy == person and absent in self.counted and includes(day, starts, ends)
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
        return keys if person in self.counted else set()

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
        own = self.held_on(day, person) if person in self.counted else []
        return {capability for one in own for capability in one.role.capabilities}

    def signing(self, person: int, day: date) -> tuple[set[int], set[int]]:
        """Return for which offices, and in which scopes, somebody signs finally on a day, as a deputy included (R51).

        A document is signed for its own office, or else for that of its place.
        """
        held = self.held_on(day, person, *self.absent(person, day)) if person in self.counted else []
        own = {one.org_unit_id for one in held if one.final_sign}
        if not own:
            return set(), set()
        offices = {office for office, line in self.authority.items() if own & line}
        return offices, {scope for scope, office in self.offices_of_scopes.items() if office in offices}

    @cached_property
    def authority(self) -> dict[int, set[int]]:
        """Return for each office whose authority covers it (`organisation.queries.authority_line`)."""
        closed = closed_offices()
        return {unit.pk: authority_line(closed.get(unit.pk, unit), closed) for unit in OrgUnit.objects.all()}

    @cached_property
    def offices_of_scopes(self) -> dict[int, int]:
        """Return the office that is responsible in each scope, by the nearest place that names one."""
        rows = list(Scope.objects.exclude(path="").values_list("pk", "path", "office"))
        named = {pk: office for pk, _path, office in rows if office}
        found = {}
        for pk, path, _office in rows:
            line = [int(one) for one in reversed(path.strip("/").split("/"))]
            if office := next((named[one] for one in line if one in named), None):
                found[pk] = office
        return found

    def settle(self) -> None:
        """Read what would be read later: the rows are about to change."""
        if any(one.final_sign for held in self.memberships.values() for one in held):
            _ = self.authority, self.offices_of_scopes


def includes(day: date, starts: date | None, ends: date | None) -> bool:
    return (starts is None or starts <= day) and (ends is None or ends >= day)


def gained(before: Holdings, after: Holdings) -> Gains:
    """Return what the people of `before` hold on some day after the change, and did not before, where records lie."""
    gains = Gains()
    for day in sorted(before.days | after.days):
        name = "" if day == before.today else day.isoformat()
        for person in before.people:
            was = before.rights(person, day)
            for scope, until in after.rights(person, day).items():
                had = was.get(scope, [NEVER_HELD] * len(RIGHTS))
                for right, now, then in zip(RIGHTS, until, had, strict=True):
                    if now > then:
                        gains.rights[person, scope][name] = (right.value, None if now == inf else now)
            new = after.capabilities(person, day) - before.capabilities(person, day)
            gains.capabilities |= {(person, capability) for capability in new}
            for kept, more, less in zip(
                (gains.signing_for, gains.signing_in),
                after.signing(person, day),
                before.signing(person, day),
                strict=True,
            ):
                kept |= {(person, one) for one in more - less}
    if not gains or not any(model._default_manager.exists() for model in content_models()):
        return Gains()
    holding = holding_records({scope for _person, scope in [*gains.rights, *gains.signing_in]})
    gains.rights = {key: days for key, days in gains.rights.items() if key[1] in holding}
    gains.signing_in = {key for key in gains.signing_in if key[1] in holding}
    named = naming_records({office for _person, office in gains.signing_for})
    gains.signing_for = {key for key in gains.signing_for if key[1] in named}
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


def naming_records(offices: set[int]) -> set[int]:
    """Return those of `offices` that a record names as its own."""
    found: set[int] = set()
    if offices:
        for model in content_models():
            naming = Exists(model._default_manager.filter(office=OuterRef("pk")))
            found |= set(OrgUnit.objects.filter(pk__in=offices).filter(naming).values_list("pk", flat=True))
    return found


def in_words(gains: Gains, author) -> str:
    """Return what `author` is told: who would gain, and where, as far as they may know it."""
    plain = gains.plain()
    lines = described(plain)
    people = get_user_model().objects.in_bulk({person for part in plain for person, *_rest in part})
    others = sorted(name_of(person) for pk, person in people.items() if pk != author.pk)
    parts = []
    if author.pk in people:
        parts.append(_("You would get rights by this yourself."))
    if others:
        parts.append(
            _("Somebody for whom you stand in, or who stands in for you, would get rights by this: %s.")
            % ", ".join(others)
        )
    names = list(dict.fromkeys(place for _person, place, _right in lines))
    text = ", ".join(names[:PLACES_NAMED])
    if (more := len(names) - PLACES_NAMED) > 0:
        text = f"{text} {ngettext('and %s more', 'and %s more', more) % more}"
    parts.append(_("Concerned: %s.") % text)
    return " ".join(parts)


def described(gains: list) -> list[tuple[str, str, str]]:
    """Return (person, place, right) of `Gains.plain`, in words: units of the plan and offices, never records.

    Who changes the plan or the organisation sees the names of units in the import and the reorganisation.
    """
    rights, capabilities, signing_for, signing_in = gains
    people = get_user_model().objects.in_bulk({person for part in gains for person, *_rest in part})
    places = places_of({scope for _person, scope, *_days in [*rights, *signing_in]})
    offices = OrgUnit.objects.in_bulk({office for _person, office in signing_for})
    labels = dict(Capability.choices)
    signature = _("final signature")
    found = [
        (person, places[scope], _held_in_words(day, right, until))
        for person, scope, days in rights
        for day, right, until in days
    ]
    found += [(person, str(offices.get(office, office)), signature) for person, office in signing_for]
    found += [(person, places[scope], signature) for person, scope in signing_in]
    found += [(person, _("the whole house"), str(labels.get(one, one))) for person, one in capabilities]
    return list(dict.fromkeys((name_of(people[person]), place, right) for person, place, right in found))


def _held_in_words(day: str, right: int, until: float | None) -> str:
    parts = [str(Right(right).label)]
    if day:
        parts.append(_("from %s") % date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT"))
    if until is not None:
        ends = timezone.localtime(datetime.fromtimestamp(until, timezone.get_current_timezone()))
        parts.append(_("until %s") % date_format(ends, "SHORT_DATETIME_FORMAT"))
    return ", ".join(parts)


def places_of(scopes: set[int]) -> dict[int, str]:
    """Return for each scope the name of the nearest unit of the plan, or of the plan."""
    rows = Scope.objects.filter(Among("pk", scopes or {0})).order_by("path").only("path")
    lines = {scope.pk: scope.line_ids for scope in rows}
    above = {pk for line in lines.values() for pk in line}
    units = {
        place.scope_id: str(place)
        for model in PASSABLE
        for place in model._default_manager.filter(Among("scope", above or {0}))
    }
    plan = _("the file plan")
    return defaultdict(
        lambda: plan,
        {
            scope: next((units[pk] for pk in reversed(line) if pk in units), plan)
            for scope, line in lines.items()
        },
    )
