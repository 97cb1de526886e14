"""Delivery rule 6: how far every source has come, and what a service may therefore believe did not happen.

Each relay reports an instant through which all its events are confirmed, and the offsets it had reached. A service
that has consumed beyond those offsets has seen everything the source recorded until that instant.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.database.unit_of_work import UnitOfWork
from shared.delivery import relay_statements as relay_sql
from shared.events.codec import Incoming, Undecodable, read_model
from shared.events.records import ProgressV1
from shared.events.topics import CASE_TOPIC_OF_SOURCE

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Progress:
    """What this service knows of a source. through: believed complete until then. heard_at: last report, our clock."""

    through: datetime
    heard_at: datetime
    applied: Mapping[str, datetime]


async def hear(unit: UnitOfWork, service: str, records: Sequence[Incoming]) -> None:
    """Take in progress reports. A report of a new generation voids our positions: the log began anew."""
    known: dict[str, int] = {}
    if records:
        known = {row.source: row.generation for row in await unit.connection.execute(relay_sql.READ_PROGRESS)}
    for record in records:
        try:
            report = read_model(ProgressV1, record.value)
        except Undecodable:
            continue  # the next report comes within seconds
        if known.get(report.source, report.generation) != report.generation:
            topic = CASE_TOPIC_OF_SOURCE.get(report.source)
            await unit.connection.execute(relay_sql.FORGET_POSITIONS, {"topics": [topic.name] if topic else []})
            await unit.connection.execute(relay_sql.FORGET_ALL_SEEN, {"source": report.source})
        known[report.source] = report.generation
        await unit.connection.execute(
            relay_sql.HEAR_PROGRESS,
            {
                "source": report.source,
                "nothing": NEVER,
                "generation": report.generation,
                "now": unit.started,
                "applied": json.dumps({source: at.isoformat() for source, at in report.applied.items()}),
            },
        )
        if report.source != service:
            await unit.connection.execute(
                relay_sql.SEE_PROGRESS,
                {"source": report.source, "through": report.through, "offsets": json.dumps(report.offsets)},
            )


async def save_positions(unit: UnitOfWork, positions: Mapping[tuple[str, int], int]) -> None:
    """The next offset to be read of each (topic, partition), in the transaction that applied everything before it."""
    if positions:
        await unit.connection.execute(
            relay_sql.SAVE_POSITIONS,
            {
                "topics": [topic for topic, _ in positions],
                "partitions": [partition for _, partition in positions],
                "offsets": list(positions.values()),
            },
        )


async def believe(unit: UnitOfWork, topics: Sequence[str]) -> None:
    """Raise what is believed: a report holds once our positions have passed its offsets in every topic we read."""
    positions = {(r.topic, r.partition): r.next_offset for r in await unit.connection.execute(relay_sql.READ_POSITIONS)}
    for row in (await unit.connection.execute(relay_sql.READ_SEEN)).all():
        offsets = json.loads(row.offsets) if isinstance(row.offsets, str) else row.offsets
        passed = all(
            positions.get((topic, int(partition)), 0) > offset
            for topic, partitions in offsets.items()
            if topic in topics
            for partition, offset in partitions.items()
        )
        if passed:
            await unit.connection.execute(relay_sql.BELIEVE, {"source": row.source, "through": row.through})
            await unit.connection.execute(relay_sql.FORGET_SEEN, {"source": row.source, "through": row.through})


async def read(unit: UnitOfWork) -> dict[str, Progress]:
    """What is believed of each source heard of."""
    found = {}
    for row in await unit.connection.execute(relay_sql.READ_PROGRESS):
        applied = json.loads(row.applied) if isinstance(row.applied, str) else row.applied
        found[row.source] = Progress(
            row.through, row.heard_at, {source: datetime.fromisoformat(at) for source, at in applied.items()}
        )
    return found


async def believed_through(unit: UnitOfWork, sources: Sequence[str]) -> datetime:
    """The instant through which nothing more can come from any of these sources; NEVER while one is unheard of."""
    known = await read(unit)
    return min(known[source].through if source in known else NEVER for source in sources)
