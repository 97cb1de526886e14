"""Starting clocks: whether, how long, from when."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from services.sla.calendar import Due
from services.sla.domain import Clock, ClockState
from services.sla.life import announcements
from services.sla.life.case import Rest, key_of
from services.sla.life.file import CaseFile, Kind, Watched
from services.sla.life.reckoning import pauses_of, reckon
from services.sla.life.regime import AgeRule, Rule
from services.sla.schedule import next_due_of_cadence, warning_of
from shared.ids import clock_id
from shared.policy.durations import Duration
from shared.policy.timing import ChosenLimit, applies, choose_limit, counts
from shared.values import replace

_CHOICES_KEPT = 4096

IDLE = "counts_when"
"""Why a clock rests while its time does not count."""


def verdict(file: CaseFile, rule: Rule, at: datetime) -> bool | None:
    """Whether the clock runs for this case; None while a fact is missing that decides."""
    return True if rule.spec.when is None else applies(rule.spec, file.facts, file.context(at))


def count_or_rest(file: CaseFile, rule: Rule, since: datetime, at: datetime) -> None:
    """From `since` on let the clock's time count or not, as `counts_when` says by what is known at `at`."""
    if rule.spec.counts_when is None:
        return
    counting = counts(rule.spec, file.facts, file.context(at)) is True
    rests = list(file.case.rests)
    open_ = next((each for each in rests if each.clock == rule.name and each.to is None and each.cause == IDLE), None)
    if counting and open_ is not None:
        rests[rests.index(open_)] = open_._replace(to=max(since, open_.from_))
    elif not counting and open_ is None:
        rests.append(Rest(IDLE, since, None, rule.name))
    if rests != list(file.case.rests):
        file.case = replace(file.case, rests=tuple(rests))


def limit_of(file: CaseFile, rule: Rule, at: datetime, run: int | None = None) -> ChosenLimit:
    """How long the clock runs for this case as it is known at `at`; what was set on a slip comes first. run: which
    piece of work of a step it is about."""
    agreed, written = file.case.terms_of(rule.name, run)
    if written is not None:
        return ChosenLimit(Duration.parse(written), rule.spec.rule)
    if agreed is not None:
        return ChosenLimit(None, rule.spec.rule)
    if rule.fixed is not None or not rule.timeless:
        return rule.fixed or choose_limit(rule.spec, file.facts, file.context(at))
    # A pack's cases know few different things of what a limit looks at, and conditions cost more than looking up.
    known = file.known(rule)
    if (chosen := rule.chosen.get(known)) is None:
        chosen = choose_limit(rule.spec, file.facts, file.context(at))
        if len(rule.chosen) < _CHOICES_KEPT:
            rule.chosen[known] = chosen
    return chosen


def starting_instant(file: CaseFile, rule: Rule) -> datetime | None:
    """When the clock's start happened in this round: the first of several events, or the later of all; later, if a
    reaction ordered it to start."""
    own, ordered = _own_start(file, rule), file.case.happened.get(f"{rule.name}.started")
    return max((own, ordered)) if own and ordered else own or ordered


def _own_start(file: CaseFile, rule: Rule) -> datetime | None:
    """Where nobody said when the matter arose, it arose when it was registered (R-001-15/r08, r09)."""
    case = file.case
    happened = case.happened
    if rule.spec.later_of:
        own = {"registered_at": case.received_at, "arisen_at": case.arisen_at or case.received_at}
        instants = [happened.get(event) or own.get(event) for event in rule.spec.later_of]
        known = [instant for instant in instants if instant is not None]
        return max(known) if len(known) == len(instants) else None
    return min((happened[event] for event in rule.spec.from_ if event in happened), default=None)


