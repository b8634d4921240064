"""How long closed files are kept: the rule of R22 to R24, in one place.

Sources: xdomea "Aufbewahrungsdauer"; Registraturrichtlinie des Bundes, Anlage 5, I.2 and I.3; Landesarchiv NRW.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, date

from doakte_content.fileplan.queries import EffectiveRules


@dataclass(frozen=True)
class Retention:
    """Until when a file is kept; `until` None means without limit, for `reason` (R24)."""

    until: date | None
    reason: str = ""


def end_of_retention(filed_on: date, years: int) -> date:
    """Return the last day of a retention of `years` for what was filed (z.d.A.) on `filed_on` (R22).

    The period starts on that day and ends with the calendar year in which it runs out (Landesarchiv NRW); or
    it starts with the end of the year of filing (RegR Anlage 5 I.3). Both give 31 December of year + n.
    """
    return date(min(filed_on.year + years, MAXYEAR), 12, 31)


def start_of_retention(file_closed_on: date, cases_closed_on: Iterable[date]) -> date:
    """Return the day that a file's retention counts from: the closing of its last case (R23).

    A file without a case counts from its own closing.
    """
    return max(cases_closed_on, default=file_closed_on)


def retention_of(rules: EffectiveRules, started_on: date) -> Retention:
    """Return the retention that `rules` give to a file whose period counts from `started_on` (R22, R24).

    Raises `ValueError` when the rules say nothing about it.
    """
    if rules.retention.value is None:
        raise ValueError("no retention rule")
    if rules.retention.value == "unlimited":
        return Retention(None, rules.reason)
    return Retention(end_of_retention(started_on, rules.retention.value), rules.reason)
