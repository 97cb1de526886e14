"""Starting a service's consumer, leaving its group, and beginning anew when the client has lost it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer

from shared.clock import monotonic
from shared.kafka.consuming import Broker, Consumption

log = structlog.get_logger()

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0
_LEAVE_S = 5.0
_START_S = 60.0
_LOOK_S = 1.0
# Longer than the 45 s after which a group forgets a member who says nothing: who begins anew sooner may have to wait
# for himself.
_LOST_S = 60.0


async def keep_joined(broker: Broker, consumption: Consumption, lost: Callable[[], Awaitable[bool]]) -> None:
    """Consume until cancelled; leaves the group then. When `lost` has held for a minute, leave and begin anew.

    The client works in several tasks. When one of them ends by an error that its authors did not foresee, the others
    wait for it for ever, and a service that reads nothing any more would wait for a person.
    """
    try:
        while True:
            await _join(broker, consumption)
            await _always(lost, _LOST_S)
            log.warning("consumer_begins_anew")
            await _leave(broker, consumption)
    finally:
        await _leave(broker, consumption)


async def _join(broker: Broker, consumption: Consumption) -> None:
    """Connect and start consuming; waits for a broker that is away, with growing pauses."""
    pause = _FIRST_PAUSE_S
    while True:
        try:
            async with asyncio.timeout(_START_S):
                await broker.start()
        except Exception as error:  # noqa: BLE001  # any failure to start means: not yet
            log.warning("broker_unreachable", error=type(error).__name__)
            await _leave(broker, consumption)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)
        else:
            return


async def _always(holds: Callable[[], Awaitable[bool]], seconds: float) -> None:
    """Return once it has held at every look for so long. Whoever cannot tell has not lost it."""
    since: float | None = None
    while since is None or monotonic() - since < seconds:
        await asyncio.sleep(_LOOK_S)
        try:
            held = await holds()
        except Exception as error:  # noqa: BLE001  # nobody would notice if looking ended here
            log.warning("consumer_not_looked_at", error=type(error).__name__)
            held = False
        since = (since or monotonic()) if held else None


async def _leave(broker: Broker, consumption: Consumption) -> None:
    """Leave the group and disconnect, within half a minute whatever the state of the connection."""
    consumer = consumption.consumer
    # After an outage the client may wait for minutes for an answer of its group; the group gets over a member who is
    # gone without a word.
    if not await _done_in_time(broker.stop()):
        if consumer is not None:
            await _silence(consumer)
        await _done_in_time(broker.stop())  # the rest of what was cut short


async def _silence(consumer: AIOKafkaConsumer) -> None:
    """End what a stop that was cut short left at work.

    The client begins its stop only once and has no public way to go on with it; its member would keep on saying that
    it lives, and hold partitions that nobody reads.
    """
    coordinator = consumer._coordinator  # noqa: SLF001
    coordinator._coordination_task.cancel()  # noqa: SLF001
    for end in (
        coordinator._stop_heartbeat_task,  # noqa: SLF001
        coordinator._stop_commit_offsets_refresh_task,  # noqa: SLF001
        consumer._fetcher.close,  # noqa: SLF001
        consumer._client.close,  # noqa: SLF001
    ):
        await _done_in_time(end())  # each by itself: one that ended by an error says so again


async def _done_in_time(work: Coroutine[Any, Any, None]) -> bool:
    """In a task of its own: the client swallows cancellations, and one may be meant for us."""
    task = asyncio.create_task(work)
    try:
        await asyncio.wait([task], timeout=_LEAVE_S)
        return task.done() and not task.cancelled() and task.exception() is None
    finally:
        task.cancel()
