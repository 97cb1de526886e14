"""A row and a measurement to test with."""

from dataclasses import replace
from typing import Any

from tests.bench.figures import Goal, Measurement, Percentiles, Row


async def _never(_: Any) -> Measurement:
    raise AssertionError("nothing is measured here")


ROW = Row(
    name="http_accept",
    unit="complaints/s",
    goal=Goal(800, p95_ms=50),
    aim=1_000,
    baseline_of="a bare server",
    limited_by="The event loop.",
    measure=_never,
)
FOUND = Measurement(
    value=1234.567,
    baseline=2000.0,
    n=10_000,
    concurrency=32,
    latency=Percentiles(12.3456, 20.0, 31.0),
)
TOO_SLOW = replace(FOUND, value=799.0)
