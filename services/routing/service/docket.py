"""The docket: the cases of one transaction, loaded together, changed in memory, stored and told together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.routing.domain import CaseFile, Entry
from services.routing.policy.regime import Regime
from services.routing.policy.repeats import Scope
from services.routing.storage.cases import CaseStorage
from services.routing.storage.neighbours import NeighbourStorage
from shared.database.unit_of_work import UnitOfWork
from shared.events.envelope import Draft, EventData
from shared.policy.quotas import quotas_of, whose_share, window_of
from shared.reference.book import Reference, ReferenceBook
from shared.values import replace

ROUTING = "service:routing"


class Docket:
    """Files by case id; `put` changes one, `note` adds to its timeline, `say` tells the other services."""

    def __init__(self, unit: UnitOfWork, reference: Reference) -> None:
        self.unit = unit
        self.now = unit.started
        self.reference = reference
        self.directory = reference.directory
        self.files: dict[UUID, CaseFile] = {}
        self._stored: dict[UUID, CaseFile] = {}
        self._entries: list[Entry] = []
        self._places: defaultdict[UUID, int] = defaultdict(int)
        self._drafts: list[Draft] = []
        self._regimes: dict[tuple[object, ...], Regime] = {}
        # The scopes in which cases were counted in this transaction, and what is locked of them.
        self.met: dict[UUID, tuple[Scope, ...]] = {}
        self.guarded: set[str] = set()
        # How often each role got work by a quota: (project, quota in its window, role); as it was, and as it is.
        self._dealt: dict[tuple[str, str], int] = {}
        self._dealt_before: dict[tuple[str, str], int] = {}

    @classmethod
    async def open(cls, unit: UnitOfWork, book: ReferenceBook, cases: Iterable[UUID]) -> "Docket":
        """The docket of cases whose marks are locked already."""
        docket = cls(unit, await book.within(unit.connection))
        await docket.load(cases)
        return docket

    async def load(self, cases: Iterable[UUID]) -> None:
        """Add the files of these cases, as far as there are any."""
        wanted = set(cases) - self.files.keys()
        if wanted:
            found = await CaseStorage(self.unit.connection).load(wanted)
            self._stored.update(found)
            self.files.update(found)
            await self._lock_quotas(found.values())

    async def _lock_quotas(self, files: Iterable[CaseFile]) -> None:
        places = {
            _dealt_to(file, self._quota(file, measure), role)
            for file in files
            for measure, shares in quotas_of(self.regime(file).pack).items()
            for role in shares
        }
        locked = await NeighbourStorage(self.unit.connection).lock_turns(sorted(places - self._dealt.keys()))
        self._dealt |= locked
        self._dealt_before |= locked

    def deal(self, file: CaseFile, measure: str) -> str:
        """The role whose turn it is by a quota of the pack; it is counted at once."""
        shares, quota = quotas_of(self.regime(file).pack)[measure], self._quota(file, measure)
        dealt = {role: self._dealt.get(_dealt_to(file, quota, role), 0) for role in shares}
        role = whose_share(shares, dealt)
        self._dealt[_dealt_to(file, quota, role)] = dealt[role] + 1
        return role

    def _quota(self, file: CaseFile, measure: str) -> str:
        regime = self.regime(file)
        return f"{measure}@{window_of(regime.pack, measure, self.now.astimezone(regime.zone).date())}"

    def regime(self, file: CaseFile) -> Regime:
        """What judges the case."""
        known = file.registration
        place = (known.pack.key, known.calendar.key, known.project, known.building)
        if place not in self._regimes:
            self._regimes[place] = regime_of(self.reference, file)
        return self._regimes[place]

    def put(self, file: CaseFile) -> CaseFile:
        """The file as it is from now on; its version grows with every change."""
        before = self.files.get(file.id)
        if before is not None and before != file:
            file = replace(file, version=before.version + 1)
        self.files[file.id] = file
        return file

    def settle(self, file: CaseFile) -> CaseFile:
        """The file after what its events brought about, which belongs to the change that caused them."""
        self.files[file.id] = file
        return file

    def note(
        self,
        file: CaseFile,
        code: str,
        occurred_at: datetime,
        actor: str,
        params: Mapping[str, Any] | None = None,
        texts_version: int | None = None,
    ) -> None:
        """Add a line to the case's timeline."""
        self._places[file.id] += 1
        place = file.entries + self._places[file.id]
        self._entries.append(Entry(file.id, place, occurred_at, file.round, code, actor, params or {}, texts_version))

    def say(
        self, file: CaseFile, data: EventData, cause: str, occurred_at: datetime, actor: str, discriminator: str = ""
    ) -> None:
        """Emit an event of the case when the docket is stored."""
        self._drafts.append(Draft(file.id, data, occurred_at, file.project, cause, actor, discriminator))

    async def store(self) -> None:
        """Save what changed and hand the events to delivery."""
        storage = CaseStorage(self.unit.connection)
        new, changed = [], []
        for case, places in self._places.items():
            file = self.files[case]
            self.files[case] = replace(file, entries=file.entries + places)
        for case, file in self.files.items():
            stored = self._stored.get(case)
            if stored is None:
                new.append(file)
            elif stored != file:
                changed.append(file)
        await storage.insert(new)
        await storage.update(changed)
        dealt = {place: n for place, n in self._dealt.items() if n != self._dealt_before.get(place, 0)}
        await NeighbourStorage(self.unit.connection).save_turns(dealt)
        await storage.add_entries(self._entries, self.now)
        await self.unit.delivery.emit(self._drafts)


def _dealt_to(file: CaseFile, quota: str, role: str) -> tuple[str, str]:
    return file.project, f"quota {quota} {role}"


def regime_of(reference: Reference, file: CaseFile) -> Regime:
    """What judges a case: pack and calendar as pinned, zone and handover as the directory has them now."""
    known = file.registration
    building = reference.directory.nodes.get(known.building or "")
    return Regime(
        reference.pack(known.pack.code, known.pack.version),
        reference.calendar(known.calendar.code, known.calendar.version),
        ZoneInfo(reference.directory.zone(known.project)),
        building.handover if building else None,
    )
