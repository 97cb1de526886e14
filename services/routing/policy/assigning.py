"""Who answers for a case: a department by the pack's table of routes, then one of the people who hold the role."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from services.routing.domain import CaseFile, State
from services.routing.policy.regime import Regime
from shared.policy.deciding import RouteDecision, decide_route
from shared.policy.pack import Pack

_NOT_YET_TAKEN = frozenset({State.ADMITTED, State.ASSIGNED})


def route_of(file: CaseFile, regime: Regime, now: datetime) -> RouteDecision:
    """The department the pack sends the case to (R-001-18/r06, r07, r32); none while a fact is missing."""
    return decide_route(regime.pack, regime.facts_of(file), file.measures, regime.context_of(file, now))


def may_route(file: CaseFile) -> bool:
    """Whether the pack may (re)route the case by itself: nobody took it over, nobody sent it back to the desk and
    nobody gave it to somebody."""
    return file.state in _NOT_YET_TAKEN and file.course.happened.isdisjoint({"returned", "handed_over"})


@lru_cache(maxsize=64)
def departments_of(pack: Pack) -> tuple[str, ...]:
    """Every department a route may lead to."""
    table = pack.tables.get("route")
    return tuple(dict.fromkeys(str(row.value) for row in table.rows)) if table else ()


def is_department(name: str, pack: Pack) -> bool:
    """Whether `name` is a unit role of the pack."""
    role = pack.document.roles.get(name)
    return role is not None and role.unit


def picks_by_category(department: str, pack: Pack) -> bool:
    """Whether the department stands for several, one a category (`dept` of R-001-18/r07)."""
    role = pack.document.roles.get(department)
    return role is not None and role.pick == "by_category"


def whose_turn(people: Sequence[str], taken: int) -> str | None:
    """The next in turn, after so many turns were taken; None where nobody holds the role."""
    return people[taken % len(people)] if people else None
