"""Broker and database killed, frozen and wiped under services at work: they go on by themselves and never lie."""

import asyncio
import json
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import OffsetAndMetadata

from deploy.local.stack import EmbeddedStack
from shared import runtime
from shared.delivery.relay import Relay
from shared.events.codec import Outgoing
from shared.events.records import CaseTextsV1
from shared.events.topics import COMPLAINTS, PERSONAL, TOPICS
from shared.kafka.provisioning import provision
from shared.kafka.writing import KafkaLog
from shared.runtime import Runner
from shared.settings import KafkaSettings
from tests.delivery.plain_service import PlainService, create, member
from tests.delivery.records import said
from tests.delivery.running import Traffic, relaying, running
from tests.delivery.topics import records_of
from tests.delivery.waiting import eventually


@pytest.fixture(scope="module")
def own_stack() -> Iterator[EmbeddedStack]:
    """A durable stack whose plugs may be pulled."""
    home = Path(tempfile.mkdtemp(prefix="huiyin-outages-"))
    try:
        with EmbeddedStack(home) as stack:
            yield stack
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(autouse=True)
def hastened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports and alarms within fractions of a second, so that a test need not take minutes."""
    monkeypatch.setattr(Relay, "PROGRESS_S", 0.3)
    monkeypatch.setattr(runtime, "_POLL_LIMIT_S", 2.0)
    monkeypatch.setattr(runtime, "LONGEST_WRITE", timedelta(seconds=2))


class Installation:
    """A sender, a reader that is at work, and a reader that was never started, on topics of their own."""

    def __init__(self, url: str, kafka: KafkaSettings, sender: PlainService, reader: PlainService) -> None:
        self.url = url
        self.kafka = kafka
        self.sender = sender
        self.reader = reader
        self.traffic = Traffic(sender, [uuid4() for _ in range(8)])

    async def wrongly_believed(self) -> list[object]:
        """What the sender recorded before the instant through which the reader believes to know it all, and which the
        reader has not applied. One statement, so one moment."""
        return await self.reader.rows("""
            select e.aggregateid, e.sequence, e.recorded_at, p.through
            from intake.event_log e join sla.progress_marks p on p.source = 'intake' and e.recorded_at <= p.through
            where e.aggregatetype = 'complaints.v1' and not exists (
                select 1 from sla.seen s where s.case_id = cast(e.aggregateid as uuid) and s.sequence = e.sequence)
        """)

    async def believed(self) -> object:
        return await self.reader.one("select through from progress_marks where source = 'intake'")

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """At no moment may the reader believe what is not so."""
        wrong: list[object] = []

        async def watch() -> None:
            while not wrong:
                try:
                    wrong.extend(await self.wrongly_believed())
                except Exception:  # noqa: BLE001  # the database may be what is away
                    await asyncio.sleep(0.05)
                await asyncio.sleep(0.01)

        task = asyncio.create_task(watch())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
        assert wrong == []

    async def all_arrives(self) -> None:
        """More is said, it arrives with all before it, and is believed to be all."""
        await self.traffic.say(2)
        await self.traffic.arrived(self.reader)
        newest = await self.sender.one("select max(recorded_at) from event_log")
        await eventually(self.believed, lambda through: through >= newest)
        assert await self.reader.rows("select 1 from case_marks where parked_at is not null") == []
        assert await self.reader.rows("select 1 from dead_letters") == []


@pytest.fixture
async def installation(own_stack: EmbeddedStack, kafka_prefix: str) -> AsyncIterator[Installation]:
    own_stack.postgres.sql(f"create database {kafka_prefix}", database="postgres")
    url = own_stack.postgres.url(kafka_prefix)
    kafka = KafkaSettings(bootstrap=own_stack.kafka.bootstrap, prefix=kafka_prefix)
    await provision(kafka)
    sender, reader = [await create(url, name, kafka) for name in ("intake", "sla")]
    yield Installation(url, kafka, sender, reader)
    for service in (sender, reader):
        await service.database.close()


def kill(stack: EmbeddedStack, name: str, number: signal.Signals = signal.SIGKILL) -> None:
    pid = json.loads((stack.home / "run" / f"{name}.process.json").read_text())["pid"]
    os.kill(int(pid), number)


async def reasons(runner: Runner) -> dict[str, str | None]:
    return dict((await runner.health.readiness()).reasons)


async def well(runner: Runner) -> bool:
    """Ready but for the organisation, which a plain service has none of."""
    return {name for name, reason in (await reasons(runner)).items() if reason} <= {"reference"}


async def test_a_broker_killed_and_restarted_is_waited_for_and_readiness_tells_the_truth(
    own_stack: EmbeddedStack, installation: Installation
) -> None:
    async with running(installation.reader) as (runner,), relaying(installation.sender), installation.watched():
        await installation.all_arrives()
        await eventually(lambda: well(runner))
        kill(own_stack, "kafka")
        try:
            await installation.traffic.say(5)
            await eventually(lambda: reasons(runner), lambda found: found["broker"] is not None)
            # Its own sign comes later: not polled for longer than it may take.
            await eventually(lambda: reasons(runner), lambda found: found["consumer"] == "not_polled")
            assert (await reasons(runner))["database"] is None
            await installation.traffic.say(5)
        finally:
            await asyncio.to_thread(own_stack.kafka.start)
        await eventually(lambda: well(runner))
        await installation.all_arrives()


async def test_a_database_killed_and_restarted_is_waited_for_and_parks_nothing(
    own_stack: EmbeddedStack, installation: Installation
) -> None:
    async with running(installation.reader) as (runner,), relaying(installation.sender), installation.watched():
        await installation.all_arrives()
        await eventually(lambda: well(runner))
        async with installation.traffic.flowing():
            await eventually(lambda: installation.reader.one("select max(sequence) from seen"), lambda n: n > 10)
            kill(own_stack, "postgres")
            try:
                await eventually(lambda: reasons(runner), lambda found: found["database"] is not None)
                await eventually(lambda: reasons(runner), lambda found: found["broker"] is None)
            finally:
                await asyncio.to_thread(own_stack.postgres.start)
            await eventually(lambda: well(runner))
        await installation.all_arrives()


async def test_a_dropped_producer_sends_nothing_more_even_when_the_broker_wakes_up(
    own_stack: EmbeddedStack, installation: Installation
) -> None:
    """What was handed to the system's socket may arrive; what only our client had collected must not."""
    writer = KafkaLog(installation.kafka)
    await writer.connect()
    case = str(uuid4())
    records = [Outgoing(COMPLAINTS.name, case, (), b"x" * 100_000, uuid4()) for _ in range(40)]
    await writer.send(records[:1])
    sender_task = writer._producer._sender.sender_task
    kill(own_stack, "kafka", signal.SIGSTOP)
    try:
        sending = asyncio.create_task(writer.send(records))
        await eventually(lambda: len(writer._producer._sender._in_flight) > 0)
        await writer.drop()
        assert sender_task.done()
        assert (await asyncio.wait([sending], timeout=5))[1] == set()
        assert isinstance(sending.exception(), ConnectionError)
    finally:
        kill(own_stack, "kafka", signal.SIGCONT)
    assert len(await records_of(installation.kafka)) < 10


