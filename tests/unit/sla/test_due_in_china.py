"""Limits on the Chinese office calendar, worked out by hand from the holiday notices."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from services.sla.calendar import due_at
from shared.policy.durations import Count, Duration
from tests.unit.sla.examples import calendar, cn, local

# received, limit, due; counted as the default pack does: start day excluded, close of business, plain days to 24:00
DEFAULT = (
    # Friday before Spring Festival 2026: Saturday the 14th is worked, then off until Monday the 23rd.
    ("2026-02-13 17:00", "1wd", "Sat 2026-02-14 18:00"),
    ("2026-02-13 17:00", "2wd", "Tue 2026-02-24 18:00"),
    ("2026-02-13 17:00", "5wd", "Fri 2026-02-27 18:00"),
    ("2026-02-13 17:00", "6wd", "Sat 2026-02-28 18:00"),  # made up too
    ("2026-02-13 17:00", "8wh", "Sat 2026-02-14 17:30"),
    ("2026-02-13 17:00", "9wh", "Tue 2026-02-24 09:30"),
    ("2026-02-13 17:00", "24h", "Sat 2026-02-14 17:00"),
    ("2026-02-13 17:00", "3d", "Tue 2026-02-17 00:00"),
    ("2026-02-13 17:00", "1w", "Sat 2026-02-21 00:00"),
    ("2026-02-13 17:00", "1mo", "Sat 2026-03-14 00:00"),
    # In the middle of the festival and on an ordinary weekend.
    ("2026-02-18 10:00", "1wd", "Tue 2026-02-24 18:00"),
    ("2026-02-18 10:00", "1wh", "Tue 2026-02-24 10:00"),
    ("2026-03-07 10:00", "1wd", "Mon 2026-03-09 18:00"),  # received on Saturday: Monday's close
    ("2026-03-08 23:59", "1wd", "Mon 2026-03-09 18:00"),
    ("2026-03-09 08:00", "1wd", "Tue 2026-03-10 18:00"),
    ("2026-03-09 20:00", "1wd", "Tue 2026-03-10 18:00"),
    ("2026-03-09 12:30", "30min", "Mon 2026-03-09 13:00"),
    ("2026-03-09 12:30", "1wh", "Mon 2026-03-09 14:30"),
    ("2026-03-09 09:00", "3wh", "Mon 2026-03-09 12:00"),
    # National Day 2026: Sunday 20 September and Saturday 10 October are worked, 1 to 7 October are off.
    ("2026-09-18 16:00", "1wd", "Sun 2026-09-20 18:00"),
    ("2026-09-30 17:59", "1wd", "Thu 2026-10-08 18:00"),
    ("2026-09-30 17:00", "2wh", "Thu 2026-10-08 10:00"),
    ("2026-09-30 10:00", "3wd", "Sat 2026-10-10 18:00"),
    ("2026-09-24 10:00", "10wd", "Thu 2026-10-15 18:00"),  # Mid-Autumn on the 25th as well
    # 2025: Spring Festival from 28 January to 4 February, made up on Sunday the 26th and Saturday the 8th.
    ("2025-01-24 15:00", "2wd", "Mon 2025-01-27 18:00"),
    ("2025-01-27 15:00", "1wd", "Wed 2025-02-05 18:00"),
    ("2025-01-27 15:00", "4wd", "Sat 2025-02-08 18:00"),
    # 2020: the festival was prolonged by decree to 2 February.
    ("2020-01-23 10:00", "1wd", "Mon 2020-02-03 18:00"),
    # Months and years keep the day number, or end with the month.
    ("2026-01-31 10:00", "1mo", "Sun 2026-03-01 00:00"),
    ("2028-01-31 10:00", "1mo", "Wed 2028-03-01 00:00"),  # a leap year: 29 February, 24:00
    ("2026-08-31 10:00", "6mo", "Mon 2027-03-01 00:00"),
    ("2024-02-29 10:00", "1y", "Sat 2025-03-01 00:00"),
    ("2026-12-15 10:00", "1mo", "Sat 2027-01-16 00:00"),
    ("2026-03-09 23:00", "same_day", "Tue 2026-03-10 00:00"),
)


@pytest.mark.parametrize(("received", "limit", "due"), DEFAULT)
def test_a_limit_of_the_default_pack(received, limit, due):
    assert local(due_at(calendar(), cn(received), Duration.parse(limit), Count()).instant) == due


# received, limit, how counted, due
COUNTED = (
    ("2026-03-10 10:00", "2d", {"day": "same_time"}, "Thu 2026-03-12 10:00"),
    ("2026-03-10 10:00", "2d", {"start_day": "included"}, "Thu 2026-03-12 00:00"),
    ("2026-03-10 10:00", "2d", {"day": "same_time", "start_day": "included"}, "Thu 2026-03-12 10:00"),
    ("2026-03-10 10:00", "1wd", {"working_day": "end_of_day"}, "Thu 2026-03-12 00:00"),
    ("2026-03-10 10:00", "1wd", {"working_day": "same_time"}, "Wed 2026-03-11 10:00"),
    ("2026-03-10 10:00", "1wd", {"start_day": "included"}, "Tue 2026-03-10 18:00"),
    ("2026-03-10 12:30", "1wd", {"start_day": "included"}, "Tue 2026-03-10 18:00"),  # at lunch: an afternoon is left
    ("2026-03-10 08:00", "1wd", {"start_day": "included"}, "Tue 2026-03-10 18:00"),
    ("2026-03-10 18:00", "1wd", {"start_day": "included"}, "Wed 2026-03-11 18:00"),  # closed: that day does not count
    ("2026-03-07 10:00", "1wd", {"start_day": "included"}, "Mon 2026-03-09 18:00"),  # a Saturday neither
    ("2026-02-14 10:00", "1wd", {"start_day": "included"}, "Sat 2026-02-14 18:00"),  # a worked Saturday does
    ("2026-02-13 17:00", "1wd", {"working_day": "same_time"}, "Sat 2026-02-14 17:00"),
    ("2026-02-13 17:00", "2wd", {"working_day": "end_of_day"}, "Wed 2026-02-25 00:00"),
    ("2026-03-11 10:00", "1w", {"day": "same_time"}, "Wed 2026-03-18 10:00"),
    ("2026-03-11 10:00", "1w", {"start_day": "included"}, "Wed 2026-03-18 00:00"),
    ("2026-03-11 10:00", "1w", {"week": "calendar"}, "Mon 2026-03-23 00:00"),  # the next whole week
    ("2026-03-11 10:00", "1w", {"week": "calendar", "start_day": "included"}, "Mon 2026-03-16 00:00"),  # this one
    ("2026-03-15 10:00", "2w", {"week": "calendar", "start_day": "included"}, "Mon 2026-03-23 00:00"),  # from a Sunday
    ("2026-03-11 10:00", "1w", {"week": "calendar", "day": "same_time"}, "Mon 2026-03-23 00:00"),
    ("2026-03-11 10:00", "1mo", {"day": "same_time"}, "Sat 2026-04-11 10:00"),
    ("2026-03-11 10:00", "1mo", {"start_day": "included"}, "Sat 2026-04-11 00:00"),
    ("2026-03-01 10:00", "1mo", {"start_day": "included"}, "Wed 2026-04-01 00:00"),  # the whole of March
    ("2026-01-31 10:00", "1mo", {"start_day": "included"}, "Sun 2026-03-01 00:00"),
    ("2026-01-28 10:00", "1mo", {"start_day": "included"}, "Sat 2026-02-28 00:00"),
    ("2026-01-31 10:00", "1mo", {"day": "same_time"}, "Sat 2026-02-28 10:00"),
)


@pytest.mark.parametrize(("received", "limit", "how", "due"), COUNTED)
def test_a_pack_counts_days_its_own_way(received, limit, how, due):
    assert local(due_at(calendar(), cn(received), Duration.parse(limit), replace(Count(), **how)).instant) == due


# R-001-03/r14: the same day, after the cut-off the next working day
CUT_OFF = (
    ("2026-03-10 16:59", "Wed 2026-03-11 00:00"),
    ("2026-03-10 17:00", "Wed 2026-03-11 00:00"),
    ("2026-03-10 17:00:00.000001", "Wed 2026-03-11 18:00"),
    ("2026-03-13 20:00", "Mon 2026-03-16 18:00"),
    ("2026-02-13 20:00", "Sat 2026-02-14 18:00"),
    ("2026-03-14 10:00", "Sun 2026-03-15 00:00"),  # the same day means this day, though a Saturday
)


@pytest.mark.parametrize(("received", "due"), CUT_OFF)
def test_the_same_day_ends_with_the_day_or_after_the_cut_off_with_the_next_working_day(received, due):
    found = due_at(calendar(), cn(received), Duration.parse("same_day"), Count(), cut_off=time(17))
    assert local(found.instant) == due


@pytest.mark.parametrize(
    ("limit", "cap", "due"),
    [
        ("7wd", "1w", "Sat 2026-02-21 00:00"),
        ("1wd", "1w", "Sat 2026-02-14 18:00"),
        ("3mo", "30d", "Mon 2026-03-16 00:00"),
    ],
)
def test_a_cap_ends_a_limit_that_would_end_later(limit, cap, due):
    """R-004-07/r02: within one week of repair, however seven days are counted."""
    found = due_at(calendar(), cn("2026-02-13 17:00"), Duration.parse(limit), Count(), cap=Duration.parse(cap))
    assert local(found.instant) == due


# received, limit, provisional: holidays are known until the end of 2026
FUTURE = (
    ("2026-12-30 10:00", "1wd", False),
    ("2026-12-30 10:00", "2wd", True),
    ("2026-12-31 17:00", "1wh", False),
    ("2026-12-31 17:00", "2wh", True),
    ("2026-12-31 17:00", "24h", False),  # no holiday moves elapsed hours
    ("2026-12-31 17:00", "3d", False),
    ("2026-12-31 17:00", "1mo", False),
    ("2027-03-01 10:00", "1wd", True),
)


@pytest.mark.parametrize(("received", "limit", "provisional"), FUTURE)
def test_working_time_beyond_the_announced_holidays_is_provisional(received, limit, provisional):
    assert due_at(calendar(), cn(received), Duration.parse(limit), Count()).provisional is provisional


def test_round_the_clock_a_working_day_is_any_day():
    found = due_at(calendar("always"), cn("2026-10-01 10:00"), Duration.parse("2wd"), Count())
    assert local(found.instant) == "Sun 2026-10-04 00:00"
    assert not found.provisional


def test_results_are_utc_whatever_zone_the_start_is_in():
    start = cn("2026-03-10 10:00")
    for limit in ("30min", "2wh", "1d", "1wd", "1mo", "same_day"):
        found = due_at(calendar(), start.astimezone(calendar().zone), Duration.parse(limit), Count())
        assert found == due_at(calendar(), start, Duration.parse(limit), Count())
        assert found.instant.utcoffset() == timedelta(0)


@pytest.mark.parametrize("limit", ["99999d", "99999w", "9999mo", "99999mo", "500y", "99999y", "99999wd"])
def test_a_limit_beyond_the_reckoned_years_is_refused(limit):
    with pytest.raises(ValueError, match="2199"):
        due_at(calendar(), cn("2026-03-10 10:00"), Duration.parse(limit), Count())
