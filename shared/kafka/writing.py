"""Delivery's log on Kafka: an idempotent producer and a reader that looks at remembered places."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from shared.clock import monotonic
from shared.delivery.log import Found, Sent
from shared.events.codec import Outgoing
from shared.kafka import options
from shared.settings import KafkaSettings

_SEND_S = 30.0
_READ_BACK_S = 10.0
_DROP_S = 2.0


class BrokerUnavailable(ConnectionError):
    """The broker cannot be reached or did not confirm; an outage: wait and send again."""


class KafkaLog:
    """`LogWriter` on a real broker; one per relay."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None

    async def connect(self) -> None:
        if self._producer is None:
            producer = AIOKafkaProducer(**options.connection(self._settings), **options.PRODUCER)
            try:
                await producer.start()
            except (KafkaError, OSError) as error:
                with contextlib.suppress(Exception):
                    await producer.stop()
                raise BrokerUnavailable(type(error).__name__) from error
            self._producer = producer

    async def send(self, records: Sequence[Outgoing]) -> list[Sent]:
        await self.connect()
        producer = self._producer
        assert producer is not None  # noqa: S101  # connect() has set it
        try:
            async with asyncio.timeout(_SEND_S):
                # Awaited one by one they keep their order; gathering the send calls themselves is quadratic.
                futures = [
                    await producer.send(
                        f"{self._settings.prefix}.{record.topic}",
                        key=record.key.encode(),
                        value=record.value,
                        headers=list(record.headers),
                    )
                    for record in records
                ]
                confirmed = await asyncio.gather(*futures)
        except (KafkaError, OSError, TimeoutError) as error:
            # Some may be on the log, some not, and an idempotent producer that failed once refuses to go on in order.
            await self.drop()
            raise BrokerUnavailable(type(error).__name__) from error
        return [
            Sent(record.topic, place.partition, place.offset) for record, place in zip(records, confirmed, strict=True)
        ]

    async def read_back(self, places: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], Found]:
        consumer = AIOKafkaConsumer(**options.connection(self._settings), enable_auto_commit=False)
        try:
            await consumer.start()
            return await self._read_places(consumer, places)
        except (KafkaError, OSError) as error:
            raise BrokerUnavailable(type(error).__name__) from error
        finally:
            await consumer.stop()

    async def _read_places(
        self, consumer: AIOKafkaConsumer, places: Mapping[tuple[str, int], int]
    ) -> dict[tuple[str, int], Found]:
        prefix = self._settings.prefix
        existing = await consumer.topics()
        wanted = {
            TopicPartition(f"{prefix}.{topic}", partition): offset
            for (topic, partition), offset in places.items()
            if f"{prefix}.{topic}" in existing
        }
        found = {place: Found(None, 0, 0) for place in places}
        if not wanted:
            return found
        consumer.assign(list(wanted))
        begins = await consumer.beginning_offsets(list(wanted))
        ends = await consumer.end_offsets(list(wanted))
        open_ = {tp for tp, offset in wanted.items() if begins[tp] <= offset < ends[tp]}
        for tp, offset in wanted.items():
            found[tp.topic.removeprefix(f"{prefix}."), tp.partition] = Found(None, begins[tp], ends[tp])
            if tp in open_:
                consumer.seek(tp, offset)
            else:
                consumer.pause(tp)
        deadline = monotonic() + _READ_BACK_S
        while open_:
            if monotonic() > deadline:
                raise BrokerUnavailable("read_back")
            for tp, records in (await consumer.getmany(timeout_ms=200)).items():
                if tp in open_:
                    first = records[0]
                    id_ = dict(first.headers).get("ce_id") if first.offset == wanted[tp] else None
                    name = tp.topic.removeprefix(f"{prefix}.")
                    found[name, tp.partition] = Found(UUID(id_.decode()) if id_ else None, begins[tp], ends[tp])
                    open_.discard(tp)
                    consumer.pause(tp)
            for tp in list(open_):
                if await consumer.position(tp) > wanted[tp]:
                    # Read past it without a record: compaction took it and all that follow.
                    open_.discard(tp)
                    consumer.pause(tp)
        return found

    async def drop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is None:
            return
        # stop() would flush, over a new connection if need be, and even after it was given up: what is not confirmed
        # belongs to whoever leads next. There is no public way to make the client forget what it has collected.
        sending = producer._sender.sender_task  # noqa: SLF001
        sending.cancel()
        with contextlib.suppress(Exception):
            await producer.client.close()  # what is under way fails now
        producer._message_accumulator.fail_all(BrokerUnavailable("dropped"))  # noqa: SLF001
        await asyncio.wait([sending], timeout=_DROP_S)
        if sending.done():
            with contextlib.suppress(Exception):
                await producer.stop()  # there is nothing left that it could send