def begin(
    file: CaseFile, rule: Rule, started_at: datetime, at: datetime, cause: str, run: int | None = None
) -> Watched | None:
    """Start the next occurrence from `started_at`, or that of a piece of work, if its condition holds and a limit is
    known at `at`."""
    if verdict(file, rule, at) is not True:
        return None
    chosen = limit_of(file, rule, at, run)
    count_or_rest(file, rule, started_at, at)
    reckoned = reckon(file, rule, started_at, chosen, run)
    if reckoned is None:
        return None
    present = file.of(rule.name)
    for earlier in present:
        if not earlier.is_open:
            file.put(replace(earlier, superseded=True))
    occurrence = run if run is not None else present[-1].clock.occurrence + 1 if present else 0
    kind = Kind.CADENCE if rule.spec.repeats else Kind.LIMIT
    clock = new_clock(file, rule, occurrence, started_at, reckoned.due, chosen)
    if reckoned.still:
        clock = replace(clock, state=ClockState.PAUSED)
    watched = Watched(clock, kind, file.now, climbs=not file.case.history)
    said = [announcements.started(clock, history=file.case.history)]
    if rule.is_follow_up:
        return file.write(watched, "started", at, cause, *said, announcements.follow_up_due(clock))
    return file.write(watched, "started", at, cause, *said)


def is_missed(watched: Watched, at: datetime) -> bool:
    """Whether it had run out before `at`, noticed or not."""
    return watched.clock.state in (ClockState.RUNNING, ClockState.BREACHED) and watched.clock.due_at < at


def is_told_anew(file: CaseFile, rule: Rule, watched: Watched, at: datetime) -> bool:
    """Whether a clock that may be armed again was missed, and the fact it was due at now gives a later time to keep:
    another appointment does not undo the one nobody kept (R-004-05/r04)."""
    if not rule.spec.due_at or not rule.spec.rearm or not is_missed(watched, at):
        return False
    told = reckon(file, rule, at, limit_of(file, rule, at))
    return told is not None and told.due.instant > at


def runs_as_told(file: CaseFile, rule: Rule) -> bool:
    """Whether the newest clock already runs to the instant that its fact gives: the fact is told before the act that
    arms it again."""
    newest = file.of(rule.name)[-1].clock
    if not rule.spec.due_at or newest.state is not ClockState.RUNNING:
        return False
    told = reckon(file, rule, newest.started_at, limit_of(file, rule, file.now))
    return told is not None and told.due.instant == newest.due_at


def begin_owed(file: CaseFile, rules: Iterable[Rule], at: datetime, cause: str) -> None:
    """Begin those clocks whose start has happened, that do not run, and that nothing has stopped since."""
    for rule in rules:
        for key, opened_at, run in waiting(file, rule):
            if begin(file, rule, opened_at, at, cause, run) is not None:
                forget(file, key)
        present = file.of(rule.name)
        started_at = starting_instant(file, rule)
        over = bool(present) and present[-1].clock.state is not ClockState.CANCELLED
        if started_at is None or over or _stopped(file, rule, started_at):
            continue
        begin(file, rule, started_at, at, cause)


def wait(file: CaseFile, rule: Rule, run: int, at: datetime) -> None:
    """Remember since when a piece of work waits for a limit: somebody has to agree on it, or to set it."""
    file.case = replace(file.case, happened={**file.case.happened, key_of(f"{rule.name}.opened", run): at})


def waiting(file: CaseFile, rule: Rule) -> list[tuple[str, datetime, int]]:
    """The pieces of work of a step that wait for a limit: their key, since when, and which."""
    if not rule.spec.from_step:
        return []
    opened = key_of(f"{rule.name}.opened", 0)[:-1]
    found = [(name, at) for name, at in file.case.happened.items() if name.startswith(opened)]
    return [(name, at, int(name.removeprefix(opened))) for name, at in sorted(found, key=lambda each: each[1])]


def forget(file: CaseFile, key: str) -> None:
    """The piece of work waits no more."""
    file.case = replace(file.case, happened={name: at for name, at in file.case.happened.items() if name != key})


