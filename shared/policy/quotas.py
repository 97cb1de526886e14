"""Quotas: measures whose shares say how often each role does a piece of work (R-004-07/r01)."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from shared.policy.document.measures import CALENDAR_WINDOWS
from shared.policy.pack import Pack
from shared.policy.periods import period_at


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
    window = pack.document.measures[measure].window
    every = window.removeprefix("calendar_") if window in CALENDAR_WINDOWS else "month"
    return period_at(every, day).key


def _share(pack: Pack, written: str) -> float:
    if written.startswith("$"):
        written = str(pack.document.params[written[1:]].value)
    return float(written.removesuffix("%")) / 100
