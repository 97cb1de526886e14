"""What lies outside the span that a new calendar version touches is reckoned alike by both versions."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.sla.calendar import CalendarDocument, WorkingCalendar, due_at
from services.sla.life.touching import touched
from shared.calendars.ahead import ahead_of
from shared.policy.durations import Count, Duration
from tests.unit.sla.examples import calendar

OLD = calendar()
DAYS = st.dates(date(2026, 2, 1), date(2026, 4, 30))
_FROM = datetime(2026, 1, 15, tzinfo=UTC)
STARTS = st.integers(0, 120 * 24 * 60).map(lambda minutes: _FROM + timedelta(minutes=minutes))
LIMITS = st.builds(Duration, st.integers(1, 12), st.sampled_from(("wd", "wh", "d", "h", "w")))
COUNTS = st.builds(Count, start_day=st.sampled_from(("excluded", "included")))


def version_2(holidays: set[date], worked: set[date], later_known: int) -> WorkingCalendar:
    old = OLD.document
    values = old.model_dump()
    feast = {"zh": "节", "en": "Feast"}
    values["holidays"] = {**{day: n for day, n in values["holidays"].items() if day not in worked}}
    values["holidays"] |= dict.fromkeys(holidays - worked - old.working_days.keys(), feast)
    known = old.known_until
    more = {"version": old.version + 1, "known_until": known and known + timedelta(days=later_known)}
    return WorkingCalendar.compile(CalendarDocument.model_validate({**values, **more}))


@given(
    st.sets(DAYS, max_size=3), st.sets(DAYS, max_size=3), st.sampled_from((-200, 0, 30)), STARTS, LIMITS, COUNTS
)  # fmt: skip
def test_outside_of_it_both_versions_say_the_same(
    holidays: set[date], worked: set[date], later_known: int, start: datetime, limit: Duration, count: Count
) -> None:
    new = version_2(holidays, worked, later_known)
    span = touched(OLD.document, new.document)
    before, after = due_at(OLD, start, limit, count), due_at(new, start, limit, count)
    if span is None or not span.meets(start, before.instant):
        assert before == after
    else:
        assert span.since < span.until


@given(
    st.sets(DAYS, max_size=3), st.sets(DAYS, max_size=3), st.sampled_from((-200, 0, 30)), STARTS, LIMITS, COUNTS
)  # fmt: skip
def test_what_is_counted_backwards_depends_on_the_days_up_to_its_target(
    holidays: set[date], worked: set[date], later_known: int, target: datetime, limit: Duration, count: Count
) -> None:
    new = version_2(holidays, worked, later_known)
    span = touched(OLD.document, new.document)
    before, after = ahead_of(OLD, target, limit, count), ahead_of(new, target, limit, count)
    if span is None or not span.meets(before.instant, target):
        assert before == after


def test_the_span_is_no_larger_than_it_must() -> None:
    span = touched(OLD.document, version_2({date(2026, 3, 12)}, set(), 0).document)
    assert span is not None
    assert span.until - span.since <= timedelta(days=5)
    assert touched(OLD.document, version_2(set(), set(), 0).document) is None
    assert not span.meets(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 6, tzinfo=UTC))
    assert span.meets(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 13, tzinfo=UTC))


def test_another_week_or_zone_touches_everything() -> None:
    document = OLD.document
    week = {**document.week.model_dump(), "sat": document.week.model_dump()["mon"]}
    for change in ({"week": week}, {"zone": "Europe/Paris"}):
        new = CalendarDocument.model_validate({**document.model_dump(), "version": 2, **change})
        span = touched(document, new)
        assert span is not None
        assert span.meets(datetime(1990, 1, 1, tzinfo=UTC), datetime(1990, 1, 2, tzinfo=UTC))
