"""Topics looked at from outside, with a client of their own."""

from collections.abc import Iterable
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from shared.events.codec import Incoming
from shared.events.topics import COMPLAINTS, Topic
from shared.settings import KafkaSettings


async def records_of(kafka: KafkaSettings, topic: Topic = COMPLAINTS) -> list[ConsumerRecord]:
    """Everything that is on a topic now, partition by partition in the order of the log."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places = [TopicPartition(topic.full_name(kafka.prefix), p) for p in range(topic.partitions)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        found: list[ConsumerRecord] = []
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found.extend(records)
        return sorted(found, key=lambda r: (r.partition, r.offset))
    finally:
        await consumer.stop()


async def places_of(kafka: KafkaSettings, topic: Topic = COMPLAINTS) -> list[tuple[UUID, int]]:
    """(case, sequence) of the case events on a topic, in the order of each case."""
    return [(UUID(r.key.decode()), int(dict(r.headers)["ce_sequence"])) for r in await records_of(kafka, topic)]


async def put(kafka: KafkaSettings, records: Iterable[Incoming], **raw: object) -> None:
    """Put records on their topics as a stranger would. raw: key, value or headers that replace the record's own."""
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all") as producer:
        for record in records:
            whole = {
                "key": record.key,
                "value": record.value,
                "headers": [(name, value.encode()) for name, value in record.headers.items()],
                **raw,
            }
            await producer.send_and_wait(f"{kafka.prefix}.{record.topic}", **whole)
