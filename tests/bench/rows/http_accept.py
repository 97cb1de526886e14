"""Accepting complaints by HTTP, one a request, each answered once it is durable."""

import sys
from pathlib import Path

from deploy.local.ports import kept_port
from tests.bench.figures import Goal, Measurement, Row
from tests.bench.load import Answers, Load, send
from tests.bench.processes import kept, line_of
from tests.bench.product import intake_alone
from tests.bench.stage import Stage, bare_stack

CONNECTIONS = 32
WARM = 1_000
MOST = 20_000
SECONDS = 10.0


async def measure(stage: Stage) -> Measurement:
    with stage.home() as home:
        async with intake_alone(home, stage) as running:
            load = running.complaints(MOST, seconds=SECONDS, connections=CONNECTIONS, warm=WARM)
            found = await send(load, stage, "accepting", home.with_name("load.log"))
        bare = await _bare(home, stage)
    also = "Intake as a process of its own, its relay included; the other four do not run: all five are the row chain."
    return Measurement(found.per_second, bare.per_second, found.n, CONNECTIONS, found.latency, also)


async def _bare(home: Path, stage: Stage) -> Answers:
    stage.tell("starting the bare server")
    log = home.with_name("bare.log")
    port = kept_port(home.with_name("port"))
    async with bare_stack(home) as stack:
        command = [sys.executable, "-m", "tests.bench.bare.server", str(port), "accept", stack.dsn]
        async with kept(command, log) as process:
            await line_of(process, log, 30.0)
            load = Load(port, "/", MOST, SECONDS / 2, CONNECTIONS, source="bench", projects=("P01",), warm=WARM)
            return await send(load, stage, "accepting bare", home.with_name("load.log"))


ROW = Row(
    name="http_accept",
    unit="complaints/s",
    goal=Goal(800, p95_ms=50),
    aim=1_000,
    baseline_of="the same bodies behind the same uvicorn, two inserts, requests that wait together in one transaction",
    limited_by=(
        "processor time of one Python process: the HTTP stack about 40 %, judging and sealing a complaint 20 %, "
        "its share of the transaction 15 %, the relay 10 %."
    ),
    measure=measure,
)
