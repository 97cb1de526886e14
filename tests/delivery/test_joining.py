"""A consumer's membership on a real broker: who is lost is caught and begins anew, who leaves is gone."""

import asyncio
from uuid import uuid4

import pytest
from aiokafka.conn import create_conn
from aiokafka.errors import KafkaConnectionError, KafkaError
from aiokafka.protocol.metadata import MetadataRequest

from shared import runtime
from shared.kafka import joining
from shared.settings import KafkaSettings
from tests.delivery.conftest import Make
from tests.delivery.plain_service import PlainService
from tests.delivery.records import case_event
from tests.delivery.running import running
from tests.delivery.topics import put
from tests.delivery.waiting import eventually


@pytest.fixture
async def reader(make: Make, kafka: KafkaSettings) -> PlainService:
    return await make("sla", kafka)


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


async def test_a_stop_does_not_wait_for_a_group_that_never_answers(
    reader: PlainService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "_LEAVE_S", 0.1)
    async with running(reader) as (runner,):
        await eventually(runner.consumption.joined)
        left = runner._broker.stop
        monkeypatch.setattr(runner._broker, "stop", asyncio.Event().wait)
    await left()
