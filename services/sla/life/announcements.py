"""What other services are told of a clock: its events, made of its values."""

from typing import Any

from services.sla.domain import Clock
from shared.events import clocks
from shared.policy.tables import rules_of
from shared.policy.timing import LadderSpec

_NO_LIMIT = "agreed"


def _named(clock: Clock) -> dict[str, Any]:
    return {
        "clock": clock.id,
        "name": clock.name,
        "round": clock.round,
        "occurrence": clock.occurrence,
        "customer": clock.customer,
    }


def limit_text(clock: Clock) -> str:
    """The limit as the pack writes it; `agreed` for an instant that was agreed or set."""
    return str(clock.limit) if clock.limit else _NO_LIMIT


def started(clock: Clock, *, history: bool) -> clocks.ClockStartedV1:
    return clocks.ClockStartedV1(
        **_named(clock),
        started_at=clock.started_at,
        due_at=clock.due_at,
        warn_at=clock.warn_at,
        limit=limit_text(clock),
        rule=rules_of(clock.rule),
        calendar=f"{clock.calendar_code}@{clock.calendar_version}",
        provisional=clock.provisional,
        late_detected=history,
    )


def adjusted(clock: Clock, because: str) -> clocks.ClockAdjustedV1:
    return clocks.ClockAdjustedV1(
        **_named(clock),
        due_at=clock.due_at,
        warn_at=clock.warn_at,
        limit=limit_text(clock),
        because=because,
        provisional=clock.provisional,
    )


def warned(clock: Clock) -> clocks.ClockWarnedV1:
    return clocks.ClockWarnedV1(**_named(clock), due_at=clock.due_at)


def breached(clock: Clock, *, history: bool) -> clocks.ClockBreachedV1:
    return clocks.ClockBreachedV1(**_named(clock), due_at=clock.due_at, late_detected=history)


def revoked(clock: Clock) -> clocks.ClockBreachRevokedV1:
    return clocks.ClockBreachRevokedV1(**_named(clock), due_at=clock.due_at, met_at=clock.met_at)


def met(clock: Clock) -> clocks.ClockMetV1:
    if clock.met_at is None:
        raise ValueError("a clock that is met knows when")
    return clocks.ClockMetV1(**_named(clock), met_at=clock.met_at, late=clock.breached_at is not None)


def cancelled(clock: Clock, because: str) -> clocks.ClockCancelledV1:
    return clocks.ClockCancelledV1(**_named(clock), because=because)


def reached(clock: Clock) -> clocks.ClockReachedV1:
    return clocks.ClockReachedV1(**_named(clock), age=str(clock.limit))


def escalated(clock: Clock, ladder: LadderSpec) -> clocks.EscalationRaisedV1:
    return clocks.EscalationRaisedV1(
        **_named(clock),
        ladder=ladder.name,
        level=clock.level,
        roles=tuple(ladder.levels[clock.level - 1].tell),
        rule=rules_of(ladder.rule),
        due_at=clock.due_at,
    )


def follow_up_due(clock: Clock) -> clocks.FollowUpDueV1:
    return clocks.FollowUpDueV1(**_named(clock), due_at=clock.due_at)
