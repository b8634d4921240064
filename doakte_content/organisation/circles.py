"""Circles of deputies: A stands in for B while B, perhaps by others, stands in for A (R55)."""


def find_circle(new, others: list) -> list:
    """Return deputyships that lead from the absent person of `new` to its deputy on one and the same day, or [].

    `new` and `others` are `models.Deputyship`.
    """
    seen = set()
    waiting = [[new]]
    while waiting:
        chain = waiting.pop()
        for one in others:
            if one.deputy_id != chain[-1].absent_id:
                continue
            longer = [*chain, one]
            start, end = common_days(longer)
            if start is not None and end is not None and end < start:
                continue
            if one.absent_id == new.deputy_id:
                return longer[1:]
            if (one.absent_id, start, end) not in seen:
                seen.add((one.absent_id, start, end))
                waiting.append(longer)
    return []


def common_days(periods: list) -> tuple:
    """Return the first and the last day that all of these periods have in common; None where it is open."""
    start = max((one.starts for one in periods if one.starts), default=None)
    end = min((one.ends for one in periods if one.ends), default=None)
    return start, end
