"""Clocks and their ledgers as sla knows them: values only."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Literal
from uuid import UUID

from shared.policy.durations import Count, Duration


class ClockState(StrEnum):
    """Where a clock stands. A clock met late is `met` and keeps its `breached_at`."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


OPEN_STATES = frozenset((ClockState.RUNNING, ClockState.PAUSED, ClockState.BREACHED))

SegmentKind = Literal["running", "off_hours", "holiday", "paused"]


@dataclass(frozen=True, slots=True)
class Named:
    """A text of the calendar or pack in both languages: a holiday, the cause of a pause."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Pause:
    """A span in which a clock stands still; `to` is None while it lasts."""

    from_: datetime
    to: datetime | None
    cause: Named


@dataclass(frozen=True, slots=True)
class Segment:
    """One run of a clock's span. Segments are contiguous; `to` is None for a pause that still lasts.

    counted_s: seconds that used up the limit. counted_days: days of a limit in days that ended in this segment.
    why: code of `services.sla.wording`; subject: what the code speaks of (holiday, cause), if anything.
    """

    from_: datetime
    to: datetime | None
    kind: SegmentKind
    counted_s: float
    counted_days: int
    why: str
    subject: Named | None = None


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen, and made in a fifth of the time
class Clock:
    """One limit running on one case. Instants are UTC; `due_at` itself is still in time.

    limit None: the instant was agreed or set, not reckoned. occurrence: which one of a cadence. level: the highest
    level of the ladder raised so far, 0 for none. customer: breaches count as overdue. warned_at and breached_at are
    the instants at which it came to that, not those at which it was noticed. While paused, `due_at` is the one before
    the pause and says nothing.
    """

    id: UUID
    case: UUID
    name: str
    round: int
    occurrence: int
    state: ClockState
    started_at: datetime
    due_at: datetime
    provisional: bool
    limit: Duration | None
    count: Count
    calendar_code: str
    calendar_version: int
    rule: str
    customer: bool
    cut_off: time | None = None
    cap: Duration | None = None
    warn_at: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    met_at: datetime | None = None
    level: int = 0
