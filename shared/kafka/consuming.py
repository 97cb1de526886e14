"""`subscribe`: a service's one consumer. It hides, once for all services, everything a batch may meet on its way.

Invariants:
- nothing raises before our own code has the raw records: one bad header would drop its whole batch;
- the records are acknowledged only after they were applied; whatever raises makes the same records come again;
- an outage is waited out with growing pauses, and the member stays in its group meanwhile.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.exceptions import NackMessage
from faststream.kafka import KafkaBroker

from shared.clock import monotonic
from shared.delivery.applying import Applier
from shared.delivery.brake import BrakePulled
from shared.delivery.subscription import Subscription
from shared.events.codec import Incoming, clean_headers
from shared.events.topics import PROGRESS
from shared.kafka import options
from shared.settings import KafkaSettings

log = structlog.get_logger()

Broker = KafkaBroker

# (topic without prefix, partition) -> next offset
Places = dict[tuple[str, int], int]

_ANSWER_S = 3.0
# How long a stop waits for the batch at hand; one that is cut short is undone and comes again.
_LAST_BATCH_S = 3.0
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0


def create_broker(settings: KafkaSettings) -> KafkaBroker:
    """FastStream's broker, quiet: our own logs say what happened."""
    connection = options.connection(settings)
    return KafkaBroker(
        connection.pop("bootstrap_servers"),
        allow_auto_create_topics=False,
        log_level=logging.DEBUG,
        logger=logging.getLogger("huiyin.kafka"),
        graceful_timeout=_LAST_BATCH_S,
        # Resolving arguments by their types lets the event loop turn between handing over records and our taking them.
        apply_types=False,
        security=options.security(settings),
        request_timeout_ms=connection["request_timeout_ms"],
        metadata_max_age_ms=connection["metadata_max_age_ms"],
        retry_backoff_ms=connection["retry_backoff_ms"],
    )


