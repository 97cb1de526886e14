"""What the clocks of a tale must have come to at its end.

It shares nothing with the product but the words: it knows the whole tale, takes each clock by itself, and asks the
oracle that walks through the minutes.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from services.sla.domain import Pause
from shared.policy.durations import Duration
from tests.unit.sla.oracle import MINUTE, LayeredOracle, Oracle
from tests.unit.sla.tales import Deed, Tale
from tests.unit.sla.worlds import CAUSE

MEASURES = frozenset({"rules", "calendar", "pressing", "suspended", "resumed"})
"""What may change how long an interval is, or whether its time counts."""


class End(NamedTuple):
    """What became of a clock. due: None while it stands still."""

    state: str
    due: datetime | None
    late: bool


def ends_of(tale: Tale) -> dict[tuple[str, int, int], End]:
    """(clock, round, occurrence) -> what it came to."""
    return dict(_ends(tale))


def _ends(tale: Tale) -> Iterator[tuple[tuple[str, int, int], End]]:
    begins = [tale.received, *(deed.at for deed in tale.deeds if deed.what == "reopened")]
    for place, begin in enumerate(begins):
        over = begins[place + 1] if place + 1 < len(begins) else None
        deeds = [deed for deed in tale.deeds if begin < deed.at and (over is None or deed.at < over)]
        closed = _first(deeds, "closed")
        yield ("fix", place + 1, 0), _end(tale, "fix", begin, _first(deeds, "resolved"), closed or over)
        yield from _confirmations(tale, place + 1, begin, closed or over)
        yield from _tellings(tale, place + 1, begin, closed or over)
        if closed:
            called = _first([deed for deed in deeds if deed.at > closed], "called")
            yield ("after", place + 1, 0), _end(tale, "after", closed, called, over)


def _first(deeds: Sequence[Deed], what: str) -> datetime | None:
    return next((deed.at for deed in deeds if deed.what == what), None)


def _confirmations(
    tale: Tale, round_: int, begin: datetime, over: datetime | None
) -> Iterator[tuple[tuple[str, int, int], End]]:
    """One after the other: the first begins when the visit is told of, and while one is open the next does not."""
    told = {deed.at: deed.value for deed in tale.deeds if deed.what == "visit_set"}
    count, busy = 0, begin
    for at in sorted(told):
        if at < busy or (over and at > over) or told[at] is None:
            continue
        stop = next(
            (d.at for d in tale.deeds if d.what == "confirmed" and at < d.at and not (over and d.at > over)), None
        )
        gone = next((each for each in sorted(told) if each > at and told[each] is None), None)
        cancel = min((each for each in (gone, over) if each), default=None)
        yield ("confirm", round_, count), _end(tale, "confirm", at, stop, cancel)
        count += 1
        busy = min((each for each in (stop, cancel) if each), default=tale.until + MINUTE)


class Missed(NamedTuple):
    """The intervals of a cadence that were missed, and when the present one ends (None while it stands still)."""

    dues: list[datetime]
    due: datetime | None


def _tellings(
    tale: Tale, round_: int, begin: datetime, over: datetime | None
) -> Iterator[tuple[tuple[str, int, int], End]]:
    """From one record of progress to the next. Each interval that is missed is late, and the next one goes on from it;
    the record meets them all."""
    kept = [
        deed.at
        for deed in tale.deeds
        if deed.what == "progressed" and begin < deed.at and not (over and deed.at > over)
    ]
    number = 0
    for start, finish in zip([begin, *kept], [*kept, over], strict=True):
        missed = _missed(tale, start, finish or tale.until)
        state = "cancelled" if finish == over else "met"
        for due in missed.dues:
            in_time = state == "met" and due == finish
            yield ("tell", round_, number), End(state if finish else "breached", due, late=not in_time)
            number += 1
        present = state if finish else "running" if missed.due else "paused"
        yield ("tell", round_, number), End(present, missed.due, late=False)
        number += 1


def _missed(tale: Tale, start: datetime, until: datetime) -> Missed:
    """By the measure of the time: once it changes, intervals from the start end by the new one, those over by then
    left out."""
    changes = [deed.at for deed in tale.deeds if deed.what in MEASURES and start < deed.at <= until]
    found: list[datetime] = []
    due: datetime | None = None
    for at, then in zip([start, *changes], [*changes, until], strict=True):
        ends = _intervals(tale, start, at)
        due = next((end for end in ends if end > at), None)
        while due is not None and due <= then:
            found.append(due)
            due = next(ends)
    return Missed(found, due)


def _intervals(tale: Tale, start: datetime, at: datetime) -> Iterator[datetime]:
    """When the intervals from `start` end by all that is known at `at`; nothing while time stands still."""
    known = [deed for deed in tale.deeds if deed.at <= at]
    limits = next((deed.value for deed in reversed(known) if deed.what == "rules"), tale.limits)
    layers = next((deed.value for deed in reversed(known) if deed.what == "calendar"), tale.layers)
    pressing = next((deed.value for deed in reversed(known) if deed.what == "pressing"), False)
    pauses = tuple(_pauses(known))
    if any(pause.to is None for pause in pauses):
        return iter(())
    limit = limits.tell_often if pressing else limits.tell
    return LayeredOracle(layers.base, layers.overrides).recurring(start, limit, tale.count, pauses)


def _ahead(tale: Tale, oracle: Oracle, start: datetime, finish: datetime | None, limit: Duration) -> datetime:
    """Ahead of the visit as it was last told of; at once where that had passed when the clock began, or the visit got
    another time."""
    visit: datetime | date | None = None
    known_at = start
    for deed in tale.deeds:
        if deed.what == "visit_set" and (finish is None or deed.at < finish):
            if deed.value != visit:
                known_at = max(start, deed.at)
            visit = deed.value
    assert visit is not None
    return max(oracle.ahead(oracle.instant(visit), limit, tale.count), known_at)


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
    oracle, limit = LayeredOracle(layers.base, layers.overrides), getattr(limits, name)
    if name == "confirm":
        due = _ahead(tale, oracle, start, finish, limit)
    else:
        due = oracle.due(start, limit, tale.count, ended)
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
