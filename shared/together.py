"""Several services under one port, in one process."""

import asyncio
from collections.abc import Iterable, Sequence

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.core import VERSION
from shared.database.engine import is_outage
from shared.runtime import Runner
from shared.telemetry.exposition import MetricsSource
from shared.telemetry.health import Readiness
from shared.telemetry.routes import health_routes, metrics_routes
from shared.web.application import create_application


class Together:
    """Several services under one port: each answers its own paths, `/metrics` and `/readyz` answer for all.

    What belongs to no service (`/`, `/login`, `/static`) is answered by the front service.
    """

    def __init__(self, runners: Sequence[Runner], front: str) -> None:
        self._apps: dict[str, ASGIApp] = {runner.core.name: runner.app for runner in runners}
        self._front = self._apps[front]
        self._shared = _shared_app(runners)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _no_lifespan(receive, send)
            return
        first = scope["path"].lstrip("/").partition("/")[0]
        if scope["path"] in {"/metrics", "/readyz", "/healthz"}:
            await self._shared(scope, receive, send)
        else:
            await self._apps.get(first, self._front)(scope, receive, send)


def _shared_app(runners: Sequence[Runner]) -> FastAPI:
    core = runners[0].core
    app = create_application("huiyin", version=VERSION, authenticate=core.authenticate, is_outage=is_outage)
    boards = {runner.core.name: runner.health for runner in runners}

    async def all_ready() -> Readiness:
        states = dict(zip(boards, await asyncio.gather(*(board.readiness() for board in boards.values())), strict=True))
        reasons = {
            f"{name}.{check}" if reason else check: reason
            for name, state in states.items()
            for check, reason in state.reasons.items()
        }
        return Readiness(VERSION, reasons)

    def all_sources() -> Iterable[MetricsSource]:
        return [source for runner in runners for source in runner.metrics_sources()]

    token = core.settings.metrics.token
    app.include_router(health_routes("", all_ready))
    app.include_router(metrics_routes("", all_sources, token.get_secret_value() if token else None))
    return app


async def _no_lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
