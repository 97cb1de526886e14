"""Reading clocks: those of a case with their explanation, and the board of those that are due next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.sla.domain import Clock, Segment
from services.sla.ledger import explain, segments, segments_back
from services.sla.life.case import Case, Pin
from services.sla.life.file import Line, Watched
from services.sla.life.reckoning import counted_back, pauses_of, target_of, when_told
from services.sla.life.regime import ALWAYS, Rule
from services.sla.service.regimes import Regimes
from services.sla.storage.board import BoardStorage
from services.sla.storage.due import UNCONFIRMED_AFTER, DueStorage
from services.sla.storage.files import FileStorage
from services.sla.wording import ahead_words
from shared.calendars.document import CalendarDocument
from shared.database.unit_of_work import Database
from shared.errors import NotFound
from shared.policy.durations import Duration
from shared.reference.book import ReferenceBook
from shared.texts.catalogue import Language

MOST_CLOCKS = 200


@dataclass(frozen=True, slots=True)
class CountedBack:
    """How a due instant was counted back from `target`, by `by`: why in a sentence, and the span between the two."""

    by: Duration
    target: datetime
    why: str
    segments: Sequence[tuple[Segment, str]]


@dataclass(frozen=True, slots=True)
class ExplainedClock:
    """A clock with its span from start to due instant, each segment with its sentence, and what happened to it.

    rule: of the case's present pack; None where that pack knows the clock no more. ahead: of a limit counted back from
    the instant that is known now.
    """

    watched: Watched
    rule: Rule | None
    segments: Sequence[tuple[Segment, str]]
    lines: Sequence[Line]
    ahead: CountedBack | None = None


@dataclass(frozen=True, slots=True)
class BoardItem:
    """One open clock on the board. unconfirmed: people are not told yet, because news may still be on its way."""

    row: Any
    label: tuple[str, str]
    grade: str | None
    unconfirmed: bool


class Reading:
    """Queries; who may ask them is decided by who calls."""

    def __init__(self, database: Database, book: ReferenceBook, regimes: Regimes) -> None:
        self._database = database
        self._book = book
        self._regimes = regimes

    async def case(self, case_id: UUID) -> Case:
        """The case as sla knows it. Raises NotFound."""
        async with self._database.read() as connection:
            case = (await FileStorage(connection).cases([case_id])).get(case_id)
        if case is None:
            raise NotFound("case")
        return case

    async def clocks_of(self, case: Case, language: Language) -> list[ExplainedClock]:
        """Every clock of the case, the newest 200 of them, in the order in which they are due."""
        reference = await self._book.current()
        regime = self._regimes.of(reference, case.pack, case.calendar)
        async with self._database.read() as connection:
            storage = FileStorage(connection)
            found = await storage.all_clocks(case, regime, MOST_CLOCKS)
            lines = await storage.history(case.id, 5 * MOST_CLOCKS)
        found.sort(key=lambda each: (each.clock.round, each.clock.due_at, each.clock.name))
        explained = []
        for each in found:
            rule = self._regimes.of(reference, case.pack, _calendar_of(each, case)).rules.get(each.clock.name)
            calendar = rule.calendar if rule else reference.calendar(*_calendar_of(each, case))
            ledger = segments(each.clock, calendar, each.clock.due_at, pauses_of(case, rule) if rule else ())
            words = explain(ledger, calendar, language)
            own = [line for line in lines if line.clock == each.clock.id]
            ahead = _counted_back(case, each.clock, rule, regime.typed_facts(case.facts), language) if rule else None
            explained.append(ExplainedClock(each, rule, list(zip(ledger, words, strict=True)), own, ahead))
        return explained

    async def board(
        self,
        projects: Collection[str],
        state: str | None,
        due_before: datetime | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[BoardItem]:
        """Open clocks of these projects by due instant."""
        reference = await self._book.current()
        before = self._database.clock.now() - UNCONFIRMED_AFTER
        async with self._database.read() as connection:
            rows = await BoardStorage(connection).page(projects, state, due_before, after, limit)
        items = []
        for row in rows:
            document = reference.pack(row.pack_code, row.pack_version).document
            entry = document.clocks.get(row.name) or document.steps.get(row.name)
            label = (entry.label("zh", row.name), entry.label("en", row.name)) if entry else (row.name, row.name)
            unconfirmed = row.climb_at is not None and row.climb_at <= before
            items.append(BoardItem(row, label, row.grade, unconfirmed))
        return items

    async def figures(self) -> dict[str, Any]:
        """Counts for `huiyin status`; waiting: what is due now and not dealt with yet."""
        async with self._database.read() as connection:
            counts = await BoardStorage(connection).counts()
            waiting = await DueStorage(connection).waiting(self._database.clock.now())
        return {"clocks": counts._asdict(), "waiting": waiting}


def _counted_back(
    case: Case, clock: Clock, rule: Rule, facts: Mapping[str, object], language: Language
) -> CountedBack | None:
    """None where the instant has moved since the clock was over, or something else made it due when it is."""
    calendar, ahead, target = rule.calendar, rule.spec.ahead, target_of(facts, rule)
    counted = counted_back(rule, target, ahead) if ahead and target else None
    if ahead is None or target is None or counted is None:
        return None
    at_once = counted.instant < clock.due_at
    if at_once and clock.due_at not in (clock.started_at, case.happened.get(when_told(str(rule.spec.due_at)))):
        return None
    if counted.instant > clock.due_at:
        return None
    why = ahead_words(target, ahead, clock.due_at, calendar.zone, language, at_once=at_once)
    between = segments_back(clock, calendar, target, ahead)
    return CountedBack(ahead, target, why, list(zip(between, explain(between, calendar, language), strict=True)))


def _calendar_of(watched: Watched, case: Case) -> Pin:
    """The calendar version a clock was reckoned by: what is over keeps that of its time."""
    clock = watched.clock
    return Pin(clock.calendar_code, clock.calendar_version) if clock.calendar_code != ALWAYS else case.calendar


async def published_calendars(book: ReferenceBook, code: str | None = None) -> list[tuple[CalendarDocument, str, str]]:
    """(document, digest, text) of every published version of a calendar, or of all, by code and version."""
    reference = await book.current(max_age_s=0.0)  # who has just published wants to see it
    return [
        (reference.calendar(*key).document, record.digest, record.text)
        for key, record in sorted(reference.calendars.items())
        if code is None or record.code == code
    ]
