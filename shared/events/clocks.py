"""Events of sla: clocks, warnings, breaches, ladders."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.envelope import EventData


class ClockData(EventData):
    """What every clock event names. clock: id. name: the pack's. round: the case's. occurrence: n-th of a cadence.

    customer: a promise to the customer, counted in overdue figures; otherwise an internal limit.
    """

    clock: UUID
    name: str
    round: int = 1
    occurrence: int = 0
    customer: bool = False


class ClockStartedV1(ClockData):
    """limit: as the pack writes it (`5wd`). provisional: the calendar is not yet known through due_at.

    late_detected: computed afterwards from history: it never climbs a ladder.
    """

    event_type: ClassVar[str] = "clock.started.v1"

    started_at: datetime
    due_at: datetime
    warn_at: datetime | None = None
    limit: str
    rule: tuple[str, ...] = ()
    calendar: str
    provisional: bool = False
    late_detected: bool = False


class ClockAdjustedV1(ClockData):
    """The due instant moved. because: facts, amended, calendar, pack."""

    event_type: ClassVar[str] = "clock.adjusted.v1"

    due_at: datetime
    warn_at: datetime | None = None
    limit: str
    because: str
    provisional: bool = False


class ClockWarnedV1(ClockData):
    """The pack's share of the time (80 %) is used and the clock still runs."""

    event_type: ClassVar[str] = "clock.warned.v1"

    due_at: datetime


class ClockBreachedV1(ClockData):
    """The clock ran out. Shown at once; people are told by `escalation.raised`, when nothing can contradict it."""

    event_type: ClassVar[str] = "clock.breached.v1"

    due_at: datetime
    late_detected: bool = False


class ClockBreachRevokedV1(ClockData):
    """The breach never was: the stop had occurred in time and arrived late, or another limit holds.

    due_at: the one that counts now. met_at: absent where the limit changed and the clock runs again.
    """

    event_type: ClassVar[str] = "clock.breach_revoked.v1"

    due_at: datetime
    met_at: datetime | None = None


class ClockMetV1(ClockData):
    """The awaited thing happened. late: after a breach that stands."""

    event_type: ClassVar[str] = "clock.met.v1"

    met_at: datetime
    late: bool = False


class ClockCancelledV1(ClockData):
    """The clock has lost its purpose (case closed, withdrawn, condition gone)."""

    event_type: ClassVar[str] = "clock.cancelled.v1"

    because: str


class ClockReachedV1(ClockData):
    """An age was reached: routing decides again. Not a breach."""

    event_type: ClassVar[str] = "clock.reached.v1"

    age: str


class EscalationRaisedV1(ClockData):
    """A ladder level was reached. ladder, level: as the pack counts, 1 first. roles: whom the level tells."""

    event_type: ClassVar[str] = "escalation.raised.v1"

    ladder: str
    level: int
    roles: tuple[str, ...]
    rule: tuple[str, ...] = ()
    due_at: datetime


class FollowUpDueV1(ClockData):
    """The customer is to be called back until due_at."""

    event_type: ClassVar[str] = "follow_up.due.v1"

    due_at: datetime
