"""Routing over HTTP in the name of somebody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from services.routing.service.keys import add_key
from shared.runtime import Runner
from tests.scenarios.memory_log import MemoryLog
from tests.storage.routing_world import OPERATOR, RoutingWorld, routing_world
from tests.unit.routing.examples import CASE

STAFF = {
    "li.na": ("handler", "P01"),
    "wu.fang": ("customer_service_head", "R1"),
    "sun.yue": ("regional_leader", "R2"),
    "qian.jun": ("auditor", "G"),
    "zhao.min": ("operator", "G"),
}


class Api:
    """Requests to routing in the name of somebody."""

    def __init__(self, world: RoutingWorld, client: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self.world = world
        self._client = client
        self._tokens = tokens

    async def __call__(
        self, method: str, path: str, by: str | None = "wu.fang", language: str = "en", **kwargs: Any
    ) -> httpx.Response:
        headers = {"Accept-Language": language, **kwargs.pop("headers", {})}
        if by:
            headers["Authorization"] = f"Bearer {self._tokens[by]}"
        return await self._client.request(method, f"/routing/v1{path}", headers=headers, **kwargs)

    async def get(self, path: str, **kwargs: Any) -> Any:
        response = await self("GET", path, **kwargs)
        assert response.status_code == 200, response.text
        return response.json()

    async def get_document(self) -> Any:
        """The description of the interface."""
        return (await self._client.get("/routing/openapi.json")).json()

    async def move(self, move: str, body: Any = None, **kwargs: Any) -> httpx.Response:
        return await self("POST", f"/cases/{CASE}/{move}", json=body, **kwargs)


@asynccontextmanager
async def routing_api(url: str, home: Path) -> AsyncIterator[Api]:
    """An installation of routing with somebody of each role."""
    async with routing_world(url, home) as world:
        app = Runner(world.service, writer=MemoryLog()).app
        tokens = {}
        async with world.core.database.begin() as unit:
            for person, (role, node) in STAFF.items():
                _, tokens[person] = await add_key(unit, OPERATOR, kind="staff", person=person, roles=[role], node=node)
            _, tokens["app"] = await add_key(unit, OPERATOR, kind="system", source="app", projects=["P01"])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://huiyin") as client:
            yield Api(world, client, tokens)
