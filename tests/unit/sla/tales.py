"""Tales of cases: what happens to one, drawn at random, and what its clocks must have come to at the end.

`ends_of` shares nothing with the product but the words: it knows the whole tale, takes each clock by itself, and asks
the oracle that walks through the minutes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import assume
from hypothesis import strategies as st
from pydantic import ValidationError

from services.sla.domain import Pause
from shared.calendars.document import WEEKDAYS, CalendarDocument
from shared.calendars.overrides import CalendarOverride, resolve
from shared.policy.durations import Count, Duration
from tests.unit.sla.oracle import LayeredOracle
from tests.unit.sla.worlds import CAUSE, counts, day_hours, documents, minutes, starts

JUMPS = (
    ("Europe/Berlin", (3, 29)),
    ("Europe/Berlin", (10, 25)),
    ("America/New_York", (3, 8)),
    ("America/New_York", (11, 1)),
    ("America/Havana", (3, 8)),
    ("Africa/Cairo", (4, 24)),
    ("Australia/Lord_Howe", (10, 4)),
)
"""Where clocks change, and on which day of 2026."""
NAME = {"zh": "节", "en": "Feast"}
PERMITTED = {
    True: (
        "rules",
        "calendar",
        "closed",
        "suspended",
        "rules",
        "calendar",
        "closed",
        "resolved",
        "suspended",
        "called",
    ),
    False: ("reopened", "calendar", "reopened", "called"),
}
"""What may happen to an open case, and to a closed one."""


class Deed(NamedTuple):
    """value: the limits of the new rules, or the layers of the new calendar."""

    at: datetime
    what: str
    value: Any = None


class Limits(NamedTuple):
    """fix: from the registration to the solution. after: from the closing to the call."""

    fix: Duration
    after: Duration


@dataclass(frozen=True)
class Layers:
    """A group's calendar with what region and project lay upon it."""

    base: CalendarDocument
    overrides: tuple[CalendarOverride, ...]
    version: int = 1

    @property
    def flat(self) -> CalendarDocument:
        """As the product stores it."""
        found = self.base
        for override in self.overrides:
            found = resolve(override, found)
        return found.model_copy(update={"version": self.version})


@dataclass(frozen=True)
class Tale:
    received: datetime
    limits: Limits
    count: Count
    layers: Layers
    deeds: tuple[Deed, ...]
    until: datetime


class End(NamedTuple):
    """What became of a clock. due: None while it stands still."""

    state: str
    due: datetime | None
    late: bool


@st.composite
def tales(draw: st.DrawFn) -> Tale:
    """A case under a calendar with holidays and made-up days of its own. Half of what happens comes within minutes of
    the instant at which the present clock runs out."""
    count, base, received = draw(counts), draw(documents()), draw(starts)
    if draw(st.booleans()):
        zone, day = draw(st.sampled_from(JUMPS))
        base = base.model_copy(update={"zone": zone})
        received = datetime(2026, *day, tzinfo=UTC) + timedelta(minutes=draw(minutes(-3 * 1440, 0)))
    limits = known = Limits(draw(durations()), draw(durations()))
    with_days = draw(layers_on(base, received.date(), least=1)).flat.model_copy(update={"derived_from": None})
    layers = present = draw(layers_on(with_days, received.date()))
    at = begun = received
    deeds: list[Deed] = []
    is_open = True
    for _ in range(draw(st.integers(1, 8))):
        later = at + timedelta(minutes=draw(minutes(1, 3000)))
        if draw(st.booleans()):
            due = LayeredOracle(present.base, present.overrides).due(
                begun, known.fix if is_open else known.after, count
            )
            later = due + timedelta(minutes=draw(st.sampled_from((-60, -1, 0, 1, 90))))
        at = max(later, at + timedelta(minutes=1))
        what = draw(st.sampled_from(PERMITTED[is_open]))
        value: Any = None
        if what == "rules":
            value = known = Limits(*(draw(changed(each)) for each in known))
        elif what == "calendar":
            value = present = draw(layers_on(layers.base, received.date(), version=len(deeds) + 2))
        elif what in ("closed", "reopened"):
            is_open, begun = not is_open, at
        deeds.append(Deed(at, what, value))
    return Tale(received, limits, count, layers, tuple(deeds), at + timedelta(minutes=draw(minutes(0, 8000))))


def durations() -> st.SearchStrategy[Duration]:
    most = {"wd": 4, "d": 4, "wh": 12, "h": 30}
    return st.sampled_from(("wd", "wd", "d", "d", "wh", "h")).flatmap(
        lambda unit: st.integers(1, most[unit]).map(lambda amount: Duration(amount, unit))
    )


