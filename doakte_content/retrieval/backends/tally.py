"""Counting hits, as far as anybody reads the number."""

from collections import Counter
from dataclasses import dataclass

from ..ground import Ground, Group

#: Nobody reads on: what is more is "more than 10,000".
COUNTED = 10_000
#: As many hits are ranked finely. Of more, those with the words in the head come first, then the newest.
RANKED = 250
#: As many can be paged to. Who has not found it there narrows the search.
REACHABLE = 1_000


@dataclass(frozen=True)
class Tally:
    """How many hits there are by group. With a `scale`, only each so-many-th hit was counted."""

    groups: dict[Group, int]
    scale: int = 1

    @classmethod
    def of(cls, rows, ground: Ground, scale: int = 1) -> "Tally":
        """Take rows of type, office, year, state as in the database, and number."""
        groups: Counter[Group] = Counter()
        for type_id, office, year, state, count in rows:
            groups[type_id, office, int(year), ground.shown_state(state)] += count
        return cls(dict(groups), scale)

    @property
    def is_estimate(self) -> bool:
        return self.scale > 1

    def total(self, ground: Ground) -> int:
        """Return the number of hits on a ground; about that number where this is an estimate."""
        return self.scale * sum(count for group, count in self.groups.items() if ground.meets(group))
