"""How far a service is behind: what was there a second ago, has it been applied, by all its members together?"""

from collections import deque
from collections.abc import Callable, Mapping

from shared.clock import monotonic

BEAT_S = 1.0
_KEPT = 120

Place = tuple[str, int]
"""A partition: topic and number."""


class Standing:
    """Told once a second where the log ends and what is applied. Instants are of `measure`, a monotonic clock."""

    def __init__(self, measure: Callable[[], float] = monotonic) -> None:
        self._measure = measure
        self._ends: deque[tuple[float, Mapping[Place, int]]] = deque(maxlen=_KEPT)
        self._caught_up_at = float("-inf")

    def note_ends(self, asked_at: float, ends: Mapping[Place, int], applied: Mapping[Place, int]) -> None:
        """Where the log ended at `asked_at`, and the next offset of each partition, whichever member reads it.

        Whoever is always busy with the newest records has still applied those of a second ago.
        """
        if ends:
            self._ends.append((asked_at, ends))
        while self._ends and all(applied.get(place, 0) >= end for place, end in self._ends[0][1].items()):
            self._caught_up_at = self._ends.popleft()[0]

    def note_caught_up(self) -> None:
        """Everything that has come is applied, as whoever brings the records himself knows."""
        self._caught_up_at = self._measure()

    def behind_s(self) -> float:
        """Seconds since everything that had come was applied, less the two it takes to notice; endless before."""
        return max(0.0, self._measure() - self._caught_up_at - 2 * BEAT_S)
