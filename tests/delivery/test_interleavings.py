"""Whatever order, doubling, loss and republication do to several cases at once, on real PostgreSQL (rule 2)."""

from itertools import zip_longest
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.delivery.conftest import Make
from tests.delivery.plain_service import PlainService
from tests.delivery.records import case_event
from tests.unit.delivery.test_causality import Fact, deliveries


@pytest.fixture
async def reader(make: Make) -> PlainService:
    return await make("reporting")


@settings(
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(worlds=st.lists(deliveries(), min_size=1, max_size=3))
async def test_every_case_is_applied_once_and_in_causal_order(
    reader: PlainService, worlds: list[tuple[list[Fact], list[list[Fact]]]]
) -> None:
    await reader.empty()
    for batches in zip_longest(*(batches for _, batches in worlds), fillvalue=()):
        await reader.applier.process(
            [
                case_event(UUID(int=case), fact.source, fact.sequence, dict(fact.after))
                for case, facts in enumerate(batches)
                for fact in facts
            ]
        )
    for case, (history, _) in enumerate(worlds):
        after = {fact.place: fact.after for fact in history}
        seen = await reader.seen(UUID(int=case))
        assert sorted(seen) == sorted(after)
        have: dict[str, int] = {}
        for source, sequence in seen:
            assert sequence == have.get(source, 0) + 1
            assert all(have.get(cause, 0) >= needed for cause, needed in after[source, sequence].items())
            have[source] = sequence
    assert await reader.rows("select 1 from held_events") == []
