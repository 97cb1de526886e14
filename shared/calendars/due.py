"""When a limit ends: due instants of all durations of the policy language on a calendar."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shared.calendars.document import LAST_YEAR
from shared.calendars.wall import first_instant
from shared.calendars.working import WorkingCalendar
from shared.policy.durations import Count, Duration

_MINUTES = {"min": 1, "h": 60}


@dataclass(frozen=True, slots=True)
class Due:
    """The last instant in time. `provisional`: holidays not announced yet may still move it."""

    instant: datetime
    provisional: bool


def due_at(
    calendar: WorkingCalendar,
    start: datetime,
    duration: Duration,
    count: Count,
    *,
    cut_off: time | None = None,
    cap: Duration | None = None,
) -> Due:
    """The due instant (UTC) of `duration` from `start` (aware), counted as `count` says.

    `cut_off`: local time after which `same_day` means the next working day. `cap`: the limit ends no later than this
    duration would. Raises ValueError beyond the year 2199.
    """
    due = _due_at(calendar, start, duration, count, cut_off)
    if cap is None:
        return due
    return min(due, _due_at(calendar, start, cap, count, cut_off), key=lambda each: each.instant)


def _due_at(calendar: WorkingCalendar, start: datetime, duration: Duration, count: Count, cut_off: time | None) -> Due:
    amount, unit = duration.amount, duration.unit
    if unit in _MINUTES:
        return Due(start.astimezone(UTC) + timedelta(minutes=amount * _MINUTES[unit]), provisional=False)
    if unit == "wh":
        instant = calendar.add_working(start, amount * 3600)
        return Due(instant, calendar.is_provisional(instant))
    if unit == "wd":
        return working_day_end(calendar, start, amount, count)
    if unit == "same_day":
        if is_after_cut_off(calendar, start, cut_off):
            return working_day_end(calendar, start, 1, Count(working_day=count.working_day))
        return Due(calendar.day_end(start.astimezone(calendar.zone).date()), provisional=False)
    day = last_day(calendar, start, duration, count)
    if unit == "w" and count.week == "calendar":
        return Due(calendar.day_end(day), provisional=False)
    return Due(day_end(calendar, start, day, count), provisional=False)


def working_day_end(calendar: WorkingCalendar, start: datetime, n: int, count: Count) -> Due:
    """The end of the nth working day from `start`, at 24:00, at closing or at the same time of day."""
    # Whole days of 24 hours from one time of day to the same time: no start day to include.
    start_day = "excluded" if count.working_day == "same_time" else count.start_day
    day = calendar.nth_working_day(start, n, start_day)
    provisional = calendar.is_provisional(day)
    if count.working_day == "end_of_office":
        return Due(calendar.office_close(day), provisional)
    if count.working_day == "end_of_day":
        return Due(calendar.day_end(day), provisional)
    return Due(first_instant(day, _time_of_day(calendar, start), calendar.zone), provisional)


def day_end(calendar: WorkingCalendar, start: datetime, day: date, count: Count) -> datetime:
    """The end of the local date `day` for a plain limit from `start`: 24:00, or the same time of day."""
    if count.day == "end_of_day":
        return calendar.day_end(day)
    return first_instant(day, _time_of_day(calendar, start), calendar.zone)


def last_day(calendar: WorkingCalendar, start: datetime, duration: Duration, count: Count) -> date:
    """The local date on which a limit of d, w, mo or y from `start` ends.

    With the start day included it is one day earlier. A calendar week runs from Monday to Sunday, and the week of the
    start counts only if the start day does.
    """
    day, amount = start.astimezone(calendar.zone).date(), duration.amount
    included = count.start_day == "included"
    if duration.unit == "w" and count.week == "calendar":
        sunday = day + timedelta(days=6 - day.weekday())
        return sunday + timedelta(weeks=amount - 1 if included else amount)
    included = included and count.day == "end_of_day"
    if duration.unit in ("d", "w"):
        days = amount if duration.unit == "d" else 7 * amount
        return _moved(day, days - 1 if included else days)
    return _month_end(day, amount if duration.unit == "mo" else 12 * amount, included=included)


def is_after_cut_off(calendar: WorkingCalendar, start: datetime, cut_off: time | None) -> bool:
    """Whether `start` comes too late for `same_day` (R-001-03/r14); the cut-off itself is still in time."""
    return cut_off is not None and start.astimezone(calendar.zone).time() > cut_off


def _month_end(day: date, months: int, *, included: bool) -> date:
    """The same day number `months` later, the month's last day where it has no such day; one earlier if included."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    if year > LAST_YEAR:
        raise _too_far(day)
    length = monthrange(year, month)[1]
    if day.day > length:
        return date(year, month, length)
    return _moved(date(year, month, day.day), -1 if included else 0)


def _moved(day: date, days: int) -> date:
    if day.year + days // 365 > LAST_YEAR:
        raise _too_far(day)
    return day + timedelta(days=days)


def _too_far(start: date) -> ValueError:
    return ValueError(f"a limit from {start} ends after {LAST_YEAR}; give a shorter one")


def _time_of_day(calendar: WorkingCalendar, start: datetime) -> timedelta:
    local = start.astimezone(calendar.zone)
    return timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
