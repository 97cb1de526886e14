"""Case events in one transaction: apply what is ready, hold what waits, park what failed (delivery rules 2 and 3)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from shared.database.unit_of_work import UnitOfWork
from shared.delivery import held
from shared.delivery import statements as sql
from shared.delivery.arrivals import Arrival
from shared.delivery.causality import Marks, admit
from shared.delivery.judging import Judge, Judged
from shared.delivery.subscription import Subscription
from shared.events.codec import Undecodable
from shared.events.envelope import Event
from shared.values import replace


class ApplyFailed(Exception):
    """An event could not be applied; `arrival` is which."""

    def __init__(self, arrival: Arrival) -> None:
        super().__init__(arrival.envelope.type)
        self.arrival = arrival


class CaseApplier:
    """What one service does with case events, each method within the caller's transaction."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription
        self._judge = Judge(subscription)

    async def apply(self, unit: UnitOfWork, by_case: Mapping[UUID, Sequence[Arrival]], limit: int = 0) -> int:
        """Apply what is ready of these cases, of the arrivals given and of what is held (at most `limit` events of each
        case if given), and hold the rest; returns how many were applied. The cases are locked first, in order."""
        if not by_case:
            return 0
        marks = dict(await unit.delivery.lock(by_case))
        kept = await held.load(unit, by_case)
        arrivals = {case: [*(h.arrival for h in kept.get(case, ())), *new] for case, new in by_case.items()}
        judged = await self._judge.judge(unit, arrivals)
        ready: list[Arrival] = []
        holds: list[held.Hold] = []
        for case, found in arrivals.items():
            admission = admit(
                marks[case],
                found,
                service=self._subscription.service,
                judged=self._subscription.judged,
                blocked=judged.blocked,
            )
            now_ready = admission.ready[:limit] if limit else admission.ready
            late = admission.ready[len(now_ready) :]
            ready.extend(now_ready)
            holds.extend(held.Hold(a, waiting_for=held.NEXT) for a in late)
            holds.extend(held.Hold(w.arrival, w.waiting_for) for w in admission.waiting)
            if now_ready:
                unit.delivery.advance(case, _without(admission.marks, late) if late else admission.marks)
        await held.keep(unit, [h for found in kept.values() for h in found], holds)
        await self._apply_events(unit, ready, judged)
        return len(ready)

    async def _apply_events(self, unit: UnitOfWork, ready: Sequence[Arrival], judged: Judged) -> None:
        events: list[Event] = []
        for arrival in ready:
            if id(arrival) in judged.failed:
                raise ApplyFailed(arrival) from Undecodable("invalid_data", arrival.envelope.type)
            if data := judged.data.get(id(arrival)):
                events.append(arrival.event(data))
                unit.delivery.trace(events[-1])
        if events:
            await self._subscription.apply(unit, events)

    async def park(self, unit: UnitOfWork, case: UUID, arrivals: Sequence[Arrival], error: str) -> None:
        """Hold everything of this case, the event whose turn it is as failed by `error`, until a person decides."""
        marks = (await unit.delivery.lock([case]))[case]
        kept = (await held.load(unit, [case])).get(case, [])
        found = [*(h.arrival for h in kept), *arrivals]
        judged = await self._judge.judge(unit, {case: found})
        admission = admit(
            marks,
            found,
            service=self._subscription.service,
            judged=self._subscription.judged,
            blocked=judged.blocked,
        )
        holds = [held.Hold(a, held.PARKED) for a in admission.ready[1:]]
        holds += [held.Hold(w.arrival, w.waiting_for) for w in admission.waiting]
        if admission.ready:
            holds.append(held.Hold(admission.ready[0], held.PARKED, "failed", error))
        await held.hold(unit, holds)
        await mark_parked(unit, case, error)


async def mark_parked(unit: UnitOfWork, case: UUID, reason: str) -> None:
    """Nothing of this case is applied from now on, not even later in this transaction."""
    marks = (await unit.delivery.lock([case]))[case]
    await unit.connection.execute(sql.PARK_CASE, {"case_id": case, "reason": reason, "now": unit.started})
    unit.delivery.advance(case, replace(marks, parked=True))


def _without(marks: Marks, late: Sequence[Arrival]) -> Marks:
    """`marks` as they were before `late`, the last of what was admitted."""
    applied = dict(marks.applied)
    for arrival in reversed(late):
        applied[arrival.source] = arrival.sequence - 1
    return replace(marks, applied=applied)
