"""Reporting on PostgreSQL: archive, projection and counts of whole batches, equal to a full recount."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.reporting import service
from services.reporting.storage import ReportingStorage
from shared.clock import SystemClock
from shared.database.migrating import differences, migrate
from shared.database.unit_of_work import Database
from shared.events.envelope import Envelope, Event, EventData
from shared.events.registry import OWNER_OF_TYPE
from tests.unit.reporting.test_projections import any_data, assessed, registration

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    await migrate(database_url, SystemClock(), ["reporting"])
    database = Database(database_url, "reporting", SystemClock())
    yield database
    await database.close()


async def test_the_migrations_make_the_tables_as_defined(database: Database, database_url: str) -> None:
    assert await differences(database_url, "reporting") == []


async def test_incremental_counts_equal_a_full_recount(database: Database) -> None:
    chance = random.Random(4)  # noqa: S311
    kinds = ["case.assessed.v1", "case.assigned.v1", "case.replied.v1", "clock.breached.v1", "clock.met.v1",
             "case.closed.v1", "case.reopened.v1", "complaint.withdrawn.v1"]  # fmt: skip
    sequence = dict.fromkeys(range(40), 0)
    for _ in range(12):
        batch = []
        for case in chance.sample(range(40), 15):
            if sequence[case] == 0:
                data: EventData = registration().data
            else:
                type_ = chance.choice(kinds)
                data = assessed(chance.choice("1234")) if type_ == "case.assessed.v1" else any_data(type_)
            sequence[case] += 1
            batch.append(numbered(case, sequence[case], data))
        async with database.begin() as unit:
            await service.record(batch, ReportingStorage(unit.connection), unit.started)
    async with database.read() as connection:
        storage = ReportingStorage(connection)
        assert await storage.counts() == await storage.recount()
        assert await storage.archived() == sum(sequence.values())


def numbered(case: int, sequence: int, data: EventData) -> Event:
    type_ = data.event_type
    envelope = Envelope(
        UUID(int=case * 1000 + sequence),
        type_,
        OWNER_OF_TYPE[type_],
        UUID(int=case),
        sequence,
        {},
        NOW + timedelta(hours=sequence),
        "P01",
        "cause",
        "li.na",
    )
    return Event(envelope, data, b"{}")
