"""Delivery rule 5: notice that the broker lost its log, and send again what readers may lack.

Case events come from the event log, from the instant that every group is known to have applied; readers drop what they
have. Compacted topics come from the state tables of their owner, never from the log.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.database.unit_of_work import Database
from shared.delivery import progress
from shared.delivery import relay_statements as relay_sql
from shared.delivery import statements as sql
from shared.delivery.log import Found, LogWriter
from shared.events.topics import TOPICS, Topic

# Groups that read case events. A group never heard of has applied nothing: then everything is sent.
GROUPS = ("intake", "routing", "sla", "notify", "reporting")
# Small enough for one transaction each, whatever there is to send.
_EVENTS_PAGE = 20_000
_RECORDS_PAGE = 5_000
# Readers judge by recorded instants, ours and theirs: allow for clocks that differ.
_MARGIN = timedelta(minutes=1)


async def read_confirmed(database: Database) -> Sequence[Any]:
    """topic, partition, offset, event_id, confirmed_at of the last record confirmed on each partition."""
    async with database.read() as connection:
        return (await connection.execute(relay_sql.READ_CONFIRMED)).all()


async def find_loss(confirmed: Sequence[Any], writer: LogWriter, now: datetime) -> set[str]:
    """The topics whose last confirmed record is not where the broker confirmed it."""
    if not confirmed:
        return set()
    found = await writer.read_back({(row.topic, row.partition): row.offset for row in confirmed})
    return {
        row.topic
        for row in confirmed
        if _is_lost(
            TOPICS[row.topic], found[row.topic, row.partition], row.offset, row.event_id, now - row.confirmed_at
        )
    }


def _is_lost(topic: Topic, found: Found, offset: int, event_id: UUID, age: timedelta) -> bool:
    if found.event_id is not None:
        return found.event_id != event_id
    if found.end <= offset:
        return True
    # Something stands beyond: then compaction may have taken the record, or retention once it was old enough.
    return not topic.compacted and age <= timedelta(milliseconds=int(topic.settings.get("retention.ms", "0")))


async def requeue(database: Database, shard: int, generation: int) -> int:
    """Queue everything readers may lack for the log of `generation`; returns the generation this relay now writes to.

    That the old log's offsets are forgotten comes last: interrupted before, it is all done again.
    """
    await _requeue_events(database)
    for topic in ("reference", "personal"):
        await _requeue_records(database, topic)
    async with database.begin() as unit:
        await unit.connection.execute(relay_sql.FORGET_CONFIRMED)
        raised = await unit.connection.execute(relay_sql.RAISE_GENERATION, {"shard": shard, "generation": generation})
        return int(raised.scalar_one())


async def _requeue_events(database: Database) -> None:
    async with database.begin() as unit:
        known = await progress.read(unit)
    since = min(
        known[group].applied.get(database.service, progress.NEVER) if group in known else progress.NEVER
        for group in GROUPS
        if group != database.service
    )
    place = {"recorded_at": max(since, progress.NEVER + _MARGIN) - _MARGIN, "sequence": -1, "id": UUID(int=0)}
    uncompacted = [topic.name for topic in TOPICS.values() if not topic.compacted]
    while True:
        async with database.begin() as unit:
            page = await unit.connection.execute(
                sql.REQUEUE_PAGE, {**place, "topics": uncompacted, "limit": _EVENTS_PAGE}
            )
            if (last := page.one_or_none()) is None:
                return
        place = {"recorded_at": last.recorded_at, "sequence": last.sequence, "id": last.id}


async def _requeue_records(database: Database, topic: str) -> None:
    after = ""
    while True:
        async with database.begin() as unit:
            page = (
                await unit.connection.execute(
                    sql.OWNED_RECORDS, {"topics": [topic], "after": after, "limit": _RECORDS_PAGE}
                )
            ).all()
            await unit.delivery.send_records(topic, [(row.key, row.version, row.type) for row in page])
        if len(page) < _RECORDS_PAGE:
            return
        after = page[-1].key
