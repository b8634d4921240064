"""R22 and R23 as calculations: both wordings of the sources, leap years, the last closed case."""

from datetime import date

import pytest

from doakte_content.fileplan.queries import EffectiveRules, Inherited
from workflow.closing.retention import Retention, end_of_retention, retention_of, start_of_retention


def by_the_state_archive(filed_on: date, years: int) -> date:
    """Landesarchiv NRW: the period starts with the z.d.A. and ends with the calendar year in which it runs out."""
    day = min(filed_on.day, 28)
    runs_out = filed_on.replace(year=filed_on.year + years, day=day)
    return date(runs_out.year, 12, 31)


def by_the_registry_rules(filed_on: date, years: int) -> date:
    """RegR Anlage 5 I.3: the period starts with the end of the calendar year of the z.d.A."""
    starts = date(filed_on.year, 12, 31)
    return starts.replace(year=starts.year + years)


@pytest.mark.parametrize("years", [0, 1, 6, 10, 30, 110])
@pytest.mark.parametrize(
    "filed_on", [date(2026, 1, 1), date(2026, 6, 15), date(2024, 2, 29), date(2026, 12, 31)]
)
def test_both_wordings_give_the_same_end(filed_on, years):
    """R22: 31.12. of (year of z.d.A. + n), by either source."""
    end = end_of_retention(filed_on, years)
    assert end == by_the_state_archive(filed_on, years) == by_the_registry_rules(filed_on, years)


def test_absurd_periods_end_with_the_calendar():
    """A typing error in the plan must not make closing impossible."""
    assert end_of_retention(date(2026, 5, 1), 30_000) == date(9999, 12, 31)


def test_the_last_closed_case_counts():
    """R23: the period of a file runs from its last closed case, not from the closing of the file."""
    cases = [date(2020, 3, 1), date(2023, 12, 31), date(2021, 1, 1)]
    assert start_of_retention(date(2026, 1, 2), cases) == date(2023, 12, 31)


def test_a_file_without_cases_counts_from_its_own_closing():
    """R23: what is not there cannot count."""
    assert start_of_retention(date(2026, 1, 2), []) == date(2026, 1, 2)


def rules(value, reason="") -> EffectiveRules:
    nothing = Inherited(None, None)
    return EffectiveRules(Inherited(value, "1"), reason, nothing, nothing)


def test_without_limit_has_no_end_but_a_reason():
    """R24."""
    assert retention_of(rules("unlimited", "Personenstand"), date(2026, 1, 2)) == Retention(
        None, "Personenstand"
    )


def test_zero_years_is_a_period():
    """R22: nought years end with the year of filing; that is not "no rule"."""
    assert retention_of(rules(0), date(2026, 1, 2)).until == date(2026, 12, 31)


def test_no_rule_is_an_error():
    """R2: nobody guesses a retention."""
    with pytest.raises(ValueError, match="retention"):
        retention_of(rules(None), date(2026, 1, 2))
