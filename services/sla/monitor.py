"""The monitor: sleeps until something is due, then does it. Any number of monitors share the work."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from services.sla.service.watching import CaughtUp, Watching
from shared.database.unit_of_work import Database

log = structlog.get_logger()


class Lags(Protocol):
    """Who wants to know how late breaches were noticed."""

    def noticed(self, lags: Sequence[timedelta]) -> None: ...


class Monitor:
    """A stepper. caught_up: whether everything sent until a moment ago has been applied, by all members together."""

    name = "monitor"
    poll_s = 1.0  # clocks set by another process, parked cases set free, progress heard

    def __init__(self, database: Database, watching: Watching, caught_up: CaughtUp, lags: Lags) -> None:
        self._database = database
        self._watching = watching
        self._caught_up = caught_up
        self._lags = lags

    async def step(self) -> datetime | None:
        """One round; the present instant if there is more to do at once, else the next due one."""
        async with self._database.begin() as unit:
            done = await self._watching.watch(unit, caught_up=self._caught_up())
        self._lags.noticed(done.lags)
        return unit.started if done.again else done.next_at
