"""A service as plain as can be, for watching delivery at work: it writes down what it is given, in order."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from shared.clock import SystemClock
from shared.database.unit_of_work import Database, UnitOfWork
from shared.delivery.applying import Applier
from shared.delivery.subscription import Subscription
from shared.delivery.tables import add_delivery_tables
from shared.events.cases import CaseProgressedV1, CaseRepliedV1
from shared.events.codec import Incoming, Outgoing, case_headers
from shared.events.envelope import Draft, Envelope, Event
from shared.events.registry import EVENT_TYPES
from shared.events.topics import COMPLAINTS, NOTICES, PERSONAL, PROGRESS, REFERENCE

_SEEN = sa.text("insert into seen (case_id, source, sequence) values (:case_id, :source, :sequence)")


@dataclass
class PlainService:
    """Applies events by writing them to `seen`; `react` may emit, `poison` makes a case fail."""

    database: Database
    poison: set[UUID] = field(default_factory=set)
    poison_error: Callable[[], Exception] = lambda: ValueError("bad data")
    react: Callable[[Event], Sequence[Draft]] = lambda _: ()
    applier: Applier = field(init=False)

    def __post_init__(self) -> None:
        self.applier = Applier(self.database, self.subscription(), seal=lambda b: b"sealed:" + b[:0])

    def subscription(self) -> Subscription:
        return Subscription(
            service=self.database.service,
            topics=(COMPLAINTS, NOTICES, PERSONAL, REFERENCE, PROGRESS),
            types=frozenset(EVENT_TYPES) - {"case.accepted.v1"},
            apply=self.apply,
        )

    async def apply(self, unit: UnitOfWork, events: Sequence[Event]) -> None:
        for event in events:
            if event.case in self.poison:
                raise self.poison_error()
            await unit.connection.execute(
                _SEEN,
                {"case_id": event.case, "source": event.envelope.source, "sequence": event.envelope.sequence},
            )
        await unit.delivery.emit([draft for event in events for draft in self.react(event)])

    async def seen(self, case: UUID | None = None) -> list[tuple[str, int]]:
        """(source, sequence) in the order of application."""
        async with self.database.read() as connection:
            rows = await connection.execute(
                sa.text("select source, sequence from seen where cast(:c as uuid) is null or case_id = :c order by id"),
                {"c": case},
            )
            return [(row.source, row.sequence) for row in rows]

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.database.read() as connection:
            return list((await connection.execute(sa.text(statement), parameters)).all())


async def create(url: str, service: str) -> PlainService:
    """A plain service with its own schema in the database at `url`."""
    metadata = sa.MetaData()
    add_delivery_tables(metadata)
    sa.Table(
        "seen",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("case_id", sa.UUID),
        sa.Column("source", sa.Text),
        sa.Column("sequence", sa.Integer),
    )
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(sa.text(f"create schema if not exists {service}"))
        await connection.execute(sa.text(f"set search_path = {service}"))
        await connection.run_sync(metadata.create_all)
        await connection.execute(sa.text("create table event_log_rest partition of event_log default"))
    await engine.dispose()
    return PlainService(Database(url, service, SystemClock()))


def case_event(
    case: UUID, source: str, sequence: int, after: dict[str, int] | None = None, type_: str = "case.assigned.v1"
) -> Incoming:
    """A record of a case event as Kafka would bring it."""
    envelope = Envelope(
        id=UUID(int=hash((case, source, sequence)) & (2**128 - 1)),
        type=type_,
        source=source,
        case=case,
        sequence=sequence,
        after=after or {},
        occurred_at=datetime.fromisoformat("2026-11-20T09:00:00+08:00"),
        project="P01",
        cause="test",
        actor="service:test",
    )
    topic = "notices.v1" if source == "notify" else "complaints.v1"
    return incoming(Outgoing(topic, str(case), case_headers(envelope), _VALUES.get(type_, b"{}"), envelope.id))


def incoming(record: Outgoing, offset: int = 0) -> Incoming:
    headers = {name: value.decode() for name, value in record.headers}
    return Incoming(record.topic, 0, offset, record.key.encode(), headers, record.value)


def progressed(case: UUID, version: int = 1) -> Draft:
    data = CaseProgressedV1(texts_version=version)
    return Draft(case, data, datetime.fromisoformat("2026-11-20T09:00:00+08:00"), "P01", f"cause-{version}", "li.na")


def replied(case: UUID) -> Draft:
    data = CaseRepliedV1(channel="phone", texts_version=1)
    return Draft(case, data, datetime.fromisoformat("2026-11-20T09:00:00+08:00"), "P01", "cause", "li.na")


_VALUES = {
    "case.assigned.v1": json.dumps({"department": "property"}).encode(),
    "complaint.withdrawn.v1": b"{}",
    "complaint.erased.v1": b"{}",
    "case.progressed.v1": json.dumps({"texts_version": 1}).encode(),
}
