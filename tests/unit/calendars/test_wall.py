"""Wall clocks that skip and repeat hours."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from shared.calendars.wall import DAY, first_instant, from_micros, micros, steady_spans

# zone, day, time shown, first UTC instant at which it is shown
SHOWN = (
    ("Asia/Shanghai", "2026-02-14", "09:00", "2026-02-14T01:00"),
    ("Europe/Berlin", "2026-03-29", "01:59", "2026-03-29T00:59"),
    ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00"),  # skipped: the jump
    ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00"),
    ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00"),
    ("Europe/Berlin", "2026-03-29", "03:30", "2026-03-29T01:30"),
    ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30"),  # repeated: the first
    ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00"),
    ("America/New_York", "2026-03-08", "02:15", "2026-03-08T07:00"),
    ("Africa/Cairo", "2026-04-24", "00:00", "2026-04-23T22:00"),  # midnight itself is skipped
    ("America/Havana", "2026-11-01", "00:00", "2026-11-01T04:00"),  # midnight comes twice
    ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30"),  # a jump of half an hour
)


@pytest.mark.parametrize(("zone", "day", "shown", "instant"), SHOWN)
def test_a_time_of_day_is_the_first_instant_at_which_it_is_shown_or_passed(zone, day, shown, instant):
    hours, minutes = map(int, shown.split(":"))
    found = first_instant(date.fromisoformat(day), timedelta(hours=hours, minutes=minutes), ZoneInfo(zone))
    assert found == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_24_00_is_the_next_midnight():
    zone = ZoneInfo("Asia/Shanghai")
    assert first_instant(date(2026, 12, 31), timedelta(days=1), zone) == datetime(2026, 12, 31, 16, tzinfo=UTC)


def test_spans_of_one_offset_join_and_change_where_the_clock_jumps():
    zone = ZoneInfo("Europe/Berlin")
    start, end = micros(datetime(2026, 1, 1, tzinfo=UTC)), micros(datetime(2027, 1, 1, tzinfo=UTC))
    spans = steady_spans(zone, start, end)
    assert [offset // 3_600_000_000 for _, _, offset in spans] == [1, 2, 1]
    assert [from_micros(low) for low, _, _ in spans[1:]] == [
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
    ]
    assert (spans[0][0], spans[-1][1]) == (start, end)
    assert all(earlier[1] == later[0] for earlier, later in pairwise(spans))


def test_a_zone_that_never_jumps_is_one_span():
    start = micros(datetime(2026, 1, 1, tzinfo=UTC))
    assert steady_spans(ZoneInfo("Asia/Shanghai"), start, start + 365 * DAY) == [
        (start, start + 365 * DAY, 8 * 3_600_000_000)
    ]
