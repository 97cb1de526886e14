"""Looking at topics from outside: what `huiyin topics` shows."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.events.codec import clean_headers
from shared.events.topics import TOPICS
from shared.kafka import options
from shared.kafka.writing import BrokerUnavailable
from shared.settings import KafkaSettings


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic of the registry on the broker; partitions 0: it is not there."""

    name: str
    key: str
    partitions: int
    records: int


async def topic_states(settings: KafkaSettings) -> list[TopicState]:
    """Every topic of the registry. Raises BrokerUnavailable."""
    consumer = AIOKafkaConsumer(**options.connection(settings), enable_auto_commit=False)
    try:
        await consumer.start()
        existing = await consumer.topics()
        found = []
        for topic in TOPICS.values():
            name = topic.full_name(settings.prefix)
            places = [TopicPartition(name, p) for p in range(topic.partitions)] if name in existing else []
            begins = await consumer.beginning_offsets(places) if places else {}
            ends = await consumer.end_offsets(places) if places else {}
            found.append(TopicState(name, topic.key, len(places), sum(ends[p] - begins[p] for p in places)))
        return found
    except (KafkaError, OSError) as error:
        raise BrokerUnavailable(type(error).__name__) from error
    finally:
        await consumer.stop()


async def tail(settings: KafkaSettings, topic: str, *, last: int, follow: bool) -> AsyncIterator[dict[str, Any]]:
    """The records of a topic of the registry: the last `last` of each partition, then, with `follow`, whatever comes.

    Raises LookupError for another topic, BrokerUnavailable.
    """
    known = {found.full_name(settings.prefix): found for found in TOPICS.values()}
    consumer = AIOKafkaConsumer(**options.connection(settings), enable_auto_commit=False)
    try:
        await consumer.start()
        if topic not in known or topic not in await consumer.topics():
            raise LookupError(topic)
        places = [TopicPartition(topic, p) for p in range(known[topic].partitions)]
        consumer.assign(places)
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        for place in places:
            consumer.seek(place, max(begins[place], ends[place] - last))
        while True:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    yield _shown(record)
            if not follow and [p for p in places if await consumer.position(p) < ends[p]] == []:
                return
    except (KafkaError, OSError) as error:
        raise BrokerUnavailable(type(error).__name__) from error
    finally:
        await consumer.stop()


def _shown(record: Any) -> dict[str, Any]:
    headers, broken = clean_headers(record.headers)
    return {
        "partition": record.partition,
        "offset": record.offset,
        "key": record.key.decode(errors="replace") if record.key is not None else None,
        "headers": headers | ({"(broken)": broken} if broken else {}),
        "value": record.value.decode(errors="replace") if record.value is not None else None,
    }
