"""Events of sla about what is done by the calendar, without a case: they travel on a topic of their own, by duty."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.envelope import EventData, Need


class DutyData(EventData):
    """duty: its name in the pack. kind: duty, report, survey or improvement. period: which one (`2026-03-02`,
    `2026-W10`, `2026-03`, `2026-Q1`, `2026-H1`, `2026`). by: the role it is for. to: who hears of it. about: the topics
    of the survey `duty` that an improvement is about."""

    topic: ClassVar[str | None] = "duties.v1"

    duty: str
    kind: str
    period: str
    pack_code: str
    pack_version: int
    by: str
    to: tuple[str, ...] = ()
    rule: tuple[str, ...] = ()
    about: tuple[str, ...] = ()

    def needs(self, case: UUID) -> tuple[Need, ...]:
        pack = Need("reference", f"pack:{self.pack_code}@{self.pack_version}", 1)
        return (pack, *EventData.needs(self, case))


class DutyDueV1(DutyData):
    """A new period began: the duty is to be done. due_at: until when, where the pack says so."""

    event_type: ClassVar[str] = "duty.due.v1"

    due_at: datetime | None = None


class DutyDoneV1(DutyData):
    """Somebody did it."""

    event_type: ClassVar[str] = "duty.done.v1"

    person: str


class DutyMissedV1(DutyData):
    """Its time is over and nobody has done it."""

    event_type: ClassVar[str] = "duty.missed.v1"

    due_at: datetime
