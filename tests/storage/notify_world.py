"""Notify on a real database, with a clock that tests move: records and events in, ledger, lines and events out."""

import base64
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from pydantic import SecretStr

from services.notify.main import create_service
from services.notify.service.sending import Sender
from shared.core import Core, Service
from shared.database.migrating import migrate
from shared.events.codec import Incoming, case_headers, record_headers
from shared.events.envelope import Envelope, EventData
from shared.events.records import (
    CalendarV1,
    CaseTextsV1,
    ComplaintTextV1,
    PackV1,
    PersonAddressV1,
    RecordData,
    Reporter,
    StaffText,
)
from shared.events.registry import OWNER_OF_TYPE
from shared.policy.loading import default_pack_text
from shared.secrets import new_key
from shared.settings import DatabaseSettings, SealSettings, Settings
from tests.unit.notify.examples import CALENDAR, NODES, NOW, PACK, PEOPLE, pack, registered


class StandingClock:
    """Time that stands still until a test moves it."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    async def sleep_until(self, instant: datetime) -> None:
        self._now = max(self._now, instant)

    def move(self, **by: float) -> None:
        self._now += timedelta(**by)


class NotifyWorld:
    """One notify service and what it is told. Complaints get their personal record when first spoken of."""

    def __init__(self, core: Core, clock: StandingClock) -> None:
        self.core = core
        self.clock = clock
        self.service: Service = create_service(core)
        self.file = core.settings.home / "notices.jsonl"
        self._sequences: defaultdict[tuple[UUID, str], int] = defaultdict(int)

    # -- in ----------------------------------------------------------------------------------------------------------

    def record(self, topic: str, key: str, data: RecordData | type[RecordData], version: int = 1) -> Incoming:
        """A versioned record as Kafka would bring it; a type alone is the tombstone of one."""
        headers = record_headers(
            id_=uuid5(UUID(int=0), f"{key}{version}"),
            type_=data.record_type,
            source="test",
            key=key,
            version=version,
            recorded_at=self.clock.now(),
        )
        body = data.model_dump_json().encode() if isinstance(data, RecordData) else None
        return Incoming(f"{topic}.v1", 0, -1, key.encode(), _read(headers), body)

    def happening(self, case: UUID, data: EventData) -> Incoming:
        """The next event of its owner about a case."""
        source = OWNER_OF_TYPE[data.event_type]
        self._sequences[case, source] += 1
        sequence = self._sequences[case, source]
        envelope = Envelope(
            id=uuid5(case, f"{source}:{sequence}"),
            type=data.event_type,
            source=source,
            case=case,
            sequence=sequence,
            after={} if source == "intake" else {"intake": 1},
            occurred_at=self.clock.now(),
            project="P01",
            cause="test",
            actor="service:test",
        )
        value = data.model_dump_json().encode()
        return Incoming("complaints.v1", 0, -1, str(case).encode(), _read(case_headers(envelope)), value)

    async def tell(self, case: UUID, *happenings: EventData) -> list[Incoming]:
        """Let these happen to a case, in one batch; returns it, to be brought again."""
        batch = [self.happening(case, data) for data in happenings]
        await self.service.applier.process(batch)
        return batch

    async def register(self, case: UUID, *more: EventData, **known: Any) -> list[Incoming]:
        """A complaint with its personal record, and what happened to it in the same breath."""
        await self.service.applier.process([self.record("personal", str(case), self.complaint())])
        return await self.tell(case, registered(**known), *more)

    def seal(self, text: str) -> str:
        return base64.b64encode(self.core.ring.seal(text.encode())).decode()

    def complaint(self, **contact: str) -> ComplaintTextV1:
        sealed = {name: self.seal(value) for name, value in contact.items()}
        return ComplaintTextV1(project="P01", narrative="canary-narrative", reporter=Reporter(**sealed))

    def addresses(self, *addresses: str) -> PersonAddressV1:
        return PersonAddressV1(addresses=tuple(self.seal(address) for address in addresses))

    def staff_text(self, text: str, version: int = 1) -> CaseTextsV1:
        words = StaffText(version=version, at=self.clock.now(), move="reply", actor="li.na", text=text)
        return CaseTextsV1(project="P01", texts=(words,))

    # -- out ---------------------------------------------------------------------------------------------------------

    @property
    def senders(self) -> list[Sender]:
        return [stepper for stepper in self.service.background if isinstance(stepper, Sender)]

    async def send(self) -> datetime | None:
        """Let every sender do what is due now; returns when something is due next."""
        later: list[datetime] = []
        for sender in self.senders:
            due = await sender.step()
            while due is not None and due <= self.clock.now():
                due = await sender.step()
            later += [due] if due else []
        return min(later, default=None)

    def lines(self) -> list[dict[str, Any]]:
        """What stands in the file."""
        return [json.loads(line) for line in self.file.read_text().splitlines()] if self.file.exists() else []

    async def ledger(self) -> list[Any]:
        """All rows of the ledger, oldest first."""
        return await self.rows("select * from notices order by at, kind, role, id")

    async def outcomes(self) -> list[tuple[str, str, str, str | None]]:
        """(kind, role, outcome, reason) of all rows."""
        return [(row.kind, row.role, row.outcome, row.reason) for row in await self.ledger()]

    async def emitted(self) -> list[tuple[str, dict[str, Any]]]:
        """(type, data) of everything emitted, in order."""
        rows = await self.rows(
            "select l.type, l.payload from outbox_pending p join event_log l on l.id = p.event_id order by p.position"
        )
        return [(row.type, json.loads(row.payload)) for row in rows]

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.core.database.read() as connection:
            return list((await connection.execute(sa.text(statement), parameters)).all())


def _read(headers: tuple[tuple[str, bytes], ...]) -> dict[str, str]:
    return {name: value.decode() for name, value in headers}


@asynccontextmanager
async def notify_world(url: str, home: Path, now: datetime = NOW) -> AsyncIterator[NotifyWorld]:
    """Notify in an empty database, knowing the organisation of the examples."""
    clock = StandingClock(now)
    await migrate(url, clock, ["notify"])
    settings = Settings(
        home=home,
        database=DatabaseSettings(url=SecretStr(url), pool=4),
        seal=SealSettings(keys=[SecretStr(new_key())]),
    )
    world = NotifyWorld(Core("notify", settings, clock), clock)
    published = {"version": 1, "effective": pack().effective, "digest": "0"}
    await world.service.applier.process(
        [
            *(world.record("reference", f"node:{node.code}", node) for node in NODES),
            *(world.record("reference", f"person:{person.id}", person) for person in PEOPLE),
            world.record("reference", PACK.key, PackV1(code=PACK.code, text=default_pack_text(), **published)),
            world.record("reference", CALENDAR.key, CalendarV1(code=CALENDAR.code, text="", **published)),
        ]
    )
    try:
        yield world
    finally:
        await world.core.database.close()
