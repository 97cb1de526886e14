"""The packaged calendars say what the State Council announced, and the generator still writes the same."""

from datetime import date, timedelta
from importlib.resources import files

import pytest

from shared.calendars.generate import cn_office
from shared.calendars.loading import load_calendar
from shared.calendars.packaged import packaged_calendar, packaged_calendars
from shared.calendars.writing import write_calendar

# Working days a year by the notices: 365 or 366 less weekends and holidays, plus make-up days.
WORKING_DAYS = {2018: 250, 2019: 250, 2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}
# Copied from the notice for 2026, not from the library.
OFF_2026 = (
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
)
MADE_UP_2026 = {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


@pytest.fixture(scope="module")
def cn():
    document = packaged_calendar("cn-office")
    assert document is not None
    return document


def test_2026_is_off_and_made_up_as_announced(cn):
    off = {day for first, last in OFF_2026 for day in days(date.fromisoformat(first), date.fromisoformat(last))}
    made_up = {date.fromisoformat(f"2026-{day}") for day in MADE_UP_2026}
    for day in days(date(2026, 1, 1), date(2026, 12, 31)):
        expected = day in made_up or (day.weekday() < 5 and day not in off)
        assert bool(cn.hours_on(day)) is expected, day


@pytest.mark.parametrize(("year", "count"), WORKING_DAYS.items())
def test_each_year_has_its_number_of_working_days(cn, year, count):
    assert sum(bool(cn.hours_on(day)) for day in days(date(year, 1, 1), date(year, 12, 31))) == count


def test_a_made_up_saturday_keeps_the_hours_of_a_weekday(cn):
    assert [str(each) for each in cn.hours_on(date(2026, 2, 14))] == ["09:00-12:00", "13:30-18:00"]


def test_the_stored_file_is_what_the_generator_writes():
    stored = files("shared.calendars").joinpath("cn-office-1.yaml").read_text("utf-8")
    # The source line names the library's version at the time of writing.
    assert [line for line in cn_office(2018, 2026, 1).splitlines() if not line.startswith("source:")] == [
        line for line in stored.splitlines() if not line.startswith("source:")
    ]


def test_published_versions_never_change():
    assert {each.reference: each.digest() for each in packaged_calendars()} == {
        "always@1": "ec1d7e7401b31b3dca4c44f8bb18a6769668806df3c61efc99140e87b65089c4",
        "cn-office@1": "b0d62528e1b730e670d36d9cb8ef57fab5142332928844f8d9706ae293ca698a",
    }


@pytest.mark.parametrize("document", packaged_calendars(), ids=lambda each: each.reference)
def test_what_is_written_out_reads_back_the_same(document):
    assert load_calendar(write_calendar(document)) == document


def test_an_unknown_code_has_no_packaged_calendar():
    assert packaged_calendar("mars") is None
