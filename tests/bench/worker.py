"""Clock work in a process of its own: `python -m tests.bench.worker {monitor|recalculator} URL INSTANT`.

It says `ready`, begins when it reads a line, and says what it did in a line of JSON once nothing is left to do:
{"rounds_ms": [...]}. Its time stands still at INSTANT.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import uvloop

from services.sla.monitor import Monitor
from services.sla.recalculator import Recalculator
from services.sla.service.recalculating import Recalculating
from services.sla.service.regimes import Regimes
from services.sla.service.watching import Watching
from services.sla.storage.due import DueStorage
from shared.clock import monotonic
from shared.database.unit_of_work import Database
from shared.memory import settle_memory
from shared.reference.book import ReferenceBook
from shared.stepping import Stepper
from tests.bench.processes import kept, line_of
from tests.scenarios.world import VirtualClock

START_S = 60.0
_PAUSE_S = 0.01


class Nobody:
    """Watches the monitor and keeps nothing."""

    def noticed(self, lags: Any) -> None:
        """Told of lags."""

    def set_aside(self, cases: int) -> None:
        """Told how many cases are left out."""


class Workers:
    """Processes that are ready; `begin` lets all begin, `end` gives what each has done."""

    def __init__(self, processes: list[asyncio.subprocess.Process], log: Path) -> None:
        self.processes = processes
        self._log = log

    def begin(self) -> None:
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(b"begin\n")

    async def end(self, seconds: float) -> list[float]:
        """The milliseconds of every round of those that were not killed. Raises Failed."""
        rounds: list[float] = []
        for process in self.processes:
            if process.returncode is None:
                rounds += json.loads(await line_of(process, self._log, seconds))["rounds_ms"]
        return rounds

    async def kill_one(self) -> None:
        """As a machine that loses its power."""
        self.processes[0].kill()
        await self.processes[0].wait()


@asynccontextmanager
async def workers(what: str, url: str, now: datetime, count: int, log: Path) -> AsyncIterator[Workers]:
    """So many processes doing `what`, ready, until the end of the block."""
    command = [sys.executable, "-m", "tests.bench.worker", what, url, now.isoformat()]
    async with AsyncExitStack() as running:
        entered = [await running.enter_async_context(kept(command, log, ends_with_input=True)) for _ in range(count)]
        for process in entered:
            await line_of(process, log, START_S)
        yield Workers(entered, log)


async def _work(what: str, url: str, now: datetime) -> list[float]:
    database = Database(url, "sla", VirtualClock(now))
    book = ReferenceBook(database)
    try:
        if what == "recalculator":
            return await _rounds(Recalculator(database, Recalculating(book, Regimes())), now)
        monitor = Monitor(database, Watching(book, Regimes()), lambda: True, Nobody())
        rounds = await _rounds(monitor, now)
        while await _waiting(database, now):  # what another holds, until it is done with it or gone
            await asyncio.sleep(_PAUSE_S)
            rounds += await _rounds(monitor, now)
        return rounds
    finally:
        await database.close()


async def _rounds(stepper: Stepper, now: datetime) -> list[float]:
    """Step until it finds nothing to do; the milliseconds of each round."""
    rounds: list[float] = []
    while True:
        began = monotonic()
        next_at = await stepper.step()
        if next_at is None or next_at > now:
            return rounds
        rounds.append((monotonic() - began) * 1000)


async def _waiting(database: Database, now: datetime) -> int:
    async with database.read() as connection:
        return await DueStorage(connection).waiting(now)


def main() -> None:
    what, url, now = sys.argv[1:]
    settle_memory()  # as the services do
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if sys.stdin.readline():
        rounds = uvloop.run(_work(what, url, datetime.fromisoformat(now)))
        sys.stdout.write(json.dumps({"rounds_ms": rounds}) + "\n")


if __name__ == "__main__":
    main()
