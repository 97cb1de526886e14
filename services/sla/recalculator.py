"""The recalculator: after a calendar version is published, moves open cases to it while everything else goes on."""

from datetime import datetime
from uuid import UUID

import structlog

from services.sla.service.recalculating import Recalculating
from shared.clock import monotonic
from shared.database.engine import is_outage
from shared.database.unit_of_work import Database

log = structlog.get_logger()

_ASIDE_S = 600.0
_MOST_ASIDE = 20


class Recalculator:
    """A stepper. A case at which it fails is set aside for ten minutes and said in the log."""

    name = "recalculator"
    poll_s = 5.0  # versions published elsewhere, or whose day has come

    def __init__(self, database: Database, recalculating: Recalculating) -> None:
        self._database = database
        self._recalculating = recalculating
        self._aside: dict[UUID, float] = {}

    async def step(self) -> datetime | None:
        """One batch; the present instant if there may be more."""
        self._aside = {case: until for case, until in self._aside.items() if until > monotonic()}
        claimed = None
        try:
            async with self._database.begin() as unit:
                claimed = await self._recalculating.claim(unit, self._aside)
                if claimed is None:
                    return None
                await self._recalculating.advance(unit, *claimed)
        except Exception as error:
            if is_outage(error) or claimed is None:
                raise
            await self._one_by_one(*claimed)
        return self._database.clock.now()

    async def _one_by_one(self, code: str, cases: list[tuple[UUID, int]]) -> None:
        for case, version in cases:
            try:
                async with self._database.begin() as unit:
                    await unit.delivery.lock([case])
                    await self._recalculating.advance(unit, code, [(case, version)])
            except Exception as error:
                if is_outage(error) or len(self._aside) >= _MOST_ASIDE:
                    raise
                self._leave(case, error)

    def _leave(self, case: UUID, error: Exception) -> None:
        self._aside[case] = monotonic() + _ASIDE_S
        log.error("case_set_aside", case=str(case), error=type(error).__name__)  # its words may quote data
