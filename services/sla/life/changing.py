"""Stopping, keeping, cancelling and adjusting clocks that run."""

from datetime import datetime

from services.sla.domain import OPEN_STATES, Clock, ClockState
from services.sla.life import announcements
from services.sla.life.file import CaseFile, Kind, Watched
from services.sla.life.reckoning import Reckoned, pauses_of, reckon
from services.sla.life.regime import Rule
from services.sla.life.starting import begin, is_missed, limit_of, recur
from services.sla.policy import Outcome, moved, on_cancel, on_stop, on_time
from services.sla.schedule import next_due_of_cadence, warning_of
from shared.policy.timing import ChosenLimit
from shared.values import replace


def stop(file: CaseFile, watched: Watched, at: datetime, cause: str) -> None:
    """What the clock waited for happened at `at`."""
    change = on_stop(watched.clock, at)
    match change.outcome:
        case Outcome.MET:
            file.write(replace(watched, clock=change.clock), "met", at, cause, announcements.met(change.clock))
        case Outcome.MET_LATE:
            watched = breach(file, watched, watched.clock.due_at, cause)
            met = replace(change.clock, level=watched.clock.level)
            file.write(replace(watched, clock=met), "met", at, cause, announcements.met(met))
        case Outcome.BREACH_REVOKED:
            said = announcements.revoked(change.clock), announcements.met(change.clock)
            file.write(replace(watched, clock=change.clock), "revoked", at, cause, *said)


def breach(file: CaseFile, watched: Watched, until: datetime, cause: str) -> Watched:
    """Breach the clock if it ran out by `until` and that has not been said yet."""
    tick = on_time(watched.clock, until)
    if not tick.breach:
        return watched
    said = announcements.breached(tick.clock, history=file.case.history)
    return file.write(replace(watched, clock=tick.clock), "breached", tick.clock.due_at, cause, said)


def keep(file: CaseFile, rule: Rule, at: datetime, cause: str) -> None:
    """A cadence was kept at `at`: its interval ends and the next one begins."""
    kept = [watched for watched in file.of(rule.name) if watched.is_open]
    for watched in kept:
        stop(file, watched, at, cause)
    if kept:
        begin(file, rule, at, at, cause)


def cancel(file: CaseFile, watched: Watched, at: datetime, cause: str, because: str) -> None:
    """The clock has lost its purpose at `at`; if it had run out by then, that stands."""
    if watched.kind is Kind.AGE:
        change = on_cancel(watched.clock)
        file.write(replace(watched, clock=change.clock), "cancelled", at, cause, because=because)
        return
    if watched.clock.due_at < at:
        watched = breach(file, watched, at, cause)
    change = on_cancel(watched.clock)
    if change.outcome is Outcome.CANCELLED:
        said = announcements.cancelled(change.clock, because)
        file.write(replace(watched, clock=change.clock), "cancelled", at, cause, said, because=because)


def adjust(file: CaseFile, rule: Rule, watched: Watched, at: datetime, cause: str, because: str) -> None:
    """Reckon a limit anew, from its unchanged start, by what is known at `at` and by the rule's present calendar.

    A breach beside which the next occurrence has begun stands as it was.
    """
    clock, document = watched.clock, rule.calendar.document
    if rule.spec.rearm and clock.state is ClockState.BREACHED and file.of(rule.name)[-1].clock.id != clock.id:
        return
    run = clock.occurrence if rule.spec.from_step else None
    chosen = limit_of(file, rule, at, run)
    reckoned = reckon(file, rule, clock.started_at, chosen, run)
    if reckoned is None:
        cancel(file, watched, at, cause, "no_limit")
        return
    changed = replace(
        clock,
        limit=chosen.duration,
        rule=chosen.rule,
        count=rule.count,
        customer=rule.spec.customer,
        calendar_code=document.code,
        calendar_version=document.version,
        cut_off=rule.cut_off,
        cap=rule.cap,
    )
    if watched.kind is Kind.CADENCE:
        _adjust_cadence(file, rule, watched, changed, at, cause, because)
    else:
        _recalculate(file, rule, watched, changed, reckoned, at, cause, because)


def restart(file: CaseFile, rule: Rule, watched: Watched, at: datetime, cause: str) -> None:
    """Begin a running limit anew at `at`: a pack may ask for it when the grade changes."""
    clock = watched.clock
    if watched.kind is not Kind.LIMIT or not watched.is_open or clock.limit is None:
        return
    run = clock.occurrence if rule.spec.from_step else None
    reckoned = reckon(file, rule, at, ChosenLimit(clock.limit, clock.rule), run)
    if reckoned is not None:
        _recalculate(file, rule, watched, replace(clock, started_at=at), reckoned, at, cause, "grade")


