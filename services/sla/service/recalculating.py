"""Moving open cases to the calendar version in force: in batches, by any number of processes, restartable."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from services.sla.life.case import Pin
from services.sla.life.file import CaseFile
from services.sla.life.recomputing import recompute
from services.sla.life.touching import Touched, hull, touched
from services.sla.service.applying import save, zone_of
from services.sla.service.regimes import Regimes
from services.sla.storage.files import FileStorage
from services.sla.storage.outdated import OutdatedStorage
from shared.calendars.document import CalendarDocument
from shared.clock import monotonic
from shared.database.unit_of_work import Connection, UnitOfWork
from shared.reference.book import Reference, ReferenceBook
from shared.values import replace

BECAUSE = "calendar"
_SELDOM_S = 600.0


class Recalculating:
    """The version of a case is its progress: what is interrupted goes on, and nothing is done twice."""

    def __init__(self, book: ReferenceBook, regimes: Regimes, batch: int = 500) -> None:
        self._book = book
        self._regimes = regimes
        self._batch = batch
        self._looked: dict[tuple[str, int], float] = {}  # when no closed case was behind this version

    async def claim(self, unit: UnitOfWork, aside: Collection[UUID] = ()) -> tuple[str, list[tuple[UUID, int]]] | None:
        """Lock a batch of cases of one calendar that are behind: its code and (case, version); None if there is none.

        A version holds from its effective date on, for open cases and for what follows a closed one.
        """
        reference = await self._book.within(unit.connection)
        storage = OutdatedStorage(unit.connection)
        for code in sorted({code for code, _ in reference.calendars}):
            if (target := _target(reference, code, unit)) is None:
                continue
            rows = await storage.claim(code, target, self._batch, aside)
            if not rows and self._looked.get((code, target), -_SELDOM_S) + _SELDOM_S <= monotonic():
                rows = await storage.claim(code, target, self._batch, aside, closed=True)
                if not rows:
                    self._looked[code, target] = monotonic()
            if rows:
                return code, [(row.case_id, row.calendar_version) for row in rows]
        return None

    async def advance(self, unit: UnitOfWork, code: str, cases: Iterable[tuple[UUID, int]]) -> None:
        """Put these locked cases on the version in force; only those it may concern are reckoned anew."""
        reference = await self._book.within(unit.connection)
        target = _target(reference, code, unit)
        if target is None:
            return
        behind = [(case, version) for case, version in cases if version < target]
        new = reference.calendar(code, target).document
        concerned = await concerned_by(unit.connection, reference, new, behind)
        to_reckon = concerned.cases if concerned else frozenset[UUID]()
        await OutdatedStorage(unit.connection).move([case for case, _ in behind if case not in to_reckon], target)
        if concerned is not None:
            await self._recompute(unit, reference, Pin(code, target), concerned)

    async def _recompute(self, unit: UnitOfWork, reference: Reference, pin: Pin, concerned: "Concerned") -> None:
        await unit.delivery.lock(concerned.cases)
        storage = FileStorage(unit.connection)
        regime_of = self._regimes.within(reference)
        known = await storage.cases(concerned.cases)
        clocks = await storage.touched_clocks(known, regime_of, concerned.span)
        files, outlived = [], []
        for id_, case in known.items():
            file = CaseFile(case, regime_of(case), zone_of(reference.directory, case), clocks[id_], unit.started)
            regime = self._regimes.of(reference, case.pack, pin)
            recompute(file, regime, unit.started, f"calendar:{pin.code}@{pin.version}", BECAUSE)
            files.append(file)
            if file.case == replace(case, calendar=file.case.calendar):
                file.is_case_changed = False
                outlived.append(id_)
        await OutdatedStorage(unit.connection).move(outlived, pin.version)
        await save(unit, storage, files)


@dataclass(frozen=True, slots=True)
class Concerned:
    """Cases with a clock that another version of their calendar may move, and the span in which it may."""

    cases: Collection[UUID]
    span: Touched


async def concerned_by(
    connection: Connection, reference: Reference, new: CalendarDocument, cases: Iterable[tuple[UUID, int]]
) -> Concerned | None:
    """Those of these (case, calendar version) that `new` concerns; None where it concerns nobody."""
    by_version: dict[int, list[UUID]] = defaultdict(list)
    for case, version in cases:
        by_version[version].append(case)
    concerned: set[UUID] = set()
    spans: list[Touched] = []
    for version, some in by_version.items():
        span: Touched | None = touched(reference.calendar(new.code, version).document, new)
        if span is not None:
            concerned |= await OutdatedStorage(connection).touched(some, span)
            spans.append(span)
    return Concerned(concerned, hull(spans)) if concerned else None


def _target(reference: Reference, code: str, unit: UnitOfWork) -> int | None:
    # By the calendar's own day; before any version takes effect there is nothing to move to.
    newest = max(version for known, version in reference.calendars if known == code)
    today = unit.started.astimezone(reference.calendar(code, newest).zone).date()
    found = reference.calendar_in_force(code, today)
    return found.version if found else None
