"""Entering registrations on real PostgreSQL: each once, in order, a bad one without its neighbours."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.exc import DBAPIError

from services.intake.domain import Registration, Result
from services.intake.service.accept_queue import AcceptQueue
from services.intake.service.accepting import accept, accept_all
from shared.database.engine import is_outage
from shared.database.migrating import differences
from shared.errors import Unavailable
from tests.storage.intake_world import IntakeWorld, intake

_WAITS = "wait_event_type = 'Lock' and datname = current_database()"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[IntakeWorld]:
    async with intake(database_url) as world:
        yield world


def poisonous(registration: Registration) -> Registration:
    """One that no database takes: NUL is in no text of PostgreSQL."""
    return dataclasses.replace(registration, source_id="\x00")


async def test_the_migration_makes_what_the_definitions_say(world: IntakeWorld, database_url: str) -> None:
    assert await differences(database_url, "intake") == []


async def test_a_complaint_its_event_record_marks_and_audit_stand_together(world: IntakeWorld) -> None:
    registration = world.registration("A-1")
    (outcome,) = await accept_all(world.core.database, [registration])
    assert (outcome.result, outcome.number) == (Result.CREATED, "P01-2026-0001")
    ((sequence, type_, data),) = await world.events()
    assert (sequence, type_, data["number"]) == (1, "complaint.registered.v1", "P01-2026-0001")
    assert (await world.personal(registration.id))["narrative"] == "电梯坏了"
    assert await world.audited("complaint.register") == [("app", str(registration.id))]
    assert [row.emitted for row in await world.rows("select emitted from case_marks")] == [1]
    pending = await world.rows(
        "select l.aggregatetype from outbox_pending p join event_log l on l.id = p.event_id "
        "where l.aggregateid = :id order by p.position",
        id=str(registration.id),
    )
    assert [row.aggregatetype for row in pending] == ["personal.v1", "complaints.v1"]


async def test_numbers_count_per_project_and_year_in_the_order_of_arrival(world: IntakeWorld) -> None:
    registrations = [
        world.registration("A-1"),
        world.registration("A-2", received_at="2025-05-05T09:00:00+08:00"),
        world.registration("A-3"),
        world.registration("A-4", received_at="2025-05-05T09:00:00+08:00"),
    ]
    outcomes = await accept_all(world.core.database, registrations)
    assert [o.number for o in outcomes] == ["P01-2026-0001", "P01-2025-0001", "P01-2026-0002", "P01-2025-0002"]
    (more,) = await accept_all(world.core.database, [world.registration("A-5")])
    assert more.number == "P01-2026-0003"


async def test_the_same_again_is_found_and_another_content_is_a_conflict(world: IntakeWorld) -> None:
    first, same, other = (
        world.registration("A-1"),
        world.registration("A-1"),
        world.registration("A-1", narrative="漏水"),
    )
    (created,) = await accept_all(world.core.database, [first])
    world.clock.move(hours=1)
    found, conflict = await accept_all(world.core.database, [same, other])
    assert (found.result, found.number, found.registered_at) == (
        Result.EXISTING, created.number, created.registered_at
    )  # fmt: skip
    assert (conflict.result, conflict.id) == (Result.CONFLICT, created.id)
    assert len(await world.events()) == 1


async def test_twice_in_one_batch_is_once_in_the_register(world: IntakeWorld) -> None:
    outcomes = await accept_all(
        world.core.database,
        [world.registration("A-1"), world.registration("A-1"), world.registration("A-1", narrative="漏水")],
    )
    assert [o.result for o in outcomes] == [Result.CREATED, Result.EXISTING, Result.CONFLICT]
    assert len({o.number for o in outcomes}) == 1
    assert len(await world.events()) == 1


async def test_who_was_not_fastest_finds_the_complaint_registered(world: IntakeWorld) -> None:
    """Two transactions enter one identity at the same moment: the second waits for the first and then finds it."""
    raced = [world.registration("A-1"), world.registration("A-2")]
    async with world.core.database.begin() as unit:
        await accept(unit, raced)
        second = asyncio.create_task(accept_all(world.core.database, [*reversed(raced), world.registration("A-3")]))
        while not await world.rows(
            "select 1 from pg_stat_activity where wait_event_type = 'Lock' and state = 'active'"
        ):
            await asyncio.sleep(0)
    outcomes = await second
    assert [o.result for o in outcomes] == [Result.EXISTING, Result.EXISTING, Result.CREATED]
    assert len(await world.events()) == 3
    versions = await world.rows("select version from records where topic = 'personal'")
    assert [row.version for row in versions] == [1, 1, 1]


async def test_a_bad_registration_fails_alone(world: IntakeWorld) -> None:
    outcomes = await accept_all(
        world.core.database,
        [world.registration("A-1"), poisonous(world.registration("A-2")), world.registration("A-3")],
    )
    assert [getattr(o, "result", None) for o in outcomes] == [Result.CREATED, None, Result.CREATED]
    assert isinstance(outcomes[1], DBAPIError)
    assert [getattr(o, "number", None) for o in outcomes] == ["P01-2026-0001", None, "P01-2026-0002"]
    assert len(await world.events()) == 2


async def test_the_count_is_that_of_the_register(world: IntakeWorld) -> None:
    await accept_all(world.core.database, [world.registration(f"A-{n}") for n in range(7)])
    await accept_all(world.core.database, [world.registration("A-1"), poisonous(world.registration("A-9"))])
    figures = await world.service.figures()
    assert figures == {"complaints": 7, "waiting": 0}
    assert (await world.rows("select count(*) as n from complaints"))[0].n == 7


# -- the queue ---------------------------------------------------------------------------------------------------------


async def test_requests_that_wait_together_share_a_transaction(world: IntakeWorld) -> None:
    queue = AcceptQueue(world.core.database)
    outcomes = await asyncio.gather(*(queue.accept(world.registration(f"A-{n}")) for n in range(100)))
    assert sorted(o.number for o in outcomes) == [f"P01-2026-{n:04}" for n in range(1, 101)]
    ((transactions,),) = await world.rows("select count(distinct cast(xmin as text)) from complaints")
    assert transactions <= 4
    assert len(queue) == 0


async def test_a_failing_member_does_not_fail_its_neighbours(world: IntakeWorld) -> None:
    queue = AcceptQueue(world.core.database)
    registrations = [world.registration(f"A-{n}") for n in range(10)]
    registrations[4] = poisonous(registrations[4])
    outcomes = await asyncio.gather(*map(queue.accept, registrations), return_exceptions=True)
    assert [isinstance(o, DBAPIError) for o in outcomes] == [n == 4 for n in range(10)]
    assert len(await world.events()) == 9


async def test_too_many_waiting_are_told_to_come_again(world: IntakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AcceptQueue, "LONGEST", 5)
    queue = AcceptQueue(world.core.database)
    answers = await asyncio.gather(
        *(queue.accept(world.registration(f"A-{n}")) for n in range(8)), return_exceptions=True
    )
    assert [isinstance(a, Unavailable) for a in answers] == [False] * 5 + [True] * 3
    assert answers[-1].headers == {"Retry-After": "1"}


async def test_an_outage_is_everyones_and_the_queue_goes_on_afterwards(world: IntakeWorld) -> None:
    queue = AcceptQueue(world.core.database)
    await queue.accept(world.registration("A-0"))
    async with world.core.database.begin() as unit:
        await accept(unit, [world.registration("A-1")])  # holds the counter of the project's numbers
        waiting = asyncio.gather(
            *(queue.accept(world.registration(f"A-{n}")) for n in range(2, 5)), return_exceptions=True
        )
        while not await world.rows(f"select pg_terminate_backend(pid) from pg_stat_activity where {_WAITS}"):
            await asyncio.sleep(0)
        answers = await waiting
    assert all(is_outage(answer) for answer in answers)
    assert (await queue.accept(world.registration("A-2"))).result is Result.CREATED


async def test_whoever_comes_as_the_writer_ends_is_served_too(world: IntakeWorld) -> None:
    queue = AcceptQueue(world.core.database)
    for n in range(5):  # each comes at once when the answer before is there, while the writer's task is just ending
        async with asyncio.timeout(30):
            assert (await queue.accept(world.registration(f"A-{n}"))).result is Result.CREATED


async def test_a_caller_who_went_away_does_not_disturb_the_others(world: IntakeWorld) -> None:
    queue = AcceptQueue(world.core.database)
    gone = asyncio.create_task(queue.accept(world.registration("A-1")))
    stays = asyncio.create_task(queue.accept(world.registration("A-2")))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await stays).result is Result.CREATED
