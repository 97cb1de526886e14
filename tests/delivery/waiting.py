"""Waiting for a condition instead of for a time."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.clock import monotonic

Value = TypeVar("Value")

# How long anything may take on a machine that does much else at the same time.
DEADLINE_S = 45.0


async def eventually(
    ask: Callable[[], Value | Awaitable[Value]], holds: Callable[[Value], bool] = bool, seconds: float = DEADLINE_S
) -> Value:
    """Ask until the answer holds; returns it. An error counts as an answer that does not hold."""
    deadline = monotonic() + seconds
    while True:
        last: object
        try:
            answer = ask()
            value: Value = await answer if inspect.isawaitable(answer) else answer
            if holds(value):
                return value
            last = value
        except Exception as error:  # noqa: BLE001  # servers that are away are what many tests are about
            last = repr(error)
        if monotonic() > deadline:
            raise AssertionError(f"still not so after {seconds} s: {last}")
        await asyncio.sleep(0.02)
