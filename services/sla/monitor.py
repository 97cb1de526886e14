"""The monitor: sleeps until something is due, then does it. Any number of monitors share the work."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog

from services.sla.service.watching import CaughtUp, Round, Watching
from shared.clock import monotonic
from shared.database.engine import is_outage
from shared.database.unit_of_work import Database

log = structlog.get_logger()

_ASIDE_S = 600.0
_AT_ONCE = 2  # rounds while there is a backlog: one reckons while the other waits for the database
_MOST_ASIDE = 20  # more than a few is a bug, not bad data: stop and let operations look


class Watcher(Protocol):
    """Who wants to know what the monitor meets."""

    def noticed(self, lags: Sequence[timedelta]) -> None:
        """So late were breaches noticed."""

    def set_aside(self, cases: int) -> None:
        """So many cases are set aside now."""


class Monitor:
    """A stepper. caught_up: whether everything sent until a moment ago has been applied, by all members together.

    A case at which a round fails is set aside for ten minutes and said in the log: it must not hold up all others.
    """

    name = "monitor"
    poll_s = 1.0  # clocks set by another process, parked cases set free, progress heard

    def __init__(self, database: Database, watching: Watching, caught_up: CaughtUp, watcher: Watcher) -> None:
        self._database = database
        self._watching = watching
        self._caught_up = caught_up
        self._watcher = watcher
        self._aside: dict[UUID, float] = {}

    async def step(self) -> datetime | None:
        """One round, or as many as a backlog takes; the present instant if there may be more to do at once, else the
        next due one."""
        done = await self._round()
        if done.full:
            ended = await asyncio.gather(*(self._work_off() for _ in range(_AT_ONCE)), return_exceptions=True)
            if failed := [each for each in ended if each is not None]:
                raise failed[0]
        return self._database.clock.now() if done.again else done.next_at

    async def _work_off(self) -> None:
        while (await self._round()).full:
            pass

    async def _round(self) -> Round:
        self._aside = {case: until for case, until in self._aside.items() if until > monotonic()}
        self._watcher.set_aside(len(self._aside))
        caught_up = self._caught_up()
        try:
            async with self._database.begin() as unit:
                done = await self._watching.watch(unit, caught_up=caught_up, aside=self._aside)
        except Exception as error:
            if is_outage(error) or not await self._one_by_one(caught_up=caught_up):
                raise
            return Round(again=True, full=True)
        self._watcher.noticed(done.lags)
        return done

    async def _one_by_one(self, *, caught_up: bool) -> bool:
        """The batch that failed, case by case, so that only the failing ones wait. False if that is no way out."""
        async with self._database.begin() as unit:
            cases, _ = await self._watching.claim(unit, caught_up=caught_up, aside=self._aside)
        for case in cases:
            try:
                async with self._database.begin() as unit:
                    done = await self._watching.watch_one(unit, case, caught_up=caught_up)
            except Exception as error:
                if is_outage(error) or len(self._aside) >= _MOST_ASIDE:
                    raise
                self._leave(case, error)
            else:
                self._watcher.noticed(done.lags)
        return bool(cases)

    def _leave(self, case: UUID, error: Exception) -> None:
        self._aside[case] = monotonic() + _ASIDE_S
        # An error's own words may quote data: only mistakes of ours are shown with their place.
        ours = isinstance(error, (AttributeError, KeyError, TypeError, AssertionError))
        log.error("case_set_aside", case=str(case), error=type(error).__name__, exc_info=ours)
