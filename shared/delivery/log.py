"""The port to the log: what delivery asks of Kafka, and what the scenario harness puts in its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from shared.events.codec import Outgoing


@dataclass(frozen=True, slots=True)
class Sent:
    """Where the broker put a record."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at a remembered place. event_id: None if there is no record. begin, end: the partition's bounds."""

    event_id: UUID | None
    begin: int
    end: int


class LogWriter(Protocol):
    """Writes records, keeps the order of each key, confirms each."""

    async def connect(self) -> None:
        """Ready to send, or an error that is an outage."""

    async def send(self, records: Sequence[Outgoing]) -> list[Sent]:
        """Send all, in order; returns when every one is confirmed. Raises if any is not: then send all again."""

    async def read_back(self, places: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], Found]:
        """What stands at (topic, partition) -> offset. A missing topic is Found(None, 0, 0)."""

    async def drop(self) -> None:
        """Stop at once, without flushing: what was not confirmed is not ours to send any more."""
