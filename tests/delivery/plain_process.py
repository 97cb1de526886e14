"""A plain service in a process of its own, to be killed or stopped; told by one JSON argument, see `running.process`.

fault: where it kills itself. after_send: the broker has the records and the database does not know. in_batch: within
the transaction that applies. before_ack: applied, and Kafka does not know. slow_session: nowhere, but its group waits
for it as long as it usually does.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any

from shared.delivery import lease
from shared.delivery.log import Sent
from shared.events.codec import Outgoing
from shared.kafka import options
from shared.kafka.writing import KafkaLog
from shared.runtime import Runner
from shared.settings import KafkaSettings
from tests.delivery.plain_service import member


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DiesAfterSending(KafkaLog):
    """Dies once it has sent events and heard that the broker has them."""

    async def send(self, records: Sequence[Outgoing]) -> list[Sent]:
        places = await super().send(records)
        if any(record.topic == "complaints.v1" for record in records):
            die()
        return places


def hasten(session_ms: int = 6_000) -> None:
    """What usually takes its time, so that a test need not: the lease and the session of a member."""
    lease.LEASE = timedelta(seconds=2)
    lease.RENEW_S = 0.5
    options.CONSUMER["session_timeout_ms"] = session_ms
    options.CONSUMER["heartbeat_interval_ms"] = 500


def _then_die(act: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def act_and_die(records: Sequence[Any]) -> None:
        await act(records)
        if any(record.topic == "complaints.v1" for record in records):
            die()

    return act_and_die


async def live(told: dict[str, Any]) -> None:
    hasten(45_000 if told["fault"] == "slow_session" else 6_000)
    kafka = KafkaSettings.model_validate(told["kafka"])
    plain = member(told["url"], told["service"], kafka)
    writer = DiesAfterSending(kafka) if told["fault"] == "after_send" else None
    if told["fault"] == "in_batch":
        plain.after = die
    if told["fault"] == "before_ack":
        plain.applier.process = _then_die(plain.applier.process)  # type: ignore[method-assign]
    runner = Runner(plain.service, writer=writer)
    await runner.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(live(json.loads(sys.argv[1])))
