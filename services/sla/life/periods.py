"""The periods of what is done by the calendar, and when in one of them it is due. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shared.calendars.working import WorkingCalendar

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_DAY = re.compile(r"day ([1-9]|[12][0-9]|3[01])")
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """key: its name, by which it is told from every other. first, last: its local days."""

    key: str
    first: date
    last: date


def period_of(every: str, day: date, calendar: WorkingCalendar) -> Period | None:
    """The period that the local `day` lies in; None where it lies in none (no working day)."""
    if every == "day" or (every == "working_day" and calendar.is_working_day(day)):
        return Period(day.isoformat(), day, day)
    if every == "working_day":
        return None
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


def due_of(due: str, period: Period, calendar: WorkingCalendar) -> datetime | None:
    """When in the period it is due; None where the pack sets no time. `18:00` is that of the period's last day, `day
    10` the end of the tenth day of the period's first month, `last working day` the end of that."""
    if found := _TIME.fullmatch(due):
        return datetime.combine(period.last, time(int(found[1]), int(found[2])), calendar.zone)
    if found := _DAY.fullmatch(due):
        day = min(period.first + timedelta(days=int(found[1]) - 1), period.last)
        return calendar.day_end(day)
    if due == "last working day":
        day = period.last
        while day > period.first and not calendar.is_working_day(day):
            day -= timedelta(days=1)
        return calendar.day_end(day)
    return None
