"""Applying events: load the touched cases once, fold every event in its order, save and say what changed once."""

from collections.abc import Iterable, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from services.sla.life.case import Case, Pin
from services.sla.life.file import CaseFile, Extent, Watched
from services.sla.life.folding import case_of, fold
from services.sla.life.recomputing import Told, change_rules
from services.sla.service.regimes import Regimes
from services.sla.storage.files import FileStorage
from shared.database.unit_of_work import UnitOfWork
from shared.events.cases import CaseRulesChangedV1
from shared.events.complaints import ComplaintRegisteredV1
from shared.events.envelope import Event
from shared.reference.book import ReferenceBook
from shared.reference.directory import Directory


class Applying:
    """What happens in a case starts, stops and moves its clocks."""

    def __init__(self, book: ReferenceBook, regimes: Regimes) -> None:
        self._book = book
        self._regimes = regimes

    async def apply(self, unit: UnitOfWork, events: Sequence[Event]) -> None:
        """Apply a batch: events of many cases, those of one case in causal order, their marks locked."""
        reference = await self._book.within(unit.connection)
        regime_of = self._regimes.within(reference)
        storage = FileStorage(unit.connection)
        known = await storage.cases({event.case for event in events})
        clocks = await storage.clocks(known, regime_of) if known else {}
        directory = reference.directory
        files = {
            id_: CaseFile(case, regime_of(case), zone_of(directory, case), clocks[id_], unit.started)
            for id_, case in known.items()
        }
        opened: set[UUID] = set()
        for event in events:
            data = event.data
            if event.case not in files and isinstance(data, ComplaintRegisteredV1):
                pack, calendar = Pin(data.pack.code, data.pack.version), Pin(data.calendar.code, data.calendar.version)
                regime = self._regimes.of(reference, pack, calendar)
                case = case_of(event, data, regime, directory.nearest(data.building or data.project, "handover"))
                files[event.case] = CaseFile(case, regime, zone_of(directory, case), (), unit.started)
                opened.add(event.case)
            if event.case not in files:  # operations gave up its registration: there is nothing to clock
                continue
            if isinstance(data, CaseRulesChangedV1):
                pack = Pin(data.pack.code, data.pack.version)
                regime = self._regimes.of(reference, pack, files[event.case].case.calendar)
                told = Told(data.grade, data.facts, data.happened)
                change_rules(files[event.case], regime, event.occurred_at, str(event.id), told)
            else:
                fold(files[event.case], event)
        await save(unit, storage, files.values(), opened)


def zone_of(directory: Directory, case: Case) -> ZoneInfo:
    """The zone of the case's project."""
    return ZoneInfo(directory.zone(case.project))


async def save(unit: UnitOfWork, storage: FileStorage, files: Iterable[CaseFile], opened: Iterable[UUID] = ()) -> None:
    """Store what changed in these files and say it; the monitor looks again after the commit."""
    changed = list(files)
    new = set(opened)
    await storage.save_cases([file.case for file in changed if file.is_case_changed or file.case.id in new])
    clocks: dict[Extent, list[tuple[str, Watched]]] = {extent: [] for extent in Extent}
    for file in changed:
        for id_, clock in file.changed.items():
            before = file.stored.get(id_)
            extent = clock.change_since(before) if before else Extent.ALL
            clocks[extent].append((file.case.project, clock))
    await storage.save_clocks(clocks[Extent.ALL])
    await storage.save_moved([clock for _, clock in clocks[Extent.MOVED]])
    await storage.save_progress([clock for _, clock in clocks[Extent.WENT_ON]])
    await storage.add_lines([line for file in changed for line in file.lines], unit.started)
    await unit.delivery.emit([draft for file in changed for draft in file.drafts])
    unit.delivery.wakes = unit.delivery.wakes or any(file.changed for file in changed)
