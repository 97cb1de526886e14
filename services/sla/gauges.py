"""Keeps the gauges fresh, and tells operations of breaches that cannot be confirmed."""

from datetime import datetime

import structlog

from services.sla.metrics import SlaMetrics
from services.sla.storage.board import BoardStorage
from services.sla.storage.due import DueStorage
from shared.clock import monotonic
from shared.database.unit_of_work import Database

log = structlog.get_logger()

_COUNT_S = 15.0
_CHECK_S = 600.0  # the invariant looks at every open clock


class Gauges:
    """A stepper; however often it is woken, it counts once in 15 seconds."""

    name = "gauges"
    poll_s = _COUNT_S

    def __init__(self, database: Database, metrics: SlaMetrics) -> None:
        self._database = database
        self._metrics = metrics
        self._counted = self._checked = -1e9

    async def step(self) -> datetime | None:
        """Count if it is time to."""
        if monotonic() - self._counted < _COUNT_S:
            return None
        async with self._database.read() as connection:
            board = BoardStorage(connection)
            counts = await board.counts()
            unconfirmed, since = await DueStorage(connection).unconfirmed(self._database.clock.now())
            if monotonic() - self._checked >= _CHECK_S:
                self._metrics.orphans.set(await board.orphans())
                self._checked = monotonic()
        self._metrics.open.set(counts.open)
        self._metrics.breached.set(counts.breached)
        self._metrics.unconfirmed.set(unconfirmed)
        if unconfirmed:
            log.warning("breaches_unconfirmed", clocks=unconfirmed, since=since)
        self._counted = monotonic()
        return None
