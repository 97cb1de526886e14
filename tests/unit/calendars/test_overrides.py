"""Group over region over project: what a calendar changes in the one above it, and what it inherits."""

from datetime import date

import pytest

from shared.calendars.loading import load_calendar
from shared.calendars.packaged import packaged_calendar
from shared.calendars.problems import CalendarError

REGION = """\
code: north
version: 4
extends: cn-office
effective: 2026-01-01
title: {zh: 北区, en: North}
source: notice of the region
week: {sat: ["09:00-12:00"]}
holidays: {2026-12-25: {zh: 公司日, en: Company Day}, 2026-10-07: none}
working_days: {2026-10-06: {zh: 值班, en: On duty, hours: ["10:00-16:00"]}, 2026-10-10: none}
"""
PROJECT = """\
code: p01
version: 1
extends: north
effective: 2026-02-01
zone: Asia/Urumqi
title: {zh: 一号项目, en: Project 1}
source: notice of the project
week: {sat: [], sun: ["20:00-02:00"]}
holidays: {2026-10-06: {zh: 店庆, en: Anniversary}}
known_until: 2026-06-30
"""


def hours(document, day: str) -> list[str]:
    return [str(each) for each in document.hours_on(date.fromisoformat(day))]


@pytest.fixture
def region():
    return load_calendar(REGION, packaged_calendar)


@pytest.fixture
def project(region):
    return load_calendar(PROJECT, {"north": region}.get)


def test_a_region_adds_and_takes_away_days_and_hours(region):
    assert hours(region, "2026-01-10") == ["09:00-12:00"]  # Saturday
    assert hours(region, "2026-12-25") == []
    assert hours(region, "2026-10-07") == ["09:00-12:00", "13:30-18:00"]
    assert hours(region, "2026-10-06") == ["10:00-16:00"]  # was a holiday
    assert hours(region, "2026-10-10") == ["09:00-12:00"]  # an ordinary Saturday again
    assert region.reference == "north@4"
    assert region.derived_from == "cn-office@1"
    assert region.known_until == date(2026, 12, 31)


def test_what_a_region_does_not_name_is_inherited(region):
    base = packaged_calendar("cn-office")
    assert base is not None
    assert hours(region, "2026-02-14") == hours(base, "2026-02-14") != []
    assert hours(region, "2026-10-01") == []
    assert region.zone == base.zone


def test_a_project_lays_its_changes_upon_the_region(project):
    assert hours(project, "2026-01-10") == []
    assert hours(project, "2026-01-11") == ["20:00-02:00"]
    assert hours(project, "2026-10-06") == []  # the region's duty day is a holiday here
    assert hours(project, "2026-12-25") == []
    assert project.zone == "Asia/Urumqi"
    assert project.known_until == date(2026, 6, 30)
    assert project.derived_from == "north@4"


def test_a_resolved_calendar_is_complete_in_itself(project):
    assert type(project).model_validate_json(project.model_dump_json()) == project


@pytest.mark.parametrize(
    ("written", "instead", "words"),
    [
        (
            "2026-10-07: none",
            "2026-10-09: none",
            "line 8, column 52, holidays.2026-10-09: cn-office@1 has nothing on 2026-10-09",
        ),
        ("extends: cn-office", "extends: north", "line 3, column 1, extends: a calendar cannot extend itself"),
        ("extends: cn-office", "extends: cn-office@1", "line 3, column 1, extends: cn-office@1 is no code"),
        ("version: 4", "version: 4\nzone: Mars", "line 3, column 1, zone: no time zone Mars"),
        (
            'sat: ["09:00-12:00"]',
            'sat: ["20:00-10:00"], sun: ["09:00-12:00"]',
            "line 7, column 30, week.sun: 20:00-10:00 and 09:00-12:00 overlap",
        ),
        (
            'hours: ["10:00-16:00"]',
            "hours: []",
            "line 9, column 50, working_days.2026-10-06.hours: a list is wanted here",
        ),
    ],
)
def test_a_wrong_override_is_refused_at_its_place(written, instead, words):
    assert written in REGION
    with pytest.raises(CalendarError) as refused:
        load_calendar(REGION.replace(written, instead), packaged_calendar)
    assert refused.value.problems[0].words("en").startswith(words)
