"""All five services on a real database and virtual time: run until nothing is pending, then jump to what is due next.

A seed permutes the order in which services get their turn; whatever the order, the outcome must be the same.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from shared.clock import require_aware
from shared.core import Core
from shared.database.migrating import SERVICES, migrate
from shared.delivery import progress
from shared.runtime import Runner
from shared.secrets import new_key
from shared.settings import DatabaseSettings, SealSettings, Settings
from tests.scenarios.memory_log import MemoryLog


class VirtualClock:
    """Time that stands still until somebody moves it."""

    def __init__(self, now: datetime) -> None:
        self._now = require_aware(now)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    async def sleep_until(self, instant: datetime) -> None:
        while self._now < instant:
            self._moved.clear()
            await self._moved.wait()

    def move_to(self, instant: datetime) -> None:
        self._now = max(self._now, require_aware(instant))
        self._moved.set()


class World:
    """The installation under virtual time. `client`: HTTP to all services; `log`: what was sent."""

    def __init__(self, runners: Sequence[Runner], clock: VirtualClock, log: MemoryLog, seed: int) -> None:
        self.clock = clock
        self.log = log
        self.runners = {runner.core.name: runner for runner in runners}
        self._random = random.Random(seed)  # noqa: S311  # order of turns, not secrets
        self._positions: dict[str, dict[tuple[str, int], int]] = {name: {} for name in self.runners}
        self._due: dict[str, datetime | None] = {}
        # As in real time, a relay and what works by itself look again after a commit that left work to do.
        self._woken = set(self.runners)
        for name, runner in self.runners.items():
            runner.core.database.after_commit.append(partial(self._woken.add, name))
        self.clients = {
            name: httpx.AsyncClient(transport=httpx.ASGITransport(runner.app), base_url="http://huiyin")
            for name, runner in self.runners.items()
        }

    async def request(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """An HTTP request to whichever service the path names."""
        client = self.clients[path.lstrip("/").partition("/")[0]]
        return await client.request(method, path, **kwargs)

    async def settle(self, *, hearing: bool = False) -> None:
        """Turns until nobody has anything to do at the present instant. hearing: how far all others have come, too,
        which is what decides whether something did not happen in time."""
        while True:
            moved = False
            names = list(self.runners)
            self._random.shuffle(names)
            for name in names:
                moved |= await self._turn(name)
            if not moved and not (hearing and await self._tell_progress()):
                return

    async def advance(self, *, to: datetime | None = None, by: timedelta | None = None) -> None:
        """Live through time, stopping at every instant at which something is due."""
        goal = require_aware(to) if to else self.clock.now() + (by or timedelta())
        await self.settle(hearing=True)
        while (due := min((at for at in self._due.values() if at), default=goal)) < goal:
            await self._live_to(max(due, self.clock.now()))
        await self._live_to(goal)

    async def _live_to(self, instant: datetime) -> None:
        self.clock.move_to(instant)
        self._woken.update(self.runners)
        await self.settle(hearing=True)

    async def _turn(self, name: str) -> bool:
        runner = self.runners[name]
        moved = await self._consume(runner)
        runner.core.standing.note_caught_up()
        while name in self._woken:
            self._woken.discard(name)
            moved = True
            await self._work(runner)
        return moved

    async def _work(self, runner: Runner) -> None:
        """What the service does by itself at the present instant, and what it has to say."""
        for stepper in runner.service.background:
            due = await stepper.step()
            while due is not None and due <= self.clock.now():
                due = await stepper.step()
            self._due[f"{runner.core.name} {stepper.name}"] = due
        await runner.relay.keep_lease()
        while await runner.relay.step():
            pass

    async def _consume(self, runner: Runner) -> bool:
        topics = [topic.name for topic in runner.service.subscription.topics]
        positions = self._positions[runner.core.name]
        batch = self.log.after(topics, positions)
        if not batch:
            return False
        await runner.service.applier.process(batch)
        positions.update({(r.topic, r.partition): r.offset + 1 for r in batch})
        return any(record.topic != "progress.v1" for record in batch)

    async def _tell_progress(self) -> bool:
        """Everyone reports and hears how far all have come; True if that gave somebody something to do."""
        for runner in self.runners.values():
            await runner.relay.report_progress()
        for runner in self.runners.values():
            await self._consume(runner)
            async with runner.core.database.begin() as unit:
                await progress.believe(unit, [topic.name for topic in runner.service.subscription.topics])
        self._woken.update(self.runners)
        before = self.log.said
        for name in self.runners:
            await self._turn(name)
        return self.log.said > before


_migrated: set[str] = set()


@asynccontextmanager
async def world(owner_url: str, home: Path, *, now: datetime, seed: int = 0) -> AsyncIterator[World]:
    """A new world on an empty database, its organisation not yet loaded."""
    clock, log = VirtualClock(now), MemoryLog()
    if owner_url not in _migrated:  # tests share a database, which keeps its tables
        await migrate(owner_url, clock)
        _migrated.add(owner_url)
    settings = Settings(
        home=home,
        database=DatabaseSettings(url=SecretStr(owner_url), pool=4),
        seal=SealSettings(keys=[SecretStr(new_key())]),
    )
    services = [import_module(f"services.{name}.main").create_service(Core(name, settings, clock)) for name in SERVICES]
    runners = [Runner(service, writer=log, longest_write=timedelta()) for service in services]
    tasks = [asyncio.create_task(task()) for runner in runners for task in runner.service.tasks]
    for runner in runners:
        await runner.relay.keep_lease()
    try:
        yield World(runners, clock, log, seed)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for runner in runners:
            await runner.core.database.close()
