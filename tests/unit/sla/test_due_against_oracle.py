"""The prefix sums give, minute for minute, what walking through the minutes gives."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.sla.calendar import WorkingCalendar, due_at
from services.sla.pauses import due_with_pauses
from shared.calendars.ahead import ahead_of
from shared.calendars.document import CalendarDocument
from shared.policy.durations import Count, Duration
from tests.unit.sla.oracle import Oracle
from tests.unit.sla.worlds import counts, documents, limits, pauses_from, starts

slow = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@slow
@given(documents(), starts, st.integers(0, 5 * 1440))
def test_working_seconds_are_the_open_minutes(document, start, minutes):
    end = start + timedelta(minutes=minutes)
    counted = WorkingCalendar.compile(document).working_seconds(start, end)
    assert counted == 60 * Oracle(document).working_minutes(start, end)


@slow
@given(documents(), starts, limits, counts)
def test_every_limit_ends_where_the_walk_ends(document, start, limit, count):
    assert due_at(WorkingCalendar.compile(document), start, limit, count).instant == Oracle(document).due(
        start, limit, count
    )


@slow
@given(documents(), starts, limits, counts)
def test_every_limit_counted_backwards_is_due_where_the_walk_back_ends(document, target, limit, count):
    assert ahead_of(WorkingCalendar.compile(document), target, limit, count).instant == Oracle(document).ahead(
        target, limit, count
    )


@slow
@given(documents(), starts, st.integers(1, 12 * 60))
def test_working_time_counted_back_is_what_lies_between(document: CalendarDocument, target, minutes):
    calendar = WorkingCalendar.compile(document)
    start = calendar.before_working_time(target, timedelta(minutes=minutes))
    assert calendar.working_seconds(start, target) == 60 * minutes
    assert calendar.working_seconds(start + timedelta(microseconds=1), target) < 60 * minutes


@slow
@given(st.data(), documents(), starts, limits, counts)
def test_pauses_push_a_limit_as_the_walk_says(data, document, start, limit, count):
    pauses = data.draw(pauses_from(start))
    due = due_with_pauses(WorkingCalendar.compile(document), start, limit, count, pauses)
    assert due is not None
    assert due.instant == Oracle(document).due(start, limit, count, pauses)


@slow
@given(documents(), starts, st.integers(1, 12 * 60))
def test_adding_working_time_and_measuring_it_are_inverse(document: CalendarDocument, start, minutes):
    calendar = WorkingCalendar.compile(document)
    end = calendar.add_working(start, 60 * minutes)
    assert calendar.working_seconds(start, end) == 60 * minutes
    assert calendar.working_seconds(start, end - timedelta(microseconds=1)) < 60 * minutes


@slow
@given(documents(), starts, limits, counts)
def test_a_longer_limit_never_ends_earlier(document, start, limit: Duration, count: Count):
    calendar = WorkingCalendar.compile(document)
    longer = Duration(limit.amount + 1, limit.unit)
    assert due_at(calendar, start, limit, count).instant <= due_at(calendar, start, longer, count).instant
