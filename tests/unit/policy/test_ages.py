"""Ages and windows in a pack's way of counting days."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.ages import CalendarNeeded, earliest_within, end_of
from shared.policy.durations import Count, Duration
from shared.policy.measuring import counts, measures_of, window_start
from shared.policy.pack import Pack
from tests.unit.policy.conftest import context

CHINA = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 1, 31, 9, 30, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("length", "count", "end"),
    [
        ("15min", Count(), datetime(2026, 1, 31, 9, 45, tzinfo=CHINA)),
        ("24h", Count(), datetime(2026, 2, 1, 9, 30, tzinfo=CHINA)),
        ("1d", Count(), datetime(2026, 2, 2, tzinfo=CHINA)),
        ("15d", Count(), datetime(2026, 2, 16, tzinfo=CHINA)),
        ("15d", Count(start_day="included"), datetime(2026, 2, 15, tzinfo=CHINA)),
        ("15d", Count(day="same_time"), datetime(2026, 2, 15, 9, 30, tzinfo=CHINA)),
        ("1w", Count(), datetime(2026, 2, 8, tzinfo=CHINA)),
        ("1w", Count(week="calendar"), datetime(2026, 2, 2, tzinfo=CHINA)),
        ("1mo", Count(), datetime(2026, 3, 1, tzinfo=CHINA)),  # the 31st clamps to the 28th of February
        ("1y", Count(), datetime(2027, 2, 1, tzinfo=CHINA)),
        ("same_day", Count(), datetime(2026, 2, 1, tzinfo=CHINA)),
    ],
)
def test_an_age_ends_as_the_pack_counts(length: str, count: Count, end: datetime) -> None:
    assert end_of(START, Duration.parse(length), count, CHINA) == end


@pytest.mark.parametrize("length", ["3wd", "8wh"])
def test_working_days_need_a_calendar(length: str) -> None:
    with pytest.raises(CalendarNeeded):
        end_of(START, Duration.parse(length), Count(), CHINA)


@pytest.mark.parametrize(
    ("newest", "first"),
    [
        (datetime(2027, 3, 15, 12, tzinfo=CHINA), datetime(2027, 2, 15, tzinfo=CHINA)),
        (datetime(2027, 2, 28, 12, tzinfo=CHINA), datetime(2027, 1, 28, tzinfo=CHINA)),
        (datetime(2027, 3, 31, 12, tzinfo=CHINA), datetime(2027, 3, 1, tzinfo=CHINA)),
        (datetime(2028, 2, 29, 23, 59, tzinfo=CHINA), datetime(2028, 1, 29, tzinfo=CHINA)),
    ],
)
def test_a_month_before_the_newest_complaint(pack: Pack, newest: datetime, first: datetime) -> None:
    assert window_start(pack, "same_complaint", newest, CHINA) == first


moments = st.integers(0, 6 * 365 * 86_400_000_000).map(
    lambda microseconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)


@given(
    moments,
    st.sampled_from(["90min", "36h", "1d", "15d", "2w", "1mo", "3mo", "1y"]),
    st.sampled_from(["end_of_day", "same_time"]),
)
def test_the_window_begins_exactly_where_the_age_still_holds(now: datetime, length: str, day: str) -> None:
    duration, count = Duration.parse(length), Count(day=day)  # type: ignore[arg-type]
    first = earliest_within(duration, now, count, CHINA)
    assert end_of(first, duration, count, CHINA) > now
    assert end_of(first - timedelta(microseconds=1), duration, count, CHINA) <= now


def test_the_same_complaint_is_one_of_the_same_project_category_and_building(pack: Pack) -> None:
    (measure,) = measures_of(pack)
    assert (measure.name, measure.count) == ("same_complaint", "distinct_reporters")
    assert (measure.same, measure.within, measure.window) == (
        ("category", "building"),
        "project",
        Duration.parse("1mo"),
    )
    assert measure.rule == "R-001-18/r16"


def test_anonymous_complaints_and_repairs_do_not_count(pack: Pack) -> None:
    named = {"anonymous": False}
    assert counts(pack, "same_complaint", {}, context(**named))
    assert not counts(pack, "same_complaint", {}, context(anonymous=True))
    assert not counts(pack, "same_complaint", {}, context(contact_type="repair", **named))
    assert not counts(pack, "same_complaint", {}, context(contact_type=None, **named))
