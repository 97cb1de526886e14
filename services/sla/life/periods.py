"""The periods of what is done by the calendar, and when in one of them it is due. Pure."""

import re
from datetime import date, datetime, time, timedelta

from shared.calendars.working import WorkingCalendar
from shared.policy.periods import Period, period_at

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_DAY = re.compile(r"day ([1-9]|[12][0-9]|3[01])")


def period_of(every: str, day: date, calendar: WorkingCalendar) -> Period | None:
    """The period that the local `day` lies in; None where it lies in none (no working day)."""
    if every != "working_day":
        return period_at(every, day)
    return period_at("day", day) if calendar.is_working_day(day) else None


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
