"""Delivery rule 4: the relay sends what is pending, in order per key, and confirms it.

Invariants:
- one active relay per service and shard, by a lease; confirming checks its epoch, and a relay that lost its lease drops
  the producer without flushing;
- a row leaves `outbox_pending` only after the broker confirmed its record; after a crash between the two it is sent
  again, and readers drop the duplicate;
- pending rows are taken lowest first whenever they appear: no cursor that a late committer could slip past;
- on a compacted topic the newest version of a key is the last: where another relay may have led while we sent, the
  newest is sent again, so that what was replaced or erased never comes back;
- a broker that confirms an offset it had confirmed before has lost its log: nothing is confirmed on it before
  everything readers may lack is queued again.
"""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from opentelemetry.trace import Span, SpanKind

from shared import ids
from shared.clock import monotonic
from shared.database.unit_of_work import LONGEST_WRITE, Database
from shared.delivery import progress, recovery
from shared.delivery import relay_statements as relay_sql
from shared.delivery import statements as sql
from shared.delivery.lease import Leasehold
from shared.delivery.log import LogWriter, Sent
from shared.delivery.outgoing import Window, read_window
from shared.events.codec import Outgoing, record_headers
from shared.events.records import ProgressV1
from shared.events.topics import PROGRESS
from shared.telemetry.tracing import open_span

log = structlog.get_logger()


class LeaseLost(RuntimeError):
    """Another relay has taken over; what we sent and did not confirm, it sends again."""