def changed(limit: Duration) -> st.SearchStrategy[Duration]:
    """Three more or three less of it, or as it is."""
    amounts = [amount for amount in (limit.amount - 3, limit.amount, limit.amount + 3) if amount > 0]
    return st.sampled_from(amounts).map(lambda amount: Duration(amount, limit.unit))


@st.composite
def layers_on(draw: st.DrawFn, base: CalendarDocument, first: date, *, version: int = 1, least: int = 0) -> Layers:
    """Up to two calendars laid one upon the other, each with days of its own in the weeks after the `first` day."""
    below, overrides = base, list[CalendarOverride]()
    for _ in range(draw(st.integers(least, 2))):
        override = draw(override_of(below, first))
        try:
            below = resolve(override, below)
        except ValidationError:  # nights that overlap, or a week without hours
            assume(False)
        overrides.append(override)
    return Layers(base, tuple(overrides), version)


@st.composite
def override_of(draw: st.DrawFn, base: CalendarDocument, first: date) -> CalendarOverride:
    near = [first + timedelta(n) for n in range(-1, 14)]
    named = [day for day in (*base.holidays, *base.working_days) if day in near]
    holidays: dict[date, Any] = {}
    working_days: dict[date, Any] = {}
    for day in sorted(draw(st.sets(st.sampled_from([*near, *(3 * named)]), max_size=6))):
        known = holidays if day in base.holidays else working_days if day in base.working_days else None
        kind = draw(st.sampled_from(("holiday", "made up") if known is None else ("holiday", "made up", "none")))
        if kind == "none" and known is not None:
            known[day] = None
        elif kind == "holiday":
            holidays[day] = NAME
        else:
            working_days[day] = NAME | ({"hours": own} if (own := draw(day_hours(0, 1439))) else {})
    week = {name: draw(day_hours(0, 1439)) for name in draw(st.sets(st.sampled_from(WEEKDAYS), max_size=2))}
    return CalendarOverride.model_validate(
        {
            "code": "random", "version": 1, "extends": base.code, "effective": date(2020, 1, 1), "title": NAME,
            "source": "drawn", "week": week, "holidays": holidays, "working_days": working_days,
        }
    )  # fmt: skip


def ends_of(tale: Tale) -> dict[tuple[str, int], End]:
    """(clock, round) -> what it came to."""
    return dict(_ends(tale))


def _ends(tale: Tale) -> Iterator[tuple[tuple[str, int], End]]:
    begins = [tale.received, *(deed.at for deed in tale.deeds if deed.what == "reopened")]
    for place, begin in enumerate(begins):
        over = begins[place + 1] if place + 1 < len(begins) else None
        deeds = [deed for deed in tale.deeds if begin < deed.at and (over is None or deed.at < over)]
        closed = _first(deeds, "closed")
        yield ("fix", place + 1), _end(tale, "fix", begin, _first(deeds, "resolved"), closed or over)
        if closed:
            called = _first([deed for deed in deeds if deed.at > closed], "called")
            yield ("after", place + 1), _end(tale, "after", closed, called, over)


def _first(deeds: Sequence[Deed], what: str) -> datetime | None:
    return next((deed.at for deed in deeds if deed.what == what), None)


def _end(tale: Tale, name: str, start: datetime, stop: datetime | None, cancel: datetime | None) -> End:
    """The clock from `start`, by the rules and the calendar that were in force when it was last open."""
    finish = min((at for at in (stop, cancel) if at), default=None)
    limits, layers = tale.limits, tale.layers
    for deed in tale.deeds:
        if finish is None or deed.at < finish:
            limits = deed.value if deed.what == "rules" else limits
            layers = deed.value if deed.what == "calendar" else layers
    pauses = _pauses([deed for deed in tale.deeds if finish is None or deed.at < finish])
    lasting = next((pause for pause in pauses if pause.to is None), None)
    ended = tuple(pause for pause in pauses if pause.to is not None)
    due = LayeredOracle(layers.base, layers.overrides).due(start, getattr(limits, name), tale.count, ended)
    still = lasting is not None and lasting.from_ < due
    shown = None if still else due
    if finish is None:
        state = "paused" if still else "breached" if due <= tale.until else "running"
        return End(state, shown, late=state == "breached")
    if finish == stop:
        return End("met", shown, late=not still and stop > due)
    return End("cancelled", shown, late=not still and due <= finish)


def _pauses(deeds: Sequence[Deed]) -> list[Pause]:
    """The spans in which limits stood still; one begun within another lasts as long as that."""
    found: list[Pause] = []
    for deed in deeds:
        lasts = bool(found) and found[-1].to is None
        if deed.what == "suspended" and not lasts:
            found.append(Pause(deed.at, None, CAUSE))
        elif deed.what in ("resumed", "reopened") and lasts:
            found[-1] = Pause(found[-1].from_, deed.at, CAUSE)
    return found
