"""The instants around a limit: its warning, the levels of its ladder, the next due instant of a cadence."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from services.sla.domain import Clock, Pause
from services.sla.pauses import after_used, due_with_pauses, paused_spans, reckoning_of, used_time
from shared.calendars.due import Due, due_at
from shared.calendars.working import WorkingCalendar
from shared.policy.durations import Count, Duration
from shared.values import replace

Warn = float | Duration
"""When to warn: a share of the limit used up (0.8), or so long before its end (`2h`, `1d`, `4wh`)."""

_AHEAD = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "wh": timedelta(hours=1), "d": timedelta(days=1)}


def warn_at(
    start: datetime, due: datetime, share: float, calendar: WorkingCalendar | None, pauses: Sequence[Pause] = ()
) -> datetime:
    """The instant by which `share` (0 to 1) of the time from `start` to `due` is used up, pauses left out.

    Time is office hours, or any time if `calendar` is None. Without any time between the two, `due`.
    """
    spans = paused_spans(pauses, start)
    total = used_time(calendar, start, due, spans)
    return after_used(calendar, start, total * share, spans) or due if total else due


def warn_before(
    start: datetime, due: datetime, ahead: Duration, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()
) -> datetime:
    """The instant `ahead` of `due`, not before `start`; `wh` are office hours, `d` are 24 hours.

    Raises ValueError for other units: they have no fixed length.
    """
    if ahead.unit not in _AHEAD:
        raise ValueError(f"a warning {ahead} ahead has no fixed length; write min, h, wh, d or a share such as 80%")
    working = calendar if ahead.unit == "wh" else None
    spans = paused_spans(pauses, start)
    left = used_time(working, start, due, spans) - ahead.amount * _AHEAD[ahead.unit]
    return start if left <= timedelta(0) else after_used(working, start, left, spans) or due


def warning_of(clock: Clock, calendar: WorkingCalendar, warn: Warn, pauses: Sequence[Pause] = ()) -> datetime:
    """When to warn of `clock`, its due instant being right: by office hours if its limit is in working time."""
    if isinstance(warn, Duration):
        return warn_before(clock.started_at, clock.due_at, warn, calendar, pauses)
    working = reckoning_of(calendar, clock.started_at, clock.limit, clock.count, clock.cut_off).working
    return warn_at(clock.started_at, clock.due_at, warn, calendar if working else None, pauses)


def ladder_times(
    calendar: WorkingCalendar, due: datetime, each: Duration | None, count: Count, levels: int
) -> tuple[datetime, ...]:
    """When each of `levels` is reached: the first at `due`, the next ones `each` apart; without `each` all at `due`."""
    if each is None:
        return (due,) * levels
    count = replace(count, start_day="excluded")  # the day of a level is over when it is raised
    start = _day_that_ends(calendar, due, each, count)
    later = (due_at(calendar, start, _times(each, k), count).instant for k in range(1, levels))
    return (due, *later)[:levels]


def next_due_of_cadence(
    calendar: WorkingCalendar,
    anchor: datetime,
    every: Duration,
    count: Count,
    after: datetime,
    pauses: Sequence[Pause] = (),
) -> Due:
    """The first due instant later than `after` of a cadence that recurs `every` so long from `anchor`.

    `anchor` is the start, or the last time it was kept. All are reckoned from there, so that a month after 31 January
    stays the last of its month, and after an outage the intervals that went by unseen make one breach, not many. Each
    is pushed by the `pauses` before it; one that lasts has pushed nothing yet.
    """
    over = [pause for pause in pauses if pause.to is not None]

    def nth(n: int) -> Due:
        times = _times(every, n)
        due = due_with_pauses(calendar, anchor, times, count, over) if over else None
        return due or due_at(calendar, anchor, times, count)

    high = 1
    while nth(high).instant <= after:
        high *= 2
    return nth(1 + bisect_right(range(1, high), after, key=lambda n: nth(n).instant))


def _times(duration: Duration, n: int) -> Duration:
    if duration.unit == "same_day":
        raise ValueError("same_day cannot recur; write 1d or 1wd")
    return Duration(duration.amount * n, duration.unit)


def _day_that_ends(calendar: WorkingCalendar, due: datetime, each: Duration, count: Count) -> datetime:
    """`due`, but 24:00 as a moment of the day that ends with it: two days on from Tuesday's end is Thursday's end."""
    ends = count.working_day if each.unit == "wd" else count.day
    if each.unit in ("min", "h", "wh") or ends == "same_time":
        return due
    moment = due - timedelta(microseconds=1)
    return moment if calendar.day_end(moment.astimezone(calendar.zone).date()) == due else due
