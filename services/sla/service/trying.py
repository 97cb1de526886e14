"""Trying a calendar, or another version of a pack: what it would do to open cases, reckoned as it would be done, kept
nowhere."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args
from uuid import UUID

from services.sla.domain import ClockState
from services.sla.life.case import Case, Pin
from services.sla.life.file import CaseFile, Kind, Watched
from services.sla.life.recomputing import Told, change_rules, recompute
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
from shared.events.records import CalendarV1
from shared.policy.pack import Pack
from shared.reference.book import Reference, ReferenceBook

Effect = Literal["newly_breached", "relieved", "earlier", "later", "begun", "cancelled"]
EFFECTS: tuple[Effect, ...] = get_args(Effect)
"""The gravest first."""


class Place(NamedTuple):
    """Where a page ended: the calendar version and the id of its last case. closed: the open cases are through."""

    version: int
    case: UUID
    closed: bool = False


START = Place(0, UUID(int=0))


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock that would run out at another instant. label: in Chinese and English. old_due_at: None for one that would
    begin; new_due_at: None for one that would be cancelled."""

    case: UUID
    project: str
    clock: UUID
    name: str
    label: tuple[str, str]
    effect: Effect
    old_due_at: datetime | None
    new_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class PackTrial:
    """What these cases would go through under the version. looked_at: those of them that sla knows."""

    as_of: datetime
    looked_at: int
    by_project: Counter[tuple[str, Effect]]
    moved: Sequence[Moved]


@dataclass(frozen=True, slots=True)
class Trial:
    """What one page of cases would go through. by_project: (project, effect) -> cases, each under its gravest
    effect. moved: its clocks. end: where the next page begins, None on the last one. open_cases: on this calendar."""

    document: CalendarDocument
    as_of: datetime
    open_cases: int
    looked_at: int
    by_project: Counter[tuple[str, Effect]]
    moved: Sequence[Moved]
    end: Place | None


_Read = tuple[str, tuple[tuple[str, int], ...]]
"""A text, and the calendars that were known when it was read."""


class Trying:
    """Reads only; a page is bounded by its cases, so that a million clocks are many short requests."""

    def __init__(self, database: Database, book: ReferenceBook, regimes: Regimes) -> None:
        self._database = database
        self._book = book
        self._regimes = regimes
        self._last: tuple[_Read, CalendarDocument, WorkingCalendar] | None = None

    async def try_calendar(self, text: str, after: Place, limit: int) -> Trial:
        """Try the calendar in `text` (YAML) on the cases behind `after`, at most `limit` of them: the open ones, then
        those closed ones that a follow-up outlives.

        Raises CalendarError with every problem and its place.
        """
        reference = await self._book.current()
        now = self._database.clock.now()
        async with self._database.read() as connection:
            document, calendar = self._draft(text, await RecordStorage(connection).calendars())
            outdated, storage = OutdatedStorage(connection), FileStorage(connection)
            open_cases = await outdated.open_cases(document.code)
            rows, end = await _page(outdated, document.code, after, limit)
            concerned = await concerned_by(
                connection, reference, document, [(row.case_id, row.calendar_version) for row in rows]
            )
            known: dict[UUID, Case] = {}
            clocks: dict[UUID, list[Watched]] = {}
            if concerned is not None:
                known = await storage.cases(concerned.cases)
                clocks = await storage.touched_clocks(known, self._regimes.within(reference), concerned.span)
        moved = list(self._moved(reference, calendar, known.values(), clocks, now))
        return Trial(document, now, open_cases, len(rows), _counted(moved), moved, end)

    def _draft(self, text: str, versions: Sequence[CalendarV1]) -> tuple[CalendarDocument, WorkingCalendar]:
        """The calendar in `text`, laid upon the newest of `versions` where it says so. Raises CalendarError."""
        known = text, tuple((each.code, each.version) for each in versions)
        if self._last is None or self._last[0] != known:  # a trial of many pages reads its text once

            def newest(code: str) -> CalendarDocument | None:
                named = [each for each in versions if each.code == code]
                return load_calendar(max(named, key=lambda each: each.version).text) if named else None

            document = load_calendar(text, newest)
            self._last = known, document, WorkingCalendar.compile(document)
        return self._last[1:]

    def _moved(
        self,
        reference: Reference,
        calendar: WorkingCalendar,
        known: Iterable[Case],
        clocks: dict[UUID, list[Watched]],
        now: datetime,
    ) -> Iterator[Moved]:
        drafts: dict[tuple[str, int], Regime] = {}
        for case in known:
            regime = self._regimes.of(reference, case.pack, case.calendar)
            draft = drafts.get(case.pack) or drafts.setdefault(case.pack, Regime.of(regime.pack, calendar))
            file = CaseFile(case, regime, zone_of(reference.directory, case), clocks[case.id], now)
            before = dict(file.clocks)
            recompute(file, draft, now, f"calendar:{calendar.document.reference}", BECAUSE)
            yield from _compared(before, file, regime.pack, now)

    async def try_pack(self, pin: Pin, cases: Mapping[UUID, Told]) -> PackTrial:
        """Try a published version of a pack on these open cases, each with what would be known of it.

        Raises UnknownReference.
        """
        now = self._database.clock.now()
        async with self._database.read() as connection:
            reference = await self._book.within(connection)  # a version that came this moment is known
            pack = reference.pack(*pin)
            storage = FileStorage(connection)
            known = await storage.cases(cases)
            clocks = await storage.clocks(known, self._regimes.within(reference)) if known else {}
        moved: list[Moved] = []
        for case in known.values():
            regime = self._regimes.of(reference, case.pack, case.calendar)
            file = CaseFile(case, regime, zone_of(reference.directory, case), clocks[case.id], now)
            before = dict(file.clocks)
            change_rules(file, self._regimes.of(reference, pin, case.calendar), now, "", cases[case.id])
            moved += _compared(before, file, pack, now)
        return PackTrial(now, len(known), _counted(moved), moved)


