"""Plain services at work for as long as a block lasts: here, or in a process of their own that can be killed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from shared.delivery.relay import Relay
from shared.kafka.writing import KafkaLog
from shared.runtime import Runner
from tests.delivery.plain_service import PlainService
from tests.delivery.records import saying
from tests.delivery.waiting import eventually

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def running(*services: PlainService) -> AsyncIterator[list[Runner]]:
    """Relay, consumer and housekeeping of these services, stopped in an orderly way at the end."""
    runners = [Runner(service.service) for service in services]
    for runner in runners:
        await runner.start()
    try:
        yield runners
    finally:
        for runner in runners:
            await runner.stop()


@asynccontextmanager
async def relaying(service: PlainService) -> AsyncIterator[Relay]:
    """The relay of this service alone."""
    relay = Relay(service.database, KafkaLog(service.core.settings.kafka))
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        await asyncio.wait([task])


class Traffic:
    """Events that one service emits about some cases, round by round, until the block ends."""

    def __init__(self, service: PlainService, cases: list[UUID]) -> None:
        self._service = service
        self.cases = cases
        self.rounds = 0

    async def say(self, rounds: int = 1) -> None:
        """Each case gets one more event in every round; a round is one transaction."""
        for _ in range(rounds):
            await self._service.emit(*saying(self.cases, [uuid4()]))
            self.rounds += 1

    @asynccontextmanager
    async def flowing(self) -> AsyncIterator[None]:
        """A round after the other, as fast as the database takes them; while it is away, none."""

        async def flow() -> None:
            while True:
                try:
                    await self.say()
                except Exception:  # noqa: BLE001  # the database may be what is away
                    await asyncio.sleep(0.05)

        task = asyncio.create_task(flow())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
            # What was interrupted may have been committed or not.
            self.rounds = await eventually(lambda: self._service.one("select max(emitted) from case_marks"))

    async def arrived(self, reader: PlainService) -> None:
        """Wait until the reader has applied it all; it must be once and in order."""
        expected = self.rounds * len(self.cases)
        await eventually(lambda: reader.one("select count(*) from seen"), lambda count: count >= expected)
        in_order = [("intake", n) for n in range(1, self.rounds + 1)]
        for case in self.cases:
            assert await reader.seen(case) == in_order
        assert await reader.rows("select 1 from held_events") == []


@dataclass
class Process:
    """A plain service in a process of its own."""

    popen: "subprocess.Popen[bytes]"

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.popen.pid, number)

    async def died(self) -> int:
        """Wait for its end; returns the number of the signal that ended it, or its exit code negated."""
        return -await asyncio.to_thread(self.popen.wait, 60)


@asynccontextmanager
async def process(service: PlainService, url: str, fault: str | None = None) -> AsyncIterator[Process]:
    """Start `service` (whose schema is at `url`) in a process; whatever happens, it is gone at the end."""
    kafka = service.core.settings.kafka
    told = {"service": service.core.name, "url": url, "kafka": kafka.model_dump(mode="json"), "fault": fault}
    command = [sys.executable, "-m", "tests.delivery.plain_process", json.dumps(told)]
    popen = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: ASYNC220
    try:
        yield Process(popen)
    finally:
        if popen.poll() is None:
            popen.kill()
        await asyncio.to_thread(popen.wait)
