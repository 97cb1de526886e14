"""Delivery rule 6: how far every source has come, and what a service may therefore believe did not happen.

Each relay reports an instant through which all its events are confirmed, the offsets it had reached, and the
generation of the log it wrote to. A service that has consumed that log beyond those offsets has seen everything the
source recorded until that instant.

Invariants:
- a position says: everything below it, in the present log, was applied by this group or recorded long before what the
  group believes. It is saved in the transaction that applied, or after the consumer went back far enough;
- a new generation voids every position: only the beat, after the consumer went back, makes them count again, so that
  neither a batch under way nor a consumer standing where the old log once reached is taken for proof;
- a report about an older log than the newest heard of is not listened to.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.database.unit_of_work import UnitOfWork
from shared.delivery import relay_statements as relay_sql
from shared.events.codec import Incoming, Undecodable, read_model
from shared.events.envelope import SOURCES
from shared.events.records import ProgressV1
from shared.events.topics import PROGRESS, TOPICS

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
REPORTERS = frozenset({*SOURCES, "reporting"})
_LARGEST_GENERATION = 2**31 - 1
# Records carry the clock of the host that sent them: how far those clocks may differ from each other and from ours.
_SKEW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Progress:
    """What this service knows of a source. through: believed complete until then. heard_at: last report, our clock.
    applied: source -> instant through which that service has applied it. generation: of the log it writes to."""

    through: datetime
    heard_at: datetime
    applied: Mapping[str, datetime]
    generation: int


async def hear(unit: UnitOfWork, service: str, records: Sequence[Incoming]) -> None:
    """Take in progress reports."""
    reports = [report for record in records if (report := _read(record))]
    if not reports:
        return
    present = newest_generation(await read(unit))
    # In the order in which `believe` takes the same rows: two transactions that lock them crosswise would deadlock.
    for report in sorted(reports, key=lambda report: (report.generation, report.source)):
        if report.generation < present:
            continue
        if report.generation > present > 0:
            await unit.connection.execute(
                relay_sql.VOID_POSITIONS,
                {"topics": list(TOPICS), "partitions": [topic.partitions for topic in TOPICS.values()]},
            )
            await unit.connection.execute(relay_sql.FORGET_ALL_SEEN)
        present = report.generation
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


def _read(record: Incoming) -> ProgressV1 | None:
    """A report that makes sense, what it says of things unknown here left out. Another comes within seconds."""
    try:
        report = read_model(ProgressV1, record.value)
    except Undecodable:
        return None
    instants = [report.through, *report.applied.values()]
    if report.source not in REPORTERS or any(at.tzinfo is None for at in instants):
        return None
    if not 1 <= report.generation <= _LARGEST_GENERATION:
        return None
    offsets = {topic: of for topic, of in report.offsets.items() if topic in TOPICS and topic != PROGRESS.name}
    applied = {source: at for source, at in report.applied.items() if source in REPORTERS}
    return report.model_copy(update={"offsets": offsets, "applied": applied})


async def save_positions(unit: UnitOfWork, positions: Mapping[tuple[str, int], int]) -> None:
    """The next offset to be read of each (topic, partition), in the transaction that applied everything before it.
    Void ones stay void."""
    if positions:
        await unit.connection.execute(relay_sql.SAVE_POSITIONS, _columns(positions))


async def restore_positions(unit: UnitOfWork, positions: Mapping[tuple[str, int], int]) -> None:
    """Likewise, void or not: the consumer went back to `reread_from` before it stood here."""
    if positions:
        await unit.connection.execute(relay_sql.RESTORE_POSITIONS, _columns(positions))


async def void_positions(unit: UnitOfWork) -> set[tuple[str, int]]:
    """The (topic, partition) of which we do not know how much of the present log we have read."""
    return {(row.topic, row.partition) for row in await unit.connection.execute(relay_sql.READ_VOID_POSITIONS)}


def reread_from(known: Mapping[str, Progress], service: str) -> datetime:
    """Where `service` begins to read a log anew: it believes to have applied whatever was sent before."""
    others = [source for source in SOURCES if source != service]
    through = min(known[source].through if source in known else NEVER for source in others)
    return max(through, NEVER + _SKEW) - _SKEW


def _columns(positions: Mapping[tuple[str, int], int]) -> dict[str, list[object]]:
    return {
        "topics": [topic for topic, _ in positions],
        "partitions": [partition for _, partition in positions],
        "offsets": list(positions.values()),
    }


async def positions(unit: UnitOfWork) -> dict[tuple[str, int], int]:
    """The next offset to be read of each (topic, partition), whichever member reads it."""
    return {(r.topic, r.partition): r.next_offset for r in await unit.connection.execute(relay_sql.READ_POSITIONS)}


async def believe(unit: UnitOfWork, topics: Sequence[str]) -> None:
    """Raise what is believed: a report holds once our positions have passed its offsets in every topic we read."""
    stands = await positions(unit)
    for row in (await unit.connection.execute(relay_sql.READ_SEEN)).all():
        offsets = json.loads(row.offsets) if isinstance(row.offsets, str) else row.offsets
        passed = all(
            stands.get((topic, int(partition)), 0) > offset
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
            row.through,
            row.heard_at,
            {source: datetime.fromisoformat(at) for source, at in applied.items()},
            row.generation,
        )
    return found


def newest_generation(known: Mapping[str, Progress]) -> int:
    """Of the newest log anybody has reported of; 0 before anybody did."""
    return max((p.generation for p in known.values()), default=0)


async def believed_through(unit: UnitOfWork, sources: Sequence[str]) -> datetime:
    """The instant through which nothing more can come from any of these sources; NEVER while one is unheard of."""
    known = await read(unit)
    return min(known[source].through if source in known else NEVER for source in sources)
