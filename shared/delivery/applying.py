"""Delivery rules 2 and 3: apply what Kafka brings, once, in causal order; let a bad case fail alone.

Invariants:
- a batch is one transaction: marks, effects, emitted events, held events and positions commit together or not at all;
- a data error rolls the batch back and applies it again case by case and event by event; only the failing case parks;
- an outage raises: the caller backs off and brings the same records again, nothing is parked or lost;
- a record that cannot be read is a dead letter before it is acknowledged.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog

from shared.database.engine import is_outage
from shared.database.unit_of_work import Database, UnitOfWork
from shared.delivery import held, progress
from shared.delivery import statements as sql
from shared.delivery.arrivals import Arrival, Sorted, sort
from shared.delivery.brake import Brake, BrakePulled
from shared.delivery.cases import ApplyFailed, CaseApplier, mark_parked
from shared.delivery.dead_letters import Letter, Seal, bury
from shared.delivery.subscription import Subscription
from shared.delivery.transaction import Record
from shared.events.codec import Incoming

log = structlog.get_logger()

_SWEEP_AFTER = timedelta(seconds=1)


class Applier:
    """One service's way of applying records, whoever brings them (Kafka, the scenario harness, an operator)."""

    def __init__(
        self,
        database: Database,
        subscription: Subscription,
        seal: Seal,
        *,
        brake: Brake | None = None,
        on_dead_letter: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._database = database
        self._subscription = subscription
        self._seal = seal
        self._on_dead_letter = on_dead_letter
        self._cases = CaseApplier(subscription)
        self.brake = brake or Brake()

    async def process(self, records: Sequence[Incoming]) -> None:
        """Apply a batch. Raises on outages and while the brake is pulled: bring the same records again."""
        self.brake.check()
        batch = sort(records, self._subscription.service)
        try:
            await self._apply_together(batch)
        except BrakePulled:
            raise
        except Exception as error:
            if is_outage(error):
                raise
            log.warning("batch_failed", error=type(error).__name__, cases=len(batch.cases))
            await self._apply_apart(batch)
        self.brake.saw(len(batch.cases))

    async def sweep(self) -> None:
        """Try again what waits for a record that has become known meanwhile, or was let go and left."""
        async with self._database.begin() as unit:
            before = unit.started - _SWEEP_AFTER
            cases = list((await unit.connection.execute(sql.CASES_TO_RETRY, {"before": before})).scalars())
        await self.process_cases(cases)

    async def retry_versions(self) -> None:
        """After an upgrade: try again what waited for a version this service did not know (rule 9)."""
        async with self._database.begin() as unit:
            cases = list((await unit.connection.execute(sql.CASES_WAITING_FOR_VERSION)).scalars())
        await self.process_cases(cases)

    async def process_cases(self, cases: Iterable[UUID]) -> None:
        """Try again what is held for these cases."""
        wanted = sorted(set(cases))
        try:
            async with self._database.begin() as unit:
                await self._cases.apply(unit, {case: [] for case in wanted})
        except Exception as error:
            if is_outage(error):
                raise
            for case in wanted:
                await self._apply_alone(case, [])

    # -- the fast way ------------------------------------------------------------------------------------------------

    async def _apply_together(self, batch: Sorted) -> None:
        async with self._database.begin() as unit:
            await self._bury_undecodable(unit, batch)
            changed = await self._apply_records(unit, batch.records)
            await progress.hear(unit, self._subscription.service, batch.progress)
            if batch.inbound and self._subscription.apply_inbound:
                await self._subscription.apply_inbound(unit, batch.inbound)
            cases = dict(batch.cases)
            if changed:
                for case in await held.cases_waiting_for(unit, [record.key for record in changed]):
                    cases.setdefault(case, [])
            await self._cases.apply(unit, cases)
            await progress.save_positions(unit, batch.positions)

    async def _apply_records(self, unit: UnitOfWork, records: Sequence[Record]) -> list[Record]:
        if not records:
            return []
        result = await unit.connection.execute(
            sql.APPLY_RECORDS,
            {
                "topics": [r.topic for r in records],
                "keys": [r.key for r in records],
                "versions": [r.version for r in records],
                "types": [r.type for r in records],
                "bodies": [r.body for r in records],
                "now": unit.started,
            },
        )
        changed = [Record(row.topic, row.key, row.version, row.type, row.body) for row in result]
        if any(record.topic == "reference" for record in changed):
            await unit.connection.execute(sql.TOUCH_STAMP, {"topic": "reference"})
        if changed and self._subscription.apply_records:
            await self._subscription.apply_records(unit, changed)
        return changed

    # -- the careful way ---------------------------------------------------------------------------------------------

    async def _apply_apart(self, batch: Sorted) -> None:
        async with self._database.begin() as unit:
            await self._bury_undecodable(unit, batch)
            await progress.hear(unit, self._subscription.service, batch.progress)
        for record in batch.records:
            await self._apply_record_alone(record, batch.origins[record.topic, record.key])
        for incoming in batch.inbound:
            await self._apply_inbound_alone(incoming)
        for case, arrivals in sorted(batch.cases.items()):
            await self._apply_alone(case, arrivals)
        async with self._database.begin() as unit:
            await progress.save_positions(unit, batch.positions)

    async def _apply_alone(self, case: UUID, arrivals: list[Arrival]) -> None:
        """One event a transaction, so that the failing one is known and all before it stand."""
        new = arrivals
        while True:
            try:
                async with self._database.begin() as unit:
                    applied = await self._cases.apply(unit, {case: new}, limit=1)
            except Exception as error:
                if is_outage(error):
                    raise
                await self._park(case, new, error)
                return
            if not applied:
                return
            new = []

    async def _park(self, case: UUID, arrivals: Sequence[Arrival], error: Exception) -> None:
        """Rule 3: this case waits for a person; every other goes on."""
        self.brake.count_failure()
        cause = error.__cause__ if isinstance(error, ApplyFailed) and error.__cause__ else error
        name = f"{type(cause).__name__} {getattr(getattr(cause, 'orig', None), 'sqlstate', '')}".strip()
        try:
            async with self._database.begin() as unit:
                await self._cases.park(unit, case, arrivals, name)
        except Exception as worse:
            if is_outage(worse):
                raise
            await self._bury_case(case, arrivals, name)
        log.error("case_parked", case=str(case), error=name, exc_info=_where(cause))

    async def _bury_case(self, case: UUID, arrivals: Sequence[Arrival], error: str) -> None:
        # What cannot even be held, because the place it would be held at cannot be stored, can be a dead letter.
        async with self._database.begin() as unit:
            await self._bury(unit, [Letter(a.record, "failed", f"{a.envelope.type[:100]}: {error}") for a in arrivals])
            await mark_parked(unit, case, error)

    async def _apply_record_alone(self, record: Record, origin: Incoming) -> None:
        try:
            async with self._database.begin() as unit:
                changed = await self._apply_records(unit, [record])
                waiting = await held.cases_waiting_for(unit, [record.key]) if changed else []
        except Exception as error:
            if is_outage(error):
                raise
            await self._bury_alone(Letter(origin, "failed", f"{record.type}: {type(error).__name__}"))
        else:
            await self.process_cases(waiting)

    async def _apply_inbound_alone(self, incoming: Incoming) -> None:
        if not self._subscription.apply_inbound:
            return
        try:
            async with self._database.begin() as unit:
                await self._subscription.apply_inbound(unit, [incoming])
        except Exception as error:
            if is_outage(error):
                raise
            await self._bury_alone(Letter(incoming, "failed", type(error).__name__))

    # -- what cannot be read -----------------------------------------------------------------------------------------

    async def _bury_alone(self, letter: Letter) -> None:
        async with self._database.begin() as unit:
            await self._bury(unit, [letter])

    async def _bury(self, unit: UnitOfWork, letters: Sequence[Letter]) -> list[Letter]:
        new = await bury(unit, letters, self._seal)
        unit.committed.extend(partial(self._on_dead_letter, letter.reason) for letter in new)
        return new

    async def _bury_undecodable(self, unit: UnitOfWork, batch: Sorted) -> None:
        for letter in await self._bury(unit, [Letter(r, error.code, error.detail) for r, error in batch.undecodable]):
            if case := _case_of(letter.record):
                # Something of this case is missing for good until a person says what to do: it must not go on.
                await mark_parked(unit, case, "dead_letter")


def _case_of(record: Incoming) -> UUID | None:
    if record.topic not in {"complaints.v1", "notices.v1"} or record.key is None:
        return None
    try:
        return UUID(record.key.decode())
    except ValueError:
        return None


def _where(error: BaseException) -> bool:
    # Stack traces show code, not values, but an exception's own words may quote data: only tracebacks of our own
    # programming errors are logged.
    return isinstance(error, (AttributeError, KeyError, TypeError, AssertionError))
