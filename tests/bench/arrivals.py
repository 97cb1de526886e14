"""When a complaint has arrived in the read model: reporting's archive, looked at every few milliseconds."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

EVERY_S = 0.02
# A batch carries the instant at which its transaction began and is seen when it commits, so look back a little.
_LOOK_BACK = timedelta(seconds=5)

# Batches not seen before, by the instant they share.
_NEW = """
    select archived_at, case_id, type from reporting.archive
    where archived_at >= $1 and archived_at <> all($2::timestamptz[]) and type = any($3::text[])
"""
_NEWEST = "select max(archived_at) from reporting.archive"
_ARRIVED = "select count(*) from reporting.cases"


class Arrivals:
    """Unix times at which events of these types were first seen, by case. A time is late by up to EVERY_S."""

    def __init__(self, connection: asyncpg.Connection, types: tuple[str, ...]) -> None:
        self._connection = connection
        self._types = types
        self._batches: set[datetime] = set()
        self.seen: dict[UUID, dict[str, float]] = {}

    async def look(self) -> None:
        """Note what has become visible."""
        newest = max(self._batches, default=None)
        since = newest - _LOOK_BACK if newest else datetime.fromisoformat("2000-01-01T00:00:00+00:00")
        known = [batch for batch in self._batches if batch >= since]
        rows = await self._connection.fetch(_NEW, since, known, list(self._types))
        at = time.time()
        for batch, case, type_ in rows:
            self._batches.add(batch)
            self.seen.setdefault(case, {}).setdefault(type_, at)

    def arrived(self, case: UUID) -> float | None:
        """When the last of the types was seen of a case, None if one was not."""
        found = self.seen.get(case, {})
        return max(found.values()) if len(found) == len(self._types) else None


class Newest:
    """When the read model was last seen to change, as a Unix time; late by up to EVERY_S."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._batch: datetime | None = None
        self.at = time.time()

    async def look(self) -> None:
        """Note whether it has changed."""
        batch = await self._connection.fetchval(_NEWEST)
        if batch != self._batch:
            self._batch, self.at = batch, time.time()


@asynccontextmanager
async def watching(arrivals: Arrivals | Newest) -> AsyncIterator[None]:
    """Look again and again inside the block."""

    async def run() -> None:
        while True:
            await arrivals.look()
            await asyncio.sleep(EVERY_S)

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def cases(connection: asyncpg.Connection) -> int:
    """How many cases the read model holds."""
    return int(await connection.fetchval(_ARRIVED))
