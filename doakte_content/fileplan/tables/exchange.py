"""A plan as JSON: from the process that reads a stranger's file to those that show and import what it found."""

import dataclasses
import datetime
from pathlib import Path
from typing import Any

from .headings import Column
from .problems import Problem
from .reader import read_table
from .table import PlanRow, PlanTable


def read(path: str, name: str, options: dict[str, Any]) -> dict[str, Any]:
    """Read the plan in a file and return it as JSON; see `read_table`."""
    return as_json(read_table(Path(path).read_bytes(), name, **options))


def as_json(table: PlanTable) -> dict[str, Any]:
    """Return a table as JSON values. `from_json` is the way back."""
    plain = dataclasses.asdict(table)
    plain["refused"] = sorted(table.refused)
    return _without_dates(plain)


def from_json(plain: dict[str, Any]) -> PlanTable:
    """Return the table that `as_json` was given."""
    values = _with_dates(plain)
    return PlanTable(
        **{
            **values,
            "refused": set(values["refused"]),
            "columns": [Column(**column) for column in values["columns"]],
            "rows": [PlanRow(**row) for row in values["rows"]],
            "problems": [Problem(**problem) for problem in values["problems"]],
        }
    )


def refused(reason: str) -> dict[str, Any]:
    """Return, as JSON, the table of a file that could not be read at all."""
    table = PlanTable()
    table.report(0, "", reason)
    return as_json(table)


_DATE = "date:"


def _without_dates(value: Any) -> Any:
    match value:
        case dict():
            return {str(name): _without_dates(one) for name, one in value.items()}
        case list():
            return [_without_dates(one) for one in value]
        case datetime.date():
            return {_DATE: value.isoformat()}
        case bool() | int() | float() | None:
            return value
        case _:
            return str(value)


def _with_dates(value: Any) -> Any:
    match value:
        case dict() if set(value) == {_DATE}:
            return datetime.date.fromisoformat(value[_DATE])
        case dict():
            return {name: _with_dates(one) for name, one in value.items()}
        case list():
            return [_with_dates(one) for one in value]
        case _:
            return value
