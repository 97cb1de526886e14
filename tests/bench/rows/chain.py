"""Complaints through all five services, a process each: registered, graded, assigned, clocks, notices, read model."""

import asyncio
from pathlib import Path

from shared import ids
from shared.clock import monotonic
from tests.bench import arrivals
from tests.bench.arrivals import Arrivals, Newest, watching
from tests.bench.bare.chain import CLOCKS, EVENTS, NOTICES, complaints_a_second
from tests.bench.complaints import Complaints
from tests.bench.figures import Goal, Measurement, Percentiles, Row
from tests.bench.load import send
from tests.bench.processes import Failed
from tests.bench.product import Product, five_processes
from tests.bench.stage import Stage, bare_stack

CONNECTIONS = 32
PILOT = 300
"""So many warm everything; how long they take says little of a pace, most of it is their end."""
BURST = 4_000
PACED_S = 15.0
SETTLE_S = 90.0
_LOOK_EVERY_S = 0.5
BARE = 4_000
BARE_CONNECTIONS = 8
# One event of every step; what waits for a person or an instant is no part of it.
STEPS = (
    "complaint.registered.v1",
    "case.assessed.v1",
    "case.assigned.v1",
    "clock.started.v1",
    "notice.sent.v1",
)


async def measure(stage: Stage) -> Measurement:
    with stage.home() as home:
        async with five_processes(home, stage) as running:
            await _sustained(running, 0, PILOT, home, stage)
            sustained = await _sustained(running, PILOT, BURST, home, stage)
            latency, paced = await _latency(running, PILOT + BURST, sustained / 2, home, stage)
            system = running.system
        stage.tell("writing bare")
        bodies = [Complaints(system.source, system.projects).body(n) for n in range(BARE)]
        async with bare_stack(home) as stack:
            bare = await complaints_a_second(stack.dsn, bodies, BARE_CONNECTIONS)
    also = (
        f"Latency at {sustained / 2:,.0f}/s, {paced:,} complaints, from the answer to the last step in the read model."
    )
    return Measurement(sustained, bare, BURST, CONNECTIONS, latency, also)


async def _sustained(running: Product, first: int, count: int, home: Path, stage: Stage) -> float:
    """Complaints a second, from the first request until the last event of all is in the read model."""
    load = running.complaints(count, first=first, seconds=SETTLE_S, connections=CONNECTIONS)
    connection = await running.connect()
    try:
        newest = Newest(connection)
        async with watching(newest):
            sent = await send(load, stage, f"sending {count:,}", home.with_name("load.log"))
            stage.tell("settling")
            await _arrive(running, first + sent.n, stage)
            await running.settle(SETTLE_S)
    finally:
        await connection.close()
    return sent.n / (newest.at - sent.began_at)


async def _arrive(running: Product, count: int, stage: Stage) -> None:
    """Wait until the read model holds so many cases: cheaper than asking all services all the time."""
    connection = await running.connect()
    deadline = monotonic() + SETTLE_S
    try:
        while (there := await arrivals.cases(connection)) < count:
            if monotonic() > deadline:
                raise Failed(f"only {there:,} of {count:,} complaints in the read model after {SETTLE_S:.0f} s")
            stage.count("settling", there, count)
            await asyncio.sleep(_LOOK_EVERY_S)
    finally:
        await connection.close()


async def _latency(running: Product, first: int, rate: float, home: Path, stage: Stage) -> tuple[Percentiles, int]:
    """From each answer to the last step of its complaint in the read model, at a steady rate; how many there were."""
    load = running.complaints(int(rate * PACED_S), first=first, seconds=PACED_S * 2, connections=CONNECTIONS, rate=rate)
    complaints, source = Complaints(load.source, load.projects), load.source
    connection = await running.connect()
    try:
        seen = Arrivals(connection, STEPS)
        await seen.look()
        async with watching(seen):
            sent = await send(load, stage, f"sending {rate:,.0f}/s", home.with_name("load.log"))
            await running.settle(SETTLE_S)
        await seen.look()
    finally:
        await connection.close()
    took = []
    for number, answered in sent.answered_at.items():
        at = seen.arrived(ids.complaint_id(source, complaints.source_id(first + number)))
        if at is None:
            raise Failed(f"a settled complaint lacks one of {', '.join(STEPS)} in the read model")
        took.append((at - answered) * 1000)
    return Percentiles.of(took), len(took)


ROW = Row(
    name="chain",
    unit="complaints/s",
    goal=Goal(200),
    aim=500,
    baseline_of=f"one transaction a complaint with the rows of all five services ({CLOCKS} clocks, {NOTICES} notices, "
    f"{EVENTS} events), {BARE_CONNECTIONS} connections, nothing decided, no Kafka",
    limited_by=(
        "processor time of both cores: the five services take about half of it, for eleven events a complaint and some "
        "forty applications, PostgreSQL a quarter, Kafka an eighth."
    ),
    measure=measure,
)
