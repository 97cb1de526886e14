"""What works by itself in the background ends when it is told to, whatever it is doing at that moment."""

import asyncio
from datetime import datetime, timedelta

import pytest

from shared.clock import SystemClock
from shared.stepping import drive


class Idle:
    """Has nothing to do now, but something in an hour."""

    name = "idle"
    poll_s = 60.0

    async def step(self) -> datetime | None:
        return SystemClock().now() + timedelta(hours=1)


@pytest.mark.parametrize("turns", range(8))
async def test_told_to_end_while_it_wakes_it_ends(turns):
    woken = asyncio.Event()
    driving = asyncio.create_task(drive(Idle(), SystemClock(), woken))
    for _ in range(5):
        await asyncio.sleep(0)
    woken.set()
    for _ in range(turns):  # somewhere between waking and waiting again
        await asyncio.sleep(0)
    driving.cancel()
    done, _ = await asyncio.wait([driving], timeout=5)
    assert done
    assert driving.cancelled()
