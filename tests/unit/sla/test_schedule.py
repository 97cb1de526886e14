"""Warnings, ladders and cadences around a limit."""

from dataclasses import replace
from datetime import time

import pytest

from services.sla.calendar import due_at
from services.sla.schedule import ladder_times, next_due_of_cadence, warn_at, warn_before, warning_of
from shared.policy.durations import Count, Duration
from tests.unit.sla.examples import calendar, clock, cn, local, pause


def test_of_elapsed_time_80_percent_are_elapsed_time():
    assert local(warn_at(cn("2026-03-10 10:00"), cn("2026-03-11 10:00"), 0.8, None)) == "Wed 2026-03-11 05:12"


def test_of_working_time_80_percent_are_office_hours():
    # 13:30-18:00, 7.5 h, 7.5 h: 19.5 h; 80 % is 15.6 h, so 3.6 h into Thursday.
    warning = warn_at(cn("2026-03-10 12:00"), cn("2026-03-12 18:00"), 0.8, calendar())
    assert local(warning) == "Thu 2026-03-12 14:06"


def test_paused_time_is_not_used_up():
    pauses = [pause("2026-03-11 09:00", "2026-03-12 09:00")]
    warning = warn_at(cn("2026-03-10 12:00"), cn("2026-03-13 18:00"), 0.8, calendar(), pauses)
    assert local(warning) == "Fri 2026-03-13 14:06"


@pytest.mark.parametrize(("share", "warning"), [(0.0, "Mon 2026-03-09 09:00"), (1.0, "Mon 2026-03-09 18:00")])
def test_nothing_and_all_of_the_limit(share, warning):
    assert local(warn_at(cn("2026-03-09 09:00"), cn("2026-03-09 18:00"), share, calendar())) == warning


def test_without_any_time_between_the_warning_comes_with_the_end():
    start, due = cn("2026-03-07 10:00"), cn("2026-03-08 10:00")  # a weekend
    assert warn_at(start, due, 0.8, calendar()) == due


@pytest.mark.parametrize(
    ("ahead", "warning"),
    [
        ("2h", "Tue 2026-03-10 16:00"),
        ("90min", "Tue 2026-03-10 16:30"),
        ("1d", "Mon 2026-03-09 18:00"),
        ("8wh", "Mon 2026-03-09 17:30"),
        ("30d", "Mon 2026-03-09 10:00"),  # not before the start
        ("30wh", "Mon 2026-03-09 10:00"),
    ],
)
def test_a_warning_so_long_ahead(ahead, warning):
    found = warn_before(cn("2026-03-09 10:00"), cn("2026-03-10 18:00"), Duration.parse(ahead), calendar())
    assert local(found) == warning


def test_a_warning_ahead_without_a_fixed_length_is_refused():
    with pytest.raises(ValueError, match="write min, h, wh, d or a share"):
        warn_before(cn("2026-03-09 10:00"), cn("2026-03-10 18:00"), Duration.parse("1mo"), calendar())


@pytest.mark.parametrize(
    ("limit", "cut_off", "warning"),
    [
        ("4h", None, "Tue 2026-03-10 13:12"),
        ("4wh", None, "Tue 2026-03-10 14:42"),
        ("2wd", None, "Thu 2026-03-12 13:42"),
        ("2d", None, "Thu 2026-03-12 11:36"),
        ("same_day", time(9), "Wed 2026-03-11 15:12"),  # after the cut-off a limit in working time
        ("same_day", None, "Tue 2026-03-10 21:12"),
    ],
)
def test_a_clock_is_warned_of_in_the_time_it_counts(limit, cut_off, warning):
    start = "2026-03-10 10:00"
    due = due_at(calendar(), cn(start), Duration.parse(limit), Count(), cut_off=cut_off)
    running = replace(clock(start, start, limit, cut_off=cut_off), due_at=due.instant)
    assert local(warning_of(running, calendar(), 0.8)) == warning


def test_a_clock_may_be_warned_of_ahead():
    running = clock("2026-03-10 10:00", "2026-03-12 18:00")
    assert local(warning_of(running, calendar(), Duration.parse("2h"))) == "Thu 2026-03-12 16:00"


