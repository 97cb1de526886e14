"""The consumer on a real broker: whatever comes, in whatever order, is applied once and after its causes."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from shared.database.unit_of_work import UnitOfWork
from shared.events.codec import Incoming
from shared.events.envelope import Event
from shared.kafka.consuming import Consumption
from shared.settings import KafkaSettings
from tests.delivery.conftest import Make
from tests.delivery.plain_service import PlainService
from tests.delivery.records import case_event, said
from tests.delivery.running import running
from tests.delivery.topics import put
from tests.delivery.waiting import eventually


@pytest.fixture
async def reader(make: Make, kafka: KafkaSettings) -> PlainService:
    return await make("sla", kafka)


def history(case: UUID) -> list[Incoming]:
    """Two sources taking turns, each answering the other."""
    found = []
    for n in range(1, 6):
        found.append(case_event(case, "intake", n, {"routing": n - 1}))
        found.append(case_event(case, "routing", n, {"intake": n}))
    return found


IN_ORDER = [(source, n) for n in range(1, 6) for source in ("intake", "routing")]


async def test_doubled_shuffled_and_replayed_events_are_applied_once_and_after_their_causes(
    reader: PlainService, kafka: KafkaSettings
) -> None:
    cases = [uuid4() for _ in range(6)]
    records = [record for case in cases for record in history(case)]
    chance = random.Random(7)  # noqa: S311  # an order, not a secret
    first = chance.sample(records, 40)
    async with running(reader):
        await put(kafka, first + chance.sample(first, 20))
        await put(kafka, chance.sample(records, len(records)))
        await eventually(reader.applied, lambda applied: len(applied) >= len(records))
        await put(kafka, records)
        last = uuid4()
        await put(kafka, [case_event(case, "intake", 6, {"routing": 5}) for case in cases])
        await put(kafka, [case_event(last, "intake", 1)])
        await eventually(reader.applied, lambda applied: len(applied) >= len(records) + 7)
    for case in cases:
        assert await reader.seen(case) == [*IN_ORDER, ("intake", 6)]
    assert await reader.rows("select 1 from held_events") == []


async def test_unreadable_records_are_put_aside_and_delay_no_other_case(
    reader: PlainService, kafka: KafkaSettings
) -> None:
    null, torn, keyless, shapeless, newer, good = (uuid4() for _ in range(6))
    event = case_event(null, "intake", 1)
    headers = [(name, value.encode()) for name, value in event.headers.items()]
    await put(kafka, [event], headers=[*headers, ("x-null", None)])
    torn_event = case_event(torn, "intake", 1)
    torn_headers = [(name, value.encode()) for name, value in torn_event.headers.items() if name != "ce_actor"]
    await put(kafka, [torn_event], headers=[*torn_headers, ("ce_actor", b"\xff\xfe")])
    await put(kafka, [case_event(keyless, "intake", 1)], key=None)
    await put(kafka, [replace(case_event(shapeless, "routing", 1), value=b"{")])
    await put(kafka, [case_event(newer, "routing", 1, type_="case.assigned.v7")])
    await put(kafka, [case_event(good, "intake", 1), case_event(null, "intake", 2), case_event(torn, "routing", 1)])
    async with running(reader):
        await eventually(lambda: reader.seen(good))
        letters = await eventually(
            lambda: reader.rows("select key, reason from dead_letters order by reason, key"),
            lambda rows: len(rows) == 3,
        )
        held = await eventually(
            lambda: reader.rows("select case_id, waiting_for from held_events"), lambda rows: len(rows) == 4
        )
    reasons = Counter((row.key, row.reason) for row in letters)
    assert reasons == Counter([(str(null), "broken_header"), (str(torn), "broken_header"), (None, "no_key")])
    assert dict(map(tuple, held)) == {
        shapeless: "parked",
        newer: "version:case.assigned.v7",
        null: "parked",
        torn: "parked",
    }
    parked = await reader.rows("select case_id from case_marks where parked_at is not null")
    assert {row.case_id for row in parked} == {null, torn, shapeless}
    assert await reader.applied() == [(good, "intake", 1)]


async def test_a_parked_case_does_not_slow_the_others_down(reader: PlainService, kafka: KafkaSettings) -> None:
    """Its later events are held with the batch they come in; nothing is tried again one by one."""
    bad, good = uuid4(), uuid4()
    reader.poison.add(bad)
    transactions: list[int] = []

    async def count(_unit: UnitOfWork, events: Sequence[Event]) -> None:
        transactions.append(len(events))

    reader.before = count
    async with running(reader):
        await put(kafka, [case_event(bad, "intake", 1)])
        await eventually(lambda: reader.rows("select 1 from case_marks where parked_at is not null"))
        transactions.clear()
        await put(kafka, [case_event(case, "intake", n) for n in range(2, 40) for case in (bad, good)])
        await put(kafka, [case_event(good, "intake", 1)])
        await eventually(lambda: reader.seen(good), lambda seen: len(seen) == 39)
        assert await reader.one("select count(*) from held_events") == 39
    assert transactions == [39]


async def test_what_comes_while_a_batch_is_applied_comes_together_afterwards(
    reader: PlainService, kafka: KafkaSettings
) -> None:
    first, later = uuid4(), [uuid4() for _ in range(12)]
    busy, done = asyncio.Event(), asyncio.Event()
    batches: list[set[UUID]] = []

    async def apply_slowly(_unit: UnitOfWork, events: Sequence[Event]) -> None:
        batches.append({event.case for event in events})
        busy.set()
        await done.wait()

    reader.before = apply_slowly
    async with running(reader):
        await put(kafka, [case_event(first, "intake", 1)])
        await busy.wait()
        for case in later:
            await put(kafka, [case_event(case, "intake", 1)])
        done.set()
        await eventually(reader.applied, lambda applied: len(applied) == 13)
    assert batches == [{first}, set(later)]


async def test_positions_never_run_ahead_of_what_was_applied(reader: PlainService, kafka: KafkaSettings) -> None:
    """Asked at every turn of the event loop, while batches come, fail and come again."""
    cases = [uuid4() for _ in range(200)]
    failing = iter([True, False] * 3)

    async def fail_sometimes(_unit: UnitOfWork, _events: Sequence[Event]) -> None:
        await asyncio.sleep(0)
        if next(failing, False):
            raise ConnectionError

    reader.before = fail_sometimes
    seen_ahead: list[object] = []
    async with running(reader) as (runner,):
        await eventually(runner.consumption.joined)
        watching = asyncio.create_task(watch(runner.consumption, reader, seen_ahead))
        for begin in range(0, 200, 40):
            await put(kafka, [case_event(case, "intake", 1) for case in cases[begin : begin + 40]])
        await eventually(reader.applied, lambda applied: len(applied) == 200)
        watching.cancel()
        await asyncio.wait([watching])
    assert seen_ahead == []


async def watch(consumption: Consumption, reader: PlainService, ahead: list[object]) -> None:
    """Compare every answer with the number of events applied: a position counts records handed over before it."""
    while True:
        positions = await consumption.positions()
        handed = sum(offset for (topic, _), offset in positions.items() if topic == "complaints.v1")
        if handed > len(await reader.applied()):
            ahead.append(positions)
        await asyncio.sleep(0)


async def test_a_service_reads_its_own_events_without_applying_them(make: Make, kafka: KafkaSettings) -> None:
    both = await make("sla", kafka)
    own, other = uuid4(), uuid4()
    await both.emit(said(own))
    async with running(both):
        await put(kafka, [case_event(other, "intake", 1)])
        await eventually(lambda: both.rows("select 1 from outbox_pending"), lambda rows: not rows)
        await eventually(lambda: both.seen(other))
    assert await both.seen(own) == []
