"""What is pending, oldest first, as records ready to be sent (delivery rule 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.delivery import statements as sql
from shared.events.codec import Outgoing, case_headers, parse_after, record_headers
from shared.events.envelope import Envelope
from shared.events.topics import TOPICS
from shared.ids import read_id

_Bodies = Mapping[tuple[str, str], tuple[int, bytes | None]]


@dataclass(frozen=True, slots=True)
class Window:
    """positions: the pending rows; records: what to send for them, in the same order; traces: (traceparent, type, case)
    of those with a traceparent."""

    positions: Sequence[int]
    records: Sequence[Outgoing]
    traces: Sequence[tuple[str, str, str]]

    def record_keys(self) -> set[tuple[str, str]]:
        """(topic, key) of the versioned records among them, topics as in the table of records."""
        return {(r.topic.removesuffix(".v1"), r.key) for r in self.records if TOPICS[r.topic].compacted}


async def read_window(connection: AsyncConnection, service: str, limit: int) -> Window:
    """The lowest pending rows. A versioned record's body is read now, so that what was erased meanwhile is not sent."""
    rows = (await connection.execute(sql.FETCH_PENDING, {"limit": limit})).all()
    bodies = await _read_bodies(connection, rows)
    traces = [(row.traceparent, row.type, row.aggregateid) for row in rows if row.traceparent]
    return Window([row.position for row in rows], [_outgoing(service, row, bodies) for row in rows], traces)


async def _read_bodies(connection: AsyncConnection, rows: Sequence[Any]) -> _Bodies:
    wanted = sorted({
        (row.aggregatetype.removesuffix(".v1"), row.aggregateid) for row in rows if TOPICS[row.aggregatetype].compacted
    })  # fmt: skip
    if not wanted:
        return {}
    result = await connection.execute(
        sql.READ_RECORDS, {"topics": [topic for topic, _ in wanted], "keys": [key for _, key in wanted]}
    )
    return {(row.topic, row.key): (row.version, row.body) for row in result}


def _outgoing(service: str, row: Any, bodies: _Bodies) -> Outgoing:
    topic = TOPICS[row.aggregatetype]
    if topic.compacted:
        version, value = bodies[topic.name.removesuffix(".v1"), row.aggregateid]
        return _plain(service, row, version, value)
    if row.sequence == 0:
        return _plain(service, row, 0, row.payload)
    envelope = Envelope(
        id=row.id,
        type=row.type,
        source=service,
        case=read_id(row.aggregateid),
        sequence=row.sequence,
        after=parse_after(row.after),
        occurred_at=row.occurred_at,
        project=row.project,
        cause=row.cause,
        actor=row.actor,
        traceparent=row.traceparent,
    )
    return Outgoing(topic.name, row.aggregateid, case_headers(envelope), row.payload, row.id)


def _plain(service: str, row: Any, version: int, value: bytes | None) -> Outgoing:
    headers = record_headers(
        id_=row.id,
        type_=row.type,
        source=service,
        key=row.aggregateid,
        version=version,
        recorded_at=row.recorded_at,
    )
    return Outgoing(row.aggregatetype, row.aggregateid, headers, value, row.id)
