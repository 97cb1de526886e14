"""Broken calendars: each gets its line, its path and its remedy, in both languages."""

import pytest

from shared.calendars.loading import MAX_BYTES, load_calendar
from shared.calendars.packaged import packaged_calendar
from shared.calendars.problems import CalendarError
from tests.unit.calendars.examples import OFFICE

HOLIDAY = "holidays: {2026-10-01: {zh: 国庆, en: National Day}}"

# what is changed, into what; the first problem in English
BROKEN = (
    ("version: 1", "version: x", "line 2, column 1, version: x is no whole number from 1 to 1000000"),
    ("version: 1", "version: 0", "line 2, column 1, version: 0 is no whole number from 1 to 1000000"),
    (
        "Europe/Berlin",
        "Europe/Bonn",
        "line 4, column 1, zone: no time zone Europe/Bonn; write a name like Asia/Shanghai",
    ),
    ("  mon:", "  mom:", "line 9, column 3, week.mom: there is no mom; possible: mon"),
    (
        '"09:00-12:00"',
        '"9-12"',
        "line 9, column 9, week.mon.0: 9-12 are no hours; write 09:00-12:00, 22:00-06:00 or 00:00-24:00",
    ),
    ('"09:00-12:00"', '"09:00-09:00"', "line 9, column 9, week.mon.0: 09:00-09:00 are no hours"),
    ('"09:00-12:00"', '"09:00-25:00"', "line 9, column 9, week.mon.0: 09:00-25:00 are no hours"),
    ('["09:00-12:00", "13:30-18:00"]', '"09:00-12:00"', "line 9, column 3, week.mon: a list is wanted here"),
    (
        "13:30-18:00",
        "11:00-18:00",
        "line 9, column 3, week.mon: 09:00-12:00 and 11:00-18:00 overlap; join or part them",
    ),
    (
        "13:30-18:00",
        '22:00-06:00"]\n  tue: ["05:00-08:00',
        "line 10, column 3, week.tue: 22:00-06:00 and 05:00-08:00 overlap",
    ),
    ('["09:00-12:00", "13:30-18:00"]', "[]", "line 8, column 1, week: the week has no office hours"),
    ("{zh: 办公室, en: Office}", "{zh: 办公室}", "line 5, column 1, title.en: en is missing; add it"),
    (
        "{zh: 办公室, en: Office}",
        "Office",
        "line 5, column 1, title: entries of the form `name: value` are wanted here",
    ),
    ("source: drawn for tests\n", "", "line 1, column 1, source: source is missing; add it"),
    ("drawn for tests", "''", "line 6, column 1, source: a text of 1 to 200 characters is wanted here"),
    ("code: office", "code: My Office", "line 1, column 1, code: My Office is no code; start with a lower-case letter"),
    (
        "effective: 2026-01-01",
        "effective: 2026-13-01",
        "line 3, column 1, effective: 2026-13-01 is no date; write 2026-10-01",
    ),
    (
        "effective: 2026-01-01",
        "effective: 20260101",
        "line 3, column 1, effective: 20260101 is no date; write 2026-10-01",
    ),
    (
        "effective: 2026-01-01",
        "effective: 0026-01-01",
        "line 3, column 1, effective: 0026-01-01 is outside the years 1970 to 2199",
    ),
    ("known_until: none", HOLIDAY, "line 1, column 1: a calendar with holidays needs known_until"),
    (
        "known_until: none",
        "known_until: 2026-12-31\nholidays: {10-3: {zh: a, en: b}}",
        "line 8, column 12, holidays.10-3: 10-3 is no date",
    ),
    (
        "known_until: none",
        f"known_until: 2026-12-31\n{HOLIDAY}\nworking_days: {{2026-10-01: {{zh: a, en: b}}}}",
        "line 9, column 16, working_days.2026-10-01: 2026-10-01 is both a holiday and a working day; keep one of them",
    ),
    (
        "known_until: none",
        f"known_until: 2026-12-31\n{HOLIDAY}\n{HOLIDAY}",
        "line 9, column 1, holidays: holidays stands twice",
    ),
    (
        "source: drawn",
        "colour: red\nsource: drawn",
        "line 6, column 1, colour: there is no colour; possible: code, version",
    ),
    (
        "source: drawn for tests",
        "source: &a x\ncolour: *a",
        "line 6, column 9, colour: YAML anchors and aliases are not read",
    ),
    (
        "source: drawn",
        "source: [drawn",
        "line 7, column 12: this is no readable YAML: expected ',' or ']', but got ':'",
    ),
    ("version: 1", "version: 1\n? [a, b]\n: c", "line 3, column 3: entries of the form `name: value` are wanted here"),
    ("drawn", "dra\x01wn", "line 1, column 1: this is no readable YAML: unacceptable character #x0001"),
)


@pytest.mark.parametrize(("written", "instead", "words"), BROKEN, ids=[words for _, _, words in BROKEN])
def test_a_broken_calendar_is_refused_at_its_place(written, instead, words):
    assert written in OFFICE
    with pytest.raises(CalendarError) as refused:
        load_calendar(OFFICE.replace(written, instead, 1))
    first = refused.value.problems[0]
    assert first.words("en").startswith(words)
    assert first.words("zh").startswith(f"第 {first.line} 行第 {first.column} 列")


def test_every_problem_is_named_at_once():
    with pytest.raises(CalendarError) as refused:
        load_calendar(OFFICE.replace("version: 1", "version: x").replace("Europe/Berlin", "Bonn"))
    assert [problem.code for problem in refused.value.problems] == ["not_a_number", "zone_unknown"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_mapping"),
        ("- a\n- b\n", "not_a_mapping"),
        ("[" * 20_000, "yaml_unreadable"),
        ("x" * (MAX_BYTES + 1), "too_large"),
        ("a: 1\n---\nb: 2\n", "yaml_unreadable"),
    ],
)
def test_what_is_no_calendar_at_all_is_refused(text, code):
    with pytest.raises(CalendarError) as refused:
        load_calendar(text)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_nothing_in_yaml_is_guessed():
    """`no`, `09:00` and 1_0 mean other things in other YAML versions; here they are texts."""
    document = load_calendar(OFFICE.replace("en: Office", "en: no"))
    assert document.title.en == "no"


def test_hours_are_put_in_order():
    document = load_calendar(OFFICE.replace('"09:00-12:00", "13:30-18:00"', '"13:30-18:00", "09:00-12:00"'))
    assert document == load_calendar(OFFICE)
    assert document.digest() == load_calendar(OFFICE).digest()


def test_an_override_without_its_base_is_refused():
    with pytest.raises(CalendarError, match="there is no calendar mars to extend; load it first or correct extends"):
        load_calendar(OVERRIDE.replace("cn-office", "mars"), packaged_calendar)


OVERRIDE = """\
code: p01
version: 1
extends: cn-office
effective: 2026-01-01
title: {zh: 一号项目, en: Project 1}
source: notice of the project
"""
