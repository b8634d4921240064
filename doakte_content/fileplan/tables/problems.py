"""What is wrong, doubtful or left out in a table."""

from dataclasses import dataclass

ERROR = "error"
WARNING = "warning"
INFO = "info"


class UnreadableTable(Exception):
    """The file as a whole cannot be read; the message says why and what to do, in the reader's language."""


@dataclass(frozen=True)
class Problem:
    """One remark on a table: where, why, and how bad. `row` 0 stands for the file as a whole.

    An ERROR keeps its row out of the plan; a WARNING says what was read in a way that somebody should look at;
    an INFO says what was left out.
    """

    row: int
    column: str
    reason: str
    severity: str = ERROR
