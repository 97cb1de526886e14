"""A complaint becomes a case: admitted, assessed, routed, assigned."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from services.routing.domain import State
from shared.database.migrating import differences
from tests.storage.routing_world import RoutingWorld, routing_world
from tests.unit.routing.examples import CASE, RECEIVED


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[RoutingWorld]:
    async with routing_world(database_url, tmp_path) as world:
        yield world


async def test_the_migrations_make_the_tables_as_defined(world: RoutingWorld, database_url: str) -> None:
    assert await differences(database_url, "routing") == []


async def test_a_complaint_is_admitted_assessed_and_assigned_at_once(world: RoutingWorld) -> None:
    file = await world.register(CASE, facts={"people": 12, "amount_claimed": 20_000_000})
    assert (file.state, file.version, file.round) == (State.ASSIGNED, 1, 1)
    assert (file.department, file.person, file.hops) == ("property", "chen.wei", 1)
    assert file.assessment.grade.value == "1"
    events = await world.emitted(CASE)
    assert [name for name, _ in events] == [
        "case.admitted", "case.assessed", "case.assigned", "case.step_opened", "case.told", "case.told",
    ]  # fmt: skip
    assessed = events[1][1]
    assert assessed["because"] == "registered"
    assert assessed["grade"]["rule"] == ["R-001-18/r14"]
    assert assessed["validity"]["provisional"] is True
    assert assessed["category"] == {"code": "property", "provisional": False, "matched": []}
    assert await world.timeline(CASE) == ["registered", "admitted", "assessed", "assigned", "step_opened", "told"]
    (admitted,) = await world.rows("select occurred_at from event_log where type = 'case.admitted.v1'")
    assert admitted.occurred_at == RECEIVED


async def test_words_of_the_complaint_suggest_its_category(world: RoutingWorld) -> None:
    file = await world.register(CASE, category=None, narrative="外墙渗水，卧室发霉，物业费照收")
    assert file.assessment.category.code == "quality"
    assert file.assessment.category.matched == ("外墙", "渗水", "发霉")
    assert (file.department, file.person) == ("dept", "he.qiang")


async def test_cases_of_one_department_go_round_its_people(world: RoutingWorld) -> None:
    people = [(await world.register(UUID(int=n), building=None)).person for n in range(1, 6)]
    assert people == ["chen.wei", "li.na", "chen.wei", "li.na", "chen.wei"]
