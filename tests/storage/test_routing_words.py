"""How much staff may write on one case: as much as a record on the broker can hold, and nothing breaks beyond."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.routing.service.desk import LARGEST_TEXTS
from shared.errors import Conflict
from tests.storage.routing_world import HANDLER, RoutingWorld, routing_world
from tests.unit.routing.examples import CASE


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[RoutingWorld]:
    async with routing_world(database_url, tmp_path) as world:
        await world.register(CASE)
        yield world


async def test_a_case_whose_words_would_not_fit_the_broker_takes_no_more(world: RoutingWorld) -> None:
    words = {"text": "长" * 5000}
    for _ in range(LARGEST_TEXTS // 15_200):
        await world.move(CASE, "progress", words, by=HANDLER)
    with pytest.raises(Conflict, match="case_full"):
        await world.move(CASE, "progress", words, by=HANDLER)
    ((size,),) = await world.rows("select length(body) from records where key = :key", key=f"case:{CASE}")
    assert LARGEST_TEXTS - 16_000 < size <= LARGEST_TEXTS
    assert (await world.move(CASE, "progress", {"text": "short"}, by=HANDLER)).version > 1
