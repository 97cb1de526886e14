"""One record, read again from where it stood."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from shared.events.codec import Incoming, clean_headers
from shared.kafka import options
from shared.kafka.writing import BrokerUnavailable
from shared.settings import KafkaSettings

_ANSWER_S = 5.0


async def fetch(settings: KafkaSettings, topic: str, partition: int, offset: int) -> Incoming | None:
    """The record of a topic (named without prefix) at this offset; None if it is not there any more.

    Raises BrokerUnavailable.
    """
    consumer = AIOKafkaConsumer(**options.connection(settings), enable_auto_commit=False, auto_offset_reset="none")
    place = TopicPartition(f"{settings.prefix}.{topic}", partition)
    try:
        await consumer.start()
        async with asyncio.timeout(_ANSWER_S):
            consumer.assign([place])
            if not (await consumer.beginning_offsets([place]))[place] <= offset < (await _end(consumer, place)):
                return None
            consumer.seek(place, offset)
            while await consumer.position(place) <= offset:
                for record in (await consumer.getmany(timeout_ms=200, max_records=1)).get(place, ()):
                    if record.offset == offset:
                        headers, broken = clean_headers(record.headers)
                        return Incoming(topic, partition, offset, record.key, headers, record.value, broken)
            return None
    except OffsetOutOfRangeError:
        return None
    except (KafkaError, OSError, TimeoutError) as error:
        raise BrokerUnavailable(type(error).__name__) from error
    finally:
        await consumer.stop()


async def _end(consumer: AIOKafkaConsumer, place: TopicPartition) -> int:
    end: int = (await consumer.end_offsets([place]))[place]
    return end
