"""Waiting for a condition, generously: the machine may be busy with other things."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

_ASK_EVERY_S = 0.05


def eventually(ask: Callable[[], Found | None], *, within_s: float = 120.0, what: str = "the condition") -> Found:
    """What `ask` answers, once that is true. Fails when it never is."""
    deadline = time.monotonic() + within_s
    while not (found := ask()):
        assert time.monotonic() < deadline, f"{what} did not come true within {within_s:.0f} s; last answer: {found!r}"
        time.sleep(_ASK_EVERY_S)
    return found
