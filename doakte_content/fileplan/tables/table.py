"""A plan as a file has it: units with their values, and what was wrong."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from .headings import Column
from .problems import ERROR, WARNING, Problem


@dataclass
class PlanRow:
    """One unit as the file has it. `values` holds the fields of the plan that the file has a column for."""

    row: int
    number: str
    title: str
    parent: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    office: str = ""
    successor: str = ""
    closed: bool = False
    closed_on: datetime.date | None = None
    translations: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)


@dataclass
class PlanTable:
    """What a file says about a plan. `rows` holds what can be imported, parents before children.

    `refused` holds the numbers of rows with errors; `needs_mapping` means that the columns for number and title were
    not found, so that nothing was read yet.
    """

    title: str = ""
    valid_from: datetime.date | None = None
    valid_until: datetime.date | None = None
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    heading_row: int = 0
    numbering: str = ""
    columns: list[Column] = field(default_factory=list)
    rows: list[PlanRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    needs_mapping: bool = False
    error_count: int = 0

    @property
    def fields(self) -> set[str]:
        """The fields that the file has a column for."""
        return {column.field for column in self.columns if column.field}

    @property
    def languages(self) -> set[str]:
        return {column.language for column in self.columns if column.language}

    @property
    def extra_keys(self) -> list[str]:
        """The names of the columns that are kept as they are."""
        return list(unrecognised(self.columns).values())

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == ERROR]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == WARNING]

    def report(self, row: int, column: str, reason: str, severity: str = ERROR) -> None:
        """Add a problem."""
        self.problems.append(Problem(row, column, reason, severity))
        self.error_count += severity == ERROR


def unrecognised(columns: list[Column]) -> dict[int, str]:
    """Return {index: name} of the columns that are kept as they are; equal headings are numbered."""
    names: dict[int, str] = {}
    for column in columns:
        if column.field:
            continue
        name, count = column.key, 2
        while name in names.values():
            name, count = f"{column.key} ({count})", count + 1
        names[column.index] = name
    return names