class Consumption:
    """One service's consumer: subscribes, applies, backs off, and knows whether it is alive."""

    def __init__(
        self, broker: KafkaBroker, settings: KafkaSettings, subscription: Subscription, applier: Applier
    ) -> None:
        self._applier = applier
        self._prefix = f"{settings.prefix}."
        self._heartbeats = PROGRESS.full_name(settings.prefix)
        self._topics = [topic.full_name(settings.prefix) for topic in subscription.topics]
        self._busy = False
        self._failures = 0
        self._next: dict[tuple[str, int], int] = {}
        self._polled_at = monotonic()
        self._newest_fetch = 0
        self._membership = _Membership(self._assigned)
        self._subscriber = broker.subscriber(
            *self._topics,
            group_id=f"{settings.prefix}.{subscription.service}",
            group_instance_id=settings.instance,
            batch=True,
            ack_policy=AckPolicy.NACK_ON_ERROR,
            batch_timeout_ms=options.BATCH_TIMEOUT_MS,
            max_records=options.BATCH_RECORDS,
            parser=_parse,
            decoder=_decode,
            listener=self._membership,
            **options.CONSUMER,
        )
        self._subscriber(self._on_batch)

    @property
    def consumer(self) -> AIOKafkaConsumer | None:
        """The client at work; None while there is none."""
        return self._subscriber.consumer

    async def _on_batch(self, records: Sequence[ConsumerRecord]) -> None:
        # Nothing is awaited between the client's counting these records as read and this: see `positions`.
        self._busy = True
        # What comes while we work shall come together: fetched beside our work it would be many small batches, and
        # each costs a transaction.
        resume = self._pause()
        try:
            await self._applier.process([self._incoming(record) for record in records])
        except Exception as error:  # noqa: BLE001  # whatever it was, the same records come again
            self._failures += 1
            level = log.error if isinstance(error, BrakePulled) else log.warning
            level("batch_postponed", error=type(error).__name__, failures=self._failures)
            # Not acknowledged, it comes back at once; without a pause that would be thousands of times a second.
            await asyncio.sleep(min(_FIRST_PAUSE_S * 2 ** min(self._failures, 10), _LONGEST_PAUSE_S))
            # The error itself goes no further: FastStream would log its words, and they may quote what was stored.
            raise NackMessage from None
        else:
            self._failures = 0
            for record in records:
                self._next[record.topic, record.partition] = record.offset + 1
        finally:
            self._busy = False
            resume()

    def _pause(self) -> Callable[[], None]:
        """Fetch nothing of what is assigned until the returned function is called."""
        consumer = self.consumer
        if consumer is None:
            return lambda: None
        paused = consumer.assignment()
        consumer.pause(*paused)
        return lambda: consumer.resume(*(paused & consumer.assignment()))

    def _incoming(self, record: ConsumerRecord) -> Incoming:
        headers, broken = clean_headers(record.headers)
        return Incoming(
            record.topic.removeprefix(self._prefix),
            record.partition,
            record.offset,
            record.key,
            headers,
            record.value,
            broken,
        )

    def _assigned(self) -> None:
        # Every partition now stands where the group has committed: nothing that failed here is under way any more.
        self._failures = 0
        self._next.clear()
        self._polled_at = monotonic()

    # -- what is known of the consumer -------------------------------------------------------------------------------

    @property
    def failing(self) -> bool:
        """The last batch could not be applied and is being tried again."""
        return self._failures > 0

    def joined(self) -> bool:
        """Whether the group has answered; a member may well have no partitions."""
        return self._membership.joined

    def poll_age_s(self) -> float:
        """Seconds since the last sign that the consumer polls; 0 while other members have all partitions. Being busy
        with a batch is a sign: it has polled.

        The sign is the client's own timestamp of the newest fetch answer: a member that sits idle after the broker came
        back stops moving it. It is none while what was fetched is not handed to us: the client fetches ahead, also when
        it waits to acknowledge a batch to a group that it does not find any more.
        """
        consumer = self.consumer
        if self._busy or self._membership.idle:
            self._polled_at = monotonic()
        elif consumer is not None and not self._untaken(consumer):
            newest = max((consumer.last_poll_timestamp(tp) or 0 for tp in consumer.assignment()), default=0)
            if newest != self._newest_fetch:
                self._newest_fetch, self._polled_at = newest, monotonic()
        return monotonic() - self._polled_at

    def _untaken(self, consumer: AIOKafkaConsumer) -> bool:
        """Whether records have been fetched that nobody has handed to us yet."""
        return any(
            (consumer.highwater(tp) or 0) > self._next.get((tp.topic, tp.partition), sys.maxsize)
            for tp in consumer.assignment()
        )

    async def positions(self) -> Places:
        """The next offset of every assigned partition, while nothing is being applied; empty otherwise.

        Partitions that nothing comes from must be known as read to their end too (delivery rule 6).
        """
        consumer = self.consumer
        if self._busy or self._failures or consumer is None:
            return {}
        found = {}
        async with asyncio.timeout(_ANSWER_S):
            for tp in consumer.assignment():
                found[tp] = await consumer.position(tp)
        if self._busy or found.keys() != consumer.assignment():
            return {}  # meanwhile a batch came, whose records are counted but not applied, or partitions went
        self._next = {(tp.topic, tp.partition): offset for tp, offset in found.items()}
        return {self._place(tp): offset for tp, offset in found.items()}

    async def go_back(self, places: Collection[tuple[str, int]], since: datetime) -> Places:
        """Of these assigned partitions, read again what was sent since then. Returns where we stand now; empty if it
        cannot be done at this moment."""
        consumer = self.consumer
        if consumer is None:
            return {}
        partitions = [tp for tp in consumer.assignment() if self._place(tp) in places]
        async with asyncio.timeout(_ANSWER_S):
            found = await consumer.offsets_for_times(dict.fromkeys(partitions, int(since.timestamp() * 1000)))
            ends = await consumer.end_offsets(partitions)
            stands = {tp: await consumer.position(tp) for tp in partitions}
        # From here on nothing is awaited: no batch can come in between, whose failing would undo what we do.
        if self._busy or self._failures or not consumer.assignment().issuperset(partitions):
            return {}
        for tp in partitions:
            target = found[tp].offset if found.get(tp) else ends[tp]
            if target < stands[tp]:
                consumer.seek(tp, target)
                stands[tp] = target
        return {self._place(tp): offset for tp, offset in stands.items()}

    async def lag(self) -> int | None:
        """Records that came and are not applied yet, asked of the broker now; None while nobody can tell.

        Progress reports do not count: somebody writes one every second, and nobody waits for it.
        """
        consumer = self.consumer
        if consumer is None or not self._membership.joined:
            return None
        lag = 0
        try:
            async with asyncio.timeout(_ANSWER_S):
                counted = [tp for tp in consumer.assignment() if tp.topic != self._heartbeats]
                for tp, end in (await consumer.end_offsets(counted)).items():
                    applied = self._next.get((tp.topic, tp.partition))
                    stands = await consumer.position(tp) if applied is None else applied
                    lag += end - stands if stands <= end else end  # beyond the end: of a log that is gone
        except (KafkaError, OSError, TimeoutError):
            return None
        return max(lag, 1) if self._busy else lag  # the client counts what it handed over, applied or not

    async def ends(self) -> Places:
        """Where every partition of our topics ends now, other members' included; empty while nobody can tell."""
        consumer = self.consumer
        if consumer is None or not self._membership.joined:
            return {}
        known = {topic: consumer.partitions_for_topic(topic) for topic in self._topics if topic != self._heartbeats}
        if not all(known.values()):
            return {}
        places = [TopicPartition(topic, number) for topic, numbers in known.items() for number in numbers]
        try:
            async with asyncio.timeout(_ANSWER_S):
                return {self._place(tp): end for tp, end in (await consumer.end_offsets(places)).items()}
        except (KafkaError, OSError, TimeoutError):
            return {}

    def _place(self, tp: TopicPartition) -> tuple[str, int]:
        return tp.topic.removeprefix(self._prefix), tp.partition


class _Membership(ConsumerRebalanceListener):  # type: ignore[misc]
    """Notes what the group has answered. idle: that other members have all the partitions."""

    def __init__(self, on_assigned: Callable[[], None]) -> None:
        self._on_assigned = on_assigned
        self.joined = False
        self.idle = False

    async def on_partitions_revoked(self, revoked: Any) -> None:
        self.idle = False

    async def on_partitions_assigned(self, assigned: Any) -> None:
        self.joined, self.idle = True, not assigned
        self._on_assigned()


async def _parse(message: Sequence[ConsumerRecord], original: Any) -> Any:
    """FastStream decodes headers while parsing and looks into the first and last record only for an id: it gets these
    two, without headers; our own code gets all the raw ones."""
    parsed = await original((replace(message[0], headers=()), replace(message[-1], headers=())))
    parsed.raw_message = message
    return parsed


async def _decode(message: Any, original: Any) -> Any:
    return message.raw_message