LADDERS = (
    ("2026-03-10 18:00", "2wd", {}, ["Tue 2026-03-10 18:00", "Thu 2026-03-12 18:00", "Mon 2026-03-16 18:00"]),
    # 24:00 belongs to the day that ends: two days on from Tuesday is Thursday, not Friday.
    (
        "2026-03-11 00:00",
        "2wd",
        {"working_day": "end_of_day"},
        ["Wed 2026-03-11 00:00", "Fri 2026-03-13 00:00", "Tue 2026-03-17 00:00"],
    ),
    ("2026-03-11 00:00", "2d", {}, ["Wed 2026-03-11 00:00", "Fri 2026-03-13 00:00", "Sun 2026-03-15 00:00"]),
    (
        "2026-03-11 00:00",
        "2d",
        {"start_day": "included"},
        ["Wed 2026-03-11 00:00", "Fri 2026-03-13 00:00", "Sun 2026-03-15 00:00"],
    ),
    (
        "2026-03-10 10:00",
        "1d",
        {"day": "same_time"},
        ["Tue 2026-03-10 10:00", "Wed 2026-03-11 10:00", "Thu 2026-03-12 10:00"],
    ),
    ("2026-03-10 18:00", "4h", {}, ["Tue 2026-03-10 18:00", "Tue 2026-03-10 22:00", "Wed 2026-03-11 02:00"]),
    ("2026-03-10 18:00", None, {}, ["Tue 2026-03-10 18:00"] * 3),
)


@pytest.mark.parametrize(("due", "each", "how", "levels"), LADDERS)
def test_the_levels_of_a_ladder(due, each, how, levels):
    found = ladder_times(calendar(), cn(due), each and Duration.parse(each), Count(**how), 3)
    assert [local(instant) for instant in found] == levels


def test_a_ladder_without_levels_has_none():
    assert ladder_times(calendar(), cn("2026-03-10 18:00"), Duration.parse("2wd"), Count(), 0) == ()


CADENCES = (
    ("1w", "2026-03-10 10:00", "Wed 2026-03-18 00:00"),
    ("1w", "2026-03-18 00:00", "Wed 2026-03-25 00:00"),  # strictly later
    ("1w", "2026-05-01 10:00", "Wed 2026-05-06 00:00"),  # weeks went by unseen: the next one only
    ("1mo", "2026-03-10 10:00", "Sat 2026-04-11 00:00"),
    ("1mo", "2026-04-11 00:00", "Mon 2026-05-11 00:00"),  # no day is lost or won from month to month
    ("1mo", "2026-12-11 00:00", "Mon 2027-01-11 00:00"),
    ("2wd", "2026-03-10 10:00", "Thu 2026-03-12 18:00"),
    ("2wd", "2026-03-12 18:00", "Mon 2026-03-16 18:00"),
)


@pytest.mark.parametrize(("every", "after", "due"), CADENCES)
def test_a_cadence_is_reckoned_from_its_anchor(every, after, due):
    found = next_due_of_cadence(calendar(), cn("2026-03-10 10:00"), Duration.parse(every), Count(), cn(after))
    assert local(found.instant) == due


def test_a_monthly_cadence_from_the_31st_stays_at_the_months_end():
    after, dues = cn("2026-01-31 10:00"), []
    for _ in range(4):
        after = next_due_of_cadence(calendar(), cn("2026-01-31 10:00"), Duration.parse("1mo"), Count(), after).instant
        dues.append(local(after))
    assert dues == ["Sun 2026-03-01 00:00", "Wed 2026-04-01 00:00", "Fri 2026-05-01 00:00", "Mon 2026-06-01 00:00"]


def test_the_same_day_cannot_recur():
    with pytest.raises(ValueError, match="same_day cannot recur; write 1d or 1wd"):
        next_due_of_cadence(
            calendar(), cn("2026-03-10 10:00"), Duration.parse("same_day"), Count(), cn("2026-03-10 10:00")
        )
