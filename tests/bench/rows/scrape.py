"""A scrape of `/metrics` of the whole embedded stack while 2,000 projects have cases."""

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

import httpx

from deploy.local.ports import kept_port
from shared.clock import monotonic
from tests.bench import organisation
from tests.bench.figures import Goal, Measurement, Row
from tests.bench.load import Answers, Load, send
from tests.bench.processes import Failed, kept, line_of
from tests.bench.product import Product, product
from tests.bench.stage import Stage

PROJECTS = 2_000
COMPLAINTS = 4_000
LINES = 1_000
SCRAPES = 60
SECONDS = 30.0
SETTLE_S = 90.0
_ASK_EVERY_S = 0.25


async def measure(stage: Stage) -> Measurement:
    with stage.home() as home:
        async with product(home, stage) as running:
            await _fill(running, home, stage)
            text = await _rendered(running)
            load = Load(running.port, "/metrics", SCRAPES, SECONDS, 1, warm=5)
            found = await send(load, stage, "scraping", home.with_name("load.log"))
        bare = await _bare(home, text, stage)
    series = text.count(b"\nhuiyin_backlog_cases{")
    also = f"The value is the p95; the text has {len(text) / 1e6:.1f} MB, {series:,} series of the backlog."
    return Measurement(found.latency.p95, bare.latency.p95, found.n, 1, found.latency, also)


async def _fill(running: Product, home: Path, stage: Stage) -> None:
    """Load the large organisation and give every project cases."""
    stage.tell(f"loading an organisation of {PROJECTS:,} projects")
    codes = organisation.projects(PROJECTS)
    file = home.with_name("organisation.yaml")
    organisation.write(file, codes)
    await running.command("directory", "load", str(file))
    granted = await running.command("key", "add", "--source", "bench", "--projects", organisation.GROUP)
    load = replace(
        running.complaints(COMPLAINTS // LINES, lines=LINES, seconds=60.0, connections=1),
        source="bench",
        projects=tuple(codes),
        key=json.loads(granted)["token"],
    )
    stage.tell("settling")
    await running.settle(SETTLE_S)
    await send(load, stage, "filling", home.with_name("load.log"))
    stage.tell("settling")
    await running.settle(SETTLE_S)


async def _rendered(running: Product) -> bytes:
    """The text once it names the backlog of every project. Raises Failed if it does not within 10 s."""
    deadline = monotonic() + 10.0
    async with httpx.AsyncClient(timeout=30.0) as client:
        while monotonic() < deadline:
            text = (await client.get(f"http://127.0.0.1:{running.port}/metrics")).content
            if sum(f'project="{code}"'.encode() in text for code in organisation.projects(PROJECTS)) == PROJECTS:
                return text
            await asyncio.sleep(_ASK_EVERY_S)
    raise Failed("the metrics do not name every project with cases")


async def _bare(home: Path, text: bytes, stage: Stage) -> Answers:
    port = kept_port(home.with_name("port"))
    content, log = home.with_name("metrics.txt"), home.with_name("bare.log")
    content.write_bytes(text)
    async with kept(
        [sys.executable, "-m", "tests.bench.bare.server", str(port), "memory", str(content)], log
    ) as process:
        await line_of(process, log, 30.0)
        load = Load(port, "/metrics", SCRAPES, SECONDS, 1, warm=5)
        return await send(load, stage, "scraping bare", home.with_name("load.log"))


ROW = Row(
    name="scrape",
    unit="ms",
    goal=Goal(100, at_most=True),
    aim=100,
    baseline_of="the same uvicorn answering the same bytes from memory",
    limited_by="the HTTP answer: the text is rendered once a rollup.",
    measure=measure,
)
