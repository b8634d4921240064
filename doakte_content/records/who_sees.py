"""Everyone who may see a unit or record, with the highest right and every grant that gives it, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from doakte_content.access.explain import (
    Holder,
    excluding,
    giving,
    holders_among,
    people_among,
    standings,
    ways_of,
)
from doakte_content.access.models import Cause, Grant
from doakte_content.access.policies import Right
from doakte_content.access.queries import reaching
from doakte_content.access.wording import grant_in_words, right_in_words, ways_in_words
from doakte_content.organisation.names import name_of

from .models import Record
from .place_names import names_of_places

#: People whose standing is read at once, for tables without an end.
BATCH = 500


@dataclass(frozen=True)
class Line:
    """One person who may see the place."""

    name: str
    offices: list[str]
    right: str
    ways: list[str]
    #: Of what has not been published, this person sees nothing.
    published_only: bool


class WhoSees:
    """The answer about one place. `reasons`: whether the asking person may read the reasons people have entered.

    The number of queries does not depend on the number of people or grants.
    """

    def __init__(self, place, asked_by, *, reasons: bool):
        self.place = place
        self.asked_by = asked_by
        self.reasons = reasons
        self.grants: list[Grant] = reaching(place.scope)

    @cached_property
    def elsewhere(self) -> dict:
        """Return {scope: name} of the places above from which grants are inherited."""
        owners = {
            given.scope_id: given.scope.owner_uuid
            for given in self.grants
            if given.scope.owner_uuid != self.place.uuid
        }
        names = names_of_places(owners.values(), self.asked_by)
        return {scope: str(names[uuid]) for scope, uuid in owners.items() if uuid in names}

    @property
    def is_draft(self) -> bool:
        return isinstance(self.place, Record) and not self.place.live

    @cached_property
    def holders(self) -> list[Holder]:
        return holders_among(self.grants)

    def groups(self) -> list[tuple[Holder, str, list[str]]]:
        """Return the offices and roles that see the place, each with its right and causes in words."""
        return [
            (holder, right_in_words(holder.right), [self.words(given) for given in holder.grants])
            for holder in self.holders
            if holder.count is not None
        ]

    def left(self) -> list[Holder]:
        """Return the people who hold a right here, but whose account has been deactivated (W8)."""
        return [holder for holder in self.holders if holder.has_left]

    def exclusions(self) -> list[tuple[str, str]]:
        """Return who is kept out, and why."""
        return [(given.principal_label, self.words(given)) for given in excluding(self.grants)]

    def words(self, given: Grant) -> str:
        words = grant_in_words(given, reasons=self.reasons)
        place = self.elsewhere.get(given.scope_id)
        return f"{words}, {_('given at %s') % place}" if place else words

    def people(self, *, name: str = "", group: str = "") -> QuerySet:
        """Return who may see the place; only whose name has every word of `name`, only members of one group."""
        if group:
            among = [given for given in giving(self.grants) if given.principal == group]
            found = people_among([*among, *excluding(self.grants)], deputies=False)
        else:
            found = people_among(self.grants)
        for word in name.split():
            found = found.filter(
                Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(username__icontains=word)
            )
        return found

    def lines(self, people: Iterable) -> list[Line]:
        """Return a line for each of these people. Two queries."""
        people = list(people)
        standing = standings(people)
        return [self.line(standing[person.pk]) for person in people]

    def line(self, standing) -> Line:
        ways = ways_of(standing, self.grants)
        highest = Right(ways[0].grant.right)
        asked = any(way.grant.cause == Cause.CIRCULATION for way in ways)
        return Line(
            name_of(standing.user),
            [f"{one.org_unit} ({one.role})" for one in standing.memberships],
            right_in_words(highest),
            ways_in_words(ways, self.elsewhere, reasons=self.reasons),
            self.is_draft and highest < Right.EDIT and not asked,
        )

    def all_lines(self) -> Iterator[Line]:
        """Yield a line for everyone, reading many at once."""
        people = self.people().iterator(chunk_size=BATCH)
        while batch := list(islice(people, BATCH)):
            yield from self.lines(batch)
