"""The ledger explains every minute of a clock, once, and its sums are those of the reckoning."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.sla.calendar import WorkingCalendar
from services.sla.domain import Named
from services.sla.ledger import explain, segments
from services.sla.pauses import due_of
from shared.policy.durations import Count, Duration
from tests.unit.sla.examples import SHANGHAI, calendar, clock, cn, pause
from tests.unit.sla.oracle import Oracle, walk
from tests.unit.sla.worlds import counts, documents, limits, pauses_from, starts

slow = settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])


def short(text: datetime | None) -> str:
    return "…" if text is None else text.astimezone(SHANGHAI).strftime("%d %H:%M")


def ledger(clock, until: str, *pauses) -> list[tuple]:
    found = segments(clock, calendar(), cn(until), [pause(*each) for each in pauses])
    return [(short(s.from_), short(s.to), s.kind, s.counted_s / 3600, s.counted_days, s.why) for s in found]


def test_working_days_over_spring_festival():
    assert ledger(clock("2026-02-13 17:00", "2026-02-24 18:00", "2wd"), "2026-02-24 18:00") == [
        ("13 17:00", "13 18:00", "running", 1, 0, "office_hours"),
        ("13 18:00", "14 09:00", "off_hours", 0, 0, "outside_hours"),
        ("14 09:00", "14 12:00", "running", 3, 0, "office_hours"),
        ("14 12:00", "14 13:30", "off_hours", 0, 0, "outside_hours"),
        ("14 13:30", "14 18:00", "running", 4.5, 1, "office_hours"),
        ("14 18:00", "16 00:00", "off_hours", 0, 0, "rest_day"),  # Sunday the 15th is an ordinary Sunday
        ("16 00:00", "21 00:00", "holiday", 0, 0, "holiday"),
        ("21 00:00", "23 00:00", "off_hours", 0, 0, "rest_day"),
        ("23 00:00", "24 00:00", "holiday", 0, 0, "holiday"),
        ("24 00:00", "24 09:00", "off_hours", 0, 0, "outside_hours"),
        ("24 09:00", "24 12:00", "running", 3, 0, "office_hours"),
        ("24 12:00", "24 13:30", "off_hours", 0, 0, "outside_hours"),
        ("24 13:30", "24 18:00", "running", 4.5, 1, "office_hours"),
    ]


def test_elapsed_hours_run_through_nights_and_stand_still_in_pauses():
    assert ledger(
        clock("2026-02-13 17:00", "2026-02-14 17:00", "24h"),
        "2026-02-14 19:00",
        ("2026-02-13 18:00", "2026-02-13 20:00"),
    ) == [
        ("13 17:00", "13 18:00", "running", 1, 0, "elapsed"),
        ("13 18:00", "13 20:00", "paused", 0, 0, "paused"),
        ("13 20:00", "14 19:00", "running", 23, 0, "elapsed"),
    ]


def test_plain_days_are_counted_at_midnight_unless_paused():
    assert ledger(
        clock("2026-03-10 10:00", "2026-03-14 00:00", "3d"),
        "2026-03-15 00:00",
        ("2026-03-11 23:00", "2026-03-12 01:00"),
    ) == [
        ("10 10:00", "11 23:00", "running", 37, 0, "days"),
        ("11 23:00", "12 01:00", "paused", 0, 0, "paused"),
        ("12 01:00", "15 00:00", "running", 71, 3, "days"),
    ]


def test_a_working_day_that_ends_at_24_00_is_counted_there():
    found = ledger(
        clock("2026-03-10 10:00", "2026-03-12 00:00", "1wd", count=Count(working_day="end_of_day")), "2026-03-12 00:00"
    )
    assert found[-1] == ("11 18:00", "12 00:00", "off_hours", 0, 1, "outside_hours")


def test_a_pause_that_lasts_ends_the_ledger_open():
    found = ledger(clock("2026-03-10 10:00", "2026-03-12 18:00"), "2026-03-11 10:00", ("2026-03-10 11:00", None))
    assert found == [
        ("10 10:00", "10 11:00", "running", 1, 0, "office_hours"),
        ("10 11:00", "…", "paused", 0, 0, "paused"),
    ]


def test_an_agreed_instant_runs_without_a_break():
    assert ledger(clock("2026-03-10 10:00", "2026-03-10 12:30", None), "2026-03-10 12:30") == [
        ("10 10:00", "10 12:30", "running", 2.5, 0, "agreed")
    ]


def test_after_the_cut_off_the_same_day_is_a_working_day():
    late = clock("2026-03-13 20:00", "2026-03-16 18:00", "same_day", cut_off=time(17))
    assert [entry[2:4] for entry in ledger(late, "2026-03-16 18:00")] == [
        ("off_hours", 0),
        ("running", 3),
        ("off_hours", 0),
        ("running", 4.5),
    ]


def test_before_the_start_there_is_nothing():
    assert ledger(clock("2026-03-10 10:00", "2026-03-12 18:00"), "2026-03-10 10:00") == []
    assert ledger(clock("2026-03-10 10:00", "2026-03-12 18:00"), "2026-03-10 09:00") == []


WORDS = (
    (
        "zh",
        [
            "2026-02-13 17:00 至 2026-02-13 18:00：办公时间，计时 1 小时",
            "2026-02-13 18:00 至 2026-02-14 09:00：非办公时间，不计时",
            "2026-02-14 09:00 至 2026-02-14 11:00：暂停（客户不在），不计时",
            "2026-02-14 11:00 至 2026-02-14 12:00：办公时间，计时 1 小时",
            "2026-02-14 12:00 至 2026-02-14 13:30：非办公时间，不计时",
            "2026-02-14 13:30 至 2026-02-14 18:00：办公时间，计时 4 小时 30 分；其间满 1 天",
            "2026-02-14 18:00 至 2026-02-16 00:00：非办公时间（含休息日），不计时",
            "2026-02-16 00:00 至 2026-02-16 12:00：节假日（农历除夕），不计时",
        ],
    ),
    (
        "en",
        [
            "2026-02-13 17:00 to 2026-02-13 18:00: office hours, 1 h counted",
            "2026-02-13 18:00 to 2026-02-14 09:00: outside office hours, not counted",
            "2026-02-14 09:00 to 2026-02-14 11:00: paused (customer away), not counted",
            "2026-02-14 11:00 to 2026-02-14 12:00: office hours, 1 h counted",
            "2026-02-14 12:00 to 2026-02-14 13:30: outside office hours, not counted",
            "2026-02-14 13:30 to 2026-02-14 18:00: office hours, 4 h 30 min counted; days completed: 1",
            "2026-02-14 18:00 to 2026-02-16 00:00: outside office hours and rest days, not counted",
            "2026-02-16 00:00 to 2026-02-16 12:00: holiday (Chinese New Year's Eve), not counted",
        ],
    ),
)


@pytest.mark.parametrize(("language", "words"), WORDS)
def test_a_ledger_in_words(language, words):
    found = segments(
        clock("2026-02-13 17:00", "2026-02-24 18:00"),
        calendar(),
        cn("2026-02-16 12:00"),
        [pause("2026-02-14 09:00", "2026-02-14 11:00")],
    )
    assert explain(found, calendar(), language) == words


def test_the_days_of_a_festival_are_one_holiday_with_each_name_once():
    found = segments(clock("2026-02-16 00:00", "2026-02-24 18:00"), calendar(), cn("2026-02-20 00:00"))
    assert [each.subject for each in found] == [
        Named("农历除夕、春节", "Chinese New Year's Eve, Chinese New Year (Spring Festival)")
    ]


@pytest.mark.parametrize(
    ("limit", "zh", "en"),
    [
        ("30min", "连续计时 45 秒", "runs without a break, 45 s counted"),
        ("2d", "按自然日计时，45 秒", "calendar days, 45 s counted"),
        (None, "约定的时限内，计时 45 秒", "runs to the agreed time, 45 s counted"),
    ],
)
def test_each_way_of_counting_has_its_words(limit, zh, en):
    found = segments(clock("2026-03-10 10:00", "2026-03-12 18:00", limit), calendar(), cn("2026-03-10 10:00:45"))
    assert explain(found, calendar(), "zh") == [f"2026-03-10 10:00 至 2026-03-10 10:00：{zh}"]
    assert explain(found, calendar(), "en") == [f"2026-03-10 10:00 to 2026-03-10 10:00: {en}"]


def test_a_lasting_pause_is_told_as_lasting():
    found = segments(
        clock("2026-03-10 10:00", "2026-03-12 18:00"),
        calendar(),
        cn("2026-03-11 10:00"),
        [pause("2026-03-10 10:00", None)],
    )
    assert explain(found, calendar(), "zh") == ["2026-03-10 10:00 至今：暂停（客户不在），不计时"]
    assert explain(found, calendar(), "en") == ["2026-03-10 10:00 until now: paused (customer away), not counted"]


@slow
@given(st.data(), documents(), starts, limits, counts, st.integers(0, 4 * 1440))
def test_every_minute_is_explained_once_and_rightly(data, document, start, limit, count, minutes):
    pauses = data.draw(pauses_from(start))
    until = start + timedelta(minutes=minutes)
    running = replace(clock("2026-01-01 00:00", "2026-01-02 00:00"), started_at=start, limit=limit, count=count)
    found = segments(running, WorkingCalendar.compile(document), until, pauses)

    assert all(segment.to is not None and segment.from_ < segment.to for segment in found)
    assert all(earlier.to == later.from_ for earlier, later in pairwise(found))
    assert (found[0].from_, found[-1].to) == (start, until) if found else until == start
    for segment in found:
        length = (segment.to - segment.from_).total_seconds()
        assert segment.counted_s == (length if segment.kind == "running" else 0)

    oracle = Oracle(document)
    kinds = iter(found)
    segment = next(kinds, None)
    for minute in walk(start, until):
        while segment.to <= minute:
            segment = next(kinds)
        assert segment.kind == _kind(oracle, minute, limit, pauses)


def _kind(oracle: Oracle, minute: datetime, limit: Duration, pauses) -> str:
    if any(each.from_ <= minute < each.to for each in pauses):
        return "paused"
    if limit.unit not in ("wh", "wd") or oracle.is_open(minute):
        return "running"
    return "holiday" if oracle.shows(minute).date() in oracle.document.holidays else "off_hours"


@slow
@given(st.data(), documents(), starts, limits, counts)
def test_until_its_due_instant_a_ledger_counts_exactly_the_limit(data, document, start, limit, count):
    pauses = data.draw(pauses_from(start))
    working = WorkingCalendar.compile(document)
    running = replace(clock("2026-01-01 00:00", "2026-01-02 00:00"), started_at=start, limit=limit, count=count)
    due = due_of(running, working, pauses)
    assert due is not None
    found = segments(running, working, due.instant, pauses)
    if limit.unit in ("min", "h", "wh"):
        assert sum(each.counted_s for each in found) == limit.amount * (60 if limit.unit == "min" else 3600)
    else:
        assert sum(each.counted_days for each in found) == limit.amount * (7 if limit.unit == "w" else 1)
