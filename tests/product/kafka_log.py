"""The broker seen from outside: whole topics read, records written."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.events import topics

PREFIX = "huiyin"
TOPICS = ("inbound", "complaints", "personal", "reference", "notices", "duties", "progress", "dead-letters")


class Record(NamedTuple):
    """A record as it lies there."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    value: bytes | None

    def header(self, name: str) -> str:
        return (dict(self.headers)[name] or b"").decode()


def read_topic(bootstrap: str, name: str) -> list[Record]:
    """Everything on `huiyin.<name>.v1` at this moment, each partition in order."""
    return asyncio.run(_read(bootstrap, name))


def write_inbound(bootstrap: str, records: Iterable[tuple[bytes | None, bytes | None]]) -> None:
    """Keys and values onto the inbound topic."""
    write(bootstrap, "inbound", [(key, value, ()) for key, value in records])


def write(
    bootstrap: str, name: str, records: Iterable[tuple[bytes | None, bytes | None, Sequence[tuple[str, Any]]]]
) -> None:
    """(key, value, headers) onto `huiyin.<name>.v1`; returns when the broker has them."""
    asyncio.run(_write(bootstrap, f"{PREFIX}.{name}.v1", list(records)))


async def _read(bootstrap: str, name: str) -> list[Record]:
    topic = f"{PREFIX}.{name}.v1"
    # Not by `seek_to_beginning`: a first reset that is under way may end after it, and go to the end of the log.
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(topics.TOPICS[f"{name}.v1"].partitions)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        found: list[Record] = []
        while [place for place in places if await consumer.position(place) < ends[place]]:
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                found.extend(Record(topic, r.partition, r.offset, r.key, tuple(r.headers), r.value) for r in batch)
        return sorted(found, key=lambda record: (record.partition, record.offset))
    finally:
        await consumer.stop()


async def _write(
    bootstrap: str, topic: str, records: Sequence[tuple[bytes | None, bytes | None, Sequence[tuple[str, Any]]]]
) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        sent = [
            await producer.send(topic, key=key, value=value, headers=list(headers)) for key, value, headers in records
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()
