"""Sending: claimed by one, sent outside any transaction, recorded; tried again with growing pauses; counted."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from services.notify.channels.file import FileChannel
from services.notify.domain import Message, Reason
from services.notify.metrics import NotifyMetrics
from services.notify.service.composing import Composer
from services.notify.service.sending import Sender
from shared.events.cases import CaseAssignedV1
from shared.events.clocks import ClockBreachRevokedV1
from shared.stepping import drive
from tests.storage.notify_world import NotifyWorld, notify_world
from tests.unit.notify.examples import CLOCK, DUE, raised, registered, started

CASE = UUID(int=7)
ASSIGNED = CaseAssignedV1(department="property", person="li.na")
REVOKED = ClockBreachRevokedV1(clock=CLOCK, name="reply", customer=True, due_at=DUE, met_at=DUE)


class Killed(Exception):
    """The process died."""


class DyingChannel(FileChannel):
    """The file channel of a process that is killed right after writing."""

    async def deliver(self, messages: Sequence[Message]) -> Mapping[UUID, Reason | None]:
        await super().deliver(messages)
        raise Killed


class PausedChannel(FileChannel):
    """The file channel, held up until `go` is set; then it does as told."""

    def __init__(self, path: Path, failure: Reason | None) -> None:
        super().__init__(path)
        self.failure = failure
        self.begun, self.go = asyncio.Event(), asyncio.Event()

    async def deliver(self, messages: Sequence[Message]) -> Mapping[UUID, Reason | None]:
        self.begun.set()
        await self.go.wait()
        if self.failure is None:
            return await super().deliver(messages)
        return dict.fromkeys((message.notice.id for message in messages), self.failure)


@pytest.fixture
async def notify(database_url: str, tmp_path: Path) -> AsyncIterator[NotifyWorld]:
    async with notify_world(database_url, tmp_path) as world:
        yield world


def sender(notify: NotifyWorld, channel: FileChannel) -> Sender:
    """One more sender of this installation, as in another process."""
    composer = Composer(notify.core.book, notify.core.ring)
    return Sender(notify.core.database, channel, composer, NotifyMetrics(CollectorRegistry()))


async def test_a_notice_is_sent_recorded_counted_and_told(notify: NotifyWorld) -> None:
    await notify.register(CASE, ASSIGNED, started())
    await notify.send()
    assert await notify.outcomes() == [
        ("acknowledgement", "customer", "sent", None),
        ("assignment", "owner", "sent", None),
    ]
    row = (await notify.ledger())[1]
    assert (row.attempts, row.settled_at, row.next_attempt_at) == (1, notify.clock.now(), None)
    assert ("notice.sent.v1", {"notice": str(row.id), "kind": "assignment", "role": "owner", "person": "li.na",
                               "channel": "file", "attempts": 1}) in await notify.emitted()  # fmt: skip
    assert await notify.service.figures() == {"notices": {"sent": 2, "failed": 0, "suppressed": 0}, "waiting": 0}
    samples = {
        (s.labels["kind"], s.labels["outcome"]): s.value
        for metric in notify.core.metrics.registry.collect()
        for s in metric.samples
        if s.name == "huiyin_notify_notices_total"
    }
    assert samples == {("acknowledgement", "sent"): 1, ("assignment", "sent"): 1}


async def test_what_is_about_to_go_out_is_waiting_and_a_later_attempt_is_not(notify: NotifyWorld) -> None:
    await notify.register(CASE, ASSIGNED)
    assert (await notify.service.figures())["waiting"] == 2  # the acknowledgement goes out within seconds
    await notify.send()
    assert (await notify.service.figures())["waiting"] == 1
    notify.file.unlink()
    notify.file.mkdir()
    notify.clock.move(seconds=5)
    await notify.send()
    assert (await notify.service.figures())["waiting"] == 0  # tried again in ten seconds


async def test_a_file_that_cannot_be_written_is_tried_five_times_with_growing_pauses(notify: NotifyWorld) -> None:
    notify.file.mkdir()
    await notify.register(CASE, ASSIGNED, mode="live", contactable=False)
    tried = []
    due = await notify.send()
    while due is not None:
        tried.append(due - notify.clock.now())
        await notify.clock.sleep_until(due)
        due = await notify.send()
    assert tried == [timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)]
    assert ("assignment", "owner", "failed", "not_written") in await notify.outcomes()
    failed = [data for type_, data in await notify.emitted() if type_ == "notice.failed.v1"]
    assert [(data["attempts"], data["reason"]) for data in failed] == [(5, "not_written")]
    assert (await notify.service.figures())["notices"] == {"sent": 0, "failed": 1, "suppressed": 1}


async def test_a_passing_failure_is_overcome(notify: NotifyWorld) -> None:
    notify.file.mkdir()
    await notify.register(CASE, ASSIGNED)
    await notify.send()
    (row,) = [row for row in await notify.ledger() if row.kind == "assignment"]
    assert (row.outcome, row.reason, row.attempts) == ("pending", "not_written", 1)
    notify.file.rmdir()
    notify.clock.move(seconds=10)
    await notify.send()
    assert ("assignment", "owner", "sent", None) in await notify.outcomes()
    assert len(notify.lines()) == 2


async def test_a_crash_between_sending_and_recording_leaves_one_line(notify: NotifyWorld) -> None:
    await notify.register(CASE, ASSIGNED, started())
    with pytest.raises(Killed):
        await sender(notify, DyingChannel(notify.file)).step()
    assert len(notify.lines()) == 2
    assert {outcome for _, _, outcome, _ in await notify.outcomes()} == {"pending"}
    # Until the claim lapses nobody touches it; then somebody else finishes the work.
    assert await notify.send() == notify.clock.now() + FileChannel.lease
    notify.clock.move(seconds=31)
    await notify.send()
    assert {outcome for _, _, outcome, _ in await notify.outcomes()} == {"sent"}
    assert len(notify.lines()) == 2
    assert len(await notify.emitted()) == 2


async def test_a_crash_between_claiming_and_sending_loses_nothing(notify: NotifyWorld) -> None:
    await notify.register(CASE, ASSIGNED, started())

    class Dead(FileChannel):
        async def deliver(self, messages: Sequence[Message]) -> Mapping[UUID, Reason | None]:
            raise Killed

    with pytest.raises(Killed):
        await sender(notify, Dead(notify.file)).step()
    notify.clock.move(seconds=31)
    await notify.send()
    assert len(notify.lines()) == 2


async def test_two_senders_never_send_the_same(notify: NotifyWorld) -> None:
    cases = [uuid4() for _ in range(40)]
    await notify.service.applier.process([notify.record("personal", str(case), notify.complaint()) for case in cases])
    events = [notify.happening(case, data) for case in cases for data in (registered(), ASSIGNED, started())]
    await notify.service.applier.process(events)
    channels = [FileChannel(notify.file), FileChannel(notify.file)]
    for channel in channels:
        channel.batch = 7

    async def run(one: Sender) -> None:
        while (await one.step()) is not None:
            pass

    await asyncio.gather(*(run(sender(notify, channel)) for channel in channels))
    lines = notify.lines()
    assert len(lines) == len({line["id"] for line in lines}) == 80
    assert {row.attempts for row in await notify.ledger()} == {1}
    assert (await notify.service.figures())["notices"]["sent"] == 80


async def test_who_took_a_lapsed_claim_over_settles_it(notify: NotifyWorld) -> None:
    await notify.register(CASE, ASSIGNED, started())
    slow, second = PausedChannel(notify.file, Reason.NOT_WRITTEN), PausedChannel(notify.file, None)
    late = asyncio.create_task(sender(notify, slow).step())
    await slow.begun.wait()
    notify.clock.move(seconds=31)
    taken_over = asyncio.create_task(sender(notify, second).step())
    await second.begun.wait()
    slow.go.set()
    await late
    assert {(row.outcome, row.claimed, row.reason) for row in await notify.ledger()} == {("pending", True, None)}
    second.go.set()
    await taken_over
    assert {(row.outcome, row.attempts) for row in await notify.ledger()} == {("sent", 2)}
    assert len(await notify.emitted()) == 2


@pytest.mark.parametrize(
    ("failure", "outcome", "corrected"),
    [(None, "sent", 2), (Reason.NOT_WRITTEN, "suppressed", 0), (Reason.TIMED_OUT, "suppressed", 2)],
)
async def test_a_breach_revoked_while_it_is_being_sent(
    notify: NotifyWorld, failure: Reason | None, outcome: str, corrected: int
) -> None:
    await notify.register(CASE, ASSIGNED, started())
    await notify.send()
    await notify.tell(CASE, raised(1))
    channel = PausedChannel(notify.file, failure)
    under_way = asyncio.create_task(sender(notify, channel).step())
    await channel.begun.wait()
    await notify.tell(CASE, REVOKED)
    channel.go.set()
    await under_way
    await notify.send()
    assert [row[2] for row in await notify.outcomes() if row[0] == "breach"] == [outcome] * 2
    assert len([line for line in notify.lines() if line["kind"] == "correction"]) == corrected


async def test_a_commit_wakes_the_sender(notify: NotifyWorld) -> None:
    file_sender, woken = notify.senders[0], asyncio.Event()
    file_sender.poll_s = 3600
    notify.core.database.after_commit.append(woken.set)
    driving = asyncio.create_task(drive(file_sender, notify.clock, woken))
    await notify.register(CASE, ASSIGNED, contactable=False)
    try:
        async with asyncio.timeout(20):
            while not notify.lines():
                await asyncio.sleep(0.01)
    finally:
        driving.cancel()
        await asyncio.gather(driving, return_exceptions=True)


async def test_a_text_that_cannot_be_made_fails_alone(notify: NotifyWorld) -> None:
    await notify.register(CASE, ASSIGNED, started())
    async with notify.core.database.begin() as unit:
        await unit.connection.execute(sa.text("update notices set params = '{}' where kind = 'assignment'"))
    await notify.send()
    assert await notify.outcomes() == [
        ("acknowledgement", "customer", "sent", None),
        ("assignment", "owner", "pending", "not_rendered"),
    ]


async def test_counts_are_a_recount_of_the_ledger(notify: NotifyWorld) -> None:
    for number in range(6):
        known = {"mode": "history"} if number % 2 else {"contactable": number > 2}
        await notify.register(uuid4(), ASSIGNED, started(), raised(1), **known)
    await notify.send()
    counted = await notify.rows("select kind, outcome, count from notice_counts order by 1, 2")
    recount = await notify.rows("select kind, outcome, count(*) from notices group by 1, 2 order by 1, 2")
    assert [tuple(row) for row in counted] == [tuple(row) for row in recount]
