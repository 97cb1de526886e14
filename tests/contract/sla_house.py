"""Sla over HTTP with people who have tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from shared.access.keys import digest_of, new_token
from shared.events.records import KeyV1, Name, NodeV1
from shared.runtime import Runner
from shared.settings import AccessSettings
from tests.scenarios.memory_log import MemoryLog
from tests.storage.sla_service import Sla, sla_service
from tests.unit.sla.examples import cn

Who = dict[str, str]
BOOTSTRAP = "bootstrap-token-of-this-test"


class House:
    """head: customer service of P01; neighbour: of P02; operator, auditor: of the group; system: feeds P01."""

    def __init__(self, sla: Sla, app: Any) -> None:
        self.sla = sla
        self.app = app
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://huiyin")
        self.head: Who = {}
        self.neighbour: Who = {}
        self.operator: Who = {}
        self.auditor: Who = {}
        self.system: Who = {}
        self.stranger: Who = {}
        self.bootstrap: Who = {"Authorization": f"Bearer {BOOTSTRAP}"}

    async def enrol(self, person: str, role: str, node: str) -> Who:
        token = new_token("system" if role == "system" else "staff")
        who: dict[str, Any] = (
            {"kind": "system", "source": person, "projects": (node,)}
            if role == "system"
            else {"kind": "staff", "person": person, "roles": (role,), "node": node}
        )
        key = KeyV1(id=person, digest=digest_of(token), created_at=cn("2026-01-01 00:00"), **who)
        await self.sla.service.applier.process([self.sla.record(f"key:{person}", key)])
        return {"Authorization": f"Bearer {token}"}

    async def get(self, who: Who, path: str, **query: Any) -> httpx.Response:
        return await self.client.get(path, params=query, headers=who)

    async def publish(self, who: Who, text: str | bytes, **headers: str) -> httpx.Response:
        told = {**who, "Content-Type": "application/yaml", **headers}
        return await self.client.post("/sla/v1/calendars", content=text, headers=told)


@asynccontextmanager
async def sla_house(url: str, home: Path, now: str, pack_text: str | None = None) -> AsyncIterator[House]:
    """A running house at a local instant."""
    access = AccessSettings(bootstrap_token=SecretStr(BOOTSTRAP))
    async with sla_service(url, home, now, pack_text, access) as sla:
        neighbour = NodeV1(code="P02", kind="project", path=("G", "P02"), name=Name(zh="二期", en="Two"))
        await sla.service.applier.process([sla.record("node:P02", neighbour)])
        house = House(sla, Runner(sla.service, writer=MemoryLog()).app)
        house.head = await house.enrol("wu.fang", "customer_service_head", "P01")
        house.neighbour = await house.enrol("he.jun", "customer_service_head", "P02")
        house.operator = await house.enrol("ops", "operator", "G")
        house.auditor = await house.enrol("audit", "auditor", "G")
        house.system = await house.enrol("app", "system", "P01")
        try:
            yield house
        finally:
            await house.client.aclose()
