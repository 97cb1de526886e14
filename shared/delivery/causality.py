"""Delivery rule 2, pure: which events of a case may be applied, which must wait, which came before.

Invariants (tests drive arbitrary interleavings, duplicates and republication through `admit`):
- an event is applied exactly once, and only after everything its emitter had applied;
- nothing is refused for coming early: it waits, and goes when its last cause arrives;
- whatever the order of arrival, the marks and the set of applied events end up the same.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar


class Placed(Protocol):
    """What the core needs to know of an event."""

    @property
    def source(self) -> str: ...
    @property
    def sequence(self) -> int: ...
    @property
    def after(self) -> Mapping[str, int]: ...


Arrival = TypeVar("Arrival", bound=Placed)


@dataclass(frozen=True, slots=True)
class Marks:
    """What one service has applied of one case: the highest sequence of each source; what it has emitted itself."""

    applied: Mapping[str, int] = field(default_factory=dict)
    emitted: int = 0
    parked: bool = False

    def of(self, source: str) -> int:
        return self.applied.get(source, 0)


@dataclass(frozen=True, slots=True)
class Waiting(Generic[Arrival]):
    """A held event and what it waits for: `intake=3`, a record's key, or `parked`."""

    arrival: Arrival
    waiting_for: str


@dataclass(frozen=True, slots=True)
class Admission(Generic[Arrival]):
    """ready: in the order of application. waiting: to be held. marks: after applying all that is ready."""

    ready: tuple[Arrival, ...]
    waiting: tuple[Waiting[Arrival], ...]
    marks: Marks


def admit(
    marks: Marks,
    arrivals: Iterable[Arrival],
    *,
    service: str,
    judged: frozenset[str],
    blocked: Callable[[Arrival], str | None] = lambda _: None,
) -> Admission[Arrival]:
    """Sort a case's `arrivals` (newly come and formerly held) into ready, waiting and dropped duplicates.

    service: the reader; its own events come back to it and are dropped, what it emitted it has. judged: sources
    whose topic the reader consumes: `after` is checked for these only. blocked: names what else an event waits for
    (a record not yet seen, an unknown version), asked when its place in the order has come.
    """
    pending: dict[tuple[str, int], Arrival] = {}
    for arrival in arrivals:
        if arrival.source != service and arrival.sequence > marks.of(arrival.source):
            pending.setdefault((arrival.source, arrival.sequence), arrival)

    applied = dict(marks.applied)
    ready: list[Arrival] = []
    if not marks.parked:
        while next_ := _next_ready(pending, applied, marks.emitted, service, judged, blocked):
            arrival = pending.pop(next_)
            applied[arrival.source] = arrival.sequence
            ready.append(arrival)
    waiting = tuple(
        Waiting(arrival, _reason(arrival, applied, marks, service, judged, blocked))
        for _, arrival in sorted(pending.items())
    )
    return Admission(tuple(ready), waiting, Marks(applied, marks.emitted, marks.parked))


def _next_ready(
    pending: Mapping[tuple[str, int], Arrival],
    applied: Mapping[str, int],
    emitted: int,
    service: str,
    judged: frozenset[str],
    blocked: Callable[[Arrival], str | None],
) -> tuple[str, int] | None:
    # Only the next sequence of each source can be ready: a handful of candidates however many wait.
    if not pending:
        return None
    for source in sorted({source for source, _ in pending}):
        place = (source, applied.get(source, 0) + 1)
        arrival = pending.get(place)
        if arrival and not _missing(arrival, applied, emitted, service, judged) and blocked(arrival) is None:
            return place
    return None


def _missing(
    arrival: Placed, applied: Mapping[str, int], emitted: int, service: str, judged: frozenset[str]
) -> str | None:
    for source, sequence in arrival.after.items():
        have = emitted if source == service else applied.get(source, 0)
        if (source in judged or source == service) and sequence > have:
            return f"{source}={sequence}"
    return None


def _reason(
    arrival: Arrival,
    applied: Mapping[str, int],
    marks: Marks,
    service: str,
    judged: frozenset[str],
    blocked: Callable[[Arrival], str | None],
) -> str:
    if marks.parked:
        return "parked"
    if arrival.sequence > applied.get(arrival.source, 0) + 1:
        return f"{arrival.source}={arrival.sequence - 1}"
    return _missing(arrival, applied, marks.emitted, service, judged) or blocked(arrival) or "parked"
