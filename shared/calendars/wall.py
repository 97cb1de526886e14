"""Wall clocks and instants: where a zone's clock skips or repeats hours, and microseconds for exact sums."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = 86_400_000_000
MINUTE = 60_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()

TICK = timedelta(microseconds=1)


def micros(instant: datetime) -> int:
    """Microseconds from 1970 to `instant`: integers, so that sums of working time stay exact."""
    return (instant - EPOCH) // TICK


def from_micros(value: int) -> datetime:
    """The UTC instant `value` microseconds after 1970."""
    return EPOCH + timedelta(microseconds=value)


def first_instant(day: date, time_of_day: timedelta, zone: ZoneInfo) -> datetime:
    """The first UTC instant at which clocks in `zone` show `time_of_day` (or later) of `day`.

    A skipped time (spring) is the instant of the jump; of a repeated one (autumn) the first is meant.
    """
    local = datetime(day.year, day.month, day.day, tzinfo=zone) + time_of_day
    instant = local.astimezone(UTC)
    # Comparing in one zone compares what the clocks show: it differs only where the clocks never show `local`.
    if instant.astimezone(zone) != local:
        early = micros(local.replace(fold=1).astimezone(UTC))
        return from_micros(_jump(zone, early, micros(instant)))
    return instant


def offset_at(zone: ZoneInfo, at: int) -> int:
    """By how many microseconds clocks in `zone` are ahead of UTC at the instant `at` (microseconds)."""
    offset = from_micros(at).astimezone(zone).utcoffset()
    return 0 if offset is None else offset // TICK


def steady_spans(zone: ZoneInfo, start: int, end: int) -> list[tuple[int, int, int]]:
    """Cut [start, end) (microseconds UTC) where the offset of `zone` changes: (from, to, offset), contiguous.

    Offsets are compared once a day: two changes within 24 hours that cancel out would go unseen; no zone does that.
    """
    spans = []
    begin, offset = start, offset_at(zone, start)
    for day in range(start, end, DAY):
        until = min(day + DAY, end)
        if (after := offset_at(zone, until)) != offset:
            jump = _jump(zone, day, until)
            spans.append((begin, jump, offset))
            begin, offset = jump, after
    if begin < end:
        spans.append((begin, end, offset))
    return spans


def _jump(zone: ZoneInfo, before: int, after: int) -> int:
    """The first instant of the new offset, between two instants with different ones; zones jump at full seconds."""
    old = offset_at(zone, before)
    low, high = before // 1_000_000, -(-after // 1_000_000)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset_at(zone, middle * 1_000_000) == old else (low, middle)
    return high * 1_000_000
