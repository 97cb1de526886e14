"""Delivery rule 5: notice that the broker lost its log, and send again what readers may lack.

Case events come from the event log, from the instant that every group is known to have applied; readers drop what they
have. Compacted topics come from the state tables of their owner, never from the log.
"""

from datetime import timedelta

from shared.database.unit_of_work import Database
from shared.delivery import progress
from shared.delivery import relay_statements as relay_sql
from shared.delivery import statements as sql
from shared.delivery.log import LogWriter
from shared.events.topics import TOPICS, Topic

# Groups that read case events. A group never heard of has applied nothing: then everything is sent.
GROUPS = ("intake", "routing", "sla", "notify", "reporting")
_PAGE = 5000
# Readers judge by recorded instants, ours and theirs: allow for clocks that differ.
_MARGIN = timedelta(minutes=1)


async def find_loss(database: Database, writer: LogWriter) -> set[str]:
    """The topics whose last confirmed record is not where the broker confirmed it."""
    async with database.begin() as unit:
        confirmed = (await unit.connection.execute(relay_sql.READ_CONFIRMED)).all()
        now = unit.started
    if not confirmed:
        return set()
    found = await writer.read_back({(row.topic, row.partition): row.offset for row in confirmed})
    lost = set()
    for row in confirmed:
        here = found[row.topic, row.partition]
        topic = TOPICS[row.topic]
        if here.event_id == row.event_id:
            continue
        if topic.compacted and here.end > row.offset:
            continue  # compaction may take any record that is not the newest of its key
        if here.event_id is None and here.end > row.offset and now - row.confirmed_at > _retention(topic):
            continue  # retention took it
        lost.add(row.topic)
    return lost


async def requeue(database: Database, shard: int) -> int:
    """Queue everything readers may lack; returns the new generation of this source's log."""
    case_topics = [topic.name for topic in TOPICS.values() if not topic.compacted]
    async with database.begin() as unit:
        known = await progress.read(unit)
        since = min(
            known[group].applied.get(database.service, progress.NEVER) if group in known else progress.NEVER
            for group in GROUPS
            if group != database.service
        )
        await unit.connection.execute(relay_sql.FORGET_CONFIRMED)
        await unit.connection.execute(
            sql.REQUEUE_SINCE, {"since": max(since, progress.NEVER + _MARGIN) - _MARGIN, "topics": case_topics}
        )
        generation = (await unit.connection.execute(relay_sql.NEXT_GENERATION, {"shard": shard})).scalar_one()
    for topic in ("reference", "personal"):
        await _requeue_records(database, topic)
    return int(generation)


async def _requeue_records(database: Database, topic: str) -> None:
    after = ""
    while True:
        async with database.begin() as unit:
            page = (
                await unit.connection.execute(sql.OWNED_RECORDS, {"topics": [topic], "after": after, "limit": _PAGE})
            ).all()
            await unit.delivery.send_records(topic, [(row.key, row.version, row.type) for row in page])
        if len(page) < _PAGE:
            return
        after = page[-1].key


def _retention(topic: Topic) -> timedelta:
    return timedelta(milliseconds=int(topic.settings.get("retention.ms", "0")))
