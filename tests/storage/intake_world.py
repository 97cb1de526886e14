"""Intake on a real database, with a clock that tests move: requests and records in, rows and events out."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import sqlalchemy as sa
from pydantic import SecretStr

from services.intake.domain import Registration, Way
from services.intake.main import create_service
from services.intake.service.registering import Registrar
from services.intake.service.sender import Sender
from services.intake.service.submission import parse
from shared.access.principal import Principal
from shared.core import Core
from shared.database.migrating import migrate
from shared.events.codec import Incoming, case_headers
from shared.events.envelope import Envelope, EventData
from shared.events.registry import OWNER_OF_TYPE
from shared.runtime import Runner
from shared.secrets import new_key
from shared.settings import DatabaseSettings, SealSettings, Settings
from tests.scenarios.memory_log import MemoryLog
from tests.unit.intake.organisation import APP, NOW, RECORDS, REFERENCE, token

COMPLAINTS = "/intake/v1/complaints"


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


class IntakeWorld:
    """One intake service on its own database, its organisation loaded."""

    def __init__(self, core: Core, clock: StandingClock) -> None:
        self.core = core
        self.clock = clock
        self.service = create_service(core)
        self.runner = Runner(self.service, writer=MemoryLog())
        self.app = self.runner.app
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://huiyin")
        self._registrar = Registrar(core.ring)
        self._sequences: dict[tuple[UUID, str], int] = {}
        self._offset = 0

    # -- over HTTP ---------------------------------------------------------------------------------------------------

    async def request(
        self, method: str, path: str, principal: Principal = APP, language: str = "en", **kwargs: Any
    ) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {token(principal)}", "Accept-Language": language, **kwargs.pop("headers", {})
        }  # fmt: skip
        return await self.client.request(method, path, headers=headers, **kwargs)

    async def post(self, principal: Principal = APP, key: str | None = None, **body: Any) -> httpx.Response:
        """POST a complaint: P01, some words, an identity of its own, and what the test says."""
        given = {"project": "P01", "narrative": "电梯坏了", **body}
        if key is None:
            given.setdefault("source_id", str(uuid4()))
        headers = {"Idempotency-Key": key} if key else {}
        return await self.request("POST", COMPLAINTS, principal, json=given, headers=headers)

    async def registered(self, **body: Any) -> UUID:
        """The id of a newly registered complaint."""
        response = await self.post(**body)
        assert response.status_code == 201, response.text
        return UUID(response.json()["id"])

    async def command(
        self, case: UUID, name: str, principal: Principal = APP, key: str | None = None, **body: Any
    ) -> httpx.Response:
        """POST a command on one complaint."""
        headers = {"Idempotency-Key": key} if key else {}
        return await self.request("POST", f"{COMPLAINTS}/{case}/{name}", principal, json=body, headers=headers)

    async def batch(self, *lines: Any, principal: Principal = APP, mode: str | None = None) -> list[dict[str, Any]]:
        """POST lines (dicts, or bytes as they are); the answers."""
        content = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        response = await self.request(
            "POST",
            f"{COMPLAINTS}:batch",
            principal,
            content=content,
            headers={"Content-Type": "application/x-ndjson"},
            params={"mode": mode} if mode else {},
        )
        assert response.status_code == 200, response.text
        return [json.loads(line) for line in response.text.splitlines()]

    # -- from Kafka --------------------------------------------------------------------------------------------------

    def inbound(self, value: Any, key: str | None = None) -> Incoming:
        """A record of the inbound topic."""
        self._offset += 1
        raw = value if isinstance(value, bytes) or value is None else json.dumps(value).encode()
        return Incoming("inbound.v1", 0, self._offset, key.encode() if key is not None else None, {}, raw)

    def said(self, case: UUID, data: EventData) -> Incoming:
        """A record with an event of another service."""
        source = OWNER_OF_TYPE[data.event_type]
        sequence = self._sequences[case, source] = self._sequences.get((case, source), 0) + 1
        envelope = Envelope(
            uuid4(), data.event_type, source, case, sequence, {"intake": 1}, self.clock.now(), "P01", "c", "a"
        )
        headers = {name: value.decode() for name, value in case_headers(envelope)}
        return Incoming("complaints.v1", 0, -1, str(case).encode(), headers, data.model_dump_json().encode())

    # -- inside ------------------------------------------------------------------------------------------------------

    def registration(self, source_id: str, **body: Any) -> Registration:
        """A judged registration of P01."""
        raw = json.dumps({"project": "P01", "narrative": "电梯坏了", "source_id": source_id, **body}).encode()
        return self._registrar.judge(parse(raw), Sender.of(APP, Way.HTTP), REFERENCE, self.clock.now())

    async def rows(self, statement: str, **parameters: Any) -> Sequence[Any]:
        async with self.core.database.read() as connection:
            return (await connection.execute(sa.text(statement), parameters)).all()

    async def events(self, case: UUID | None = None) -> list[tuple[int, str, dict[str, Any]]]:
        """(sequence, type, data) of what was emitted, in order."""
        rows = await self.rows(
            "select sequence, type, payload from event_log where aggregatetype = 'complaints.v1' "
            "and (cast(:case as text) is null or aggregateid = :case) order by aggregateid, sequence",
            case=str(case) if case else None,
        )
        return [(row.sequence, row.type, json.loads(row.payload)) for row in rows]

    async def personal(self, case: UUID) -> dict[str, Any] | None:
        """The personal record of a complaint; None once erased."""
        rows = await self.rows("select body from records where topic = 'personal' and key = :key", key=str(case))
        return json.loads(rows[0].body) if rows[0].body is not None else None

    async def audited(self, action: str) -> list[tuple[str, str]]:
        """(actor, subject) of audit rows."""
        rows = await self.rows("select actor, subject from audit where action = :action order by id", action=action)
        return [(row.actor, row.subject) for row in rows]

    def counted(self, **labels: str) -> float:
        """huiyin_intake_accepts_total."""
        return self.core.metrics.registry.get_sample_value("huiyin_intake_accepts_total", labels) or 0.0


@asynccontextmanager
async def intake(url: str) -> AsyncIterator[IntakeWorld]:
    """A new world on the empty database at `url`."""
    clock = StandingClock(NOW)
    await migrate(url, clock, ["intake"])
    settings = Settings(database=DatabaseSettings(url=SecretStr(url)), seal=SealSettings(keys=[SecretStr(new_key())]))
    core = Core("intake", settings, clock)
    async with core.database.begin() as unit:
        await unit.delivery.put_records("reference", RECORDS)
    world = IntakeWorld(core, clock)
    try:
        yield world
    finally:
        await world.client.aclose()
        await core.database.close()
