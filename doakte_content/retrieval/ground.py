"""The ground that a search covers: what somebody may see, narrowed by the filters they chose."""

from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from doakte_content.access.policies import Right, allowed_scopes
from doakte_content.among import Among
from doakte_content.records.enums import State
from doakte_content.records.models import Record

#: To readers, a published document with a newer draft is what was approved; the draft's way does not concern them.
ON_THE_WAY = frozenset({State.DRAFT, State.IN_APPROVAL, State.REJECTED})

#: A group of hits as it is counted: content type, office, year, state.
Group = tuple[int, int | None, int, str]


@dataclass(frozen=True)
class Ground:
    """Records by where they lie and what they are; None is "any".

    A database asks each record's own row (`records`), a search engine its copies of the same facts.
    """

    #: Keys of the scopes whose published records are searched.
    readable: tuple[int, ...]
    #: Keys of the scopes where what has not been published is searched, too; None: nowhere, as readers see it.
    editable: tuple[int, ...] | None = None
    #: A place in the tree of pages, with everything below.
    path: str = ""
    type_id: int | None = None
    office: int | None = None
    year: int | None = None
    #: As it is shown (see `shown_state`).
    state: str | None = None

    @classmethod
    def of(cls, user, *, path: str = "", drafts: bool = False) -> "Ground":
        """Return what exists for `user`: one query, two with drafts."""
        return cls(scopes(user, Right.READ), scopes(user, Right.EDIT) if drafts else None, path)

    @property
    def is_empty(self) -> bool:
        """Say whether nothing at all is there for this person."""
        return not self.readable and not self.editable

    @property
    def is_narrowed(self) -> bool:
        return any(one is not None for one in (self.type_id, self.office, self.year, self.state))

    def widened(self) -> "Ground":
        """Return the ground without what facets narrow."""
        return replace(self, type_id=None, office=None, year=None, state=None)

    def records(self) -> QuerySet[Record]:
        """Return the records on this ground, as their rows say now."""
        seen = Q(Among("scope_id", self.readable), published=True)
        if self.editable is not None:
            seen |= Q(Among("scope_id", self.editable))
        records = Record.objects.filter(seen)
        if self.path:
            records = records.filter(path__startswith=self.path)
        if self.type_id is not None:
            records = records.filter(content_type=self.type_id)
        if self.office is not None:
            records = records.filter(office=self.office)
        if self.year is not None:
            # The calendar of Python and of the databases has no other years.
            records = records.filter(dated__year=self.year) if 1 <= self.year <= 9999 else records.none()
        if self.state is not None:
            records = records.filter(state__in=self.states())
        return records

    def states(self) -> list[str]:
        """Return the states in the database that are shown as the chosen one."""
        return [state for state in State.values if self.shown_state(state) == self.state]

    def shown_state(self, state: str) -> str:
        """Return how a record's state is shown to whom this ground is for."""
        return State.APPROVED if self.editable is None and state in ON_THE_WAY else state

    def meets(self, group: Group) -> bool:
        """Say of a group what `records` says of a record. Its state is one that is shown."""
        type_id, office, year, state = group
        return (
            self.type_id in (None, type_id)
            and self.office in (None, office)
            and self.year in (None, year)
            and self.state in (None, state)
        )


def scopes(user, right: Right) -> tuple[int, ...]:
    return tuple(sorted(allowed_scopes(user, right)))
