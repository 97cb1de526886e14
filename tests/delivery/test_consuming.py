"""The consumer on a real broker: whatever comes, in whatever order, is applied once and after its causes."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from aiokafka.conn import create_conn
from aiokafka.errors import KafkaConnectionError, KafkaError
from aiokafka.protocol.metadata import MetadataRequest

from shared import runtime
from shared.database.unit_of_work import UnitOfWork
from shared.events.codec import Incoming
from shared.events.envelope import Event
from shared.kafka import joining
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


# -- is it alive -----------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alarmed after two seconds, so that a test need not take half a minute."""
    monkeypatch.setattr(runtime, "_POLL_LIMIT_S", 2.0)


async def test_a_consumer_that_does_not_poll_any_more_is_caught(reader: PlainService, kafka: KafkaSettings) -> None:
    async with running(reader) as (runner,):
        await eventually(lambda: reason(runner, "consumer"), lambda reason: reason is None)
        stop_fetching(runner)
        assert await eventually(lambda: reason(runner, "consumer")) == "not_polled"
        await put(kafka, [case_event(uuid4(), "intake", 1)])
        assert await reason(runner, "consumer") == "not_polled"
        assert await reader.seen() == []


@pytest.mark.parametrize("error", [None, KafkaError("ended")])
async def test_a_consumer_that_does_not_poll_any_more_begins_anew(
    reader: PlainService, kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch, error: KafkaError | None
) -> None:
    monkeypatch.setattr(joining, "_LOST_S", 0.1)
    async with running(reader) as (runner,):
        await eventually(lambda: reason(runner, "consumer"), lambda reason: reason is None)
        first = runner.consumption.consumer
        stop_fetching(runner, error)
        await eventually(lambda: runner.consumption.consumer not in (first, None))
        await put(kafka, [case_event(uuid4(), "intake", 1)])
        await eventually(reader.applied)
        await eventually(lambda: reason(runner, "consumer"), lambda reason: reason is None)
        assert first is not None
        assert not any(connection.connected() for connection in first._client._conns.values())


async def test_a_consumer_that_lost_its_group_is_caught_begins_anew_and_leaves_nothing_at_work(
    make: Make, kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fetches on, but what it was handed is never acknowledged, and nothing more is handed to it. With a name of its
    own, because the group would wait for a nameless member that did not take leave."""
    monkeypatch.setattr(joining, "_LOST_S", 0.1)
    reader = await make("sla", kafka.model_copy(update={"instance": "one"}))
    async with running(reader) as (runner,):
        await eventually(lambda: reason(runner, "consumer"), lambda reason: reason is None)
        lost = runner.consumption.consumer
        assert lost is not None
        never = asyncio.get_running_loop().create_future()
        monkeypatch.setattr(lost._client, "coordinator_lookup", lambda *_: asyncio.shield(never))
        lost._coordinator.coordinator_dead()
        await put(kafka, [case_event(uuid4(), "intake", 1)])
        await eventually(lambda: runner.consumption.consumer not in (lost, None))
        await put(kafka, [case_event(uuid4(), "intake", 1)])
        await eventually(reader.applied, lambda applied: len(applied) == 2)
        at_work = [lost._coordinator._coordination_task, lost._client._sync_task, lost._coordinator._heartbeat_task]
        assert [task for task in at_work if task and not task.done()] == []
        assert not any(connection.connected() for connection in lost._client._conns.values())


async def test_a_connection_that_the_broker_closed_is_a_broken_one(kafka: KafkaSettings) -> None:
    """Before the client has noticed it; on uvloop, where our services run."""
    host, _, port = kafka.bootstrap.partition(":")
    connection = await create_conn(host, int(port))
    connection._writer.transport.abort()
    await asyncio.sleep(0)
    with pytest.raises(KafkaConnectionError, match="closed"):
        connection.send(MetadataRequest([]))
    assert not connection.connected()


def stop_fetching(runner: runtime.Runner, error: Exception | None = None) -> None:
    """The task that fetches ends, by an error or not; the member stays in its group."""
    consumer = runner.consumption.consumer
    assert consumer is not None
    fetcher = consumer._fetcher
    fetcher._fetch_task.cancel()
    if error is not None:
        fetcher._fetch_task = asyncio.get_running_loop().create_future()
        fetcher._fetch_task.set_exception(error)


async def test_a_member_whom_the_others_leave_nothing_is_well(
    make: Make, kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "_POLL_LIMIT_S", 0.2)
    members = [await make("sla", kafka) for _ in range(2)]
    for member in members:
        only_one_partition = [t for t in member.service.subscription.topics if t.name == "reference.v1"]
        object.__setattr__(member.service.subscription, "topics", tuple(only_one_partition))
    async with running(*members) as runners:
        await eventually(lambda: any(r.consumption._membership.idle for r in runners))
        (idle,) = [r for r in runners if r.consumption._membership.idle]
        await eventually(idle.consumption.joined)
        for _ in range(30):
            assert await idle._check_consumer() is None
            await asyncio.sleep(0.02)
        assert await idle.consumption.lag() == 0


async def reason(runner: runtime.Runner, check: str) -> str | None:
    return (await runner.health.readiness()).reasons[check]


async def test_a_service_reads_its_own_events_without_applying_them(make: Make, kafka: KafkaSettings) -> None:
    both = await make("sla", kafka)
    own, other = uuid4(), uuid4()
    await both.emit(said(own))
    async with running(both):
        await put(kafka, [case_event(other, "intake", 1)])
        await eventually(lambda: both.rows("select 1 from outbox_pending"), lambda rows: not rows)
        await eventually(lambda: both.seen(other))
    assert await both.seen(own) == []


async def test_a_stop_does_not_wait_for_a_group_that_never_answers(
    reader: PlainService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "_LEAVE_S", 0.1)
    async with running(reader) as (runner,):
        await eventually(runner.consumption.joined)
        left = runner._broker.stop
        monkeypatch.setattr(runner._broker, "stop", asyncio.Event().wait)
    await left()
