"""When an age is reached: the end of a start plus a plain duration, in a pack's way of counting days."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Protocol

from shared.policy.durations import Count, Duration

WORKING = frozenset({"wd", "wh"})
"""Units that only a calendar of working days can count."""
_TICK = timedelta(microseconds=1)


class WorkingCalendar(Protocol):
    """What counts working days and hours: the clocks' business, handed in by the caller."""

    def end_of(self, start: datetime, duration: Duration, count: Count) -> datetime:
        """The instant at which `duration` from `start` is over."""

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in office hours."""


class CalendarNeeded(LookupError):
    """An age in working days was asked without a calendar of working days."""


def add_months(day: date, months: int) -> date:
    """The same day number `months` later (earlier when negative), at most the month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def end_of(start: datetime, duration: Duration, count: Count, zone: tzinfo) -> datetime:
    """The instant at which a plain `duration` from `start` is over, local days being those of `zone`.

    Minutes and hours elapse. Days, weeks, months and years end at 24:00 of the last day, or at the same local time
    where the pack counts so. Raises CalendarNeeded for working days and hours.
    """
    if duration.unit in WORKING:
        raise CalendarNeeded(str(duration))
    if duration.unit in {"min", "h"}:
        return start + timedelta(**{"minutes" if duration.unit == "min" else "hours": duration.amount})
    local = start.astimezone(zone)
    day = _last_day(local.date(), duration, count)
    if count.day == "same_time" and duration.unit != "same_day":
        return datetime.combine(day, local.timetz().replace(tzinfo=None), zone)
    return datetime.combine(day + timedelta(days=1), time.min, zone)


def earliest_within(duration: Duration, now: datetime, count: Count, zone: tzinfo) -> datetime:
    """The first instant whose age at `now` is still within `duration`: the beginning of a rolling window."""
    if duration.unit in {"min", "h"}:
        return now - (end_of(now, duration, count, zone) - now) + _TICK
    local = now.astimezone(zone)
    today = local.date()
    day = _first_guess(today, duration)
    while _last_day(day, duration, count) < today:
        day += timedelta(days=1)
    if count.day == "same_time" and _last_day(day, duration, count) == today:
        return datetime.combine(day, local.time(), zone) + _TICK
    return datetime.combine(day, time.min, zone)


def _first_guess(today: date, duration: Duration) -> date:
    days = {"d": 1, "w": 7, "mo": 31, "y": 366}.get(duration.unit, 1) * duration.amount + 7
    return today - timedelta(days=days)


def _last_day(first: date, duration: Duration, count: Count) -> date:
    amount = duration.amount
    match duration.unit:
        case "same_day":
            return first
        case "mo":
            return add_months(first, amount)
        case "y":
            return add_months(first, 12 * amount)
        case "w" if count.week == "calendar":
            return first + timedelta(days=7 * amount - 1 - first.weekday())
        case "w":
            amount *= 7
    return first + timedelta(days=amount - (1 if count.start_day == "included" else 0))
