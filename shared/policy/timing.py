"""The clocks of a pack: what starts and stops each, how long it runs for one case, and who hears when it runs out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from shared.policy.ages import WORKING
from shared.policy.document.clocks import Clock, Extension, Forewarning
from shared.policy.document.entry import Words
from shared.policy.document.ladders import Level
from shared.policy.document.limits import Limit
from shared.policy.durations import Duration
from shared.policy.expressions.condition import Compiled
from shared.policy.expressions.functions import at
from shared.policy.expressions.syntax import Call, Literal, Name, walk
from shared.policy.findings import Path
from shared.policy.pack import Pack
from shared.policy.situation import Context, Situation
from shared.policy.tables import source_of


@dataclass(frozen=True, slots=True)
class LimitSpec:
    """How long: rows (the first that holds counts), or a time people agree or set, at most `max_`."""

    rows: tuple[tuple[Duration | None, Compiled | None, str], ...]
    agreed_with: str | None = None
    set_by: str | None = None
    max_: Duration | None = None
    cap: Duration | None = None
    cut_off: str | None = None
    calendar: str | None = None


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """One clock. `limit` is None for a clock that is due at a fact (`due_at`), or a while `ahead` of it; `repeats`
    tells a cadence from a limit.

    `customer` marks a limit the customer was promised: only these count as overdue. `from_step` marks the limit of a
    step. `warn_share` is a share of the limit (0.8), `warn_before` a while before its end; one of them, or neither.
    """

    name: str
    pack: Pack
    from_: tuple[str, ...]
    later_of: tuple[str, ...]
    until: tuple[str, ...]
    limit: LimitSpec | None
    repeats: bool
    due_at: str | None
    ahead: Duration | None
    met_by: tuple[str, ...]
    rearm: tuple[str, ...]
    when: Compiled | None
    counts_when: Compiled | None
    cap: Duration | None
    customer: bool
    from_step: bool
    warn_share: float | None
    warn_before: Duration | None
    warn_tell: tuple[str, ...]
    extend: Extension | None
    rule: str
    assume: Words | None
    zh: str
    en: str


class ChosenLimit(NamedTuple):
    """The limit for one case and the rule it rests on; no duration where none is set, or people have to agree on it."""

    duration: Duration | None
    rule: str


@dataclass(frozen=True, slots=True)
class Ageing:
    """An age a condition asks about: when `fact` becomes older than `duration`, the decision `of` is made again."""

    fact: str
    duration: Duration
    of: str


@dataclass(frozen=True, slots=True)
class LadderSpec:
    """The levels that a breach climbs, the next one each time `each` has passed."""

    name: str
    on: tuple[str, ...]
    levels: tuple[Level, ...]
    each: Duration | None
    rule: str
    assume: Words | None


def clocks_of(pack: Pack) -> tuple[ClockSpec, ...]:
    """Every clock of the pack in its order, then the limits of its steps (named after the step)."""
    clocks = [_clock(pack, name, clock) for name, clock in pack.document.clocks.items()]
    return (*clocks, *_step_limits(pack))


def applies(spec: ClockSpec, facts: Mapping[str, object], context: Context) -> bool | None:
    """Whether the clock runs for this case; None while a missing fact decides (ask again when it is set)."""
    situation = Situation(spec.pack, facts, {}, context)
    with at(situation.moment):
        return situation.answer(spec.when)


def counts(spec: ClockSpec, facts: Mapping[str, object], context: Context) -> bool | None:
    """Whether time counts for this clock now; None while a missing fact decides. Without a condition it always does."""
    situation = Situation(spec.pack, facts, {}, context)
    with at(situation.moment):
        return situation.answer(spec.counts_when)


def choose_limit(spec: ClockSpec, facts: Mapping[str, object], context: Context) -> ChosenLimit:
    """The limit of this clock for this case: the first row that holds, unknown facts taken as their `unknown_as`."""
    if spec.limit is None:
        return ChosenLimit(None, spec.rule)
    situation = Situation(spec.pack, facts, {}, context)
    with at(situation.moment):
        for duration, condition, rule in spec.limit.rows:
            if situation.answer(condition):
                return ChosenLimit(duration, rule or spec.rule)
    return ChosenLimit(None, spec.rule)


def ladder_for(pack: Pack, clock: str) -> LadderSpec | None:
    """The ladder that a breach of `clock` climbs."""
    return next((ladder for ladder in ladders_of(pack) if f"{clock}.breached" in ladder.on), None)


def ladders_of(pack: Pack) -> tuple[LadderSpec, ...]:
    """Every ladder of the pack."""
    return tuple(
        LadderSpec(name, ladder.on, ladder.levels, pack.duration(ladder.each), source_of(ladder.rule), ladder.assume)
        for name, ladder in pack.document.ladders.items()
    )


def ages_of(pack: Pack) -> tuple[Ageing, ...]:
    """Every age that a decision of the pack asks about, each once."""
    found: dict[Ageing, None] = {}
    for path, compiled in pack.conditions.items():
        if path[0] == "decisions":
            for fact, duration in _ages_in(compiled):
                found[Ageing(fact, duration, str(path[1]))] = None
    return tuple(found)


def _clock(pack: Pack, name: str, clock: Clock) -> ClockSpec:
    path: Path = ("clocks", name)
    repeats = clock.every is not None
    limit, key = (clock.every, "every") if repeats else (clock.within, "within")
    ladder = next((entry for entry in pack.document.ladders.values() if f"{name}.breached" in entry.on), None)
    share, before, tell = _warning(clock.before or (ladder.before if ladder else None))
    return ClockSpec(
        name=name,
        pack=pack,
        from_=tuple(clock.from_.first_of) if clock.from_ else (),
        later_of=tuple(clock.from_.later_of) if clock.from_ else (),
        until=tuple(clock.until),
        limit=_limit(pack, limit, (*path, key), clock.calendar) if limit else None,
        repeats=repeats,
        due_at=clock.due_at,
        ahead=pack.duration(clock.ahead),
        met_by=tuple(clock.met_by),
        rearm=tuple(clock.rearm),
        when=pack.conditions.get((*path, "when")),
        counts_when=pack.conditions.get((*path, "counts_when")),
        cap=pack.duration(clock.cap),
        customer=clock.promise == "customer",
        from_step=False,
        warn_share=share,
        warn_before=before,
        warn_tell=tell,
        extend=clock.extend,
        rule=source_of(clock.rule),
        assume=clock.assume,
        zh=clock.label("zh", name),
        en=clock.label("en", name),
    )


def _step_limits(pack: Pack) -> Iterator[ClockSpec]:
    for name, step in pack.document.steps.items():
        if step.within is None:
            continue
        clock = Clock.model_validate(
            {
                "from": f"{name}.opened",
                "until": f"{name}.done",
                "rule": step.rule,
                "assume": step.assume and step.assume.model_dump(),
                "zh": step.zh,
                "en": step.en,
            }
        )
        spec = _clock(pack, name, clock)
        limit = _limit(pack, step.within, ("steps", name, "within"), None)
        yield replace(spec, limit=limit, from_step=True)


def _limit(pack: Pack, limit: Limit, path: Path, calendar: str | None) -> LimitSpec:
    timings: list[str | None] = [row.within for row in limit.pick] or [limit.within or limit.default]
    rows = []
    for index, timing in enumerate(timings):
        condition = pack.conditions.get((*path, "pick", index, "when")) if limit.pick else None
        rows.append((pack.duration(timing), condition, source_of(limit.pick[index].rule) if limit.pick else ""))
    own = _calendar_of(pack, timings)
    return LimitSpec(
        rows=tuple(rows),
        agreed_with=limit.agreed_with,
        set_by=limit.set_by,
        max_=pack.duration(limit.max),
        cap=pack.duration(limit.cap),
        cut_off=limit.cut_off,
        calendar=calendar or own,
    )


def _calendar_of(pack: Pack, timings: Sequence[str | None]) -> str | None:
    """The calendar that the parameters among these timings name. What elapses needs none: a choice between `24h` around
    the clock and a working day counts the working day in office hours."""
    rows = [(timing, pack.duration(timing)) for timing in timings]
    working = [timing for timing, duration in rows if duration and duration.unit in WORKING]
    named = [timing for timing in (working or timings) if timing and timing.startswith("$")]
    calendars = {pack.document.params[timing[1:]].calendar for timing in named}
    return calendars.pop() if len(calendars) == 1 and len(named) == len(working or named) else None


def _warning(warning: Forewarning | None) -> tuple[float | None, Duration | None, tuple[str, ...]]:
    if warning is None:
        return None, None, ()
    if warning.at.endswith("%"):
        return int(warning.at[:-1]) / 100, None, tuple(warning.tell)
    return None, Duration.parse(warning.at), tuple(warning.tell)


def _ages_in(compiled: Compiled) -> Iterator[tuple[str, Duration]]:
    for part in walk(compiled.tree):
        if isinstance(part, Call) and part.function in {"within", "older_than"} and len(part.args) == 2:
            start, length = part.args
            if isinstance(start, Name) and isinstance(length, Literal):
                yield start.name, Duration.parse(str(length.value))
