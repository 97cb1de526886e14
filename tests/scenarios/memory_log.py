"""A partitioned log in memory, behind the port that Kafka stands behind: order per key, offsets, read-back."""

import zlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from shared.delivery.log import Found, Sent
from shared.events.codec import Incoming, Outgoing
from shared.events.topics import TOPICS


class MemoryLog:
    """Topics of the registry with their partitions; `wipe` is a broker that lost its disk."""

    def __init__(self) -> None:
        self._partitions: dict[tuple[str, int], list[Incoming]] = {}
        self.said = 0  # records that are no mere reports of progress

    async def connect(self) -> None:
        """Nothing to connect to."""

    async def send(self, records: Sequence[Outgoing]) -> list[Sent]:
        return [self._append(record) for record in records]

    def _append(self, record: Outgoing) -> Sent:
        partition = zlib.crc32(record.key.encode()) % TOPICS[record.topic].partitions
        log = self._partitions.setdefault((record.topic, partition), [])
        headers = {name: value.decode() for name, value in record.headers}
        self.said += record.topic != "progress.v1"
        log.append(Incoming(record.topic, partition, len(log), record.key.encode(), headers, record.value))
        return Sent(record.topic, partition, len(log) - 1)

    async def read_back(self, places: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], Found]:
        found = {}
        for place, offset in places.items():
            log = self._partitions.get(place, [])
            id_ = UUID(log[offset].headers["ce_id"]) if offset < len(log) else None
            found[place] = Found(id_, 0, len(log))
        return found

    async def drop(self) -> None:
        """Nothing is under way."""

    def wipe(self) -> None:
        self._partitions.clear()

    def after(self, topics: Sequence[str], positions: Mapping[tuple[str, int], int]) -> list[Incoming]:
        """Everything of these topics from the given positions on."""
        return [
            record
            for (topic, partition), log in sorted(self._partitions.items())
            if topic in topics
            for record in log[positions.get((topic, partition), 0) :]
        ]

    def all(self, topic: str) -> list[Incoming]:
        """Every record of a topic."""
        return self.after([topic], {})