async def _page(outdated: OutdatedStorage, code: str, after: Place, limit: int) -> tuple[list[Any], Place | None]:
    """The cases behind `after`, and where they end; None where none come after them."""
    rows: list[Any] = []
    if not after.closed:
        rows += await outdated.page(code, after[:2], limit)
        if len(rows) == limit:
            return rows, Place(rows[-1].calendar_version, rows[-1].case_id)
    closed = await outdated.page(code, after[:2] if after.closed else START[:2], limit - len(rows), closed=True)
    rows += closed
    return rows, Place(closed[-1].calendar_version, closed[-1].case_id, closed=True) if len(rows) == limit else None


def _compared(before: Mapping[UUID, Watched], file: CaseFile, pack: Pack, now: datetime) -> Iterator[Moved]:
    """The clocks of a case that would run out at another instant; ages are nobody's limit."""
    case = file.case
    for id_, new in file.clocks.items():
        old, name = before.get(id_), new.clock.name
        effect = _effect(old, new, now)
        if effect is None or new.kind is Kind.AGE:
            continue
        entry = pack.document.clocks.get(name) or pack.document.steps.get(name)
        label = (entry.label("zh", name), entry.label("en", name)) if entry else (name, name)
        then = new.clock.due_at if new.is_open else None
        yield Moved(case.id, case.project, id_, name, label, effect, old.clock.due_at if old else None, then)


def _effect(old: Watched | None, new: Watched, now: datetime) -> Effect | None:
    then = new.clock
    if old is None:
        return "newly_breached" if then.due_at <= now else "begun"
    was = old.clock
    if not old.is_open:
        return None
    breached = was.state is ClockState.BREACHED
    if breached and then.state is not ClockState.BREACHED:
        return "relieved"
    if not new.is_open:
        return "cancelled"
    if was.due_at == then.due_at:
        return None
    if not breached and was.due_at > now >= then.due_at:
        return "newly_breached"
    return "earlier" if then.due_at < was.due_at else "later"


def _counted(moved: Sequence[Moved]) -> Counter[tuple[str, Effect]]:
    """Each case once, under the gravest of what befalls its clocks."""
    gravest: dict[tuple[UUID, str], Effect] = {}
    for each in moved:
        known = gravest.get((each.case, each.project))
        if known is None or EFFECTS.index(each.effect) < EFFECTS.index(known):
            gravest[each.case, each.project] = each.effect
    return Counter((project, effect) for (_, project), effect in gravest.items())
