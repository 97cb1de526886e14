"""Routing on a real database: an organisation loaded, the default pack published, complaints and clocks told."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from pydantic import SecretStr

from services.routing.directory.loading import load_directory
from services.routing.directory.reading import Known, read_organisation
from services.routing.domain import CaseFile
from services.routing.main import create_service
from services.routing.service.bodies import BODIES, Act, Mark, Move, PackMove
from services.routing.service.marking import mark_form
from services.routing.service.moving import make_move
from services.routing.service.packs import publish_pack
from services.routing.service.working import act_on
from services.routing.storage.cases import CaseStorage
from shared.access.principal import Principal
from shared.core import Core, Service
from shared.database.migrating import migrate
from shared.events.codec import Incoming, case_headers, record_headers
from shared.events.envelope import Envelope, EventData
from shared.events.records import CalendarV1, ComplaintTextV1, RecordData
from shared.events.registry import OWNER_OF_TYPE
from shared.policy.loading import default_pack_text
from shared.secrets import new_key
from shared.settings import DatabaseSettings, SealSettings, Settings
from tests.unit.routing.examples import CALENDAR, NOW, ORGANISATION, registered

OPERATOR = Principal("zhao.min", frozenset({"operator"}), ("*",))
HEAD = Principal("wu.fang", frozenset({"customer_service_head"}), ("R1",))
HANDLER = Principal("li.na", frozenset({"handler"}), ("P01",))
AUDITOR = Principal("qian.jun", frozenset({"auditor"}), ("G",))


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


class RoutingWorld:
    """One routing service and what it is told."""

    def __init__(self, core: Core, clock: StandingClock) -> None:
        self.core = core
        self.clock = clock
        self.service: Service = create_service(core)
        self._sequences: defaultdict[tuple[UUID, str], int] = defaultdict(int)

    # -- in ----------------------------------------------------------------------------------------------------------

    async def load(self, organisation: str = ORGANISATION) -> Any:
        document = read_organisation(organisation, Known())
        async with self.core.database.begin() as unit:
            return await load_directory(unit, document, OPERATOR, self.core.ring)

    async def publish(self, text: str) -> None:
        async with self.core.database.begin() as unit:
            await publish_pack(unit, text, OPERATOR)

    def record(self, topic: str, key: str, data: RecordData, version: int = 1) -> Incoming:
        """A versioned record as Kafka would bring it."""
        headers = record_headers(
            id_=uuid5(UUID(int=0), f"{key}{version}"),
            type_=data.record_type,
            source="test",
            key=key,
            version=version,
            recorded_at=self.clock.now(),
        )
        return Incoming(f"{topic}.v1", 0, -1, key.encode(), _read(headers), data.model_dump_json().encode())

    def text(self, case: UUID, narrative: str, title: str | None = None) -> Incoming:
        return self.record("personal", str(case), ComplaintTextV1(project="P01", title=title, narrative=narrative))

    def happening(self, case: UUID, data: EventData, project: str = "P01") -> Incoming:
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
            project=project,
            cause="test",
            actor="service:test",
        )
        value = data.model_dump_json().encode()
        return Incoming("complaints.v1", 0, -1, str(case).encode(), _read(case_headers(envelope)), value)

    async def tell(self, case: UUID, *happenings: EventData) -> None:
        """Let these happen to a case, in one batch."""
        await self.service.applier.process([self.happening(case, data) for data in happenings])

    async def register(self, case: UUID, *, narrative: str = "…", **known: Any) -> CaseFile:
        """A complaint with its personal record; returns its file."""
        data = registered(**known)
        await self.service.applier.process([self.text(case, narrative), self.happening(case, data, data.project)])
        return await self.file(case)

    async def move(
        self,
        case: UUID,
        move: str,
        body: dict[str, Any] | None = None,
        *,
        by: Principal = HEAD,
        key: str | None = None,
        expected: int | None = None,
    ) -> CaseFile:
        model: type[Move] = BODIES.get(move, PackMove)
        async with self.core.database.begin() as unit:
            return await make_move(
                unit, self.core.book, by, case, move, model.model_validate(body or {}), key=key, expected=expected
            )

    async def act(
        self,
        case: UUID,
        run: str,
        act: str = "done",
        *,
        by: Principal = HEAD,
        key: str | None = None,
        expected: int | None = None,
        **body: Any,
    ) -> CaseFile:
        """An act on a piece of work."""
        async with self.core.database.begin() as unit:
            given = Act.model_validate(body)
            return await act_on(unit, self.core.book, by, case, run, act, given, key=key, expected=expected)

    async def mark(self, case: UUID, form: str, mark: str, *, by: Principal = HEAD, **body: Any) -> CaseFile:
        """Something done with a form."""
        async with self.core.database.begin() as unit:
            return await mark_form(unit, self.core.book, by, case, form, mark, Mark.model_validate(body))

    async def step(self) -> None:
        """Let routing do by itself what is to be done now."""
        for stepper in self.service.background:
            due = await stepper.step()
            while due is not None and due <= self.clock.now():
                due = await stepper.step()

    # -- out ---------------------------------------------------------------------------------------------------------

    async def file(self, case: UUID) -> CaseFile:
        return (await self.files([case]))[case]

    async def files(self, cases: Iterable[UUID]) -> dict[UUID, CaseFile]:
        async with self.core.database.read() as connection:
            return await CaseStorage(connection).load(cases)

    async def emitted(self, case: UUID | None = None) -> list[tuple[str, dict[str, Any]]]:
        """(type without its version, data) of every case event emitted, in order."""
        rows = await self.rows(
            "select l.type, l.payload, l.aggregateid from outbox_pending p join event_log l on l.id = p.event_id"
            " where l.aggregatetype = 'complaints.v1' order by p.position"
        )
        return [
            (row.type.rpartition(".v")[0], json.loads(row.payload))
            for row in rows
            if case is None or row.aggregateid == str(case)
        ]

    async def names(self, case: UUID) -> list[str]:
        return [name for name, _ in await self.emitted(case)]

    async def timeline(self, case: UUID) -> list[str]:
        async with self.core.database.read() as connection:
            return [entry.code for entry in await CaseStorage(connection).timeline(case)]

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.core.database.read() as connection:
            return list((await connection.execute(sa.text(statement), parameters)).all())


def _read(headers: tuple[tuple[str, bytes], ...]) -> dict[str, str]:
    return {name: value.decode() for name, value in headers}


@asynccontextmanager
async def routing_world(url: str, home: Path, now: datetime = NOW) -> AsyncIterator[RoutingWorld]:
    """Routing in an empty database, with the organisation of the examples, the default pack and China's calendar."""
    clock = StandingClock(now)
    await migrate(url, clock, ["routing"])
    settings = Settings(
        home=home,
        database=DatabaseSettings(url=SecretStr(url), pool=4),
        seal=SealSettings(keys=[SecretStr(new_key())]),
    )
    world = RoutingWorld(Core("routing", settings, clock), clock)
    text = files("shared.calendars").joinpath("cn-office-1.yaml").read_text("utf-8")
    calendar = CalendarV1(code=CALENDAR.code, version=1, effective=now.date(), digest="0", text=text)
    await world.publish(default_pack_text())
    await world.load()
    await world.service.applier.process([world.record("reference", CALENDAR.key, calendar)])
    try:
        yield world
    finally:
        await world.core.database.close()
