"""When something is due that must be done a while ahead of an instant: durations counted backwards on a calendar."""

from datetime import UTC, datetime, timedelta

from shared.calendars.due import Due, day_end
from shared.calendars.wall import first_instant
from shared.calendars.working import WorkingCalendar
from shared.policy.ages import add_months
from shared.policy.durations import Count, Duration

_ELAPSED = {"min": timedelta(minutes=1), "h": timedelta(hours=1)}
_DAY = timedelta(days=1)


def ahead_of(calendar: WorkingCalendar, target: datetime, duration: Duration, count: Count) -> Due:
    """The last instant (UTC) that is `duration` ahead of `target` (aware).

    `min` and `h` elapse, `wh` are office hours. In days the local day of `target` is never counted: `1wd` ahead of
    Monday is Friday, `3d` ahead of the 10th is the 7th; that day ends as `count` says, at closing, at 24:00 or at the
    time of day of `target`. A calendar week ahead ends with the Sunday before. `start_day` says nothing here.
    Raises ValueError for `same_day` and for spans that leave the years of the calendar.
    """
    amount, unit = duration.amount, duration.unit
    if unit == "same_day":
        raise ValueError("same_day is no time ahead; write 1d, 1wd or hours")
    if unit in _ELAPSED:
        return Due(target.astimezone(UTC) - amount * _ELAPSED[unit], provisional=False)
    if unit == "wh":
        instant = calendar.before_working_time(target, timedelta(hours=amount))
        return Due(instant.astimezone(UTC), calendar.is_provisional(target))
    day = target.astimezone(calendar.zone).date()
    if unit == "wd":
        last = calendar.nth_working_day_before(day, amount)
        if count.working_day == "end_of_office":
            instant = calendar.office_close(last)
        else:
            instant = day_end(calendar, target, last, Count(day=count.working_day))
        # A night shift may close after the target.
        return Due(min(instant, target).astimezone(UTC), calendar.is_provisional(day - _DAY))
    if unit == "w" and count.week == "calendar":
        monday = day - timedelta(days=day.weekday())
        return Due(first_instant(monday - timedelta(weeks=amount - 1), timedelta(), calendar.zone), provisional=False)
    if unit in ("d", "w"):
        last = day - timedelta(days=amount if unit == "d" else 7 * amount)
    else:
        last = add_months(day, -amount if unit == "mo" else -12 * amount)
    return Due(day_end(calendar, target, last, count), provisional=False)
