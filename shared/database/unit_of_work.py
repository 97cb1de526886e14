"""One transaction: a connection, delivery's side of it, commit at the edge, a signal after it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.clock import Clock
from shared.database.engine import create_engine
from shared.delivery.transaction import Delivery

# Nothing may stay uncommitted longer than this and then commit: progress (delivery rule 6) is believed because of it.
LONGEST_WRITE = timedelta(seconds=12)
# What we allow ourselves. A process that is stopped just before it commits is cut off by the database (its time limit
# for idle transactions is in the engine's settings), so that both together stay below.
LONGEST_WORK = timedelta(seconds=7)


Connection = AsyncConnection


class TransactionTooLong(TimeoutError):
    """The transaction was open longer than progress allows; it was rolled back and may be tried again."""


class UnitOfWork:
    """What use cases get: `connection` for their storage, `delivery` for events, `started` for the instant.

    `committed`: what to call once this transaction is durable, such as counting what it did; must not raise.
    """

    def __init__(self, connection: AsyncConnection, service: str, started: datetime) -> None:
        self.connection = connection
        self.started = started
        self.delivery = Delivery(connection, service, started)
        self.committed: list[Callable[[], None]] = []


class Database:
    """One service's door to PostgreSQL; `after_commit` is called once a transaction that left work to do is durable."""

    def __init__(self, url: str, service: str, clock: Clock, *, pool_size: int = 10) -> None:
        self.service = service
        self.clock = clock
        self.engine = create_engine(url, service, pool_size=pool_size)
        self.after_commit: list[Callable[[], None]] = []
        # A read is one statement and sees what is committed: opening and ending a transaction would triple its way.
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        """A read-write transaction; commits at the end of the block, rolls back when it raises."""
        async with self.engine.connect() as connection, connection.begin():
            unit = UnitOfWork(connection, self.service, self.clock.now())
            yield unit
            await unit.delivery.flush()
            if self.clock.now() - unit.started > LONGEST_WORK:
                raise TransactionTooLong(self.service)
        for act in unit.committed:
            act()
        for span in unit.delivery.spans:
            span.end()
        if unit.delivery.wakes:
            for signal in self.after_commit:
                signal()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading: every statement sees what is committed when it begins."""
        async with self._reading.connect() as connection:
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()
