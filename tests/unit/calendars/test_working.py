"""Working time at its edges: jumps of the clock, ends of intervals, nights, years, the unknown future."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.calendars.packaged import packaged_calendar
from shared.calendars.working import WorkingCalendar
from tests.unit.calendars.examples import every_day


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(calendar: WorkingCalendar, start: str, end: str) -> float:
    return calendar.working_seconds(at(start), at(end)) / 3600


def test_an_hour_that_the_clock_skips_is_not_worked():
    calendar = WorkingCalendar.compile(every_day("01:30-02:30", "Europe/Berlin"))
    assert hours(calendar, "2026-03-28T00:00", "2026-03-28T12:00") == 1
    assert hours(calendar, "2026-03-29T00:00", "2026-03-29T12:00") == 0.5
    assert calendar.office_close(date(2026, 3, 29)) == at("2026-03-29T01:00")


def test_an_hour_that_the_clock_shows_twice_is_worked_twice():
    calendar = WorkingCalendar.compile(every_day("02:00-03:00", "Europe/Berlin"))
    assert hours(calendar, "2026-10-25T00:00", "2026-10-25T12:00") == 2


def test_round_the_clock_the_long_day_has_25_hours():
    calendar = WorkingCalendar.compile(every_day("00:00-24:00", "Europe/Berlin"))
    day = date(2026, 10, 25)
    assert calendar.working_time(calendar.day_end(date(2026, 10, 24)), calendar.day_end(day)) == timedelta(hours=25)


def test_working_time_that_ends_with_an_interval_ends_at_noon_and_not_after_lunch():
    calendar = WorkingCalendar.compile(every_day("09:00-12:00, 13:30-18:00", "Asia/Shanghai"))
    assert calendar.add_working(at("2026-02-10T01:00"), 3 * 3600) == at("2026-02-10T04:00")
    assert calendar.add_working(at("2026-02-10T01:00"), 3 * 3600 + 1) == at("2026-02-10T05:30:01")


def test_no_working_time_is_over_at_once_even_at_night():
    calendar = WorkingCalendar.compile(every_day("09:00-12:00", "Asia/Shanghai"))
    assert calendar.add_working(at("2026-02-10T20:00"), 0) == at("2026-02-10T20:00")


def test_microseconds_are_kept():
    calendar = WorkingCalendar.compile(every_day("09:00-12:00, 13:30-18:00", "Asia/Shanghai"))
    start = at("2026-02-10T01:00:00.000001")
    assert calendar.add_working(start, 3 * 3600) == at("2026-02-10T05:30:00.000001")
    assert calendar.working_seconds(start, at("2026-02-10T04:00")) == 3 * 3600 - 0.000001


def test_a_night_shift_belongs_to_the_day_on_which_it_starts():
    calendar = WorkingCalendar.compile(every_day("22:00-06:00", "Asia/Shanghai"))
    assert calendar.office_close(date(2026, 2, 10)) == at("2026-02-10T22:00")
    assert hours(calendar, "2026-02-09T16:00", "2026-02-10T16:00") == 8


def test_the_night_of_new_years_eve_reaches_into_the_first_year_compiled():
    calendar = WorkingCalendar.compile(every_day("22:00-06:00", "Asia/Shanghai"))
    assert calendar.nth_working_day(at("2026-05-01T00:00"), 1, "excluded") == date(2026, 5, 2)
    assert hours(calendar, "2025-12-31T16:00", "2026-01-01T04:00") == 6


def test_years_compiled_later_on_either_side_change_no_answer():
    document = packaged_calendar("cn-office")
    assert document is not None
    late, early = ("2026-02-10T01:00", "2026-02-28T10:00"), ("2019-09-27T01:00", "2019-10-14T10:00")
    between = ("2019-10-14T10:00", "2026-02-10T01:00")
    fresh = {span: hours(WorkingCalendar.compile(document), *span) for span in (late, early, between)}
    grown = WorkingCalendar.compile(document)
    assert {span: hours(grown, *span) for span in (late, early, between)} == fresh
    assert {span: hours(grown, *span) for span in (late, early, between)} == fresh
    assert hours(grown, early[0], late[1]) == sum(fresh.values())


def test_office_hours_are_the_runs_within_the_span():
    calendar = WorkingCalendar.compile(every_day("09:00-12:00, 13:30-18:00", "Asia/Shanghai"))
    assert calendar.office_hours(at("2026-02-10T02:00"), at("2026-02-10T05:30")) == [
        (at("2026-02-10T02:00"), at("2026-02-10T04:00"))
    ]
    assert calendar.office_hours(at("2026-02-10T05:00"), at("2026-02-10T05:31")) == [
        (at("2026-02-10T05:30"), at("2026-02-10T05:31"))
    ]
    assert calendar.office_hours(at("2026-02-10T05:00"), at("2026-02-10T04:00")) == []


def test_closing_time_of_a_holiday_is_refused_with_its_calendar():
    document = packaged_calendar("cn-office")
    assert document is not None
    with pytest.raises(ValueError, match="2026-10-01 is no working day of cn-office@1"):
        WorkingCalendar.compile(document).office_close(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("moment", "provisional"),
    [
        (date(2026, 12, 31), False),
        (date(2027, 1, 1), True),
        (at("2026-12-31T16:00"), False),  # 24:00 in Shanghai still belongs to the known year
        (at("2026-12-31T16:00:00.000001"), True),
    ],
)
def test_what_lies_beyond_the_announced_holidays_is_provisional(moment, provisional):
    document = packaged_calendar("cn-office")
    assert document is not None
    assert WorkingCalendar.compile(document).is_provisional(moment) is provisional


def test_a_calendar_without_holidays_is_never_provisional():
    always = packaged_calendar("always")
    assert always is not None
    assert not WorkingCalendar.compile(always).is_provisional(date(2190, 1, 1))


BEYOND = {
    "too many hours": lambda calendar: calendar.add_working(at("2026-01-01T00:00"), 3600 * 99_999),
    "too many days": lambda calendar: calendar.nth_working_day(at("2026-01-01T00:00"), 99_999, "excluded"),
    "too early": lambda calendar: calendar.working_seconds(at("1960-01-01T00:00"), at("1960-01-02T00:00")),
}


@pytest.mark.parametrize("reckon", BEYOND.values(), ids=BEYOND)
def test_leaving_the_reckoned_years_says_which_they_are(reckon):
    calendar = WorkingCalendar.compile(every_day("09:00-09:01", "Asia/Shanghai"))
    with pytest.raises(ValueError, match="office@1 reckons from 1970 to 2199; give a shorter limit"):
        reckon(calendar)
