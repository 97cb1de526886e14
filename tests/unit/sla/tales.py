"""Tales of cases: what happens to one, drawn at random."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import assume
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.calendars.document import WEEKDAYS, CalendarDocument
from shared.calendars.overrides import CalendarOverride, resolve
from shared.policy.durations import Count, Duration
from tests.unit.sla.oracle import LayeredOracle
from tests.unit.sla.worlds import counts, day_hours, documents, minutes, starts

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
        "visit_set",
        "suspended",
        "rules",
        "calendar",
        "closed",
        "visit_set",
        "resolved",
        "suspended",
        "called",
        "visit_set",
        "confirmed",
        "resumed",
        "progressed",
        "resumed",
        "pressing",
        "progressed",
    ),
    False: ("reopened", "calendar", "reopened", "called", "visit_set"),
}
"""What may happen to an open case, and to a closed one."""


class Deed(NamedTuple):
    """value: the limits of the new rules, the layers of the new calendar, when the visit is to be (None: never),
    or whether the case is pressing."""

    at: datetime
    what: str
    value: Any = None


class Limits(NamedTuple):
    """fix: from the registration to the solution. after: from the closing to the call. confirm: ahead of the visit.
    tell, tell_often: from one record of progress to the next, and while the case is pressing."""

    fix: Duration
    after: Duration
    confirm: Duration
    tell: Duration
    tell_often: Duration


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
    """dated: a visit is told by its day, and no time."""

    received: datetime
    limits: Limits
    count: Count
    layers: Layers
    deeds: tuple[Deed, ...]
    until: datetime
    dated: bool = False


@st.composite
def tales(draw: st.DrawFn) -> Tale:
    """A case under a calendar with holidays and made-up days of its own. Half of what happens comes within minutes of
    the instant at which the present clock runs out."""
    count, base, received = draw(counts), draw(documents()), draw(starts)
    if draw(st.booleans()):
        zone, day = draw(st.sampled_from(JUMPS))
        base = base.model_copy(update={"zone": zone})
        received = datetime(2026, *day, tzinfo=UTC) + timedelta(minutes=draw(minutes(-3 * 1440, 0)))
    limits = known = Limits(*(draw(each) for each in (durations(), durations(), durations(), cadences(), cadences())))
    dated, visit = draw(st.booleans()), None
    with_days = draw(layers_on(base, received.date(), least=1)).flat.model_copy(update={"derived_from": None})
    layers = present = draw(layers_on(with_days, received.date()))
    at = begun = received
    deeds: list[Deed] = []
    is_open = True
    for _ in range(draw(st.integers(1, 8))):
        later = at + timedelta(minutes=draw(minutes(1, 3000)))
        if draw(st.booleans()):
            oracle = LayeredOracle(present.base, present.overrides)
            if visit is not None and draw(st.booleans()):
                due = oracle.ahead(oracle.instant(visit), known.confirm, count)
            else:
                due = oracle.due(begun, known.fix if is_open else known.after, count)
            later = due + timedelta(minutes=draw(st.sampled_from((-60, -1, 0, 1, 90))))
        at = max(later, at + timedelta(minutes=1))
        what = draw(st.sampled_from(PERMITTED[is_open]))
        value: Any = None
        if what == "rules":
            value = known = Limits(*(draw(changed(each)) for each in known))
        elif what == "calendar":
            value = present = draw(layers_on(layers.base, received.date(), version=len(deeds) + 2))
        elif what == "pressing":
            value = draw(st.booleans())
        elif what == "visit_set":
            value = visit = draw(visits(base.time_zone, at, visit, dated=dated))
        elif what in ("closed", "reopened"):
            is_open, begun = not is_open, at
        deeds.append(Deed(at, what, value))
    until = at + timedelta(minutes=draw(minutes(0, 8000)))
    return Tale(received, limits, count, layers, tuple(deeds), until, dated)


@st.composite
def visits(
    draw: st.DrawFn, zone: ZoneInfo, at: datetime, before: datetime | date | None, *, dated: bool
) -> datetime | date | None:
    """When the visit is to be, told at `at`: soon or in some days, as it was `before`, or not at all any more."""
    how = draw(st.sampled_from(("new", "new", "new", "same", "none")))
    if how != "new":
        return before if how == "same" else None
    instant = at + timedelta(minutes=draw(minutes(-600, 9 * 1440)))
    return instant.astimezone(zone).date() if dated else instant


def durations() -> st.SearchStrategy[Duration]:
    most = {"wd": 4, "d": 4, "wh": 12, "h": 30}
    return st.sampled_from(("wd", "wd", "d", "d", "wh", "h")).flatmap(
        lambda unit: st.integers(1, most[unit]).map(lambda amount: Duration(amount, unit))
    )


def cadences() -> st.SearchStrategy[Duration]:
    """Not so short that a tale has hundreds of intervals."""
    return durations().map(lambda each: Duration(each.amount + 9, each.unit) if each.unit in ("h", "wh") else each)


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