class Relay:
    """One service's relay. `wake` after a commit; `run` until cancelled; `step` once, for tests and the harness."""

    WINDOW = 1000
    GATHER_S = 0.01  # commits of one moment go together: a window costs the same for one event as for many
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
        self._lease = Leasehold(database, shard)
        self._woken = asyncio.Event()
        self._generation = 1
        self._reported = self._checked = -1e9
        # The highest confirmed offset of each (topic, partition) in the present log.
        self._reached: dict[tuple[str, int], int] = {}
        # Versioned records sent and not confirmed, and the epoch they were sent in.
        self._unsure: set[tuple[str, str]] = set()
        self._unsure_epoch = 0
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
                await self._hand_over()
                raise
            except Exception as error:  # noqa: BLE001  # whatever it was, pending rows stay and are tried again
                log.warning("relay_interrupted", service=self._database.service, error=type(error).__name__)
                await self._hand_over()
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
                    # Not wait_for: in Python 3.11 it swallows a cancellation that comes as the wait ends.
                    async with asyncio.timeout(self._poll_s):
                        await self._woken.wait()
                    await asyncio.sleep(self.GATHER_S)
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
        kept = await self._lease.keep()
        if self._unsure and (not kept or self._lease.epoch != self._unsure_epoch):
            await self._send_again()
        if kept and not self.leading:
            self._unsure.clear()  # nobody led meanwhile: they are pending still
            await self._writer.connect()
            self._generation = self._lease.generation
            self.leading = True
            if not await self.check_log():
                await self.report_progress()
        return kept

    async def _send_again(self) -> None:
        async with self._database.begin() as unit:
            newest = (await unit.delivery.records(self._unsure)).values()
            for topic in sorted({record.topic for record in newest}):
                await unit.delivery.send_records(
                    topic, [(record.key, record.version, record.type) for record in newest if record.topic == topic]
                )
        self._unsure.clear()

    async def _step_down(self) -> None:
        self.leading = False
        self._lease.forget()
        await self._writer.drop()

    async def _hand_over(self) -> None:
        await self._step_down()
        # Perhaps another can reach the broker. If the database cannot be reached, the lease runs out by itself.
        with contextlib.suppress(Exception):
            await self._lease.release()

    # -- sending -----------------------------------------------------------------------------------------------------

    async def _send_window(self) -> int:
        async with self._database.read() as connection:
            window = await read_window(connection, self._database.service, self.WINDOW)
        if not window.records:
            return 0
        if self._lease.lapsed:
            raise LeaseLost(self._database.service)  # we were stopped for a while: another may be leading
        self._unsure, self._unsure_epoch = window.record_keys(), self._lease.epoch
        spans = self._spans(window)
        places = await self._writer.send(window.records)
        if self._went_back(places):
            await self._republish(self._generation + 1)
            return 0
        await self._confirm(window, places)
        self._unsure.clear()
        for span in spans:
            span.end()
        return len(window.records)

    def _spans(self, window: Window) -> list[Span]:
        """Each recorded trace shows how long its event was on its way to the log."""
        opened = (
            open_span(traceparent, f"relay {type_}", self._database.service, case, SpanKind.PRODUCER)
            for traceparent, type_, case in window.traces
        )
        return [span for span in opened if span]

    async def _confirm(self, window: Window, places: Sequence[Sent]) -> None:
        async with self._database.begin() as unit:
            done = await unit.connection.execute(
                sql.CONFIRM_PENDING, {"positions": window.positions, **self._lease.fence}
            )
            if done.rowcount == 0:
                raise LeaseLost(self._database.service)
            await unit.connection.execute(relay_sql.SAVE_CONFIRMED, _confirmed(window.records, places, unit.started))
        self._reach(places)

    def _reach(self, places: Sequence[Sent]) -> None:
        self._reached.update({(place.topic, place.partition): place.offset for place in places})

    def _went_back(self, places: Sequence[Sent]) -> bool:
        return any(place.offset <= self._reached.get((place.topic, place.partition), -1) for place in places)

    # -- progress and lost logs --------------------------------------------------------------------------------------

    async def report_progress(self) -> None:
        """Rule 6: write how far everything of this service is confirmed."""
        self._reported = monotonic()
        async with self._database.begin() as unit:
            # Asked after `started` was taken: whatever was recorded before it minus the longest write has ended.
            pending = (await unit.connection.execute(sql.PENDING_STATE)).one()
            known = await progress.read(unit)
            confirmed = (await unit.connection.execute(relay_sql.READ_CONFIRMED)).all()
        if (newest := progress.newest_generation(known)) > self._generation:
            # Another source noticed that the log is lost: what it lost, we may have lost too.
            await self._republish(newest)
            return
        report = ProgressV1(
            source=self._database.service,
            through=self._through(unit.started, pending.oldest),
            generation=self._generation,
            offsets=_nested(
                {(row.topic, row.partition): row.offset for row in confirmed if row.topic != PROGRESS.name}
            ),
            applied={source: p.through for source, p in known.items()},
        )
        record = _progress_record(report, unit.started)
        places = await self._writer.send([record])
        if self._went_back(places):
            await self._republish(self._generation + 1)
            return
        async with self._database.begin() as unit:
            await unit.connection.execute(relay_sql.SAVE_CONFIRMED, _confirmed([record], places, unit.started))
        self._reach(places)

    def _through(self, asked_at: datetime, oldest: datetime | None) -> datetime:
        through = asked_at - self._longest_write
        return min(through, oldest - timedelta(microseconds=1)) if oldest else through

    async def check_log(self) -> bool:
        """Rule 5: read the last confirmed records back; if the log lost them, queue for sending again what readers may
        lack. Returns whether it was lost."""
        self._checked = monotonic()
        confirmed = await recovery.read_confirmed(self._database)
        lost = await recovery.find_loss(confirmed, self._writer, self._database.clock.now())
        self._reached = {(row.topic, row.partition): row.offset for row in confirmed}
        if lost:
            log.error("log_lost", service=self._database.service, topics=sorted(lost))
            await self._republish(self._generation + 1)
        return bool(lost)

    async def _republish(self, generation: int) -> None:
        self._generation = await recovery.requeue(self._database, self._shard, generation)
        self._reached.clear()
        log.warning("log_republished", service=self._database.service, generation=self._generation)
        # Said before the first record of the new log, so that nobody takes a position in the old one for a position in
        # the new one.
        await self.report_progress()
        self.wake()


def _confirmed(records: Sequence[Outgoing], places: Sequence[Sent], now: datetime) -> dict[str, object]:
    last = {(p.topic, p.partition): (p.offset, r.event_id) for p, r in zip(places, records, strict=True)}
    return {
        "topics": [topic for topic, _ in last],
        "partitions": [partition for _, partition in last],
        "offsets": [offset for offset, _ in last.values()],
        "events": [event for _, event in last.values()],
        "now": now,
    }


def _progress_record(report: ProgressV1, now: datetime) -> Outgoing:
    id_ = ids.event_id(f"{report.source}@{now.timestamp()}", report.record_type, "progress")
    headers = record_headers(
        id_=id_,
        type_=report.record_type,
        source=report.source,
        key=report.source,
        version=int(now.timestamp() * 1000),
        recorded_at=now,
    )
    return Outgoing(PROGRESS.name, report.source, headers, json.dumps(report.model_dump(mode="json")).encode(), id_)


def _nested(offsets: dict[tuple[str, int], int]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for (topic, partition), offset in offsets.items():
        found.setdefault(topic, {})[partition] = offset
    return found
