"""What cases that count together come to in a window of time: their number, their sum, or a share of them.

A window that rolls ends at one of the cases. A case has the highest count or sum of the windows it lies in, and the
share of the newest of them; of a calendar window, which has fixed edges, the value of that one.
So the order in which cases arrive does not change what they come to.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import NamedTuple

from services.routing.domain import Member
from shared.policy.document.measures import Measure
from shared.policy.measuring import edges_of, period_of, window_start
from shared.policy.pack import Pack

_LARGEST = 2**63 - 1
"""What conditions and tables can hold; a sum beyond stays there."""


def reach(pack: Pack, measure: str, at: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """From when to when others may lie that share a window with a case of the instant `at`, generously."""
    if period := period_of(pack, measure, at, zone):
        return edges_of(period, zone)
    start = start_of(pack, measure, at, zone)
    return start, at + (at - start) * 1.2


@lru_cache(maxsize=8192)
def start_of(pack: Pack, measure: str, end: datetime, zone: tzinfo) -> datetime:
    """The first instant of the window that ends at `end`."""
    return window_start(pack, measure, end, zone)


def values_with(
    new: Member, members: Sequence[Member], pack: Pack, measure: str, zone: tzinfo
) -> list[tuple[int, int | None]]:
    """The value of every member (by index) that shares a window with `new`, itself included; None: the share of none.

    members: sorted by instant, `new` among them. Linear: one pass over the windows, one over the members.
    """
    entry = pack.document.measures[measure]
    windows = list(_windows(new, members, pack, measure, zone))
    ats = [member.at for member in members]
    here = bisect_right(ats, new.at) - 1
    return list(_newest(windows) if entry.share is not None else _highest(here, windows))


_Window = tuple[int, int, int | None]
"""First index, index behind the last, value."""


def _windows(new: Member, members: Sequence[Member], pack: Pack, measure: str, zone: tzinfo) -> Iterator[_Window]:
    """The windows that hold `new`, by their ends."""
    tally = _Tally(pack.document.measures[measure])
    if period_of(pack, measure, new.at, zone) is not None:
        tally.add(members)
        yield 0, len(members), tally.value
        return
    ats = [member.at for member in members]
    here = bisect_right(ats, new.at) - 1
    low = high = bisect_left(ats, start_of(pack, measure, new.at, zone))
    for end in dict.fromkeys(ats[here:]):
        start = start_of(pack, measure, end, zone)
        if start > new.at:
            break
        first, behind = bisect_left(ats, start), bisect_right(ats, end)
        tally.add(members[high:behind])
        tally.drop(members[low:first])
        low, high = first, behind
        yield low, high, tally.value


class Total(NamedTuple):
    """What is known of the members of a window: how many they are, how many reporters they have, their amounts' sum."""

    cases: int
    reporters: int
    amount: int


def value_of(measure: Measure, total: Total) -> int | None:
    """What a measure says of a window. Of a share whole percent, rounded down: `>=` and `<` compare it exactly."""
    if measure.share is not None:
        return 100 * total.amount // total.cases if total.cases else None
    if measure.sum is not None:
        return max(-_LARGEST, min(_LARGEST, total.amount))
    return total.reporters if measure.count == "distinct_reporters" else total.cases


class _Tally:
    """What the members in a sliding window come to; those whose amount is unknown are left out."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._of: Counter[str | None] = Counter()
        self._cases = self._sum = self._reporters = 0

    def add(self, members: Sequence[Member]) -> None:
        for member in members:
            if member.amount is not None:
                self._cases += 1
                self._sum += member.amount
                self._of[member.reporter] += 1
                self._reporters += self._of[member.reporter] == 1

    def drop(self, members: Sequence[Member]) -> None:
        for member in members:
            if member.amount is not None:
                self._cases -= 1
                self._sum -= member.amount
                self._of[member.reporter] -= 1
                self._reporters -= self._of[member.reporter] == 0

    @property
    def value(self) -> int | None:
        return value_of(self._measure, Total(self._cases, self._reporters, self._sum))


def _highest(here: int, windows: Sequence[_Window]) -> Iterator[tuple[int, int]]:
    """Members up to `here` lie in the first windows, those behind it in the last ones."""
    values = [value or 0 for _, _, value in windows]
    best: int | None = None
    window = 0
    for index in range(windows[0][0], here + 1):
        while window < len(windows) and windows[window][0] <= index:
            best = values[window] if best is None else max(best, values[window])
            window += 1
        yield index, best or 0
    best, window = None, len(windows) - 1
    for index in range(windows[-1][1] - 1, here, -1):
        while window >= 0 and windows[window][1] > index:
            best = values[window] if best is None else max(best, values[window])
            window -= 1
        yield index, best or 0


def _newest(windows: Sequence[_Window]) -> Iterator[tuple[int, int | None]]:
    """Each member with the last window it lies in."""
    index = windows[0][0]
    for place, (low, high, value) in enumerate(windows):
        until = windows[place + 1][0] if place + 1 < len(windows) else high
        for each in range(max(index, low), until):
            yield each, value
        index = max(index, until)
