"""Pauses at their edges: where one minute decides."""

from datetime import UTC, datetime

import pytest

from services.sla.calendar import WorkingCalendar
from services.sla.pauses import due_of, due_with_pauses, ended_by, reckoning_of
from shared.policy.durations import Count, Duration
from tests.unit.calendars.examples import every_day
from tests.unit.sla.examples import calendar, clock, cn, local, pause

# Started Tuesday 2026-03-10 10:00, due without pauses: 4h 14:00, 4wh 15:30, 2wd Thu 18:00, 2d Fri 00:00.
CASES = (
    ("4h", [("2026-03-10 11:00", "2026-03-10 12:00")], "Tue 2026-03-10 15:00"),
    ("4h", [("2026-03-10 09:00", "2026-03-10 11:00")], "Tue 2026-03-10 15:00"),  # only what lies after the start
    ("4h", [("2026-03-10 08:00", "2026-03-10 10:00")], "Tue 2026-03-10 14:00"),
    ("4h", [("2026-03-10 14:00", "2026-03-11 14:00")], "Tue 2026-03-10 14:00"),  # begins when time is up
    ("4h", [("2026-03-10 13:59", "2026-03-11 13:59")], "Wed 2026-03-11 14:00"),
    (
        "4h",
        [("2026-03-10 11:00", "2026-03-10 12:00"), ("2026-03-10 14:30", "2026-03-10 16:30")],
        "Tue 2026-03-10 17:00",
    ),
    (
        "4h",
        [("2026-03-10 11:00", "2026-03-10 12:30"), ("2026-03-10 12:00", "2026-03-10 13:00")],
        "Tue 2026-03-10 16:00",
    ),
    ("4wh", [("2026-03-10 12:00", "2026-03-10 13:30")], "Tue 2026-03-10 15:30"),  # lunch does not count anyway
    ("4wh", [("2026-03-10 11:00", "2026-03-10 14:30")], "Tue 2026-03-10 17:30"),
    ("4wh", [("2026-03-10 15:30", "2026-03-12 10:00")], "Tue 2026-03-10 15:30"),
    ("4wh", [("2026-03-10 15:00", "2026-03-12 10:00")], "Thu 2026-03-12 10:30"),
    # Days: a pause within a day moves nothing, one over closing time moves a day.
    ("2wd", [("2026-03-11 10:00", "2026-03-11 15:00")], "Thu 2026-03-12 18:00"),
    ("2wd", [("2026-03-11 17:00", "2026-03-12 09:00")], "Fri 2026-03-13 18:00"),
    ("2wd", [("2026-03-11 18:00", "2026-03-12 09:00")], "Thu 2026-03-12 18:00"),  # Wednesday had just ended
    ("2wd", [("2026-03-11 10:00", "2026-03-11 18:00")], "Fri 2026-03-13 18:00"),  # Wednesday ended in the pause
    ("2wd", [("2026-03-10 17:00", "2026-03-11 09:00")], "Thu 2026-03-12 18:00"),  # the day of receipt never counted
    ("2wd", [("2026-03-11 10:00", "2026-03-17 10:00")], "Wed 2026-03-18 18:00"),
    ("2wd", [("2026-03-12 18:00", "2026-03-17 10:00")], "Thu 2026-03-12 18:00"),
    ("2d", [("2026-03-11 23:00", "2026-03-12 01:00")], "Sat 2026-03-14 00:00"),
    ("2d", [("2026-03-11 01:00", "2026-03-11 23:00")], "Fri 2026-03-13 00:00"),
    ("1w", [("2026-03-11 12:00", "2026-03-14 12:00")], "Sat 2026-03-21 00:00"),
    ("1mo", [("2026-03-11 12:00", "2026-03-14 12:00")], "Tue 2026-04-14 00:00"),
    ("same_day", [("2026-03-10 23:00", "2026-03-11 01:00")], "Thu 2026-03-12 00:00"),
    # For good, or beyond what is left: the limit has no end yet.
    ("4h", [("2026-03-10 11:00", None)], None),
    ("2wd", [("2026-03-11 10:00", None)], None),
    ("4h", [("2026-03-10 14:00", None)], "Tue 2026-03-10 14:00"),
    ("2wd", [("2026-03-12 18:00", None)], "Thu 2026-03-12 18:00"),
)


@pytest.mark.parametrize(("limit", "pauses", "due"), CASES)
def test_a_pause_pushes_what_it_keeps_from_counting(limit, pauses, due):
    found = due_with_pauses(
        calendar(), cn("2026-03-10 10:00"), Duration.parse(limit), Count(), [pause(*each) for each in pauses]
    )
    assert (found and local(found.instant)) == due


def test_a_calendar_week_is_pushed_by_days():
    count = Count(week="calendar", start_day="included", day="same_time")
    found = due_with_pauses(
        calendar(), cn("2026-03-10 10:00"), Duration.parse("1w"), count, [pause("2026-03-10 20:00", "2026-03-12 08:00")]
    )
    assert found is not None
    assert local(found.instant) == "Wed 2026-03-18 00:00"


def test_a_cap_is_pushed_like_the_limit_it_caps():
    found = due_with_pauses(
        calendar(), cn("2026-03-10 10:00"), Duration.parse("9d"), Count(),
        [pause("2026-03-11 20:00", "2026-03-12 08:00")], cap=Duration.parse("1w"),
    )  # fmt: skip
    assert found is not None
    assert local(found.instant) == "Thu 2026-03-19 00:00"


def test_a_pushed_limit_may_become_provisional():
    found = due_with_pauses(
        calendar(),
        cn("2026-12-30 10:00"),
        Duration.parse("1wd"),
        Count(),
        [pause("2026-12-31 10:00", "2027-01-04 10:00")],
    )
    assert found is not None
    assert found.provisional


def test_a_clock_is_reckoned_anew_from_its_start_and_an_agreed_instant_stays():
    pauses = [pause("2026-03-10 11:00", "2026-03-10 12:00")]
    found = due_of(clock("2026-03-10 10:00", "2026-03-10 11:00", "4h"), calendar(), pauses)
    assert found is not None
    assert local(found.instant) == "Tue 2026-03-10 15:00"
    agreed = due_of(clock("2026-03-10 10:00", "2026-03-20 11:00", None), calendar(), pauses)
    assert agreed is not None
    assert local(agreed.instant) == "Fri 2026-03-20 11:00"


def test_two_days_end_within_less_than_24_hours_when_the_clock_jumps():
    start, after = datetime(2026, 3, 28, 22, 30, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)  # 23:30, 24:00
    berlin = WorkingCalendar.compile(every_day("09:00-12:00", "Europe/Berlin"))
    day_end = reckoning_of(berlin, start, Duration.parse("5d"), Count(start_day="included")).day_end
    assert day_end is not None
    assert ended_by(day_end, after, start) == 2