def _recalculate(
    file: CaseFile,
    rule: Rule,
    watched: Watched,
    changed: Clock,
    reckoned: Reckoned,
    at: datetime,
    cause: str,
    because: str,
) -> None:
    due = None if reckoned.still else reckoned.due
    pauses = pauses_of(file.case, rule)
    warn = None if file.case.history else rule.warn
    change = moved(changed, due, rule.calendar, pauses, at, warn=warn)
    clock = change.clock
    if change.outcome is Outcome.BREACH_REVOKED:
        # It runs again, so its ladder begins again should it run out again.
        clock = replace(clock, level=0)
        file.write(
            replace(watched, clock=clock, set_at=file.now), "revoked", at, cause, announcements.revoked(clock),
            announcements.adjusted(clock, because),
            because=because,
        )  # fmt: skip
    elif _is_same_but_for_calendar(watched.clock, clock):
        if clock != watched.clock:
            file.put(replace(watched, clock=clock))
    else:
        what = _what(watched.clock, clock)
        said = announcements.adjusted(clock, because)
        file.write(replace(watched, clock=clock, set_at=file.now), what, at, cause, said, because=because)


def _is_same_but_for_calendar(before: Clock, after: Clock) -> bool:
    """Whether nothing changed that anybody need be told of: another calendar version may say the same."""
    if after.due_at != before.due_at:
        return False
    return after == replace(before, calendar_code=after.calendar_code, calendar_version=after.calendar_version)


def _what(before: Clock, after: Clock) -> str:
    if before.state is not after.state and ClockState.PAUSED in (before.state, after.state):
        return "paused" if after.state is ClockState.PAUSED else "resumed"
    return "adjusted"


def _adjust_cadence(
    file: CaseFile, rule: Rule, watched: Watched, changed: Clock, at: datetime, cause: str, because: str
) -> None:
    """The next interval by the new measure; nothing that was in order until now is late by it.

    What rests have pushed stays pushed. An interval that was missed, though nobody has noticed yet, stays missed.
    """
    pauses = pauses_of(file.case, rule)
    if changed.state not in (ClockState.RUNNING, ClockState.PAUSED) or changed.limit is None:
        return
    if is_missed(watched, at):
        recur(file, rule, breach(file, watched, at, cause), cause)
        adjust(file, rule, file.of(rule.name)[-1], at, cause, because)
        return
    if any(pause.to is None for pause in pauses):
        if changed.state is ClockState.RUNNING:
            still = replace(changed, state=ClockState.PAUSED)
            file.write(
                replace(watched, clock=still, set_at=file.now), "paused", at, cause,
                announcements.adjusted(still, because), because=because,
            )  # fmt: skip
        elif changed != watched.clock:
            file.put(replace(watched, clock=changed))
        return
    due = next_due_of_cadence(rule.calendar, changed.started_at, changed.limit, rule.count, at, pauses)
    before = watched.clock
    clock = replace(changed, state=ClockState.RUNNING, due_at=due.instant, provisional=due.provisional)
    if _is_same_but_for_calendar(before, clock):
        if clock != before:
            file.put(replace(watched, clock=clock))  # and what was warned of is not warned of again
        return
    warn_at = None
    if rule.warn is not None and watched.climbs:
        warn_at = warning_of(clock, rule.calendar, rule.warn, pauses)
    is_warned = warn_at is not None and warn_at <= at
    clock = replace(clock, warn_at=warn_at, warned_at=before.warned_at if is_warned else None)
    said = announcements.adjusted(clock, because)
    what = _what(watched.clock, clock)
    file.write(replace(watched, clock=clock, set_at=file.now), what, at, cause, said, because=because)


def come_due(file: CaseFile, watched: Watched) -> Watched:
    """What time alone does to a clock by now: warn, breach, reach an age; a missed cadence goes on."""
    clock = watched.clock
    if clock.state not in OPEN_STATES or watched.next_at is None or watched.next_at > file.now:
        return watched
    cause = cause_of(clock)
    if watched.kind is Kind.AGE:
        reached = replace(clock, state=ClockState.MET, met_at=clock.due_at)
        said = announcements.reached(reached)
        return file.write(replace(watched, clock=reached), "reached", clock.due_at, cause, said)
    tick = on_time(clock, file.now)
    if tick.warn and clock.warn_at is not None:
        watched = replace(watched, clock=tick.clock)
        return file.write(watched, "warned", clock.warn_at, cause, announcements.warned(tick.clock))
    watched = breach(file, watched, file.now, cause)
    if watched.kind is Kind.CADENCE and tick.breach:
        recur(file, file.regime.rules[clock.name], watched, cause)
    return watched


def cause_of(clock: Clock) -> str:
    """What causes an event that no other event causes: the clock, its round, its level."""
    return f"{clock.id}:{clock.round}:{clock.level}"
