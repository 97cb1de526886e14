"""R-001-18/r16: three different people with one complaint in a month raise each other, in whatever order they come."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from shared.events.codec import Incoming
from shared.events.complaints import ComplaintErasedV1, ComplaintWithdrawnV1
from tests.storage.routing_world import HEAD, RoutingWorld, routing_world
from tests.unit.routing.examples import RECEIVED, registered

ONE, TWO, THREE, FOUR = (UUID(int=n) for n in range(1, 5))


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[RoutingWorld]:
    async with routing_world(database_url, tmp_path) as world:
        yield world


def days(count: float) -> Any:
    return RECEIVED + timedelta(days=count)


async def grades(world: RoutingWorld) -> dict[UUID, str]:
    found = await world.files([UUID(int=n) for n in range(1, 200)])
    return {case: file.assessment.grade.value for case, file in found.items()}


async def test_the_third_raises_all_three(world: RoutingWorld) -> None:
    await world.register(ONE, reporter_hash="a")
    await world.register(TWO, reporter_hash="b", received_at=days(5))
    assert await grades(world) == {ONE: "4", TWO: "4"}
    third = await world.register(THREE, reporter_hash="c", received_at=days(10))
    assert await grades(world) == {ONE: "3", TWO: "3", THREE: "3"}
    assert third.measures == {"same_complaint": 3}
    name, data = (await world.emitted(ONE))[-1]
    assert (name, data["because"], data["previous_grade"]) == ("case.assessed", "repeated", "4")
    assert data["grade"]["rule"] == ["R-001-18/r16"]
    assert (await world.timeline(ONE))[-1] == "regraded"
    assert (await world.file(ONE)).version == 2
    fourth = await world.register(FOUR, reporter_hash="d", received_at=days(11))
    assert fourth.assessment.grade.value == "3"
    assert (await world.names(ONE)).count("case.assessed") == 2


@pytest.mark.parametrize(
    "other",
    [
        {"reporter_hash": "a"},
        {"category": "quality"},
        {"building": "P01-3"},
        {"project": "P02"},
        {"anonymous": True, "reporter_hash": None},
        {"contact_type": "repair"},
        {"received_at": days(35)},
    ],
    ids=lambda other: next(iter(other)),
)
async def test_what_is_not_the_same_complaint_of_somebody_else_raises_nobody(
    world: RoutingWorld, other: dict[str, Any]
) -> None:
    await world.register(ONE, reporter_hash="a")
    await world.register(TWO, reporter_hash="b", received_at=days(3))
    third = await world.register(THREE, **{"reporter_hash": "c", "received_at": days(4), **other})
    assert third.assessment.grade.value == ("none" if "contact_type" in other else "4")
    assert {grade for case, grade in (await grades(world)).items() if case != THREE} == {"4"}


async def test_one_that_arrives_late_still_joins_the_windows_it_lies_in(world: RoutingWorld) -> None:
    await world.register(ONE, reporter_hash="a", received_at=days(0))
    await world.register(TWO, reporter_hash="b", received_at=days(40))
    await world.register(THREE, reporter_hash="c", received_at=days(45))
    await world.register(FOUR, reporter_hash="d", received_at=days(20))
    assert await grades(world) == {ONE: "4", TWO: "3", THREE: "3", FOUR: "3"}


async def test_a_closed_case_counts_keeps_its_grade_and_rises_when_opened_again(world: RoutingWorld) -> None:
    await world.register(ONE, reporter_hash="a")
    await world.move(ONE, "close", {"ground": "beyond_authority_or_range", "position_told": "…", "evidence": "…"})
    await world.register(TWO, reporter_hash="b")
    await world.register(THREE, reporter_hash="c")
    assert await grades(world) == {ONE: "4", TWO: "3", THREE: "3"}
    await world.move(ONE, "reopen", {"reason": "…"})
    assert (await grades(world))[ONE] == "3"
    assert (await world.emitted(ONE))[-1][1]["because"] == "reopened"


@pytest.mark.parametrize("gone", [ComplaintWithdrawnV1(), ComplaintErasedV1()])
async def test_whoever_is_gone_no_longer_counts(world: RoutingWorld, gone: Any) -> None:
    await world.register(ONE, reporter_hash="a")
    await world.tell(ONE, gone)
    await world.register(TWO, reporter_hash="b")
    await world.register(THREE, reporter_hash="c")
    assert set((await grades(world)).values()) == {"4"}
    assert await world.rows("select 1 from members where case_id = :case", case=ONE) == []


async def test_a_corrected_category_moves_the_case_among_its_neighbours(world: RoutingWorld) -> None:
    await world.register(ONE, reporter_hash="a")
    await world.register(TWO, reporter_hash="b")
    await world.register(THREE, reporter_hash="c", category="quality")
    await world.move(THREE, "assess", {"category": "property"}, by=HEAD)
    assert await grades(world) == {ONE: "3", TWO: "3", THREE: "3"}
    (scope,) = await world.rows("select scope from members where case_id = :case", case=THREE)
    assert '"property"' in scope.scope


@pytest.mark.parametrize("seed", range(2))
async def test_a_batch_decides_what_single_deliveries_would_have_decided(
    new_database_url: str, tmp_path: Path, seed: int
) -> None:
    """The same story told in one batch, in small ones and one by one gives the same cases, events and counts."""
    stories = []
    for size in (1, 7, 1000):
        # Each telling has tables of its own: the first one's are put aside.
        async with routing_world(new_database_url, tmp_path) as world:
            for batch in _batches(_story(world, seed), size):
                await world.service.applier.process(batch)
            stories.append(await _told(world))
            await _put_aside(world, f"routing_{size}")
    assert stories[0] == stories[1] == stories[2]
    assert any('"because":"repeated"' in payload for _, _, payload, _ in stories[0]["log"])


def _story(world: RoutingWorld, seed: int) -> list[list[Incoming]]:
    chance = random.Random(seed)  # noqa: S311
    story = []
    for number in range(1, 90):
        case = UUID(int=number)
        data = registered(
            category=chance.choice(["property", "quality", None]),
            building=chance.choice(["P01-1", "P01-3", None]),
            reporter_hash=chance.choice("abcdef"),
            received_at=days(chance.uniform(0, 60)),
            facts=chance.choice([{}, {"people": 4}, {"people": 1, "amount_claimed": 20_000_000}]),
        )
        story.append([world.text(case, chance.choice(["漏水", "电梯", "…"])), world.happening(case, data)])
        if chance.random() < 0.15:  # only one case's events have an order; so it goes at once
            gone = chance.choice([ComplaintWithdrawnV1(), ComplaintErasedV1()])
            story[-1].append(world.happening(case, gone))
    return story


def _batches(story: list[list[Incoming]], size: int) -> list[list[Incoming]]:
    return [[record for step in story[at : at + size] for record in step] for at in range(0, len(story), size)]


async def _told(world: RoutingWorld) -> dict[str, Any]:
    files = await world.files([UUID(int=n) for n in range(1, 90)])
    events = await world.rows(
        "select aggregateid, type, convert_from(payload, 'utf8') as payload, sequence from event_log"
        " where aggregatetype = 'complaints.v1' order by aggregateid, sequence"
    )
    members = await world.rows("select scope, case_id, counted from members order by 1, 2")
    turns = await world.rows("select * from turns order by 1, 2")
    return {
        "files": files,
        "log": [tuple(row) for row in events],
        "members": [tuple(row) for row in members],
        "turns": [tuple(row) for row in turns],
    }


async def _put_aside(world: RoutingWorld, name: str) -> None:
    async with world.core.database.engine.begin() as connection:
        await connection.execute(text(f"alter schema routing rename to {name}"))
