"""Complaints by the thousand: NDJSON batches over HTTP, and records on the inbound topic."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaProducer

from shared.clock import monotonic
from shared.events.topics import INBOUND
from shared.kafka.options import PRODUCER, connection
from shared.settings import KafkaSettings
from tests.bench.bare import tables
from tests.bench.complaints import Complaints
from tests.bench.figures import Goal, Measurement, Row
from tests.bench.load import send
from tests.bench.product import Product, intake_alone
from tests.bench.stage import Stage, bare_stack

LINES = 1_000
BATCHES = 20
AT_ONCE = 2
SECONDS = 20.0
CHUNK = 500
RECORDS = 10_000
_LOOK_EVERY_S = 0.1
_COUNT = "select count(*) from intake.complaints"


async def measure(stage: Stage) -> Measurement:
    with stage.home() as home:
        async with intake_alone(home, stage) as running:
            load = running.complaints(BATCHES, lines=LINES, seconds=SECONDS, connections=AT_ONCE, warm=AT_ONCE)
            found = await send(load, stage, "sending batches", home.with_name("load.log"))
            system = running.system
        bodies = [Complaints(system.source, system.projects).body(n) for n in range(LINES * BATCHES)]
        bare = await _bare(home, bodies, stage)
    with stage.home() as home:
        async with intake_alone(home, stage) as running:
            per_second = await _by_topic(running, stage)
    also = f"A request carries {LINES:,} lines; huiyin.inbound.v1 took in {per_second:,.0f} complaints/s."
    return Measurement(found.per_second, bare, found.n, AT_ONCE, found.latency, also)


async def _by_topic(running: Product, stage: Stage) -> float:
    """Complaints a second from the first record sent to the commit of the last, or of as many as time allows."""
    system = running.system
    complaints = Complaints(system.source, system.projects)
    settings = KafkaSettings(bootstrap=running.bootstrap)
    watching = await running.connect()
    producer = AIOKafkaProducer(**connection(settings), **PRODUCER)
    await producer.start()
    try:
        stage.tell("sending records")
        began = monotonic()
        for n in range(RECORDS):
            key = f"{system.source}:{complaints.source_id(n)}".encode()
            await producer.send(INBOUND.full_name(settings.prefix), complaints.body(n), key=key)
        await producer.flush()
        while (taken := await watching.fetchval(_COUNT)) < RECORDS and monotonic() - began < SECONDS:
            stage.count("taking records in", taken, RECORDS)
            await asyncio.sleep(_LOOK_EVERY_S)
        return int(taken) / (monotonic() - began)
    finally:
        await producer.stop()
        await watching.close()


async def _bare(home: Path, bodies: Sequence[bytes], stage: Stage) -> float:
    stage.tell("inserting bare")
    async with bare_stack(home) as stack, asyncpg.create_pool(stack.dsn, min_size=AT_ONCE, max_size=AT_ONCE) as pool:
        await pool.execute(tables.CREATE)
        chunks = [bodies[start : start + CHUNK] for start in range(0, len(bodies), CHUNK)]

        async def work() -> None:
            async with pool.acquire() as held:
                while chunks:
                    await tables.insert(held, chunks.pop())

        began = monotonic()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        return len(bodies) / (monotonic() - began)


ROW = Row(
    name="inbound_batch",
    unit="complaints/s",
    goal=Goal(2_000),
    aim=5_000,
    baseline_of=f"the same bodies inserted into two tables, {CHUNK} a transaction, {AT_ONCE} connections, no HTTP",
    limited_by="processor time of one Python process; its relay works beside it.",
    measure=measure,
)
