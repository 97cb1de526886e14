"""`subscribe`: a service's one consumer. It hides, once for all services, everything a batch may meet on its way.

Invariants:
- nothing raises before our own code has the raw records: one bad header would drop its whole batch;
- the records are acknowledged only after they were applied; whatever raises makes the same records come again;
- an outage is waited out with growing pauses, and the member stays in its group meanwhile.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog
from aiokafka import ConsumerRebalanceListener, ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage

from shared.clock import monotonic
from shared.delivery.applying import Applier
from shared.delivery.brake import BrakePulled
from shared.delivery.subscription import Subscription
from shared.events.codec import Incoming, clean_headers
from shared.kafka import options
from shared.settings import KafkaSettings

log = structlog.get_logger()

Broker = KafkaBroker

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
        graceful_timeout=20,
        apply_types=True,
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
        self._busy = False
        self._failures = 0
        self._next: dict[tuple[str, int], int] = {}
        self._polled_at = monotonic()
        self._newest_fetch = 0
        self._membership = _Membership()
        self._subscriber = broker.subscriber(
            *(topic.full_name(settings.prefix) for topic in subscription.topics),
            group_id=f"{settings.prefix}.{subscription.service}",
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

    async def _on_batch(self, message: KafkaMessage) -> None:
        self._busy = True
        try:
            await self._applier.process([self._incoming(record) for record in message.raw_message])
        except Exception as error:
            self._failures += 1
            level = log.error if isinstance(error, BrakePulled) else log.warning
            level("batch_postponed", error=type(error).__name__, failures=self._failures)
            # Not acknowledged, it comes back at once; without a pause that would be thousands of times a second.
            await asyncio.sleep(min(_FIRST_PAUSE_S * 2 ** min(self._failures, 10), _LONGEST_PAUSE_S))
            raise
        else:
            self._failures = 0
            for record in message.raw_message:
                self._next[record.topic, record.partition] = record.offset + 1
        finally:
            self._busy = False

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

    # -- what is known of the consumer -------------------------------------------------------------------------------

    @property
    def failing(self) -> bool:
        """The last batch could not be applied and is being tried again."""
        return self._failures > 0

    def joined(self) -> bool:
        """Whether the group has answered; a member may well have no partitions."""
        return self._membership.joined

    def poll_age_s(self) -> float:
        """Seconds since the last sign that the consumer polls. Being busy with a batch is a sign: it has polled.

        The sign is the client's own timestamp of the newest fetch answer: a loop that hangs, or a member that sits
        idle after the broker came back, stops moving it.
        """
        consumer = self._subscriber.consumer
        if self._busy:
            self._polled_at = monotonic()
        elif consumer is not None:
            newest = max((consumer.last_poll_timestamp(tp) or 0 for tp in consumer.assignment()), default=0)
            if newest != self._newest_fetch:
                self._newest_fetch, self._polled_at = newest, monotonic()
        return monotonic() - self._polled_at

    async def positions(self) -> dict[tuple[str, int], int]:
        """The next offset of every assigned partition, while nothing is being applied; empty otherwise.

        Partitions that nothing comes from must be known as read to their end too (delivery rule 6).
        """
        consumer = self._subscriber.consumer
        if self._busy or self._failures or consumer is None:
            return {}
        found = {tp: await consumer.position(tp) for tp in consumer.assignment()}
        if self._busy:
            return {}  # a batch came while we asked: its records are counted but not applied
        self._next = {(tp.topic, tp.partition): offset for tp, offset in found.items()}
        return {(tp.topic.removeprefix(self._prefix), tp.partition): offset for tp, offset in found.items()}

    async def lag(self) -> int | None:
        """Records that came and are not applied yet, asked of the broker now; None while nothing is assigned."""
        consumer = self._subscriber.consumer
        if consumer is None or not (assigned := consumer.assignment()):
            return 0 if self._membership.joined else None
        ends = await consumer.end_offsets(list(assigned))
        lag = 0
        for tp, end in ends.items():
            applied = self._next.get((tp.topic, tp.partition))
            lag += max(0, end - (applied if applied is not None else await consumer.position(tp)))
        return lag


class _Membership(ConsumerRebalanceListener):  # type: ignore[misc]
    """Notes that the group has answered."""

    def __init__(self) -> None:
        self.joined = False

    async def on_partitions_revoked(self, revoked: Any) -> None:
        pass

    async def on_partitions_assigned(self, assigned: Any) -> None:
        self.joined = True


async def _parse(message: Sequence[ConsumerRecord], original: Any) -> Any:
    """FastStream decodes headers while parsing; it gets records without any, our own code gets the raw ones."""
    parsed = await original(tuple(replace(record, headers=()) for record in message))
    parsed.raw_message = message
    return parsed


async def _decode(message: Any, original: Any) -> Any:
    return b""
