"""Two clocks: the business clock tells instants, the monotonic clock measures waiting for I/O.

Business code receives a `Clock` and never asks the operating system, so that a whole case can be lived through in
virtual time. `monotonic` is for timeouts, leases' local side and backoff, which must not follow virtual time.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

monotonic = time.monotonic


class Clock(Protocol):
    """Tells the present instant and waits for a later one."""

    def now(self) -> datetime:
        """The present instant: time zone UTC, microseconds."""

    async def sleep_until(self, instant: datetime) -> None:
        """Return once `now() >= instant`; at once if it is already past."""


class SystemClock:
    """The business clock of a running installation."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep_until(self, instant: datetime) -> None:
        # A wall clock may be set back while we sleep: ask again until it has really come.
        while (left := (instant - self.now()).total_seconds()) > 0:
            await asyncio.sleep(min(left, 60.0))


def require_aware(instant: datetime) -> datetime:
    """`instant` in UTC. Raises ValueError for a naive one: without a zone it names no moment."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone, e.g. 2026-11-20T09:00:00+08:00")
    return instant.astimezone(UTC)


def format_instant(instant: datetime) -> str:
    """RFC 3339 in UTC with microseconds and `Z`: `2026-11-20T01:00:00.000000Z`."""
    # `isoformat` takes a quarter of the time of `strftime`; in UTC its last six characters are the offset.
    return require_aware(instant).isoformat(timespec="microseconds")[:-6] + "Z"
