"""The units of a file as a whole: doubtful and double numbers, and which unit lies below which."""

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from .numbers import Hierarchy, detect_numbering, natural_key
from .problems import WARNING
from .table import PlanRow, PlanTable


def arrange(table: PlanTable, units: list[PlanRow], doubtful: set[int], label: str, numbering: str) -> None:
    """Put the units into the table, parents first; refuse those whose number or place cannot be right.

    `doubtful` holds the rows whose number was stored as a decimal, `label` names the number column in messages,
    `numbering` is SEGMENTS, MIXED, DIGITS or "" (found out).
    """
    units = _without_duplicates(table, _without_doubt(table, units, doubtful, label), label)
    numbers = [unit.number for unit in units]
    table.numbering = numbering or detect_numbering(numbers)
    hierarchy = Hierarchy([*numbers, *table.refused], table.numbering)
    accepted: set[str] = set()
    # A parent's number is always shorter than its child's, wherever it stands in the file.
    for unit in sorted(units, key=lambda unit: len(unit.number)):
        unit.parent = hierarchy.parent_of(unit.number)
        if not unit.parent or unit.parent in accepted:
            accepted.add(unit.number)
            continue
        reason = (
            _("The unit above, %s, is refused; correct that row first.")
            if unit.parent in table.refused
            else _("The unit above, %s, is missing. Add a row for it or correct the number.")
        )
        table.refused.add(unit.number)
        table.report(unit.row, label, reason % unit.parent)
    table.rows = list(_parents_first([unit for unit in units if unit.number in accepted]))


def _without_doubt(table: PlanTable, units: list[PlanRow], doubtful: set[int], label: str) -> list[PlanRow]:
    """Refuse decimal numbers that probably lost a zero at their end: they stand out of order, or twice."""
    counts = Counter(unit.number for unit in units)
    certain: list[PlanRow] = []
    for unit in units:
        if unit.row in doubtful:
            out_of_order = bool(certain) and natural_key(unit.number) < natural_key(certain[-1].number)
            if out_of_order or counts[unit.number] > 1:
                table.refused |= {unit.number, f"{unit.number}0"}
                table.report(
                    unit.row,
                    label,
                    _(
                        "The spreadsheet program turned the number into the decimal %(number)s; it may have been "
                        "%(number)s0. Format the column as text and enter the number again."
                    )
                    % {"number": unit.number},
                )
                continue
            table.report(
                unit.row,
                label,
                _("Stored as a decimal number and read as %s. Please check; a zero at the end would be lost.")
                % unit.number,
                WARNING,
            )
        certain.append(unit)
    return certain


def _without_duplicates(table: PlanTable, units: list[PlanRow], label: str) -> list[PlanRow]:
    first: dict[str, PlanRow] = {}
    for unit in units:
        known = first.setdefault(unit.number.upper(), unit)
        if known is not unit:
            table.report(
                unit.row,
                label,
                _("The number %(number)s already stands in row %(row)d. Give each unit its own number.")
                % {"number": unit.number, "row": known.row},
            )
    return list(first.values())


def _parents_first(units: list[PlanRow]) -> Iterator[PlanRow]:
    """Yield the units in the order of the file, but a parent always before its children."""
    by_number = {unit.number: unit for unit in units}
    done: set[str] = set()

    def line(unit: PlanRow) -> Iterator[PlanRow]:
        if unit.number in done:
            return
        if unit.parent:
            yield from line(by_number[unit.parent])
        done.add(unit.number)
        yield unit

    for unit in units:
        yield from line(unit)
