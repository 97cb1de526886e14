"""Delivery rule 3, the bug brake: many parked cases in a minute are a bug of ours, not bad data."""

from collections import deque
from collections.abc import Callable

from shared.clock import monotonic


class BrakePulled(RuntimeError):
    """Consuming has stopped: too many cases failed within a minute. A person must look; a restart releases it."""


class Brake:
    """Pulled by more than 20 failures in a minute, or by more than 5 % of the cases seen when at least 5 failed.

    The floor of 5 keeps a single poisonous case in a quiet hour from stopping everyone.
    """

    LIMIT = 20
    SHARE = 0.05
    FLOOR = 5
    WINDOW_S = 60.0

    def __init__(self, measure: Callable[[], float] = monotonic) -> None:
        self._measure = measure
        self._failed: deque[float] = deque()
        self._seen: deque[tuple[float, int]] = deque()
        self.pulled = False

    def saw(self, cases: int) -> None:
        """So many cases were applied."""
        if cases:
            self._seen.append((self._measure(), cases))
            self._forget()

    def check(self) -> None:
        """Raises BrakePulled while pulled."""
        if self.pulled:
            raise BrakePulled

    def count_failure(self) -> None:
        """A case is about to be parked. Raises BrakePulled if it is one too many."""
        self._failed.append(self._measure())
        self._forget()
        failed, seen = len(self._failed), sum(count for _, count in self._seen) + len(self._failed)
        self.pulled = failed > self.LIMIT or (failed >= self.FLOOR and failed > self.SHARE * seen)
        self.check()

    def release(self) -> None:
        self.pulled = False
        self._failed.clear()

    def _forget(self) -> None:
        oldest = self._measure() - self.WINDOW_S
        while self._failed and self._failed[0] < oldest:
            self._failed.popleft()
        while self._seen and self._seen[0][0] < oldest:
            self._seen.popleft()
