"""Trying an unpublished calendar: what it would do to open cases, reckoned as publishing would, kept nowhere."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.sla.domain import ClockState
from services.sla.life.case import Case
from services.sla.life.file import CaseFile, Kind, Watched
from services.sla.life.recomputing import recompute
from services.sla.life.regime import Regime
from services.sla.service.applying import zone_of
from services.sla.service.recalculating import BECAUSE, concerned_by
from services.sla.service.regimes import Regimes
from services.sla.storage.files import FileStorage
from services.sla.storage.outdated import OutdatedStorage
from services.sla.storage.records import RecordStorage
from shared.calendars.document import CalendarDocument
from shared.calendars.loading import load_calendar
from shared.calendars.working import WorkingCalendar
from shared.database.unit_of_work import Database
from shared.reference.book import Reference, ReferenceBook

Effect = Literal["newly_breached", "relieved", "earlier", "later"]
Place = tuple[int, UUID]
"""Where a page ended: the calendar version and the id of its last case."""

START: Place = 0, UUID(int=0)


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock that would run out at another instant. label: in Chinese and English."""

    case: UUID
    project: str
    clock: UUID
    name: str
    label: tuple[str, str]
    effect: Effect
    old_due_at: datetime
    new_due_at: datetime


@dataclass(frozen=True, slots=True)
class Trial:
    """What one page of open cases would go through. by_project: (project, effect) -> cases, each under its gravest
    effect. moved: its clocks. end: where the next page begins, None on the last one. open_cases: on this calendar."""

    document: CalendarDocument
    as_of: datetime
    open_cases: int
    looked_at: int
    by_project: Counter[tuple[str, Effect]]
    moved: Sequence[Moved]
    end: Place | None


class Trying:
    """Reads only; a page is bounded by its cases, so that a million clocks are many short requests."""

    def __init__(self, database: Database, book: ReferenceBook, regimes: Regimes) -> None:
        self._database = database
        self._book = book
        self._regimes = regimes

    async def try_calendar(self, text: str, after: Place, limit: int) -> Trial:
        """Try the calendar in `text` (YAML) on the open cases behind `after`, at most `limit` of them.

        Raises CalendarError with every problem and its place.
        """
        reference = await self._book.current()
        now = self._database.clock.now()
        async with self._database.read() as connection:
            versions = await RecordStorage(connection).calendars()

            def newest(code: str) -> CalendarDocument | None:
                found = max(
                    (each for each in versions if each.code == code), key=lambda each: each.version, default=None
                )
                return load_calendar(found.text) if found else None

            document = load_calendar(text, newest)
            outdated, storage = OutdatedStorage(connection), FileStorage(connection)
            open_cases = await outdated.open_cases(document.code)
            rows = await outdated.page(document.code, after, limit)
            concerned = await concerned_by(
                connection, reference, document, [(row.case_id, row.calendar_version) for row in rows]
            )
            known = await storage.cases(concerned) if concerned else {}
            clocks = await storage.clocks(known, self._regimes.within(reference)) if known else {}
        end = (rows[-1].calendar_version, rows[-1].case_id) if len(rows) == limit else None
        moved = list(self._moved(reference, document, known.values(), clocks, now))
        return Trial(document, now, open_cases, len(rows), _counted(moved), moved, end)

    def _moved(
        self,
        reference: Reference,
        document: CalendarDocument,
        known: Iterable[Case],
        clocks: dict[UUID, list[Watched]],
        now: datetime,
    ) -> Iterator[Moved]:
        calendar = WorkingCalendar.compile(document)
        drafts: dict[tuple[str, int], Regime] = {}
        for case in known:
            regime = self._regimes.of(reference, case.pack, case.calendar)
            draft = drafts.get(case.pack) or drafts.setdefault(case.pack, Regime.of(regime.pack, calendar))
            file = CaseFile(case, regime, zone_of(reference.directory, case), clocks[case.id], now)
            before = dict(file.clocks)
            recompute(file, draft, now, f"calendar:{document.reference}", BECAUSE)
            for id_, old in before.items():
                new = file.clocks[id_]
                if new.is_open and new.clock.due_at != old.clock.due_at and old.kind is not Kind.AGE:
                    entry = regime.pack.document.clocks.get(old.clock.name) or regime.pack.document.steps.get(
                        old.clock.name
                    )
                    name = old.clock.name
                    label = (entry.label("zh", name), entry.label("en", name)) if entry else (name, name)
                    yield Moved(
                        case.id, case.project, id_, name, label, _effect(old, new, now), old.clock.due_at,
                        new.clock.due_at,
                    )  # fmt: skip


def _effect(old: Watched, new: Watched, now: datetime) -> Effect:
    if old.clock.state is ClockState.BREACHED:
        if new.clock.state is not ClockState.BREACHED:
            return "relieved"
    elif old.clock.due_at > now >= new.clock.due_at:
        return "newly_breached"
    return "earlier" if new.clock.due_at < old.clock.due_at else "later"


def _counted(moved: Sequence[Moved]) -> Counter[tuple[str, Effect]]:
    """Each case once, under the gravest of what befalls its clocks."""
    order: tuple[Effect, ...] = ("newly_breached", "relieved", "earlier", "later")
    gravest: dict[tuple[UUID, str], Effect] = {}
    for each in moved:
        known = gravest.get((each.case, each.project))
        if known is None or order.index(each.effect) < order.index(known):
            gravest[each.case, each.project] = each.effect
    return Counter((project, effect) for (_, project), effect in gravest.items())
