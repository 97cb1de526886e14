"""A case file: one case and its clocks while something happens to them, and what that brings about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from services.sla.domain import OPEN_STATES, Clock, ClockState
from services.sla.life.case import Case
from services.sla.life.regime import Regime, Rule
from services.sla.schedule import ladder_times
from shared.events.envelope import Draft, EventData
from shared.policy.situation import Context

ACTOR = "service:sla"
_LEVELS_KEPT = 4096


class Kind(StrEnum):
    """A limit ends once; a cadence recurs until its case ends; an age is reached, which is no breach.

    A ladder that events climb keeps its level like a clock that is over.
    """

    LIMIT = "limit"
    CADENCE = "cadence"
    AGE = "age"
    LADDER = "ladder"


class Extent(StrEnum):
    """How much of a stored clock has changed: `all`; `moved`, until when it runs, by the same limit; `went_on`, how far
    it has come; `nothing`, another version of its calendar says the same, and it stays with the one it was reckoned by.
    """

    ALL = "all"
    MOVED = "moved"
    WENT_ON = "went_on"
    NOTHING = "nothing"


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen, like its clock
class Watched:
    """A clock as the monitor watches it.

    next_at: when it is to be warned of, breached or reached. climb_at: when its next ladder level is due. climbs: its
    breach climbs a ladder; not in history, nor for a cadence whose last breach still stands. set_at: when the present
    due instant was recorded. entries: lines in its ledger. superseded: a later occurrence has taken its place.
    """

    clock: Clock
    kind: Kind
    set_at: datetime
    climbs: bool = True
    next_at: datetime | None = None
    climb_at: datetime | None = None
    entries: int = 0
    superseded: bool = False

    @property
    def is_open(self) -> bool:
        return self.clock.state in OPEN_STATES

    def change_since(self, before: "Watched") -> Extent:
        """How much has changed since the clock was as `before`."""
        clock, was = self.clock, before.clock
        if (
            (self.climbs, self.superseded, clock.calendar_code) != (before.climbs, before.superseded, was.calendar_code)
            or (clock.started_at, clock.limit, clock.rule) != (was.started_at, was.limit, was.rule)
            or clock.customer != was.customer
        ):
            return Extent.ALL
        if (self.set_at, clock.due_at, clock.warn_at, clock.provisional) != (
            before.set_at, was.due_at, was.warn_at, was.provisional,
        ):  # fmt: skip
            return Extent.MOVED
        if clock.calendar_version == was.calendar_version:
            return Extent.WENT_ON
        # Of a breach that stands, its ladder may go on at another instant.
        went_on = (self.next_at, self.climb_at, self.entries) != (before.next_at, before.climb_at, before.entries)
        return Extent.MOVED if went_on or clock.state is not was.state else Extent.NOTHING


class Line(NamedTuple):
    """One line of a clock's ledger. what: started, adjusted, warned, breached, revoked, met, cancelled, reached or
    escalated. at: when it came to that. cause: of the event that says so."""

    clock: UUID
    case: UUID
    number: int
    what: str
    at: datetime
    due_at: datetime
    limit: str | None
    level: int
    rule: str
    because: str | None
    cause: str


class CaseFile:
    """Collects what changes: read `case`, `changed`, `lines` and `drafts` when done. stored: the clocks as they came.

    zone: the project's, by which conditions tell days. now: the instant of recording.
    """

    def __init__(self, case: Case, regime: Regime, zone: ZoneInfo, clocks: Iterable[Watched], now: datetime) -> None:
        self.regime = regime
        self.zone = zone
        self.now = now
        self.clocks: dict[UUID, Watched] = {each.clock.id: each for each in clocks}
        self.stored = dict(self.clocks)
        self.changed: dict[UUID, Watched] = {}
        self.lines: list[Line] = []
        self.drafts: list[Draft] = []
        self._case = case
        self.is_case_changed = False

    @property
    def case(self) -> Case:
        return self._case

    @case.setter
    def case(self, case: Case) -> None:
        self.is_case_changed = self.is_case_changed or case != self._case
        self._case = case
        self.__dict__.pop("facts", None)
        self.__dict__.pop("decided", None)

    @cached_property
    def facts(self) -> dict[str, object]:
        """The case's facts as conditions take them."""
        return self.regime.typed_facts(self._case.facts)

    @cached_property
    def decided(self) -> dict[str, Any]:
        """The case's decisions as conditions take them."""
        return self.regime.typed_decisions(self._case.decided)

    def context(self, at: datetime) -> Context:
        """What conditions may know at `at`."""
        case = self._case
        return Context(
            now=at,
            zone=self.zone,
            calendar=self.regime.counting,
            happened=case.happened.keys(),
            decided=self.decided,
            contact_type=case.contact_type,
            channel=case.channel,
            reply_medium=self.regime.pack.channels.get(case.reply_channel) if case.reply_channel else None,
            registered_at=case.received_at,
            arisen_at=case.arisen_at,
            open=case.is_open,
            contactable=case.contactable,
            anonymous=case.anonymous,
            agreement=case.customer_response == "accepted",
            rounds=case.talks,
            reopened_count=case.round - 1,
            customer_response=case.customer_response,
        )

    def known(self, rule: Rule) -> tuple[object, ...]:
        """What is known of all that the clock's limit looks at, in the order of `asks`, to be looked up by."""
        case = self._case
        own = (case.customer_response, case.reply_channel, case.talks, case.round)
        context = (case.contact_type, case.channel, case.contactable, case.anonymous, *own)
        facts = tuple(str(case.facts[name]) if name in case.facts else None for name in rule.asks)
        told = tuple(name in case.happened or case.decided.get(name) for name in rule.asks)
        return (*context, *facts, *told)

    def of(self, name: str) -> list[Watched]:
        """The clocks of this name in the present round, by occurrence."""
        round_ = self._case.round
        found = [w for w in self.clocks.values() if w.clock.name == name and w.clock.round == round_]
        return sorted(found, key=lambda w: w.clock.occurrence) if len(found) > 1 else found

    def open_clocks(self) -> list[Watched]:
        """All that still matter, ages included."""
        return [watched for watched in self.clocks.values() if watched.is_open]

    def put(self, watched: Watched, lines: int = 0) -> Watched:
        """Keep `watched`, by so many lines of its ledger further, and work out when the monitor is to look at it."""
        clock = watched.clock
        next_at = climb_at = None
        if clock.state is ClockState.RUNNING:
            warning = clock.warn_at if clock.warned_at is None else None
            next_at = clock.due_at if warning is None else min(warning, clock.due_at)
        elif clock.state is ClockState.BREACHED and watched.climbs:
            levels = levels_of(self.regime.rules[clock.name], clock)
            climb_at = levels[clock.level] if clock.level < len(levels) else None
        kept = Watched(
            clock, watched.kind, watched.set_at, watched.climbs, next_at, climb_at, watched.entries + lines,
            watched.superseded,
        )  # fmt: skip
        self.clocks[clock.id] = self.changed[clock.id] = kept
        return kept

    def write(
        self,
        watched: Watched,
        what: str,
        at: datetime,
        cause: str,
        *said: EventData,
        because: str | None = None,
    ) -> Watched:
        """Put `watched` with a line in its ledger, and say `said` to the others."""
        clock = watched.clock
        limit = str(clock.limit) if clock.limit else None
        self.lines.append(
            Line(
                clock.id, clock.case, watched.entries, what, at, clock.due_at, limit, clock.level, clock.rule, because,
                cause,
            )
        )  # fmt: skip
        place = f"{clock.id} {clock.due_at.isoformat()}"
        self.drafts.extend(Draft(clock.case, data, at, self._case.project, cause, ACTOR, place) for data in said)
        return self.put(watched, lines=1)


def levels_of(rule: Rule, clock: Clock) -> Sequence[datetime]:
    """When each level of the clock's ladder is due; none without a ladder."""
    ladder, due = rule.ladder, clock.due_at
    if ladder is None:
        return ()
    levels = rule.levels.get(due)
    if levels is None:  # many clocks run out together, at the close of business
        levels = ladder_times(rule.calendar, due, ladder.each, rule.count, len(ladder.levels))
        if len(rule.levels) < _LEVELS_KEPT:
            rule.levels[due] = levels
    return levels
