"""Counts over neighbouring cases: R-001-18/r16, three different people with one complaint within a month.

A measure of the pack says what must be equal (`same`, `within`), which cases count (`where`) and how long the window
is. A count is that of a window ending at one of the cases; a case has the highest count of the windows it lies in.
So the order in which cases arrive does not change who counts together with whom.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from json import dumps

from services.routing.domain import CaseFile, Member
from services.routing.policy.regime import Regime, decided
from shared.policy.expressions.condition import Known
from shared.policy.measuring import counts, window_start
from shared.policy.pack import Pack


@dataclass(frozen=True, slots=True)
class Scope:
    """Where cases count together: a measure, a place and equal values. key: its name in storage."""

    measure: str
    key: str


def scopes_of(file: CaseFile, regime: Regime, bound_at: str) -> Iterator[Scope]:
    """The scopes in which the case counts. bound_at: the node the pack is bound to, for measures within a subtree.

    What is not known is equal to nothing: without a building a complaint repeats no other.
    """
    if file.erased:
        return
    for name, measure in regime.pack.document.measures.items():
        if not measure.of_neighbours:
            continue
        if measure.count == "distinct_reporters" and file.reporter is None:
            continue
        place = file.project if measure.within == "project" else bound_at
        values = [_compared(field, file, regime) for field in measure.same]
        if None not in values and _counts(file, regime, name):
            yield Scope(name, dumps([regime.pack.code, name, place, *values], ensure_ascii=False, default=str))


def reach(pack: Pack, measure: str, at: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """From when to when others may lie that share a window with a case of the instant `at`, generously."""
    start = start_of(pack, measure, at, zone)
    return start, at + (at - start) * 1.2


@lru_cache(maxsize=8192)
def start_of(pack: Pack, measure: str, end: datetime, zone: tzinfo) -> datetime:
    """The first instant of the window that ends at `end`."""
    return window_start(pack, measure, end, zone)


def counts_with(
    new: Member, members: Sequence[Member], pack: Pack, measure: str, zone: tzinfo
) -> list[tuple[int, int]]:
    """The highest count of every member (by index) that shares a window with `new`, itself included.

    members: sorted by instant, `new` among them. Linear: one pass over the windows, one over the members.
    """
    ats = [member.at for member in members]
    here = bisect_right(ats, new.at) - 1
    tally = _Tally(distinct=pack.document.measures[measure].count == "distinct_reporters")
    low = high = bisect_left(ats, start_of(pack, measure, new.at, zone))
    windows: list[tuple[int, int, int]] = []  # first index, index behind the last, count
    for end in dict.fromkeys(ats[here:]):
        start = start_of(pack, measure, end, zone)
        if start > new.at:
            break
        first, behind = bisect_left(ats, start), bisect_right(ats, end)
        tally.add(members[high:behind])
        tally.drop(members[low:first])
        low, high = first, behind
        windows.append((low, high, tally.count))
    return list(_highest(here, windows))


class _Tally:
    """How many members, or how many different reporters, a sliding window holds."""

    def __init__(self, *, distinct: bool) -> None:
        self._of: Counter[object] = Counter()
        self._distinct = distinct
        self.count = 0

    def add(self, members: Sequence[Member]) -> None:
        for member in members:
            self._of[member.reporter] += 1
            self.count += not self._distinct or self._of[member.reporter] == 1

    def drop(self, members: Sequence[Member]) -> None:
        for member in members:
            self._of[member.reporter] -= 1
            self.count -= not self._distinct or self._of[member.reporter] == 0


def _highest(here: int, windows: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    """Members up to `here` lie in the first windows, those behind it in the last ones."""
    best, window = 0, 0
    for index in range(windows[0][0], here + 1):
        while window < len(windows) and windows[window][0] <= index:
            best = max(best, windows[window][2])
            window += 1
        yield index, best
    best, window = 0, len(windows) - 1
    for index in range(windows[-1][1] - 1, here, -1):
        while window >= 0 and windows[window][1] > index:
            best = max(best, windows[window][2])
            window -= 1
        yield index, best


@lru_cache(maxsize=65_536)
def decides_anew(pack: Pack, measure: str, before: int, count: int) -> bool:
    """Whether the rows that grade all members (`also: members`) say something else of the new count."""
    return _says(pack, measure, count) != _says(pack, measure, before)


@lru_cache(maxsize=4096)
def _says(pack: Pack, measure: str, count: int) -> tuple[bool, ...]:
    known = Known(pack.environment, {measure: count})
    rows = pack.tables["grade"].rows if "grade" in pack.tables else ()
    return tuple(
        atom.value(known) is True
        for row in rows
        if row.also_members and row.condition is not None
        for atom in row.condition.atoms
        if atom.names == {measure}
    )


def _counts(file: CaseFile, regime: Regime, measure: str) -> bool:
    context = regime.context_of(file, file.registration.received_at)
    return counts(regime.pack, measure, regime.facts_of(file), context)


def _compared(name: str, file: CaseFile, regime: Regime) -> object:
    registration = file.registration
    match name:
        case "project":
            return registration.project
        case "building":
            return registration.building
        case "contact_type":
            return registration.contact_type
        case "channel":
            return registration.channel
        case "validity" | "category" | "grade":
            return decided(regime.pack, file).get(name)
    return regime.facts_of(file).get(name)
