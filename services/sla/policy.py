"""What happens to a clock: decisions over clock values. Pure and total: every state answers every input.

The due instant itself is still in time for a stop; the monitor breaches a clock once it has come. Should a stop of that
very instant arrive later, the breach is revoked like any other late news.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.sla.calendar import Due, WorkingCalendar
from services.sla.domain import OPEN_STATES, Clock, ClockState, Pause
from services.sla.pauses import due_of
from services.sla.schedule import Warn, warning_of
from shared.values import replace


class Outcome(StrEnum):
    """What a fact or change did to a clock."""

    MET = "met"
    MET_LATE = "met_late"
    BREACH_REVOKED = "breach_revoked"
    PAUSED = "paused"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    ADJUSTED = "adjusted"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """The clock after a fact, and what the fact did to it."""

    clock: Clock
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Tick:
    """What has come due on a clock: emit for each True, and raise `level` if given.

    next_at: when to look at the clock again; None: never by itself.
    """

    clock: Clock
    warn: bool
    breach: bool
    level: int | None
    next_at: datetime | None


def on_time(clock: Clock, now: datetime, levels: Sequence[datetime] = ()) -> Tick:
    """What is due at `now`. `levels[k-1]` is the instant of ladder level k.

    After an outage only what still matters is said: no warning of a limit already passed, and of several levels passed
    the highest alone.
    """
    if clock.state is ClockState.RUNNING and now < clock.due_at:
        warn = clock.warn_at is not None and clock.warned_at is None and clock.warn_at <= now
        if warn:
            clock = replace(clock, warned_at=clock.warn_at)
        waiting = clock.warn_at if clock.warn_at is not None and clock.warned_at is None else None
        return Tick(clock, warn, breach=False, level=None, next_at=min(waiting or clock.due_at, clock.due_at))
    if clock.state not in (ClockState.RUNNING, ClockState.BREACHED):
        return Tick(clock, warn=False, breach=False, level=None, next_at=None)
    breach = clock.state is ClockState.RUNNING
    if breach:
        clock = replace(clock, state=ClockState.BREACHED, breached_at=clock.due_at)
    reached = sum(1 for instant in levels if instant <= now)
    level = reached if reached > clock.level else None
    if level is not None:
        clock = replace(clock, level=level)
    next_at = next((instant for instant in levels[clock.level :] if instant > now), None)
    return Tick(clock, False, breach, level, next_at)


def on_stop(clock: Clock, occurred_at: datetime) -> Change:
    """The stop happened at `occurred_at`, whenever it became known.

    In time it meets the clock and takes back a breach; late it meets the clock, which stays breached in history. A
    paused clock had not run out, so any stop is in time. Of several stops the one that was in time decides.
    """
    if clock.state is ClockState.CANCELLED:
        return Change(clock, Outcome.UNCHANGED)
    in_time = occurred_at <= clock.due_at or clock.state is ClockState.PAUSED
    met = replace(clock, state=ClockState.MET, met_at=occurred_at)
    if clock.state is ClockState.MET and (clock.breached_at is None or not in_time):
        return Change(clock, Outcome.UNCHANGED)
    if not in_time:
        return Change(replace(met, breached_at=clock.breached_at or clock.due_at), Outcome.MET_LATE)
    revoked = clock.breached_at is not None
    return Change(replace(met, breached_at=None), Outcome.BREACH_REVOKED if revoked else Outcome.MET)


def on_pause(clock: Clock, occurred_at: datetime) -> Change:
    """The clock stands still from `occurred_at`, unless its time was already up.

    A pause that began in time and becomes known late takes a breach back, like a stop.
    """
    if clock.state not in (ClockState.RUNNING, ClockState.BREACHED) or occurred_at >= clock.due_at:
        return Change(clock, Outcome.UNCHANGED)
    return _stands_still(clock)


def on_resume(
    clock: Clock, calendar: WorkingCalendar, pauses: Sequence[Pause], now: datetime, *, warn: Warn | None = None
) -> Change:
    """The clock runs again and `pauses` push its due instant, unless one of them still lasts."""
    if clock.state is not ClockState.PAUSED or due_of(clock, calendar, pauses) is None:
        return Change(clock, Outcome.UNCHANGED)
    running = replace(clock, state=ClockState.RUNNING)
    return Change(recalculated(running, calendar, pauses, now, warn=warn).clock, Outcome.RESUMED)


def on_cancel(clock: Clock) -> Change:
    """The clock no longer matters (erased, withdrawn, not its grade any more); what is finished stays."""
    if clock.state not in OPEN_STATES:
        return Change(clock, Outcome.UNCHANGED)
    return Change(replace(clock, state=ClockState.CANCELLED), Outcome.CANCELLED)


def recalculated(
    clock: Clock, calendar: WorkingCalendar, pauses: Sequence[Pause], now: datetime, *, warn: Warn | None = None
) -> Change:
    """The due instant anew from the unchanged start, after a regrade, a new limit or another calendar version.

    Give the clock with its new limit, count or calendar. A finished clock keeps its history. A breached one whose new
    due instant is still to come runs again; if it has passed too, the breach stands as it was. Whether a pause holds
    the clock is judged anew: it does if it began before the new due instant.
    """
    if clock.state not in OPEN_STATES:
        return Change(clock, Outcome.UNCHANGED)
    return moved(clock, due_of(clock, calendar, pauses), calendar, pauses, now, warn=warn)


def moved(
    clock: Clock,
    due: Due | None,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause],
    now: datetime,
    *,
    warn: Warn | None = None,
) -> Change:
    """As `recalculated`, with a due instant that is known already; None while a pause lasts that began before it."""
    if clock.state not in OPEN_STATES:
        return Change(clock, Outcome.UNCHANGED)
    if due is None:
        return Change(clock, Outcome.UNCHANGED) if clock.state is ClockState.PAUSED else _stands_still(clock)
    warn_at = None
    if warn is not None:
        warn_at = warning_of(replace(clock, due_at=due.instant), calendar, warn, pauses)
    revoked = clock.state is ClockState.BREACHED and due.instant > now
    new = replace(
        clock,
        due_at=due.instant,
        provisional=due.provisional,
        warn_at=warn_at,
        warned_at=None if warn_at is None or warn_at > now else clock.warned_at,
        state=ClockState.RUNNING if revoked or clock.state is ClockState.PAUSED else clock.state,
        breached_at=None if revoked else clock.breached_at,
    )
    if revoked:
        return Change(new, Outcome.BREACH_REVOKED)
    return Change(new, Outcome.UNCHANGED if new == clock else Outcome.ADJUSTED)


def _stands_still(clock: Clock) -> Change:
    revoked = clock.state is ClockState.BREACHED
    paused = replace(clock, state=ClockState.PAUSED, breached_at=None)
    return Change(paused, Outcome.BREACH_REVOKED if revoked else Outcome.PAUSED)
