"""A pack on a calendar, made ready for clocks: which event starts, stops or keeps which, and what may move a limit."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from typing import Any

from services.sla.calendar import CalendarDocument, WorkingCalendar, due_at
from services.sla.schedule import Warn
from shared.calendars.counting import Counting
from shared.calendars.document import WEEKDAYS
from shared.policy.ages import WORKING, end_of
from shared.policy.document.values import ValueType
from shared.policy.durations import Count, Duration
from shared.policy.expressions.condition import Compiled
from shared.policy.expressions.syntax import Call, Literal, walk
from shared.policy.pack import Pack
from shared.policy.timing import Ageing, ChosenLimit, ClockSpec, LadderSpec, ages_of, clocks_of, ladder_for, ladders_of
from shared.policy.work_specs import follow_ups_of

ALWAYS = "always"
"""The calendar of clocks that run around the clock; it is derived from the case's own and never published."""

_TIMES = frozenset({ValueType.DATE, ValueType.INSTANT})


@dataclass(frozen=True, eq=False)
class Rule:
    """One clock of the pack, with all that reckoning it takes.

    asks: the names its condition and its limit look at. fixed: its limit where it has but one. timeless: whether its
    limit depends on nothing but those names. pauses: causes that make it stand still. is_follow_up: a call to the
    customer stops it. counts: the names that say whether its time counts.
    """

    name: str
    spec: ClockSpec
    calendar: WorkingCalendar
    count: Count
    warn: Warn | None
    cap: Duration | None
    cut_off: time | None
    ladder: LadderSpec | None
    asks: frozenset[str]
    fixed: ChosenLimit | None
    timeless: bool
    pauses: frozenset[str]
    is_follow_up: bool
    counts: frozenset[str] = frozenset()
    chosen: dict[tuple[object, ...], ChosenLimit] = field(default_factory=dict)  # kept answers, by what was known
    levels: dict[datetime, Sequence[datetime]] = field(default_factory=dict)  # and instants of the ladder, by due one


@dataclass(frozen=True, eq=False)
class AgeRule:
    """One age that a decision asks about. Its clock is called after both: `grade.registered_at.15d`."""

    ageing: Ageing
    calendar: WorkingCalendar
    count: Count

    @property
    def name(self) -> str:
        return f"{self.ageing.of}.{self.ageing.fact}.{self.ageing.duration}"

    def end(self, start: datetime, zone: tzinfo) -> datetime:
        """When `start` becomes older than the age: the very instant at which conditions begin to say so."""
        if self.ageing.duration.unit in WORKING:
            return due_at(self.calendar, start, self.ageing.duration, self.count).instant
        return end_of(start, self.ageing.duration, self.count, zone)


@dataclass(frozen=True, eq=False)
class Regime:
    """Everything sla needs of one pack version on one calendar version; built once and kept.

    starts, stops, keeps, rearms: event -> clocks. climbs: event other than a breach -> ladders it climbs. orders: what
    a reaction may order of a clock (`reply.started`, `reply.cancelled`) -> the clock.
    facts, events: what must be remembered of a case. aheads: those facts that clocks are counted back from.
    """

    pack: Pack
    calendar: WorkingCalendar
    rules: Mapping[str, Rule]
    ages: Mapping[str, AgeRule]
    follow_ups: tuple[str, ...]
    starts: Mapping[str, tuple[Rule, ...]]
    stops: Mapping[str, tuple[Rule, ...]]
    keeps: Mapping[str, tuple[Rule, ...]]
    rearms: Mapping[str, tuple[Rule, ...]]
    climbs: Mapping[str, tuple[LadderSpec, ...]]
    orders: Mapping[str, Rule]
    facts: frozenset[str]
    events: frozenset[str]
    aheads: frozenset[str]
    counting: Counting = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "counting", Counting(self.calendar))

    @classmethod
    def of(cls, pack: Pack, calendar: WorkingCalendar) -> "Regime":
        follow_ups = follow_ups_of(pack)
        around = _around_the_clock(calendar)
        rules = {spec.name: _rule(pack, spec, calendar, around, follow_ups) for spec in clocks_of(pack)}
        ages = {rule.name: rule for rule in (AgeRule(age, calendar, pack.count) for age in ages_of(pack))}
        specs = [rule.spec for rule in rules.values()]
        asked = frozenset[str]().union(*(rule.asks | rule.counts for rule in rules.values()))
        asked |= {spec.due_at for spec in specs if spec.due_at} | {rule.ageing.fact for rule in ages.values()}
        return cls(
            pack=pack,
            calendar=calendar,
            rules=rules,
            ages=ages,
            follow_ups=follow_ups,
            starts=_by_event((event, rule) for rule in rules.values() for event in _starting(rule.spec)),
            stops=_by_event((event, rule) for rule in rules.values() for event in _stopping(rule.spec)),
            keeps=_by_event((e, rule) for rule in rules.values() if rule.spec.repeats for e in rule.spec.met_by),
            rearms=_by_event((event, rule) for rule in rules.values() for event in rule.spec.rearm),
            climbs=_climbed(pack, frozenset(f"{name}.breached" for name in rules)),
            orders={f"{name}.{past}": rule for name, rule in rules.items() for past in ("started", "cancelled")},
            facts=asked & pack.document.facts.keys(),
            events=frozenset(e for spec in specs for e in (*_starting(spec), *_stopping(spec)))
            | frozenset(f"{name}.{past}" for name in rules for past in ("started", "cancelled"))
            | (asked - pack.document.facts.keys() - pack.names.keys()),
            aheads=frozenset(spec.due_at for spec in specs if spec.due_at and spec.ahead),
        )

    def typed_facts(self, raw: Mapping[str, Any]) -> dict[str, object]:
        """Facts as conditions take them: dates and instants travel as text."""
        return {name: self._typed(name, value) for name, value in raw.items()}

    def _typed(self, name: str, value: Any) -> object:
        kind = self.pack.document.facts[name].type
        if isinstance(value, str) and kind is ValueType.INSTANT:
            return datetime.fromisoformat(value)
        if isinstance(value, str) and kind is ValueType.DATE:
            return date.fromisoformat(value)
        return value

    def typed_decisions(self, decided: Mapping[str, Any]) -> dict[str, Any]:
        """Decisions and what steps left as conditions take them: events carry every grade as text."""
        kinds = {name: self.pack.names[name].type for name in decided if name in self.pack.names}
        return {
            name: int(value) if kinds.get(name) is ValueType.INT and isinstance(value, str) else value
            for name, value in decided.items()
        }


