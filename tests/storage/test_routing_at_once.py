"""Several members of routing at once: what each decides rests on what the others have decided."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from shared.core import Core
from shared.errors import IdempotencyConflict, MoveNotAllowed
from tests.storage.routing_world import HANDLER, HEAD, RoutingWorld, routing_world
from tests.unit.routing.examples import CASE, ORGANISATION, registered

CATEGORIES = ("quality", "design", "sales", "property", "other_service")


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[RoutingWorld]:
    async with routing_world(database_url, tmp_path) as world:
        yield world


@pytest.fixture
async def other(world: RoutingWorld) -> AsyncIterator[RoutingWorld]:
    """A second member of the same service."""
    other = RoutingWorld(Core("routing", world.core.settings, world.clock), world.clock)
    yield other
    await other.core.database.close()


async def test_two_members_that_judge_neighbours_at_once_count_each_others(
    world: RoutingWorld, other: RoutingWorld
) -> None:
    """Delivery rule 7: without the lock each would count two, and nobody would rise."""

    async def register(member: RoutingWorld, number: int, reporter: str, category: str) -> None:
        case = UUID(int=number)
        data = registered(reporter_hash=reporter, category=category)
        await member.service.applier.process([member.text(case, "…"), member.happening(case, data)])

    for place, category in enumerate(CATEGORIES):
        await register(world, 10 * place + 1, "a", category)
        await asyncio.gather(
            register(world, 10 * place + 2, "b", category), register(other, 10 * place + 3, "c", category)
        )
    files = await world.files([UUID(int=n) for n in range(60)])
    assert Counter(file.assessment.grade.value for file in files.values()) == Counter({"3": 15})


async def test_turns_go_round_whoever_gives_them(world: RoutingWorld, other: RoutingWorld) -> None:
    async def register(member: RoutingWorld, numbers: range) -> None:
        for number in numbers:
            await member.register(UUID(int=number), building=None)

    await asyncio.gather(register(world, range(1, 11)), register(other, range(11, 21)))
    files = await world.files([UUID(int=n) for n in range(1, 21)])
    assert Counter(file.person for file in files.values()) == Counter({"chen.wei": 10, "li.na": 10})


async def test_of_two_people_who_accept_at_once_one_gets_the_case(world: RoutingWorld, other: RoutingWorld) -> None:
    await world.register(CASE)
    answers = await asyncio.gather(
        world.move(CASE, "accept", by=HANDLER), other.move(CASE, "accept", by=HEAD), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["CaseFile", "MoveNotAllowed"]
    assert [name for name in await world.names(CASE) if name == "case.accepted"] == ["case.accepted"]
    assert any(isinstance(answer, MoveNotAllowed) for answer in answers)


async def test_a_request_sent_twice_at_once_is_made_once(world: RoutingWorld, other: RoutingWorld) -> None:
    await world.register(CASE)
    bodies = [{"text": "one"}, {"text": "one"}, {"text": "two"}]
    answers = await asyncio.gather(
        *(
            member.move(CASE, "progress", body, key="k")
            for member, body in zip((world, other, world), bodies, strict=True)
        ),
        return_exceptions=True,
    )
    assert (await world.names(CASE)).count("case.progressed") == 1
    # Whichever came first, the words that differ from it were refused.
    assert sum(isinstance(answer, IdempotencyConflict) for answer in answers) in {1, 2}


async def test_two_directories_loaded_at_once_leave_one_of_them_whole(world: RoutingWorld, other: RoutingWorld) -> None:
    one, two = (ORGANISATION.replace("name: 望湖", f"name: {name}").replace("何强", name) for name in ("甲", "乙"))
    await asyncio.gather(world.load(one), other.load(two))
    directory = (await world.core.book.current(max_age_s=0)).directory
    assert directory.nodes["P02"].name.zh == directory.people["he.qiang"].name
