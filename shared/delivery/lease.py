"""One active relay per service and shard: a lease row with an epoch (delivery rule 4)."""

import os
import socket
from datetime import timedelta
from uuid import uuid4

from shared.clock import monotonic
from shared.database.unit_of_work import Database
from shared.delivery import relay_statements as relay_sql

LEASE = timedelta(seconds=10)
RENEW_S = 3.0


class Leasehold:
    """One process's claim on the lease of its service's relay.

    epoch: grows whenever the lease goes to another. generation: of the log that the service writes to. Both as they
    were when the lease was last taken or renewed.
    """

    def __init__(self, database: Database, shard: int) -> None:
        self._database = database
        self._shard = shard
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._held = False
        self._renewed = -1e9
        self.epoch = 0
        self.generation = 1

    @property
    def fence(self) -> dict[str, object]:
        """Parameters of the condition that the lease is still ours."""
        return {"shard": self._shard, "owner": self._owner, "epoch": self.epoch}

    @property
    def lapsed(self) -> bool:
        """Whether another may have taken the lease since we renewed it."""
        return monotonic() - self._renewed >= LEASE.total_seconds()

    async def keep(self) -> bool:
        """Take or renew the lease; False when another has it, or had it since we believed to have it."""
        if self._held and monotonic() - self._renewed < RENEW_S:
            return True
        asked_at = monotonic()
        async with self._database.begin() as unit:
            row = (
                await unit.connection.execute(
                    relay_sql.TAKE_LEASE,
                    {
                        "shard": self._shard,
                        "owner": self._owner,
                        "now": unit.started,
                        "expires_at": unit.started + LEASE,
                    },
                )
            ).one_or_none()
        had, self._held = self._held, False
        if row is None or (had and row.epoch != self.epoch):
            return False
        self._held, self._renewed = True, asked_at
        self.epoch, self.generation = row.epoch, row.generation
        return True

    def forget(self) -> None:
        """Act as one that has no lease; until it runs out it is still kept from others."""
        self._held = False

    async def release(self) -> None:
        """Let another take the lease at once."""
        self.forget()
        async with self._database.begin() as unit:
            await unit.connection.execute(
                relay_sql.RELEASE_LEASE, {"shard": self._shard, "owner": self._owner, "now": unit.started}
            )
