"""Which moves a case permits now, by its state and by its pack, and what each still needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from services.routing.domain import ENDED, IN_HAND, CaseFile, State
from services.routing.policy.limits import MOVES_OF_LIMITS, limits_for
from services.routing.policy.regime import Regime
from shared.policy.attributing import attributions_of
from shared.policy.document.moves import BASIC
from shared.policy.events import events_of
from shared.policy.expressions.functions import at
from shared.policy.moving import GroundState, MoveSpec, close_grounds, moves_of
from shared.policy.pack import Pack
from shared.policy.situation import Situation
from shared.values import replace

_OPEN = frozenset(State) - ENDED

FROM: Mapping[str, frozenset[State]] = {
    "admit": frozenset({State.RECEIVED}),
    "assess": _OPEN,
    "assign": IN_HAND,
    "accept": frozenset({State.ASSIGNED, State.REOPENED}),
    "return": frozenset({State.ASSIGNED, State.ACCEPTED, State.REOPENED}),
    "progress": IN_HAND,
    "reply": IN_HAND,
    "resolve": IN_HAND - {State.RESOLVED},
    "follow-up": frozenset({State.RESOLVED}),
    "close": IN_HAND,
    "reopen": frozenset({State.CLOSED}),
    "link-back": IN_HAND | {State.CLOSED},
    "attribute": IN_HAND | {State.CLOSED},
    **dict.fromkeys(MOVES_OF_LIMITS, IN_HAND),
    "set-limit": IN_HAND | {State.CLOSED},  # what follows a closed case may have a limit too
}
"""The product's moves and the states that permit them; a pack's own moves are permitted while somebody has the case."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """A move that the case permits now. needs: what has to be given with it, or is missing before it.

    grounds: for `close`, those that hold, each with its own needs.
    """

    move: str
    needs: tuple[str, ...] = ()
    grounds: tuple[GroundState, ...] = ()


def allowed_moves(file: CaseFile, regime: Regime, now: datetime) -> tuple[Allowed, ...]:
    """Every move that may be made now, in the order of a case's life."""
    own = (name for name in _specs(regime.pack) if name not in BASIC)
    found = [find_move(name, file, regime, now) for name in (*FROM, *own)]
    return tuple(move for move in found if move is not None)


def find_move(name: str, file: CaseFile, regime: Regime, now: datetime) -> Allowed | None:
    """The move `name` if the case permits it now. `close` is permitted where a ground holds and no event is missing."""
    if not is_permitted(name, file, regime, now):
        return None
    if name != "close":
        return Allowed(name, () if name in FROM else _specs(regime.pack)[name].needs)
    grounds = grounds_of(file, regime, now)
    closable = [ground for ground in grounds if ground.holds and not missing_events(ground, regime.pack)]
    if not closable:
        return None
    return Allowed(name, min((ground.missing_needs for ground in closable), key=len), grounds)


def is_permitted(name: str, file: CaseFile, regime: Regime, now: datetime) -> bool:
    """Whether state and pack permit the move, grounds for closing left aside."""
    if not is_known(name, regime.pack) or file.state not in FROM.get(name, IN_HAND):
        return False
    if name == "link-back" and not any(link.back_at is None for link in file.links):
        return False
    if name == "attribute" and not attributions_of(regime.pack):
        return False
    if name in MOVES_OF_LIMITS and not limits_for(name, regime.pack):
        return False
    spec = _specs(regime.pack).get(name.replace("-", "_"))
    if spec is None or spec.when is None:
        return spec is None or spec.allowed
    situation = Situation(regime.pack, regime.facts_of(file), file.measures, regime.context_of(file, now))
    with at(situation.moment):
        return spec.allowed and situation.answer(spec.when) is True


def grounds_of(file: CaseFile, regime: Regime, now: datetime) -> tuple[GroundState, ...]:
    """The closing grounds that hold or may hold (R-001-18/r41, r42)."""
    return close_grounds(regime.pack, regime.facts_of(file), file.measures, regime.context_of(file, now))


def missing_events(ground: GroundState, pack: Pack) -> tuple[str, ...]:
    """Of a ground's missing needs those that must happen first; all others can be given with the move."""
    return tuple(need for need in ground.missing_needs if need in _events(pack) or need.startswith("signature:"))


def is_known(name: str, pack: Pack) -> bool:
    """Whether the product or this pack has such a move at all."""
    return name in FROM or (name in _specs(pack) and name not in BASIC)


def reopened(file: CaseFile) -> CaseFile:
    """The case in a new round, whose course starts afresh; counts of neighbours and the grade stay."""
    fresh = type(file.course)(happened=frozenset({"reopened"}), fresh=("reopened",))
    return replace(file, state=State.REOPENED, round=file.round + 1, course=fresh, closed_at=None, ground=None)


@lru_cache(maxsize=64)
def _specs(pack: Pack) -> Mapping[str, MoveSpec]:
    return {spec.name: spec for spec in moves_of(pack)}


@lru_cache(maxsize=64)
def _events(pack: Pack) -> frozenset[str]:
    return events_of(pack.document)
