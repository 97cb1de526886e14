"""Cases that wait for somebody: assigned as soon as the directory names a person."""

from collections.abc import Sequence
from datetime import datetime

from services.routing.domain import CaseFile, State
from services.routing.metrics import RoutingMetrics
from services.routing.service.assigning import HANDLER, Turns, assign
from services.routing.service.docket import ROUTING, Docket
from services.routing.service.neighbours import Effect, guard
from services.routing.service.reacting import react
from services.routing.service.recounting import carry_on
from services.routing.storage.lists import CaseLists, Unassigned
from shared.clock import monotonic
from shared.database.unit_of_work import Database
from shared.reference.book import Reference, ReferenceBook

_BATCH = 200
_LOOK_EVERY_S = 5.0


class Waiting:
    """A stepper. It looks when the directory has changed, and now and then because a case may have been opened by
    somebody who did not know the new directory yet; it keeps the gauges of unassigned cases fresh."""

    name = "waiting"
    poll_s = _LOOK_EVERY_S

    def __init__(self, database: Database, book: ReferenceBook, metrics: RoutingMetrics) -> None:
        self._database = database
        self._book = book
        self._metrics = metrics
        self._reference: Reference | None = None
        self._looked_at = -1e9

    async def step(self) -> datetime | None:
        """Assign a batch of what can be assigned; asks to be called again while there is more."""
        async with self._database.begin() as unit:
            reference = await self._book.within(unit.connection)
            if reference is self._reference and monotonic() - self._looked_at < _LOOK_EVERY_S:
                return None
            lists = CaseLists(unit.connection)
            unassigned = await lists.unassigned(unit.started)
            self._metrics.show_unassigned(unassigned)
            places = assignable(reference, unassigned)
            cases = await lists.assignable(places, _BATCH) if places else []
            if not cases:
                self._reference, self._looked_at = reference, monotonic()
                return None
            marks = await unit.delivery.lock(cases)
            docket = await Docket.open(unit, self._book, cases)
            waiting = [file for file in docket.files.values() if _waits(file) and not marks[file.id].parked]
            given = await _assign(docket, waiting)
            if not given:  # the only people there are recused
                self._reference, self._looked_at = reference, monotonic()
                return None
        return unit.started


async def _assign(docket: Docket, waiting: Sequence[CaseFile]) -> int:
    await guard(docket, waiting)
    turns, given = await Turns.of(docket, waiting), 0
    for file in sorted(waiting, key=lambda each: (each.registration.opened_at, each.id)):
        if file.department and (person := turns.next(file, file.department)):
            # The same case may wait again later: its version tells the occasions apart.
            cause = f"waiting:{file.id}:{file.version}"
            react(docket, docket.put(assign(docket, file, file.department, person, cause, ROUTING)), cause)
            await carry_on(docket, file.id, Effect(), cause, ROUTING)
            given += 1
    await turns.save()
    await docket.store()
    return given


def assignable(reference: Reference, unassigned: Sequence[Unassigned]) -> list[Unassigned]:
    """Of the places where cases wait, those where somebody now holds the role."""
    holders = reference.directory.holders
    return [
        place
        for place in unassigned
        if place.state == State.ASSIGNED
        and place.department is not None
        and (
            holders(HANDLER, place.project, place.department)
            or any(held.department == place.category for held in holders(HANDLER, place.project, place.category))
        )
    ]


def _waits(file: CaseFile) -> bool:
    return file.person is None and file.state is State.ASSIGNED
