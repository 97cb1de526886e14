"""Rows like clocks that run out one after another, each updated at its instant and seen in another connection."""

import asyncio

import asyncpg

from shared.clock import monotonic

_CREATE = "create schema barely; create table barely.clocks (n int primary key, state text not null)"
_FILL = "insert into barely.clocks select n, 'running' from generate_series(1, $1) n"
_BREACH = "update barely.clocks set state = 'breached' where n = $1"
_SEEN = "select state from barely.clocks where n = $1"
AHEAD_S = 0.2


async def lags_ms(dsn: str, clocks: int, every_s: float) -> list[float]:
    """Of each of so many, the milliseconds from its instant until it is seen."""
    writing, reading = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    try:
        await writing.execute(_CREATE)
        await writing.execute(_FILL, clocks)
        began, lags = monotonic() + AHEAD_S, []
        for number in range(1, clocks + 1):
            due = began + number * every_s
            await asyncio.sleep(max(0.0, due - monotonic()))
            await writing.execute(_BREACH, number)
            if await reading.fetchval(_SEEN, number) != "breached":
                raise AssertionError("what is committed is seen")
            lags.append((monotonic() - due) * 1000)
        return lags
    finally:
        await writing.close()
        await reading.close()
