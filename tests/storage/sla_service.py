"""The sla service on a real database under virtual time, with other services' events written by hand."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from pydantic import SecretStr

from services.sla.main import create_service
from shared import ids
from shared.calendars.document import CalendarDocument
from shared.calendars.packaged import packaged_calendar
from shared.calendars.writing import write_calendar
from shared.core import Core, Service
from shared.database.migrating import migrate
from shared.events import cases, complaints
from shared.events.codec import Incoming, case_headers, record_headers
from shared.events.envelope import Envelope, EventData
from shared.events.records import CalendarV1, Name, NodeV1, PackV1, RecordData
from shared.events.registry import EVENT_TYPES, OWNER_OF_TYPE
from shared.policy.loading import default_pack_text, load_pack
from shared.secrets import new_key
from shared.settings import AccessSettings, DatabaseSettings, SealSettings, Settings
from tests.scenarios.world import VirtualClock
from tests.unit.sla.examples import cn

WORDS = cases.Words(zh="理由", en="reason")
PACK = load_pack(default_pack_text())
_CALENDAR = packaged_calendar("cn-office")
assert _CALENDAR is not None
CALENDAR = _CALENDAR


@dataclass
class Said:
    """An event sla emitted."""

    name: str
    data: EventData
    occurred_at: datetime
    id: UUID
    cause: str


@dataclass
class Sla:
    """core, service: what runs in production. `tell` brings an event as Kafka would."""

    core: Core
    service: Service
    clock: VirtualClock
    url: str
    _sequences: dict[tuple[UUID, str], int] = field(default_factory=dict)
    _offset: int = 0

    # -- what others say ---------------------------------------------------------------------------------------------

    def record(self, key: str, data: RecordData, version: int = 1) -> Incoming:
        type_ = data.record_type
        headers = record_headers(
            id_=uuid4(), type_=type_, source="routing", key=key, version=version, recorded_at=self.clock.now()
        )
        read = {name: value.decode() for name, value in headers}
        return Incoming("reference.v1", 0, -1, key.encode(), read, data.model_dump_json().encode())

    async def hear_calendar(self, document: CalendarDocument) -> None:
        """A calendar version becomes known."""
        record = CalendarV1(
            code=document.code,
            version=document.version,
            effective=document.effective,
            digest=document.digest(),
            text=write_calendar(document),
        )
        await self.service.applier.process([self.record(f"calendar:{document.reference}", record)])

    def event(
        self, case: UUID, data: EventData, at: datetime | str | None = None, *, after: Mapping[str, int] | None = None
    ) -> Incoming:
        source = OWNER_OF_TYPE[data.event_type]
        sequence = self._sequences[case, source] = self._sequences.get((case, source), 0) + 1
        envelope = Envelope(
            id=ids.event_id(f"{case}", data.event_type, str(sequence)),
            type=data.event_type,
            source=source,
            case=case,
            sequence=sequence,
            after=after or {},
            occurred_at=cn(at) if isinstance(at, str) else at or self.clock.now(),
            project="P01",
            cause="test",
            actor="li.na",
        )
        headers = {name: value.decode() for name, value in case_headers(envelope)}
        self._offset += 1
        value = data.model_dump_json().encode()
        return Incoming("complaints.v1", 0, self._offset, str(case).encode(), headers, value)

    async def tell(self, case: UUID, *data: EventData, at: datetime | str | None = None) -> None:
        await self.service.applier.process([self.event(case, each, at) for each in data])

    async def open_case(self, received: str | datetime, *, case: UUID | None = None, **more: Any) -> UUID:
        """A complaint received, registered and admitted at a local instant."""
        case = case or uuid4()
        received_at = cn(received) if isinstance(received, str) else received
        registered = registration(received_at, **more)
        await self.tell(case, registered, cases.CaseAdmittedV1(), at=received_at)
        return case

    async def believe(self, through: datetime | str, *sources: str) -> None:
        """What progress these sources have been heard to have made."""
        instant = cn(through) if isinstance(through, str) else through
        async with self.core.database.begin() as unit:
            for source in sources or ("intake", "routing"):
                await unit.connection.execute(
                    sa.text("""
                        insert into progress_marks (source, through, generation, heard_at, applied)
                        values (:source, :through, 1, :now, '{}')
                        on conflict (source) do update set through = excluded.through
                    """),
                    {"source": source, "through": instant, "now": unit.started},
                )

    # -- what sla does by itself -------------------------------------------------------------------------------------

    async def watch(self) -> datetime | None:
        """Let the monitor do all that is due now, everything told having been applied; returns the next due instant."""
        self.core.standing.note_caught_up()
        monitor = self.service.background[0]
        while (due := await monitor.step()) is not None and due <= self.clock.now():
            pass
        return due

    async def live_to(self, instant: datetime | str) -> None:
        """Let time pass, stopping wherever something is due, everybody being heard at once."""
        goal = cn(instant) if isinstance(instant, str) else instant
        while True:
            await self.believe(self.clock.now())
            due = await self.watch()
            if due is None or due > goal:
                break
            self.clock.move_to(due)
        self.clock.move_to(goal)
        await self.believe(goal)
        await self.watch()

    # -- what came of it ---------------------------------------------------------------------------------------------

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.core.database.read() as connection:
            return list((await connection.execute(sa.text(statement), parameters)).all())

    async def said(self, case: UUID, *names: str) -> list[Said]:
        """The events sla emitted about a case, in their order; of these names only, if any are given."""
        rows = await self.rows("select * from event_log where aggregateid = :case order by sequence", case=str(case))
        found = [
            Said(
                row.type.rpartition(".v")[0], EVENT_TYPES[row.type].model_validate_json(row.payload), row.occurred_at,
                row.id, row.cause,
            )
            for row in rows
        ]  # fmt: skip
        return [each for each in found if not names or each.name in names]

    async def clocks(self, case: UUID) -> dict[str, Any]:
        """The newest clock of each name."""
        rows = await self.rows("select * from clocks where case_id = :case order by round, occurrence", case=case)
        return {row.name: row for row in rows}


def registration(received_at: datetime, **more: Any) -> complaints.ComplaintRegisteredV1:
    given: dict[str, Any] = {
        "number": "P01-2026-0001",
        "project": "P01",
        "received_at": received_at,
        "contactable": True,
        "channel": "phone",
        "source": "app",
        "pack": complaints.PackPin(code=PACK.code, version=PACK.version, digest=PACK.digest),
        "calendar": complaints.CalendarPin(code=CALENDAR.code, version=CALENDAR.version, digest=CALENDAR.digest()),
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


def settings_for(url: str, home: Path, access: AccessSettings | None = None) -> Settings:
    return Settings(
        access=access or AccessSettings(),
        home=home,
        database=DatabaseSettings(url=SecretStr(url), pool=4),
        seal=SealSettings(keys=[SecretStr(new_key())]),
    )


@asynccontextmanager
async def sla_service(
    url: str, home: Path, now: str, pack_text: str | None = None, access: AccessSettings | None = None
) -> AsyncIterator[Sla]:
    """Sla with its reference, caught up, at a local instant."""
    clock = VirtualClock(cn(now))
    await migrate(url, clock, ["sla"])
    core = Core("sla", settings_for(url, home, access), clock)
    sla = Sla(core, create_service(core), clock, url)
    text = pack_text or default_pack_text()
    pack = load_pack(text)
    group = NodeV1(code="G", kind="group", path=("G",), name=Name(zh="集团", en="Group"), pack=pack.code)
    project = NodeV1(code="P01", kind="project", path=("G", "P01"), name=Name(zh="一期", en="One"))
    calendar = CalendarV1(
        code=CALENDAR.code,
        version=CALENDAR.version,
        effective=CALENDAR.effective,
        digest=CALENDAR.digest(),
        text=write_calendar(CALENDAR),
    )
    published = PackV1(code=pack.code, version=pack.version, effective=pack.effective, digest=pack.digest, text=text)
    await sla.service.applier.process(
        [
            sla.record("node:G", group),
            sla.record("node:P01", project),
            sla.record(f"pack:{pack.code}@{pack.version}", published),
            sla.record(f"calendar:{CALENDAR.reference}", calendar),
        ]
    )
    try:
        yield sla
    finally:
        await core.database.close()
