"""Routing's metrics."""

from collections.abc import Sequence
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge

from services.routing.service.bodies import BODIES


class Unassigned(Protocol):
    """A place where cases wait for somebody."""

    @property
    def cases(self) -> int: ...
    @property
    def late(self) -> int: ...


class RoutingMetrics:
    """huiyin_routing_unassigned_cases: open cases that nobody has. huiyin_routing_assigned_late_cases: those of them
    that have been known for more than 60 s (the invariant says none). huiyin_routing_moves_total{move}: moves made; a
    pack's own moves count together as `pack`, acts on its steps as `step` and `form`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._unassigned = Gauge("huiyin_routing_unassigned_cases", "Open cases that nobody has", registry=registry)
        self._late = Gauge(
            "huiyin_routing_assigned_late_cases",
            "Open cases that nobody has 60 s after routing took note of them",
            registry=registry,
        )
        moves = Counter("huiyin_routing_moves", "Moves made", ["move"], registry=registry)
        self._moves = {move: moves.labels(move) for move in (*BODIES, "pack", "step", "form")}

    def show_unassigned(self, places: Sequence[Unassigned]) -> None:
        """Set the gauges."""
        self._unassigned.set(sum(place.cases for place in places))
        self._late.set(sum(place.late for place in places))

    def count_move(self, move: str) -> None:
        """Count a move that was made."""
        self._moves.get(move, self._moves["pack"]).inc()