def _starting(spec: ClockSpec) -> tuple[str, ...]:
    return (*spec.from_, *spec.later_of)


def _stopping(spec: ClockSpec) -> tuple[str, ...]:
    return spec.until if spec.repeats else (*spec.until, *spec.met_by)


def _climbed(pack: Pack, breaches: frozenset[str]) -> dict[str, tuple[LadderSpec, ...]]:
    ladders = ladders_of(pack)
    events = frozenset(event for ladder in ladders for event in ladder.on) - breaches
    climbed = {event: tuple(ladder for ladder in ladders if event in ladder.on) for event in events}
    return climbed | {f"{ladder.name}.climbed": (ladder,) for ladder in ladders}


def _by_event(pairs: Iterable[tuple[str, Rule]]) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = defaultdict(list)
    for event, rule in pairs:
        if rule not in found[event]:
            found[event].append(rule)
    return {event: tuple(rules) for event, rules in found.items()}


def _rule(
    pack: Pack, spec: ClockSpec, office: WorkingCalendar, around: WorkingCalendar, follow_ups: tuple[str, ...]
) -> Rule:
    conditions = [spec.when, *(condition for _, condition, _ in (spec.limit.rows if spec.limit else ()))]
    rows = spec.limit.rows if spec.limit else ()
    always = spec.limit is not None and spec.limit.calendar == ALWAYS
    cut_off = spec.limit.cut_off if spec.limit else None
    asks = frozenset(name for each in conditions if each for name in _asked(pack, each))
    return Rule(
        name=spec.name,
        spec=spec,
        calendar=around if always else office,
        count=pack.count,
        warn=spec.warn_before or spec.warn_share,
        cap=(spec.limit.cap if spec.limit else None) or spec.cap,
        cut_off=time.fromisoformat(cut_off) if cut_off else None,
        ladder=ladder_for(pack, spec.name),
        asks=asks,
        fixed=ChosenLimit(rows[0][0], rows[0][2] or spec.rule) if rows and rows[0][1] is None else None,
        timeless=not any(pack.names[name].type in _TIMES for name in asks & pack.names.keys()),
        pauses=frozenset(pack.document.pause.causes),
        counts=frozenset(_asked(pack, spec.counts_when)) if spec.counts_when else frozenset(),
        is_follow_up=any(f"{step}.done" in spec.until for step in follow_ups),
    )


def _asked(pack: Pack, condition: Compiled) -> Iterator[str]:
    """The names behind a condition, through derived facts down to what is told, and the events it asks after."""
    for part in walk(condition.tree):
        if isinstance(part, Call) and part.function == "happened" and isinstance(part.args[0], Literal):
            yield str(part.args[0].value)
    for name in condition.names:
        yield name
        fact = pack.document.facts.get(name)
        if fact is not None and fact.derive is not None:
            yield from fact.derive.max_known
            if (expression := pack.conditions.get(("facts", name, "derive", "expression"))) is not None:
                yield from _asked(pack, expression)


def _around_the_clock(calendar: WorkingCalendar) -> WorkingCalendar:
    """Every hour of every day, in the zone of `calendar`."""
    document = CalendarDocument.model_validate(
        {
            "code": ALWAYS,
            "version": 1,
            "effective": "2000-01-01",
            "zone": calendar.document.zone,
            "title": {"zh": "全天候", "en": "Around the clock"},
            "source": "every hour of every day",
            "week": {day: ["00:00-24:00"] for day in WEEKDAYS},
        }
    )
    return WorkingCalendar.compile(document)
