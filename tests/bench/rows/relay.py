"""The relay: from rows that are pending to records that the broker has confirmed."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.clock import SystemClock, monotonic
from shared.delivery.relay import Relay
from shared.events.complaints import CalendarPin, ComplaintRegisteredV1, PackPin
from shared.events.envelope import Draft
from shared.events.topics import COMPLAINTS
from shared.kafka.options import PRODUCER, connection
from shared.kafka.provisioning import provision
from shared.kafka.writing import KafkaLog
from shared.settings import KafkaSettings
from tests.bench.figures import Goal, Measurement, Percentiles, Row
from tests.bench.stage import Stage, bare_stack
from tests.delivery.plain_service import PlainService, create

EVENTS = 40_000
CHUNK = 1_000


async def measure(stage: Stage) -> Measurement:
    with stage.home() as home:
        stage.tell("starting the stack")
        async with bare_stack(home) as stack:
            kafka = KafkaSettings(bootstrap=stack.bootstrap, prefix="bench")
            bare = KafkaSettings(bootstrap=stack.bootstrap, prefix="bare")
            await asyncio.gather(provision(kafka), provision(bare))
            service = await create(stack.url, "intake", kafka)
            try:
                await _emit(service, stage)
                relayed, windows = await _relay(service, kafka, stage)
            finally:
                await service.database.close()
            records = await _read(kafka)
            stage.tell("sending bare")
            sent = await _send(records, bare)
    return Measurement(relayed, sent, EVENTS, 1, Percentiles.of(windows))


async def _emit(service: PlainService, stage: Stage) -> None:
    for start in range(0, EVENTS, CHUNK):
        await service.emit(*(_draft(n) for n in range(start, start + CHUNK)))
        stage.count("emitting", start, EVENTS)


async def _relay(service: PlainService, kafka: KafkaSettings, stage: Stage) -> tuple[float, list[float]]:
    """Events a second, and how many ms each window took."""
    stage.tell("relaying")
    relay = Relay(service.database, KafkaLog(kafka))
    assert await relay.keep_lease()
    done, windows = 0, []
    began = monotonic()
    while done < EVENTS:
        start = monotonic()
        assert await relay.keep_lease()
        done += await relay.step()
        windows.append((monotonic() - start) * 1000)
    per_second = done / (monotonic() - began)
    await relay._step_down()
    return per_second, windows


async def _read(kafka: KafkaSettings) -> list[Any]:
    """The very records the relay has sent."""
    topic = COMPLAINTS.full_name(kafka.prefix)
    consumer = AIOKafkaConsumer(**connection(kafka), enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, partition) for partition in range(COMPLAINTS.partitions)])
        records: list[Any] = []
        while len(records) < EVENTS:
            for some in (await consumer.getmany(timeout_ms=1000)).values():
                records.extend(some)
        return records
    finally:
        await consumer.stop()


async def _send(records: Sequence[Any], kafka: KafkaSettings) -> float:
    """Records a second, from the first to the confirmation of the last."""
    topic = COMPLAINTS.full_name(kafka.prefix)
    producer = AIOKafkaProducer(**connection(kafka), **PRODUCER)
    await producer.start()
    try:
        began = monotonic()
        confirmed = [await producer.send(topic, r.value, key=r.key, headers=list(r.headers)) for r in records]
        await asyncio.gather(*confirmed)
        return len(records) / (monotonic() - began)
    finally:
        await producer.stop()


def _draft(number: int) -> Draft:
    now = SystemClock().now()
    data = ComplaintRegisteredV1(
        number=f"P01-2026-{number:06d}",
        project="P01",
        building="P01-1",
        channel="phone",
        segment="buyer",
        facts={"people": 12, "amount_claimed": 20_000_000, "events": ["possible_media"], "demand": ["compensation"]},
        received_at=now,
        reporter_hash=uuid4().hex * 2,
        contactable=True,
        pack=PackPin(code="developer-property", version=1, digest="0" * 64),
        calendar=CalendarPin(code="cn-office", version=1, digest="1" * 64),
        source="bench",
    )
    return Draft(uuid4(), data, now, "P01", f"bench-{number}", "bench")


ROW = Row(
    name="relay",
    unit="events/s",
    goal=Goal(10_000),
    aim=20_000,
    baseline_of="an idempotent aiokafka producer with the same options sending the same records, read from memory",
    limited_by="processor time of one Python process: the headers and the batching of each record.",
    measure=measure,
)