async def test_a_wiped_log_is_noticed_and_everything_readers_lack_is_sent_again(
    own_stack: EmbeddedStack, installation: Installation
) -> None:
    late = await create(installation.url, "routing", installation.kafka)
    async with installation.sender.database.begin() as unit:
        await unit.delivery.put_records("personal", {f"case:{n}": CaseTextsV1(project=f"P{n}") for n in range(5)})
        await unit.delivery.erase_record("personal", "case:0", "case.texts.v1")
    async with running(installation.reader), relaying(installation.sender), installation.watched():
        await installation.traffic.say(20)
        await installation.all_arrives()
        await asyncio.to_thread(own_stack.kafka.stop)
        await installation.traffic.say(3)
        await asyncio.to_thread(shutil.rmtree, own_stack.home / "kafka" / "data")
        await asyncio.to_thread(own_stack.kafka.start)
        await provision(installation.kafka)
        await installation.all_arrives()
        generations = await installation.reader.rows("select generation from progress_marks where source = 'intake'")
        assert [row.generation for row in generations] == [2]
        async with running(late):
            await installation.traffic.arrived(late)
            versions = await eventually(
                lambda: late.rows("select key, body is null as erased from records order by key"),
                lambda rows: len(rows) == 5,
            )
    assert [tuple(row) for row in versions] == [("case:0", True), *((f"case:{n}", False) for n in range(1, 5))]
    newest = {record.key: record.value is None for record in await records_of(installation.kafka, PERSONAL)}
    assert newest == {f"case:{n}".encode(): n == 0 for n in range(5)}
    await late.database.close()


async def test_a_group_that_stands_beyond_the_new_log_goes_back(installation: Installation) -> None:
    """The topics were lost, what the group had committed was not: it would begin where the old log once reached."""
    async with running(installation.reader), relaying(installation.sender):
        await installation.traffic.say(20)
        await installation.all_arrives()
    committed = await commits_of(installation.kafka, "sla")
    await installation.traffic.say(20)
    await recreate_topics(installation.kafka)
    async with relaying(installation.sender):
        await eventually(lambda: installation.sender.rows("select 1 from outbox_pending"), lambda rows: not rows)
        assert await installation.sender.one("select generation from relay_state") == 2
    await commit(installation.kafka, "sla", committed)
    again = member(installation.url, "sla", installation.kafka)
    async with running(again), relaying(installation.sender), installation.watched():
        await installation.all_arrives()
    await again.database.close()


async def commits_of(kafka: KafkaSettings, service: str) -> dict[TopicPartition, int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(f"{kafka.prefix}.{service}")
        return {tp: found.offset for tp, found in offsets.items() if found.offset > 0}
    finally:
        await admin.close()


async def commit(kafka: KafkaSettings, service: str, offsets: dict[TopicPartition, int]) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, group_id=f"{kafka.prefix}.{service}")
    await consumer.start()
    consumer.assign(list(offsets))
    await consumer.commit({tp: OffsetAndMetadata(offset, "") for tp, offset in offsets.items()})
    await consumer.stop()


async def recreate_topics(kafka: KafkaSettings) -> None:
    names = [topic.full_name(kafka.prefix) for topic in TOPICS.values()]
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.delete_topics(names)
    await eventually(admin.list_topics, lambda found: not set(names) & set(found))
    await admin.close()
    await provision(kafka)


async def test_a_service_stops_soon_though_broker_and_database_are_gone(
    own_stack: EmbeddedStack, installation: Installation
) -> None:
    async with running(installation.reader) as (runner,):
        await eventually(lambda: well(runner))
        await installation.sender.emit(said(uuid4()))
        kill(own_stack, "kafka")
        kill(own_stack, "postgres")
        try:
            async with asyncio.timeout(10):
                await runner.stop()
        finally:
            await asyncio.to_thread(own_stack.start)
