"""A service as plain as can be, for watching delivery at work: it writes down what it is given, in order."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine

from shared.core import Core, Service
from shared.database.unit_of_work import Database, UnitOfWork
from shared.delivery.subscription import Subscription
from shared.delivery.tables import add_delivery_tables
from shared.events.envelope import Draft, Event
from shared.events.registry import EVENT_TYPES
from shared.events.topics import COMPLAINTS, NOTICES, PERSONAL, PROGRESS, REFERENCE
from shared.secrets import new_key
from shared.settings import DatabaseSettings, KafkaSettings, SealSettings, Settings

_SEE = sa.text("""
    insert into seen (case_id, source, sequence)
    select * from unnest(cast(:cases as uuid[]), cast(:sources as text[]), cast(:sequences as int[]))
""")
_SEEN = sa.text("""
    select case_id, source, sequence from seen where cast(:case_id as uuid) is null or case_id = :case_id order by id
""")
_TABLES = sa.text("""
    select string_agg(relname, ', ') from pg_class
    where relkind in ('r', 'p') and relnamespace = cast(current_schema as regnamespace)
""")

_KEY = new_key()

# A type in the registry that this service does not use: it only moves the marks.
UNUSED_TYPE = "case.accepted.v1"


@dataclass
class PlainService:
    """Applies events by writing them to `seen`; `react` may emit, `poison` makes a case fail, `before` and `after` may
    do anything inside the transaction that applies."""

    core: Core
    poison: set[UUID] = field(default_factory=set)
    poison_error: Callable[[], Exception] = lambda: ValueError("bad data")
    react: Callable[[Event], Sequence[Draft]] = lambda _: ()
    before: Callable[[UnitOfWork, Sequence[Event]], Any] | None = None
    after: Callable[[], None] = lambda: None
    service: Service = field(init=False)

    def __post_init__(self) -> None:
        self.service = Service(core=self.core, subscription=self.subscription(), routers=())
        self.applier = self.service.applier

    @property
    def database(self) -> Database:
        return self.core.database

    def subscription(self) -> Subscription:
        return Subscription(
            service=self.core.name,
            topics=(COMPLAINTS, NOTICES, PERSONAL, REFERENCE, PROGRESS),
            types=frozenset(EVENT_TYPES) - {UNUSED_TYPE},
            apply=self.apply,
        )

    async def apply(self, unit: UnitOfWork, events: Sequence[Event]) -> None:
        if self.before:
            await self.before(unit, events)
        if any(event.case in self.poison for event in events):
            raise self.poison_error()
        places = {
            "cases": [event.case for event in events],
            "sources": [event.envelope.source for event in events],
            "sequences": [event.envelope.sequence for event in events],
        }
        await unit.connection.execute(_SEE, places)
        await unit.delivery.emit([draft for event in events for draft in self.react(event)])
        self.after()

    async def emit(self, *drafts: Draft) -> None:
        """Emit these in one transaction, as a command over HTTP would."""
        async with self.database.begin() as unit:
            await unit.delivery.emit(drafts)

    async def seen(self, case: UUID | None = None) -> list[tuple[str, int]]:
        """(source, sequence) in the order of application."""
        return [(source, sequence) for _, source, sequence in await self.applied(case)]

    async def applied(self, case: UUID | None = None) -> list[tuple[UUID, str, int]]:
        """(case, source, sequence) in the order of application."""
        async with self.database.read() as connection:
            return [tuple(row) for row in await connection.execute(_SEEN, {"case_id": case})]

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.database.read() as connection:
            return list((await connection.execute(sa.text(statement), parameters)).all())

    async def empty(self) -> None:
        """As if nothing had ever happened."""
        async with self.database.begin() as unit:
            tables = (await unit.connection.execute(_TABLES)).scalar_one()
            await unit.connection.execute(sa.text(f"truncate {tables} restart identity"))

    async def one(self, statement: str, **parameters: Any) -> Any:
        """The only value of the only row."""
        ((value,),) = await self.rows(statement, **parameters)
        return value


async def create(url: str, service: str, kafka: KafkaSettings | None = None) -> PlainService:
    """A plain service with its own, new schema in the database at `url`."""
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
        await connection.execute(sa.text(f"create schema {service}"))
        await connection.execute(sa.text(f"set search_path = {service}"))
        await connection.run_sync(metadata.create_all)
        await connection.execute(sa.text("create table event_log_rest partition of event_log default"))
    await engine.dispose()
    return member(url, service, kafka)


def member(url: str, service: str, kafka: KafkaSettings | None = None, key: str = _KEY) -> PlainService:
    """One more process of a plain service whose schema is there already."""
    settings = Settings(
        home=Path(tempfile.gettempdir()),
        kafka=kafka or KafkaSettings(bootstrap="127.0.0.1:1"),
        database=DatabaseSettings(url=SecretStr(url), pool=5),
        seal=SealSettings(keys=[SecretStr(key)]),
    )
    return PlainService(Core(service, settings))
