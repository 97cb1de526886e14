"""What pauses do to a limit: time that does not count, and days that end while the clock stands still.

Hours and minutes: paused time is not counted. Days: a day counts unless the clock is paused when it ends, so a pause
within one day moves nothing and a pause over a night moves the due instant by a day. A pause that begins at the due
instant or later changes nothing.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from services.sla.domain import Clock, Pause
from shared.calendars.due import Due, day_end, due_at, is_after_cut_off, last_day, working_day_end
from shared.calendars.working import WorkingCalendar
from shared.policy.durations import Count, Duration

_FOR_EVER = datetime.max.replace(tzinfo=UTC)

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a limit is used up. working: by office hours, else by any time. days, day_end: for a limit in days, how
    many, and when the kth of them ends."""

    working: bool
    days: int = 0
    day_end: Callable[[int], Due] | None = None


def reckoning_of(
    calendar: WorkingCalendar, start: datetime, limit: Duration | None, count: Count, cut_off: time | None = None
) -> Reckoning:
    """How `limit` from `start` is counted on `calendar`."""
    if limit is None or limit.unit in ("min", "h", "wh"):
        return Reckoning(working=limit is not None and limit.unit == "wh")
    if limit.unit == "same_day":
        if is_after_cut_off(calendar, start, cut_off):
            limit, count = Duration(1, "wd"), Count(working_day=count.working_day)
        else:
            limit, count = Duration(1, "d"), Count(start_day="included")
    if limit.unit == "wd":
        return Reckoning(True, limit.amount, lambda k: working_day_end(calendar, start, k, count))
    if limit.unit == "w" and count.week == "calendar":
        count = Count(start_day=count.start_day, week="calendar")
    today = start.astimezone(calendar.zone).date()
    last = last_day(calendar, start, limit, count)
    included = count.day == "end_of_day" and count.start_day == "included"
    first = today if included else today + timedelta(days=1)

    def plain_day_end(k: int) -> Due:
        return Due(day_end(calendar, start, first + timedelta(days=k - 1), count), provisional=False)

    return Reckoning(False, (last - first).days + 1, plain_day_end)


def due_with_pauses(
    calendar: WorkingCalendar,
    start: datetime,
    limit: Duration,
    count: Count,
    pauses: Sequence[Pause],
    *,
    cut_off: time | None = None,
    cap: Duration | None = None,
) -> Due | None:
    """The due instant of a limit that stood still during `pauses`; None while a pause lasts before it is reached."""
    spans = paused_spans(pauses, start)
    if not spans:
        return due_at(calendar, start, limit, count, cut_off=cut_off, cap=cap)
    dues = [
        due
        for each in (limit, cap)
        if each is not None and (due := _pushed(calendar, start, each, count, cut_off, spans)) is not None
    ]
    return min(dues, key=lambda due: due.instant, default=None)


def due_of(clock: Clock, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()) -> Due | None:
    """The due instant of `clock` reckoned anew from its start; an agreed instant stays where it is.

    None while a pause lasts that began before it.
    """
    if clock.limit is None:
        lasting = any(pause.to is None and pause.from_ < clock.due_at for pause in pauses)
        return None if lasting else Due(clock.due_at, provisional=False)
    return due_with_pauses(
        calendar, clock.started_at, clock.limit, clock.count, pauses, cut_off=clock.cut_off, cap=clock.cap
    )


def paused_spans(pauses: Sequence[Pause], start: datetime) -> list[Span]:
    """`pauses` after `start` in order, joined where they touch or overlap; one that lasts ends in the year 9999."""
    spans: list[Span] = []
    for pause in sorted(pauses, key=lambda each: each.from_):
        low, high = max(pause.from_, start), pause.to or _FOR_EVER
        if high <= low:
            continue
        if spans and low <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], high)
        else:
            spans.append((low, high))
    return spans


def used_time(calendar: WorkingCalendar | None, start: datetime, end: datetime, spans: Sequence[Span]) -> timedelta:
    """Time from `start` to `end` outside `spans`: office hours, or any time if `calendar` is None."""
    total = timedelta(0)
    for low, high in spans:
        if low >= end:
            break
        total += _time(calendar, start, low)
        start = high
    return total + _time(calendar, start, end)


def after_used(
    calendar: WorkingCalendar | None, start: datetime, time: timedelta, spans: Sequence[Span]
) -> datetime | None:
    """The first instant by which `time` outside `spans` is used up; None if a lasting pause forestalls it."""
    for low, high in spans:
        before = _time(calendar, start, low)
        if before >= time:
            break
        time -= before
        start = high
        if high == _FOR_EVER:
            return None
    return start + time if calendar is None else calendar.after_working_time(start, time)


def _pushed(
    calendar: WorkingCalendar,
    start: datetime,
    limit: Duration,
    count: Count,
    cut_off: time | None,
    spans: Sequence[Span],
) -> Due | None:
    reckoning = reckoning_of(calendar, start, limit, count, cut_off)
    if reckoning.day_end is not None:
        return _after_days(calendar, start, reckoning.days, reckoning.day_end, spans)
    working = calendar if reckoning.working else None
    length = used_time(working, start, due_at(calendar, start, limit, count).instant, ())
    instant = after_used(working, start, length, spans)
    return None if instant is None else Due(instant, reckoning.working and calendar.is_provisional(instant))


def _after_days(
    calendar: WorkingCalendar, start: datetime, days: int, day_end: Callable[[int], Due], spans: Sequence[Span]
) -> Due | None:
    """The end of the last of `days` days that do not end within a pause."""
    last = days
    for low, high in spans:
        if day_end(last).instant <= low:
            break
        if high == _FOR_EVER:
            return None
        last += ended_by(day_end, high, start) - ended_by(day_end, low, start)
    return day_end(last)


def ended_by(day_end: Callable[[int], Due], at: datetime, start: datetime) -> int:
    """How many counted days from `start` have ended by `at`."""
    bound = max((at - start).days, 0) + 3  # no reckoning ends more than a day a day
    return bisect_right(range(1, bound), at, key=lambda k: day_end(k).instant)


def _time(calendar: WorkingCalendar | None, start: datetime, end: datetime) -> timedelta:
    return max(end - start, timedelta(0)) if calendar is None else calendar.working_time(start, end)
