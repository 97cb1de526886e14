"""Lives of cases without a database: a case file to which events happen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from services.sla.life.changing import come_due
from services.sla.life.climbing import climb
from services.sla.life.file import CaseFile, Watched
from services.sla.life.folding import case_of, fold
from services.sla.life.regime import Regime
from shared.events import cases, complaints
from shared.events.envelope import Envelope, Event, EventData
from shared.events.registry import OWNER_OF_TYPE
from shared.policy.loading import default_pack_text, load_pack
from tests.unit.sla.examples import SHANGHAI, calendar, cn, local

WORDS = cases.Words(zh="理由", en="reason")
CASE = UUID(int=2)


def pack_text(*clocks: str, facts: Sequence[str] = (), replaced: Mapping[str, str] | None = None) -> str:
    """The default pack with these further clocks and facts, one YAML line each, and with texts replaced."""
    text = default_pack_text()
    for section, lines in (("clocks", clocks), ("facts", facts)):
        header = next(line for line in text.splitlines() if line.startswith(f"{section}:"))
        text = text.replace(header, "\n".join([header, *(f"  {line}" for line in lines)]), 1)
    for old, new in (replaced or {}).items():
        assert old in text
        text = text.replace(old, new)
    return text


def regime(*clocks: str, facts: Sequence[str] = (), replaced: Mapping[str, str] | None = None) -> Regime:
    """The pack of such a text on the calendar of offices."""
    return Regime.of(load_pack(pack_text(*clocks, facts=facts, replaced=replaced)), calendar())


@dataclass
class Life:
    """A case from its registration on."""

    file: CaseFile

    @classmethod
    def of(cls, regime: Regime, received: str, zone: ZoneInfo = SHANGHAI, **more: Any) -> "Life":
        data = registration(cn(received), **more)
        event = event_of(data, cn(received))
        life = cls(CaseFile(case_of(event, data, regime), regime, zone, (), cn(received)))
        fold(life.file, event)
        return life

    def tell(self, data: EventData, at: str) -> None:
        self.file.now = cn(at)
        fold(self.file, event_of(data, cn(at)))

    def live_to(self, goal: str) -> None:
        """Let time pass and the monitor look whenever something is due."""
        while due := [w for w in self.file.clocks.values() if (at := w.next_at or w.climb_at) and at <= cn(goal)]:
            first = min(due, key=lambda w: w.next_at or w.climb_at or cn(goal))
            self.file.now = first.next_at or first.climb_at or cn(goal)
            climb(self.file, come_due(self.file, first), self.file.now)
        self.file.now = cn(goal)

    def clock(self, name: str) -> Watched:
        return self.file.of(name)[-1]

    def due(self, name: str) -> str:
        return local(self.clock(name).clock.due_at)

    def states(self, name: str) -> list[str]:
        return [watched.clock.state.value for watched in self.file.of(name)]

    def said(self, *names: str) -> list[tuple[str, str]]:
        """(event, clock) in order; of these clocks only, if any are given."""
        found = [(d.data.event_type.rpartition(".v")[0], str(getattr(d.data, "name", ""))) for d in self.file.drafts]
        return [each for each in found if not names or each[1] in names]


def registration(received_at: datetime, **more: Any) -> complaints.ComplaintRegisteredV1:
    given: dict[str, Any] = {
        "number": "P01-2026-0001",
        "project": "P01",
        "received_at": received_at,
        "contactable": True,
        "channel": "phone",
        "source": "app",
        "pack": complaints.PackPin(code="p", version=1, digest="d"),
        "calendar": complaints.CalendarPin(code="cn-office", version=1, digest="d"),
        **more,
    }
    return complaints.ComplaintRegisteredV1(**given)


def assessed(grade: str = "4", previous: str | None = None) -> cases.CaseAssessedV1:
    return cases.CaseAssessedV1(
        validity=cases.Validity(value="effective", provisional=True, reason=WORDS),
        category=cases.Category(code="property", provisional=True),
        grade=cases.Grade(value=grade, reason=WORDS),
        previous_grade=previous,
    )


def event_of(data: EventData, at: datetime) -> Event:
    type_ = data.event_type
    return Event(Envelope(uuid4(), type_, OWNER_OF_TYPE[type_], CASE, 1, {}, at, "P01", "cause", "li.na"), data)