def _stopped(file: CaseFile, rule: Rule, since: datetime) -> bool:
    happened = file.case.happened
    ends = (*rule.spec.until, f"{rule.name}.cancelled")
    return any(happened[event] >= since for event in ends if event in happened)


def recur(file: CaseFile, rule: Rule, missed: Watched, cause: str) -> None:
    """Start the next interval of a cadence that was missed: reckoned on from the last time it was kept, rests left out.

    While that breach stands its ladder goes on, so the next interval warns of nothing and climbs none of its own.
    """
    clock = missed.clock
    if clock.limit is None:
        return
    after = max(file.now, clock.due_at)
    pauses = pauses_of(file.case, rule)
    due = next_due_of_cadence(rule.calendar, clock.started_at, clock.limit, rule.count, after, pauses)
    chosen = ChosenLimit(clock.limit, clock.rule)
    following = replace(new_clock(file, rule, clock.occurrence + 1, clock.started_at, due, chosen), warn_at=None)
    if any(pause.to is None for pause in pauses):
        following = replace(following, state=ClockState.PAUSED)
    watched = Watched(following, Kind.CADENCE, file.now, climbs=False)
    said = announcements.started(following, history=file.case.history)
    file.write(watched, "started", clock.due_at, cause, said)


def new_clock(
    file: CaseFile, rule: Rule, occurrence: int, started_at: datetime, due: Due, chosen: ChosenLimit
) -> Clock:
    """A running clock with its warning; history warns nobody."""
    case = file.case
    values: dict[str, Any] = {
        "id": clock_id(case.id, rule.name, case.round, occurrence),
        "case": case.id,
        "name": rule.name,
        "round": case.round,
        "occurrence": occurrence,
        "state": ClockState.RUNNING,
        "started_at": started_at,
        "due_at": due.instant,
        "provisional": due.provisional,
        "limit": chosen.duration,
        "count": rule.count,
        "calendar_code": rule.calendar.document.code,
        "calendar_version": rule.calendar.document.version,
        "rule": chosen.rule,
        "customer": rule.spec.customer,
        "cut_off": rule.cut_off,
        "cap": rule.cap,
    }
    clock = Clock(**values)
    if rule.warn is None or case.history:
        return clock
    return Clock(**values, warn_at=warning_of(clock, rule.calendar, rule.warn))


def begin_ages(file: CaseFile, at: datetime, cause: str) -> None:
    """Start a timer for every age whose beginning is known."""
    for rule in file.regime.ages.values():
        begin_age(file, rule, at, cause)


def begin_age(file: CaseFile, rule: AgeRule, at: datetime, cause: str) -> None:
    """Start the timer of one age, in place of an earlier one."""
    start = _beginning(file, rule)
    if start is None:
        return
    present = file.of(rule.name)
    for earlier in present:
        state = ClockState.CANCELLED if earlier.is_open else earlier.clock.state
        file.put(replace(earlier, clock=replace(earlier.clock, state=state), superseded=True))
    case, document = file.case, rule.calendar.document
    occurrence = present[-1].clock.occurrence + 1 if present else 0
    clock = Clock(
        id=clock_id(case.id, rule.name, case.round, occurrence),
        case=case.id,
        name=rule.name,
        round=case.round,
        occurrence=occurrence,
        state=ClockState.RUNNING,
        started_at=start,
        due_at=rule.end(start, file.zone),
        provisional=False,
        limit=rule.ageing.duration,
        count=rule.count,
        calendar_code=document.code,
        calendar_version=document.version,
        rule="",
        customer=False,
    )
    file.write(Watched(clock, Kind.AGE, file.now, climbs=False), "started", at, cause)


def _beginning(file: CaseFile, rule: AgeRule) -> datetime | None:
    """The instant an age is reckoned from; a date is its local midnight, as in conditions."""
    own = {"registered_at": file.case.received_at, "arisen_at": file.case.arisen_at}
    fact = rule.ageing.fact
    value = own[fact] if fact in own else file.facts.get(fact)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=file.zone)
    return value if isinstance(value, datetime) else None
