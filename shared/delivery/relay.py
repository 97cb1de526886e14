"""Delivery rule 4: the relay sends what is pending, in order per key, and confirms it.

Invariants:
- one active relay per service and shard: a lease row with an epoch; confirming checks the epoch, and a relay that lost
  its lease drops the producer without flushing;
- a row leaves `outbox_pending` only after the broker confirmed its record; after a crash between the two it is sent
  again, and readers drop the duplicate;
- pending rows are taken lowest first whenever they appear: no cursor that a late committer could slip past;
- a versioned record's body is read when it is sent, so that what was erased meanwhile is never sent.
"""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog

from shared import ids
from shared.clock import monotonic
from shared.database.unit_of_work import LONGEST_WRITE, Database
from shared.delivery import progress, recovery
from shared.delivery import relay_statements as relay_sql
from shared.delivery import statements as sql
from shared.delivery.log import LogWriter, Sent
from shared.events.codec import Outgoing, case_headers, parse_after, record_headers
from shared.events.envelope import Envelope
from shared.events.records import ProgressV1
from shared.events.topics import TOPICS

log = structlog.get_logger()

_LEASE = timedelta(seconds=10)


class LeaseLost(RuntimeError):
    """Another relay has taken over; what we sent and did not confirm, it sends again."""


class Relay:
    """One service's relay. `wake` after a commit; `run` until cancelled; `step` once, for tests and the harness."""

    WINDOW = 1000
    RENEW_S = 3.0
    PROGRESS_S = 5.0
    CHECK_S = 60.0

    def __init__(
        self,
        database: Database,
        writer: LogWriter,
        *,
        shard: int = 0,
        poll_s: float = 0.05,
        longest_write: timedelta = LONGEST_WRITE,
    ) -> None:
        self._database = database
        self._writer = writer
        self._shard = shard
        self._poll_s = poll_s
        self._longest_write = longest_write
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._woken = asyncio.Event()
        self._epoch: int | None = None
        self._generation = 1
        self._renewed = self._reported = self._checked = -1e9
        self._sent: dict[tuple[str, int], int] = {}
        self.leading = False
        database.after_commit.append(self.wake)

    def wake(self) -> None:
        """Something was committed in this process: do not wait for the next poll."""
        self._woken.set()

    async def run(self) -> None:
        """Relay until cancelled; outages are waited out."""
        pause = 0.1
        while True:
            try:
                await self._lead()
                pause = 0.1
            except asyncio.CancelledError:
                with contextlib.suppress(Exception):
                    await self._release()
                raise
            except Exception as error:  # noqa: BLE001  # whatever it was, pending rows stay and are tried again
                log.warning("relay_interrupted", service=self._database.service, error=type(error).__name__)
                await self._step_down()
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)

    async def _lead(self) -> None:
        if not await self.keep_lease():
            await asyncio.sleep(1.0)
            return
        while await self.keep_lease():
            self._woken.clear()
            sent = await self.step()
            if sent < self.WINDOW:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._poll_s)
        await self._step_down()

    async def step(self) -> int:
        """Send one window; report progress and check the log when it is time. Returns how many records were sent."""
        if monotonic() - self._checked > self.CHECK_S:
            await self.check_log()
        sent = await self._send_window()
        if monotonic() - self._reported > self.PROGRESS_S:
            await self.report_progress()
        return sent

    # -- lease -------------------------------------------------------------------------------------------------------

    async def keep_lease(self) -> bool:
        """Take or renew the lease; True while it is ours. On becoming leader the log is checked (rule 5)."""
        if self.leading and monotonic() - self._renewed < self.RENEW_S:
            return True
        async with self._database.begin() as unit:
            row = (
                await unit.connection.execute(
                    relay_sql.TAKE_LEASE,
                    {
                        "shard": self._shard,
                        "owner": self._owner,
                        "now": unit.started,
                        "expires_at": unit.started + _LEASE,
                    },
                )
            ).one_or_none()
        if row is None or (self.leading and row.epoch != self._epoch):
            return False
        self._renewed = monotonic()
        if not self.leading:
            self._epoch, self._generation = row.epoch, row.generation
            await self._writer.connect()
            self.leading = True
            await self.check_log()
            await self.report_progress()
        return True

    async def _step_down(self) -> None:
        self.leading = False
        self._epoch = None
        await self._writer.drop()

    async def _release(self) -> None:
        async with self._database.begin() as unit:
            await unit.connection.execute(
                relay_sql.RELEASE_LEASE, {"shard": self._shard, "owner": self._owner, "now": unit.started}
            )
        await self._step_down()

    # -- sending -----------------------------------------------------------------------------------------------------

    async def _send_window(self) -> int:
        async with self._database.read() as connection:
            rows = (await connection.execute(sql.FETCH_PENDING, {"limit": self.WINDOW})).all()
            bodies = await self._bodies(connection, rows)
        if not rows:
            return 0
        records = [self._outgoing(row, bodies) for row in rows]
        places = await self._writer.send(records)
        await self._confirm([row.position for row in rows], records, places)
        return len(rows)

    async def _bodies(self, connection: Any, rows: Sequence[Any]) -> dict[tuple[str, str], tuple[int, bytes | None]]:
        wanted = sorted({
            (row.aggregatetype.removesuffix(".v1"), row.aggregateid)
            for row in rows
            if TOPICS[row.aggregatetype].compacted
        })  # fmt: skip
        if not wanted:
            return {}
        result = await connection.execute(
            sql.READ_RECORDS, {"topics": [topic for topic, _ in wanted], "keys": [key for _, key in wanted]}
        )
        return {(row.topic, row.key): (row.version, row.body) for row in result}

    def _outgoing(self, row: Any, bodies: dict[tuple[str, str], tuple[int, bytes | None]]) -> Outgoing:
        topic = TOPICS[row.aggregatetype]
        if topic.compacted:
            version, value = bodies[topic.name.removesuffix(".v1"), row.aggregateid]
            headers = record_headers(
                id_=row.id,
                type_=row.type,
                source=self._database.service,
                key=row.aggregateid,
                version=version,
                recorded_at=row.recorded_at,
            )
            return Outgoing(topic.name, row.aggregateid, headers, value, row.id)
        if row.sequence == 0:
            headers = record_headers(
                id_=row.id,
                type_=row.type,
                source=self._database.service,
                key=row.aggregateid,
                version=0,
                recorded_at=row.recorded_at,
            )
            return Outgoing(topic.name, row.aggregateid, headers, row.payload, row.id)
        envelope = Envelope(
            id=row.id,
            type=row.type,
            source=self._database.service,
            case=UUID(row.aggregateid),
            sequence=row.sequence,
            after=parse_after(row.after),
            occurred_at=row.occurred_at,
            project=row.project,
            cause=row.cause,
            actor=row.actor,
            traceparent=row.traceparent,
        )
        return Outgoing(topic.name, row.aggregateid, case_headers(envelope), row.payload, row.id)

    async def _confirm(self, positions: list[int], records: Sequence[Outgoing], places: Sequence[Sent]) -> None:
        last = {(p.topic, p.partition): (p.offset, r.event_id) for p, r in zip(places, records, strict=True)}
        async with self._database.begin() as unit:
            done = await unit.connection.execute(
                sql.CONFIRM_PENDING,
                {"positions": positions, "shard": self._shard, "owner": self._owner, "epoch": self._epoch},
            )
            if done.rowcount == 0:
                raise LeaseLost(self._database.service)
            await unit.connection.execute(
                relay_sql.SAVE_CONFIRMED,
                {
                    "topics": [topic for topic, _ in last],
                    "partitions": [partition for _, partition in last],
                    "offsets": [offset for offset, _ in last.values()],
                    "events": [event for _, event in last.values()],
                    "now": unit.started,
                },
            )
        self._sent.update({place: offset for place, (offset, _) in last.items()})

    # -- progress and lost logs --------------------------------------------------------------------------------------

    async def report_progress(self) -> None:
        """Rule 6: write how far everything of this service is confirmed."""
        self._reported = monotonic()
        async with self._database.begin() as unit:
            # Asked after `started` was taken: whatever was recorded before it minus the longest write has ended.
            pending = (await unit.connection.execute(sql.PENDING_STATE)).one()
            known = await progress.read(unit)
            confirmed = (await unit.connection.execute(relay_sql.READ_CONFIRMED)).all()
        report = ProgressV1(
            source=self._database.service,
            through=self._through(unit.started, pending.oldest),
            generation=self._generation,
            offsets=_nested({(row.topic, row.partition): row.offset for row in confirmed}),
            applied={source: p.through for source, p in known.items()},
        )
        id_ = ids.event_id(f"{report.source}@{unit.started.timestamp()}", report.record_type, "progress")
        headers = record_headers(
            id_=id_,
            type_=report.record_type,
            source=report.source,
            key=report.source,
            version=int(unit.started.timestamp() * 1000),
            recorded_at=unit.started,
        )
        value = json.dumps(report.model_dump(mode="json")).encode()
        await self._writer.send([Outgoing("progress.v1", report.source, headers, value, id_)])

    def _through(self, asked_at: datetime, oldest: datetime | None) -> datetime:
        through = asked_at - self._longest_write
        return min(through, oldest - timedelta(microseconds=1)) if oldest else through

    async def check_log(self) -> bool:
        """Rule 5: read the last confirmed records back; if the log lost them, queue for sending again what readers may
        lack. Returns whether it was lost."""
        self._checked = monotonic()
        lost = await recovery.find_loss(self._database, self._writer)
        if lost:
            self._generation = await recovery.requeue(self._database, self._shard)
            log.error("log_lost", service=self._database.service, topics=sorted(lost), generation=self._generation)
            self.wake()
        return bool(lost)


def _nested(offsets: dict[tuple[str, int], int]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for (topic, partition), offset in offsets.items():
        found.setdefault(topic, {})[partition] = offset
    return found
