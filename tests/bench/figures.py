"""What a row of the bench consists of: percentiles, goals, measurements, the line of the document they become."""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.bench.stage import Stage


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Latencies in milliseconds."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, milliseconds: Sequence[float]) -> "Percentiles":
        """By nearest rank: each is a latency that was really seen. Raises ValueError for none at all."""
        if not milliseconds:
            raise ValueError("no latencies")
        ordered = sorted(milliseconds)
        return cls(*(ordered[math.ceil(len(ordered) * share) - 1] for share in (0.50, 0.95, 0.99)))


@dataclass(frozen=True, slots=True)
class Goal:
    """`value` in the row's unit is the gate; `at_most` says that less is better. p95_ms: a second gate."""

    value: float
    at_most: bool = False
    p95_ms: float | None = None

    def reached(self, value: float, latency: Percentiles | None) -> bool:
        """Whether the gate is passed; where a latency is demanded it must have been measured."""
        if not (value <= self.value if self.at_most else value >= self.value):
            return False
        return self.p95_ms is None or (latency is not None and latency.p95 < self.p95_ms)

    def __str__(self) -> str:
        words = f"{'≤' if self.at_most else '≥'} {self.value:,g}"
        return words if self.p95_ms is None else f"{words}, p95 < {self.p95_ms:g} ms"


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a row found. value, baseline: in the row's unit. n: operations measured. also: what else was measured."""

    value: float
    baseline: float
    n: int
    concurrency: int
    latency: Percentiles | None = None
    also: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the bench. aim: what we want beyond the gate. baseline_of: what the bare program does.

    limited_by: one sentence, found by profiling: what the value is made of. seconds: when measuring is given up.
    """

    name: str
    unit: str
    goal: Goal
    aim: float
    baseline_of: str
    limited_by: str
    measure: "Callable[[Stage], Awaitable[Measurement]]"
    seconds: float = 240.0

    def line(self, found: Measurement) -> dict[str, Any]:
        """The row as it stands in the document. ratio: value / baseline."""
        latency = found.latency
        return {
            "name": self.name,
            "unit": self.unit,
            "value": rounded(found.value),
            "p50_ms": rounded(latency.p50) if latency else None,
            "p95_ms": rounded(latency.p95) if latency else None,
            "p99_ms": rounded(latency.p99) if latency else None,
            "baseline": rounded(found.baseline),
            "ratio": rounded(found.value / found.baseline) if found.baseline else None,
            "goal": self.goal.value,
            "reached": self.goal.reached(found.value, latency),
            "n": found.n,
            "concurrency": found.concurrency,
            "limited_by": " ".join(filter(None, (self.limited_by, found.also))),
            "goal_text": str(self.goal),
            "aim": self.aim,
            "baseline_of": self.baseline_of,
        }


def rounded(value: float) -> float:
    """`value` to four significant digits, whole numbers from 1,000 on: more would be noise."""
    if value == 0 or not math.isfinite(value):
        return 0.0
    return round(value, max(0, 3 - math.floor(math.log10(abs(value)))))
