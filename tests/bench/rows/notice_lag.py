"""A breach among a million open clocks: from the instant it is due until the board shows it, and what waiting costs."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from services.sla.monitor import Monitor
from services.sla.service.regimes import Regimes
from services.sla.service.watching import Watching
from services.sla.storage.board import BoardStorage
from shared.clock import SystemClock, monotonic
from shared.database.unit_of_work import Database
from shared.reference.book import ReferenceBook
from shared.stepping import drive
from tests.bench.bare import noticing
from tests.bench.figures import Goal, Measurement, Percentiles, Row
from tests.bench.open_clocks import fill
from tests.bench.processes import Failed
from tests.bench.stage import Stage, bare_stack
from tests.bench.worker import Nobody
from tests.storage.sla_service import Sla, sla_service
from tests.unit.sla.examples import cn

CLOCKS = 1_000_000
RECEIVED_FROM = "2026-03-02 08:00"
NOW = "2026-03-01 20:00"  # nothing of what is open is due before the next morning
IDLE_S = 10.0
DUE = 300
EVERY = timedelta(milliseconds=100)
AHEAD = timedelta(seconds=3)
LATEST_S = 60.0
_LOOK_EVERY_S = 0.01

_TAKE = """
    update clocks c set due_at = v.due_at, next_at = v.due_at, warn_at = null, warned_at = null
    from (select id, cast($1 as timestamptz) + row_number() over () * cast($2 as interval) as due_at
          from clocks where kind = 'limit' and state = 'running' and next_at is not null limit $3) v
    where c.id = v.id returning c.id, c.due_at
"""


class RunningClock(SystemClock):
    """Runs as fast as the system's, beginning at an instant of ours."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start - super().now()

    def now(self) -> datetime:
        return super().now() + self._ahead


async def measure(stage: Stage) -> Measurement:
    with stage.home() as home:
        stage.tell("starting the stack")
        async with bare_stack(home) as stack, sla_service(stack.url, home, RECEIVED_FROM) as sla:
            clocks = await fill(sla, stack.dsn, CLOCKS, stage, RECEIVED_FROM)
            await sla.believe(cn(RECEIVED_FROM))
            clock = RunningClock(cn(NOW))
            async with _monitor(sla, clock):
                stage.tell("waiting for nothing")
                idle = await _idle()
                stage.tell(f"noticing {DUE}")
                lags = await _notice(sla, stack.dsn, clock)
            stage.tell("noticing bare")
            bare = await noticing.lags_ms(stack.dsn, DUE, EVERY.total_seconds())
    also = f"{clocks:,} open clocks; with nothing due the monitor takes {idle:.1f} % of a core."
    return Measurement(Percentiles.of(lags).p99, Percentiles.of(bare).p99, DUE, 1, Percentiles.of(lags), also)


@contextlib.asynccontextmanager
async def _monitor(sla: Sla, clock: RunningClock) -> AsyncIterator[None]:
    database = Database(sla.url, "sla", clock)
    monitor = Monitor(database, Watching(ReferenceBook(database), Regimes()), lambda: True, Nobody())
    driving = asyncio.create_task(drive(monitor, clock, asyncio.Event()))
    try:
        yield
    finally:
        driving.cancel()
        await asyncio.gather(driving, return_exceptions=True)
        await database.close()


async def _idle() -> float:
    """The share of a core, in percent, that this process takes while nothing is due."""
    began = time.process_time()
    await asyncio.sleep(IDLE_S)
    return (time.process_time() - began) * 100 / IDLE_S


async def _notice(sla: Sla, dsn: str, clock: RunningClock) -> list[float]:
    """Of each clock, the milliseconds from its due instant until the board has shown it."""
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "sla"})
    try:
        taken = await connection.fetch(_TAKE, clock.now() + AHEAD, EVERY, DUE)
    finally:
        await connection.close()
    waiting: dict[UUID, datetime] = {row["id"]: row["due_at"] for row in taken}
    deadline = monotonic() + (AHEAD + EVERY * DUE).total_seconds() + LATEST_S
    lags: list[float] = []
    while waiting:
        if monotonic() > deadline:
            raise Failed(f"{len(waiting)} of {DUE} breaches are not on the board")
        async with sla.core.database.read() as connection:
            shown: Any = await BoardStorage(connection).page(["P01"], "breached", clock.now(), None, DUE)
        seen = clock.now()
        new = [due for item in shown if (due := waiting.pop(item.id, None)) is not None]
        lags.extend((seen - due).total_seconds() * 1000 for due in new)
        await asyncio.sleep(_LOOK_EVERY_S)
    return lags


ROW = Row(
    name="notice_lag",
    unit="ms",
    goal=Goal(1_000, at_most=True),
    aim=1_000,
    baseline_of="a loop that sleeps until each due instant, updates that one row and sees it in a second connection",
    limited_by="one round of the monitor for each: a dozen statements and a commit.",
    measure=measure,
    seconds=600.0,
)
