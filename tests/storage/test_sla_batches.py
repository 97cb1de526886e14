"""Batches on PostgreSQL: as many statements for many cases as for one, and the same outcome however events are cut."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from shared.database.unit_of_work import Database
from shared.events import cases
from shared.events.codec import Incoming
from tests.storage.sla_service import Sla, assessed, registration, sla_service
from tests.unit.sla.examples import cn

RECEIVED = "2026-02-12 10:00"
KEPT = """select name, round, occurrence, state, started_at, due_at, duration, rule, warn_at, breached_at, met_at,
                 level, next_at, climb_at, entries from clocks where case_id = :case order by name, occurrence"""


@pytest.fixture
async def sla(database_url: str, tmp_path: Path) -> AsyncIterator[Sla]:
    async with sla_service(database_url, tmp_path, RECEIVED) as running:
        yield running


def life(sla: Sla, case: UUID) -> list[Incoming]:
    """Everything others say of a case in two weeks."""
    return [
        sla.event(case, registration(cn(RECEIVED)), RECEIVED),
        sla.event(case, cases.CaseAdmittedV1(), RECEIVED),
        sla.event(case, assessed(), RECEIVED),
        sla.event(case, cases.CaseAssignedV1(department="property", person="li.na"), RECEIVED),
        sla.event(case, cases.CaseProgressedV1(texts_version=1), "2026-02-13 09:00"),
        sla.event(case, cases.CaseFactSetV1(facts={"needs_coordination": True}), "2026-02-14 09:00"),
        sla.event(case, cases.CaseRepliedV1(channel="phone", texts_version=2), "2026-02-24 09:00"),
        sla.event(case, cases.CaseResolvedV1(texts_version=3), "2026-02-25 09:00"),
    ]


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements that this database is sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    sa.event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def test_many_cases_take_as_many_statements_as_one(sla: Sla) -> None:
    with statements(sla.core.database) as for_one:
        await sla.service.applier.process(life(sla, UUID(int=1)))
    with statements(sla.core.database) as for_many:
        await sla.service.applier.process([event for n in range(2, 62) for event in life(sla, UUID(int=n))])
    assert len(for_many) <= len(for_one) <= 20
    sla.clock.move_to(cn("2026-03-01 00:00"))
    with statements(sla.core.database) as watching:
        await sla.watch()
    assert len(watching) <= 40  # a few rounds, for more than sixty clocks


async def test_the_outcome_is_the_same_however_events_are_cut_into_batches(sla: Sla) -> None:
    together, apart = UUID(int=1), UUID(int=2)
    await sla.service.applier.process(life(sla, together))
    for event in life(sla, apart):
        await sla.service.applier.process([event])
    rows = [[tuple(row) for row in await sla.rows(KEPT, case=case)] for case in (together, apart)]
    assert rows[0] == rows[1]
    said = [[(each.name, each.data.name, each.occurred_at) for each in await sla.said(c)] for c in (together, apart)]
    assert said[0] == said[1]


async def test_a_second_delivery_changes_nothing(sla: Sla) -> None:
    case = UUID(int=1)
    events = life(sla, case)
    await sla.service.applier.process(events)
    before = [tuple(row) for row in await sla.rows(KEPT, case=case)], len(await sla.said(case))
    await sla.service.applier.process(events)
    assert ([tuple(row) for row in await sla.rows(KEPT, case=case)], len(await sla.said(case))) == before


async def test_what_comes_before_its_registration_waits_for_it(sla: Sla) -> None:
    case = UUID(int=1)
    registered = sla.event(case, registration(cn(RECEIVED)), RECEIVED)
    admitted = sla.event(case, cases.CaseAdmittedV1(), RECEIVED, after={"intake": 1})
    await sla.service.applier.process([admitted])
    assert await sla.clocks(case) == {}
    await sla.service.applier.process([registered])
    assert "reply" in await sla.clocks(case)
