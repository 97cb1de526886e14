"""Random calendars, starts, limits and pauses, thickest where clocks change and years turn."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from services.sla.domain import Named, Pause
from shared.calendars.document import WEEKDAYS, CalendarDocument
from shared.policy.durations import Count, Duration

# Jumps at 2 and 3 o'clock, at midnight (Cairo, Havana), of half an hour (Lord Howe); none, and odd offsets (Kathmandu).
ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Africa/Cairo",
    "America/Havana",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
)
# The clocks of these zones change within a few days of each of these.
TURNS = tuple(
    datetime(2026, *day, tzinfo=UTC) for day in ((1, 1), (2, 14), (3, 8), (3, 29), (4, 24), (10, 4), (10, 25), (11, 1))
)
CAUSE = Named("客户不在", "customer away")


def minutes(first: int, last: int) -> st.SearchStrategy[int]:
    """Any minute, and as often a half hour, so that starts, hours, pauses and jumps of the clock meet exactly."""
    return st.integers(first, last) | st.integers(-(-first // 30), last // 30).map(lambda half: 30 * half)


def clock_time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def day_hours(draw: st.DrawFn, first: int, last: int) -> list[str]:
    """Up to three intervals between two minutes of the day."""
    cuts = sorted(draw(st.sets(minutes(first, last), max_size=6)))
    return [f"{clock_time(a)}-{clock_time(b)}" for a, b in zip(cuts[::2], cuts[1::2], strict=False)]


@st.composite
def documents(draw: st.DrawFn) -> CalendarDocument:
    style = draw(st.sampled_from(("day", "night", "always")))
    week: dict[str, list[str]] = {}
    for name in WEEKDAYS:
        if style == "always":
            week[name] = ["00:00-24:00"]
            continue
        week[name] = draw(day_hours(360 if style == "night" else 0, 1320 if style == "night" else 1439))
        if style == "night" and draw(st.booleans()):
            week[name].append(f"{clock_time(draw(minutes(1321, 1439)))}-{clock_time(draw(minutes(1, 360)))}")
    if not any(week.values()):
        week["wed"] = ["09:00-12:00", "13:30-18:00"]
    days = st.sampled_from(TURNS).flatmap(lambda turn: st.integers(-4, 12).map(lambda n: turn.date() + timedelta(n)))
    holidays = draw(st.sets(days, max_size=12))
    made_up = draw(st.sets(days, max_size=6)) - holidays
    name = {"zh": "节", "en": "Feast"}
    return CalendarDocument.model_validate(
        {
            "code": "random",
            "version": 1,
            "effective": date(2020, 1, 1),
            "zone": draw(st.sampled_from(ZONES)),
            "title": name,
            "source": "drawn",
            "week": week,
            "holidays": dict.fromkeys(holidays, name),
            "working_days": {
                day: name | ({"hours": own} if (own := draw(day_hours(0, 1439))) else {}) for day in sorted(made_up)
            },
            "known_until": date(2026, 12, 31),
        }
    )


starts = st.builds(
    lambda turn, offset: turn + timedelta(minutes=offset), st.sampled_from(TURNS), minutes(-3 * 1440, 2 * 1440)
)
counts = st.builds(
    Count,
    day=st.sampled_from(("end_of_day", "same_time")),
    start_day=st.sampled_from(("excluded", "included")),
    working_day=st.sampled_from(("end_of_day", "end_of_office", "same_time")),
)
limits = st.one_of(
    st.builds(Duration, minutes(1, 3000), st.just("min")),
    st.builds(Duration, st.integers(1, 60), st.just("h")),
    st.builds(Duration, st.integers(1, 12), st.just("wh")),
    st.builds(Duration, st.integers(1, 6), st.just("d")),
    st.builds(Duration, st.integers(1, 4), st.just("wd")),
    st.builds(Duration, st.just(1), st.just("w")),
)


@st.composite
def pauses_from(draw: st.DrawFn, start: datetime) -> tuple[Pause, ...]:
    """Up to three pauses near `start`, apart, touching or overlapping."""
    pairs = draw(st.lists(st.tuples(minutes(-600, 4000), minutes(1, 3000)), max_size=3))
    return tuple(
        Pause(start + timedelta(minutes=begin), start + timedelta(minutes=begin + length), CAUSE)
        for begin, length in pairs
    )
