"""Watching: what time alone brings about, for a batch of cases that this transaction has claimed."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.sla.life.changing import come_due
from services.sla.life.climbing import climb
from services.sla.life.file import CaseFile
from services.sla.service.applying import save, zone_of
from services.sla.service.regimes import Regimes
from services.sla.storage.due import DueStorage
from services.sla.storage.files import FileStorage
from shared.database.unit_of_work import UnitOfWork
from shared.delivery import progress
from shared.reference.book import ReferenceBook

SOURCES = ("intake", "routing")
"""Whose events stop clocks: what they have not been heard to have done by an instant may still have happened."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did. again: there may be more to do at once. full: there were more cases than one round takes.
    lags: of each breach, how late it was noticed. next_at: when anything is due next."""

    again: bool
    full: bool = False
    lags: Sequence[timedelta] = ()
    next_at: datetime | None = None


class Watching:
    """Warns, breaches, reaches ages and climbs ladders, each once however many do it at the same time."""

    def __init__(self, book: ReferenceBook, regimes: Regimes, batch: int = 500) -> None:
        self._book = book
        self._regimes = regimes
        self._batch = batch

    async def watch(self, unit: UnitOfWork, *, caught_up: bool, aside: Collection[UUID] = ()) -> Round:
        """One round. While this service is not caught up nothing runs out: the stop may be on its way."""
        cases, sure_until = await self.claim(unit, caught_up=caught_up, aside=aside)
        if cases and (done := await self._advance(unit, cases, sure_until, caught_up=caught_up)).again:
            return done
        return Round(again=False, next_at=await DueStorage(unit.connection).next_due(unit.started))

    async def claim(
        self, unit: UnitOfWork, *, caught_up: bool, aside: Collection[UUID]
    ) -> tuple[Sequence[UUID], datetime]:
        """Lock a batch of cases with something due, those set aside left out, and say until when we are sure."""
        due = DueStorage(unit.connection)
        sure_until = min(unit.started, await progress.believed_through(unit, SOURCES))
        claimed = await due.claim(unit.started, self._batch, aside) if caught_up else ()
        climbing = await due.claim_climbing(sure_until, self._batch, aside)
        return list(dict.fromkeys((*claimed, *climbing))), sure_until

    async def watch_one(self, unit: UnitOfWork, case: UUID, *, caught_up: bool) -> Round:
        """One case alone, so that whatever is wrong with it touches no other."""
        sure_until = min(unit.started, await progress.believed_through(unit, SOURCES))
        return await self._advance(unit, [case], sure_until, caught_up=caught_up)

    async def _advance(
        self, unit: UnitOfWork, cases: Sequence[UUID], sure_until: datetime, *, caught_up: bool
    ) -> Round:
        await unit.delivery.lock(cases)
        storage = FileStorage(unit.connection)
        reference = await self._book.within(unit.connection)
        regime_of = self._regimes.within(reference)
        known = await storage.cases(cases)
        clocks = await storage.due_clocks(known, regime_of, unit.started, sure_until)
        files = [
            CaseFile(case, regime_of(case), zone_of(reference.directory, case), clocks[id_], unit.started)
            for id_, case in known.items()
        ]
        lags: list[timedelta] = []
        for file in files:
            for watched in list(file.clocks.values()):
                now = come_due(file, watched) if caught_up else watched
                if now.clock.breached_at != watched.clock.breached_at and not file.case.history:
                    lags.append(unit.started - max(watched.clock.due_at, watched.set_at))
                climb(file, now, sure_until)
        await save(unit, storage, files)
        changed = any(file.changed for file in files)
        return Round(again=changed, full=changed and len(cases) >= self._batch, lags=lags)


CaughtUp = Callable[[], bool]
