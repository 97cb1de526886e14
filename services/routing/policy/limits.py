"""Which limits of a pack people may agree on, set, extend or let stand still."""

from collections.abc import Mapping
from functools import lru_cache

from shared.policy.pack import Pack
from shared.policy.timing import ClockSpec, clocks_of

MOVES_OF_LIMITS = ("agree", "set-limit", "extend", "suspend", "resume")
"""The moves that change how long something may take."""


@lru_cache(maxsize=256)
def limits_for(move: str, pack: Pack) -> Mapping[str, ClockSpec]:
    """The clocks and steps whose limit this move may change, by name."""
    return {spec.name: spec for spec in clocks_of(pack) if _may(move, spec, pack)}


def _may(move: str, spec: ClockSpec, pack: Pack) -> bool:
    match move:
        case "agree":
            return spec.limit is not None and spec.limit.agreed_with is not None
        case "set-limit":
            return spec.limit is not None and spec.limit.set_by is not None
        case "extend":
            return spec.extend is not None
    return bool(pack.document.pause.causes)
