"""The relay on a real broker: in order per key, one at a time, nothing slipping past it (delivery rule 4)."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer

from shared.database import unit_of_work
from shared.database.unit_of_work import LONGEST_WRITE, Database, TransactionTooLong
from shared.delivery import lease
from shared.delivery.log import Found, Sent
from shared.delivery.relay import LeaseLost, Relay
from shared.events.codec import Outgoing
from shared.events.records import CaseTextsV1
from shared.events.topics import COMPLAINTS, PERSONAL
from shared.kafka.writing import KafkaLog
from shared.settings import KafkaSettings
from tests.delivery.conftest import Make
from tests.delivery.plain_service import PlainService
from tests.delivery.records import said, saying
from tests.delivery.topics import places_of, records_of
from tests.delivery.waiting import eventually


@pytest.fixture
async def sender(make: Make, shared_topics: KafkaSettings) -> PlainService:
    """A plain service `intake`, whose relay the test drives."""
    return await make("intake", shared_topics)


async def relay_all(relay: Relay) -> None:
    assert await relay.keep_lease()
    while await relay.step():
        pass


async def sequences_of(kafka: KafkaSettings, *cases: UUID) -> dict[UUID, list[int]]:
    found: dict[UUID, list[int]] = defaultdict(list)
    for case, sequence in await places_of(kafka):
        if case in cases:
            found[case].append(sequence)
    return dict(found)


async def test_the_events_of_a_case_are_sent_in_order_over_many_windows(
    sender: PlainService, shared_topics: KafkaSettings
) -> None:
    cases = [uuid4() for _ in range(20)]
    for begin in range(0, 50, 10):
        await sender.emit(*saying(cases, range(begin, begin + 10)))
    relay = Relay(sender.database, KafkaLog(shared_topics))
    relay.WINDOW = 130
    await relay_all(relay)
    await relay._hand_over()
    assert await sequences_of(shared_topics, *cases) == {case: list(range(1, 51)) for case in cases}
    assert await sender.rows("select 1 from outbox_pending") == []


async def test_an_event_that_took_its_place_early_and_committed_late_is_sent(
    sender: PlainService, shared_topics: KafkaSettings
) -> None:
    early, late = uuid4(), uuid4()
    relay = Relay(sender.database, KafkaLog(shared_topics))
    async with sender.database.begin() as slow:
        await slow.delivery.emit([said(late)])
        await slow.delivery.flush()
        await sender.emit(said(early))
        await relay_all(relay)
        assert await sequences_of(shared_topics, early, late) == {early: [1]}
    await relay_all(relay)
    await relay._hand_over()
    assert await sequences_of(shared_topics, early, late) == {early: [1], late: [1]}


async def test_a_commit_of_this_process_wakes_the_relay(sender: PlainService, shared_topics: KafkaSettings) -> None:
    relay = Relay(sender.database, KafkaLog(shared_topics), poll_s=3600)
    running = asyncio.create_task(relay.run())
    await eventually(lambda: relay.leading)
    case = uuid4()
    await sender.emit(said(case))
    await eventually(lambda: sequences_of(shared_topics, case))
    running.cancel()
    await asyncio.wait([running])


async def test_a_transaction_open_for_longer_than_progress_allows_does_not_commit(
    sender: PlainService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_of_work, "LONGEST_WORK", timedelta())
    with pytest.raises(TransactionTooLong):
        await sender.emit(said(uuid4()))
    assert await sender.rows("select 1 from event_log") == []


async def test_the_database_ends_a_transaction_whose_process_stands_still(sender: PlainService) -> None:
    """Between our own check and the commit the process may be stopped for any time."""
    (shown,) = await sender.rows("show idle_in_transaction_session_timeout")
    idle = timedelta(seconds=int(shown[0].removesuffix("s")))
    assert unit_of_work.LONGEST_WORK + idle < LONGEST_WRITE


# -- one relay leads -------------------------------------------------------------------------------------------------


async def test_only_one_relay_leads_and_the_other_takes_over_at_once_when_it_stops(
    sender: PlainService, make: Make, shared_topics: KafkaSettings
) -> None:
    other = await make("intake", shared_topics)
    first, second = Relay(sender.database, KafkaLog(shared_topics)), Relay(other.database, KafkaLog(shared_topics))
    assert await first.keep_lease()
    assert not await second.keep_lease()
    running = asyncio.create_task(first.run())
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running])
    assert await second.keep_lease()
    assert not await first.keep_lease()
    await second._hand_over()


class Frozen(KafkaLog):
    """Stands still when it is about to send, as a process that is stopped does, until `thaw`."""

    def __init__(self, kafka: KafkaSettings) -> None:
        super().__init__(kafka)
        self.stands = asyncio.Event()
        self.thaw = asyncio.Event()

    async def send(self, records: Sequence[Outgoing]) -> list[Sent]:
        if records[0].topic != "progress.v1":
            self.stands.set()
            await self.thaw.wait()
        return await super().send(records)


@pytest.fixture
def short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "LEASE", timedelta(seconds=0.2))
    monkeypatch.setattr(lease, "RENEW_S", 0.05)


async def test_what_a_frozen_relay_sends_late_stands_before_the_newest_version(
    sender: PlainService, make: Make, shared_topics: KafkaSettings, short_lease: None
) -> None:
    """Readers know by the version, but compaction keeps what stands last: it must not be what was erased."""
    key = f"case:{uuid4()}"
    other = await make("intake", shared_topics)
    writer = Frozen(shared_topics)
    frozen, awake = Relay(sender.database, writer), Relay(other.database, KafkaLog(shared_topics))
    async with sender.database.begin() as unit:
        await unit.delivery.put_records("personal", {key: CaseTextsV1(project="P01")})
    assert await frozen.keep_lease()
    step = asyncio.create_task(frozen.step())
    await writer.stands.wait()
    await eventually(awake.keep_lease)
    async with sender.database.begin() as unit:
        await unit.delivery.erase_record("personal", key, "case.texts.v1")
    await relay_all(awake)
    writer.thaw.set()
    with pytest.raises(LeaseLost):
        await step
    assert (await values_of(shared_topics, key))[-1] is not None  # it stands last, for now
    assert not await frozen.keep_lease()
    await relay_all(awake)
    assert (await values_of(shared_topics, key))[-1] is None
    await frozen._hand_over()
    await awake._hand_over()


async def values_of(kafka: KafkaSettings, key: str) -> list[bytes | None]:
    return [record.value for record in await records_of(kafka, PERSONAL) if record.key == key.encode()]


async def test_a_relay_that_was_stopped_for_longer_than_its_lease_sends_nothing_more(
    sender: PlainService, shared_topics: KafkaSettings, short_lease: None
) -> None:
    case = uuid4()
    relay = Relay(sender.database, KafkaLog(shared_topics))
    assert await relay.keep_lease()
    await sender.emit(said(case))
    await eventually(lambda: relay._lease.lapsed)
    with pytest.raises(LeaseLost):
        await relay.step()
    assert await sequences_of(shared_topics, case) == {}
    await relay_all(relay)
    await relay._hand_over()
    assert await sequences_of(shared_topics, case) == {case: [1]}


# -- reading back ----------------------------------------------------------------------------------------------------


async def test_reading_back_where_no_record_is_left_ends(shared_topics: KafkaSettings) -> None:
    """Compaction may leave an offset without a record at the end of a partition; so does the mark of a transaction."""
    topic = COMPLAINTS.full_name(shared_topics.prefix)
    producer = AIOKafkaProducer(bootstrap_servers=shared_topics.bootstrap, transactional_id=f"t-{uuid4()}")
    await producer.start()
    async with producer.transaction():
        place = await (await producer.send(topic, b"{}", key=b"k", partition=5))
    await producer.stop()
    log, mark = KafkaLog(shared_topics), {("complaints.v1", 5): place.offset + 1}
    # The broker writes the mark after it has answered.
    found = await eventually(
        lambda: log.read_back(mark), lambda found: found["complaints.v1", 5].end > place.offset + 1
    )
    assert found["complaints.v1", 5] == Found(None, 0, place.offset + 2)


async def test_a_commit_is_not_reported_before_its_time(make: Make) -> None:
    """The database is asked for what is pending after the instant was taken that is reported."""
    sender: PlainService = await make("intake")
    relay = Relay(sender.database, KafkaLog(KafkaSettings(bootstrap="127.0.0.1:1")))
    database: Database = sender.database
    now = database.clock.now()
    assert relay._through(now, None) == now - LONGEST_WRITE
    assert relay._through(now, now - timedelta(minutes=5)) < now - timedelta(minutes=5)
