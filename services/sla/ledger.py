"""The ledger of a clock: every moment from its start, running or not, counted or not, and why."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from services.sla.domain import Clock, Named, Pause, Segment
from services.sla.pauses import Reckoning, ended_by, reckoning_of
from services.sla.wording import segment_words
from shared.calendars.working import WorkingCalendar
from shared.policy.ages import WORKING
from shared.policy.durations import Duration
from shared.texts.catalogue import Language
from shared.values import replace


def segments(clock: Clock, calendar: WorkingCalendar, until: datetime, pauses: Sequence[Pause] = ()) -> list[Segment]:
    """The whole span from the clock's start to `until` (its due instant, its stop, now), in contiguous runs.

    A running segment counts as long as it is; the others count nothing, though a day may end in them. A pause that
    lasts at `until` comes last and has no end.
    """
    reckoning = reckoning_of(calendar, clock.started_at, clock.limit, clock.count, clock.cut_off)
    pieces: list[Segment] = []
    at = clock.started_at
    for pause in sorted(pauses, key=lambda each: each.from_):
        low, high = max(pause.from_, at), until if pause.to is None else min(pause.to, until)
        if low >= high:
            continue
        pieces += _unpaused(clock, calendar, reckoning, at, low)
        pieces.append(Segment(low, None if pause.to is None else high, "paused", 0.0, 0, "paused", pause.cause))
        at = high
        if pause.to is None:
            break
    pieces += _unpaused(clock, calendar, reckoning, at, until)
    return _with_days(_merged(pieces), reckoning, clock.started_at, until)


def segments_back(clock: Clock, calendar: WorkingCalendar, target: datetime, ahead: Duration) -> list[Segment]:
    """From the due instant of a limit that is counted back `ahead` from `target` on to that, in contiguous runs: what
    counts between the two, and what does not."""
    at = clock.due_at
    if ahead.unit not in WORKING:
        why = "elapsed" if ahead.unit in ("min", "h") else "days"
        counted = (target - at).total_seconds()
        return [Segment(at, target, "running", counted, 0, why)] if at < target else []
    return _merged([*_unpaused(clock, calendar, Reckoning(working=True), at, target)])


def explain(ledger: Sequence[Segment], calendar: WorkingCalendar, language: Language) -> list[str]:
    """One sentence for each segment, in local time of the calendar."""
    return [segment_words(each, calendar.zone, language) for each in ledger]


def _unpaused(
    clock: Clock, calendar: WorkingCalendar, reckoning: Reckoning, start: datetime, end: datetime
) -> Iterator[Segment]:
    if start >= end:
        return
    if not reckoning.working:
        why = "agreed" if clock.limit is None else "days" if reckoning.day_end else "elapsed"
        yield Segment(start, end, "running", (end - start).total_seconds(), 0, why)
        return
    at = start
    for opened, closed in calendar.office_hours(start, end):
        yield from _closed(calendar, at, opened)
        yield Segment(opened, closed, "running", (closed - opened).total_seconds(), 0, "office_hours")
        at = closed
    yield from _closed(calendar, at, end)


def _closed(calendar: WorkingCalendar, start: datetime, end: datetime) -> Iterator[Segment]:
    """A span without office hours, cut at midnights where holidays, rest days and evenings meet."""
    while start < end:
        day = start.astimezone(calendar.zone).date()
        until = min(calendar.day_end(day), end)
        if name := _holiday(calendar, day):
            yield Segment(start, until, "holiday", 0.0, 0, "holiday", name)
        else:
            why = "outside_hours" if calendar.is_working_day(day) else "rest_day"
            yield Segment(start, until, "off_hours", 0.0, 0, why)
        start = until


def _holiday(calendar: WorkingCalendar, day: date) -> Named | None:
    found = calendar.document.holidays.get(day)
    return Named(found.zh, found.en) if found else None


def _merged(pieces: Sequence[Segment]) -> list[Segment]:
    """Neighbours of one kind as one run: evening, weekend and morning; the days of a festival."""
    merged: list[Segment] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last is None or last.kind != piece.kind or piece.kind == "paused" or last.to != piece.from_:
            merged.append(piece)
            continue
        why = "rest_day" if "rest_day" in (last.why, piece.why) else piece.why
        merged[-1] = replace(
            last, to=piece.to, counted_s=last.counted_s + piece.counted_s, why=why, subject=_joined(last, piece)
        )
    return merged


def _joined(first: Segment, second: Segment) -> Named | None:
    """The names of two holidays, the later one unless already named."""
    a, b = first.subject, second.subject
    if a is None or b is None or b.en in a.en.split(", "):
        return a or b
    return Named(f"{a.zh}、{b.zh}", f"{a.en}, {b.en}")


def _with_days(pieces: list[Segment], reckoning: Reckoning, start: datetime, until: datetime) -> list[Segment]:
    """The segments with the counted days that end in each (a day that ends at a segment's very end included)."""
    day_end = reckoning.day_end
    if day_end is None:
        return pieces
    ends = [day_end(k).instant for k in range(1, 1 + ended_by(day_end, until, start))]
    return [
        piece
        if piece.kind == "paused" or piece.to is None
        else replace(piece, counted_days=bisect_right(ends, piece.to) - bisect_right(ends, piece.from_))
        for piece in pieces
    ]
