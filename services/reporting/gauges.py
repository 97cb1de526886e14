"""Keeps the rendered metrics as fresh as the figures: at most once a second, only when something changed."""

from datetime import datetime

from services.reporting.metrics import render
from services.reporting.storage import ReportingStorage
from shared.clock import monotonic
from shared.database.unit_of_work import Database
from shared.telemetry.exposition import Family


class Gauges:
    """A stepper that renders, and the source that `/metrics` asks; a scrape costs a copy of the text."""

    name = "gauges"
    poll_s = 1.0

    def __init__(self, database: Database) -> None:
        self._database = database
        self._applied = -1
        self._rendered_at = -1e9
        self._families: list[Family] = []

    async def step(self) -> datetime | None:
        """Render if something was applied since, at most once a second."""
        if monotonic() - self._rendered_at < self.poll_s:
            return None
        async with self._database.read() as connection:
            storage = ReportingStorage(connection)
            applied = await storage.applied()
            if applied != self._applied:
                self._families = render(await storage.counts(), await storage.durations())
                self._applied = applied
                self._rendered_at = monotonic()
        return None

    def families(self) -> list[Family]:
        return self._families
