"""Work that a service does by itself, without a request or a record: a monitor of clocks, a sender of notices.

A stepper does what is due and says when it wants to be called again. What drives it may be real time (`drive`) or the
scenario harness, which calls every stepper until nothing is due and then lets virtual time jump.
"""

import asyncio
from datetime import datetime
from typing import Protocol

import structlog

from shared.clock import Clock

log = structlog.get_logger()

_LONGEST_PAUSE_S = 5.0


class Stepper(Protocol):
    """name: for logs. poll_s: how long it may sleep when it expects nothing, because another process may have made
    work for it."""

    name: str
    poll_s: float

    async def step(self) -> datetime | None:
        """Do a batch of what is due. Returns the next instant something is due (a past one: call again at once), or
        None when nothing is foreseen."""


async def drive(stepper: Stepper, clock: Clock, woken: asyncio.Event) -> None:
    """Step until cancelled. `woken`: set after commits; failures are logged and tried again with growing pauses."""
    pause = 0.1
    while True:
        woken.clear()
        try:
            next_at = await stepper.step()
            pause = 0.1
        except Exception as error:  # noqa: BLE001  # whatever failed was rolled back; the next step tries it again
            log.warning("step_failed", stepper=stepper.name, error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)
            continue
        await _wait(stepper, clock, next_at, woken)


async def _wait(stepper: Stepper, clock: Clock, next_at: datetime | None, woken: asyncio.Event) -> None:
    waits: list[asyncio.Future[object]] = [asyncio.ensure_future(woken.wait())]
    if next_at is not None:
        if next_at <= clock.now():
            waits[0].cancel()
            await asyncio.sleep(0)
            return
        waits.append(asyncio.ensure_future(clock.sleep_until(next_at)))
    try:
        await asyncio.wait(waits, timeout=stepper.poll_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        # Not each by itself: who swallows its being cancelled would swallow ours, which comes at this moment too.
        await asyncio.gather(*waits, return_exceptions=True)
