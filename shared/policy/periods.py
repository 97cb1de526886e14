"""The periods of a calendar by name: days, weeks, months and their multiples."""

from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """key: its name, by which it is told from every other. first, last: its local days."""

    key: str
    first: date
    last: date


def period_at(every: str, day: date) -> Period:
    """The `day`, `week`, `month`, `quarter`, `half_year` or `year` that the local `day` lies in."""
    if every == "day":
        return Period(day.isoformat(), day, day)
    if every == "week":
        year, week, weekday = day.isocalendar()
        first = day - timedelta(days=weekday - 1)
        return Period(f"{year}-W{week:02}", first, first + timedelta(days=6))
    months = _MONTHS[every]
    number = (day.month - 1) // months
    first = date(day.year, number * months + 1, 1)
    after = date(day.year + 1, 1, 1) if first.month + months > 12 else date(day.year, first.month + months, 1)
    keys = {"month": f"{day.year}-{day.month:02}", "quarter": f"{day.year}-Q{number + 1}",
            "half_year": f"{day.year}-H{number + 1}", "year": f"{day.year}"}  # fmt: skip
    return Period(keys[every], first, after - timedelta(days=1))
