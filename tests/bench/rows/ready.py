"""From `huiyin up` to its ready line, where everything is installed and there are data."""

import json
import statistics
import sys
from pathlib import Path

from shared.clock import monotonic
from tests.bench.figures import Goal, Measurement, Percentiles, Row
from tests.bench.load import send
from tests.bench.processes import kept, line_of
from tests.bench.product import product
from tests.bench.stage import START_S, Stage

STARTS = 3
COMPLAINTS = 500
SETTLE_S = 90.0


async def measure(stage: Stage) -> Measurement:
    with stage.home() as home:
        async with product(home, stage) as running:
            load = running.complaints(1, lines=COMPLAINTS, seconds=60.0, connections=1)
            await send(load, stage, "filling", home.with_name("load.log"))
            stage.tell("settling")
            await running.settle(SETTLE_S)
        ready = [await _start_product(home, stage) for _ in range(STARTS)]
        bare = [await _start_stack(home, stage) for _ in range(STARTS)]
    latency = Percentiles.of([seconds * 1000 for seconds in ready])
    return Measurement(statistics.median(ready), statistics.median(bare), STARTS, 1, latency)


async def _start_product(home: Path, stage: Stage) -> float:
    async with product(home, stage) as running:
        return running.ready_s


async def _start_stack(home: Path, stage: Stage) -> float:
    stage.tell("starting PostgreSQL and Kafka alone")
    log = home.with_name("stack.log")
    began = monotonic()
    command = [sys.executable, "-m", "deploy.local", "hold", "--home", str(home)]
    async with kept(command, log, ends_with_input=True) as holder:
        json.loads(await line_of(holder, log, START_S))
        return monotonic() - began


ROW = Row(
    name="ready",
    unit="s",
    goal=Goal(10, at_most=True),
    aim=10,
    baseline_of="PostgreSQL and Kafka of the same home alone, until both answer",
    limited_by="beyond the bare time: importing and wiring five services, looking for migrations, joining five groups.",
    measure=measure,
)
