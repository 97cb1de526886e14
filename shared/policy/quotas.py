"""Quotas: measures whose shares say how often each role does a piece of work (R-004-07/r01)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from shared.policy.document.measures import CALENDAR_WINDOWS
from shared.policy.pack import Pack
from shared.policy.periods import period_at
from shared.policy.tables import source_of


@dataclass(frozen=True, slots=True)
class Watch:
    """A quota that somebody hears of when it was not met. share: the step that counts; over: the step that calls for
    it. owed: the share of each role, as a number (0.3) and as written. tell: who hears. every: the window's kind."""

    name: str
    share: str
    over: str
    owed: Mapping[str, tuple[float, str]]
    tell: tuple[str, ...]
    every: str
    rule: str


@lru_cache(maxsize=64)
def watches_of(pack: Pack) -> tuple[Watch, ...]:
    """The quotas with an alarm whose share is of one step done among another."""
    steps = pack.document.steps
    found = []
    for name, measure in pack.document.measures.items():
        share, over = (event.removesuffix(".done") if event else "" for event in (measure.share, measure.over))
        if measure.alarm and measure.at_least and share in steps and over in steps:
            owed = {
                role: (_share(pack, written), _written(pack, written)) for role, written in measure.at_least.items()
            }
            every = _every(measure.window)
            found.append(Watch(name, share, over, owed, tuple(measure.alarm.tell), every, source_of(measure.rule)))
    return tuple(found)


def behind(watch: Watch, done: Mapping[str, int], over: int) -> tuple[str, ...]:
    """The roles that did the work less often than their shares of `over` occasions come to in whole (R-004-07/r01): of
    four, nobody owes the second half of a third."""
    return tuple(role for role, (share, _) in watch.owed.items() if done.get(role, 0) < int(share * over + 1e-9))


@lru_cache(maxsize=64)
def quotas_of(pack: Pack) -> Mapping[str, Mapping[str, float]]:
    """The shares (0.3) each role owes, by measure and role, for every measure that hands work out by them."""
    return {
        name: {role: _share(pack, share) for role, share in measure.at_least.items()}
        for name, measure in pack.document.measures.items()
        if measure.assign is not None and measure.at_least
    }


def whose_share(shares: Mapping[str, float], dealt: Mapping[str, int]) -> str:
    """The role that would fall furthest behind its share if another did the next piece; of equals the first written."""
    following = sum(dealt.get(role, 0) for role in shares) + 1
    return max(shares, key=lambda role: shares[role] * following - dealt.get(role, 0))


def window_of(pack: Pack, measure: str, day: date) -> str:
    """The window of the quota that the local `day` lies in: `2026-03`."""
    return period_at(_every(pack.document.measures[measure].window), day).key


def _every(window: str) -> str:
    return window.removeprefix("calendar_") if window in CALENDAR_WINDOWS else "month"


def _share(pack: Pack, written: str) -> float:
    return float(_written(pack, written).removesuffix("%")) / 100


def _written(pack: Pack, share: str) -> str:
    return str(pack.document.params[share[1:]].value) if share.startswith("$") else share
