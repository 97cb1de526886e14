"""`/healthz`, `/readyz` and `/metrics`: who may read them, and what they say."""

import httpx
import pytest
from fastapi import FastAPI

from shared.errors import Unauthenticated
from shared.telemetry.exposition import source_of
from shared.telemetry.health import HealthBoard
from shared.telemetry.metrics import ServiceMetrics
from shared.telemetry.routes import health_routes, metrics_routes
from shared.web.application import create_application

TOKEN = "scrape"


async def nobody(_: str) -> None:
    raise Unauthenticated


def application(reason: str | None = None, token: str | None = TOKEN) -> FastAPI:
    async def broker() -> str | None:
        return reason

    app = create_application("sla", version="1", authenticate=nobody)  # type: ignore[arg-type]
    app.include_router(health_routes("/sla", HealthBoard("0.1.0", {"broker": broker}).readiness))
    app.include_router(metrics_routes("/sla", lambda: [source_of(ServiceMetrics("sla").registry)], token))
    return app


async def get(
    app: FastAPI, path: str, host: str = "127.0.0.1", headers: dict[str, str] | None = None
) -> httpx.Response:
    transport = httpx.ASGITransport(app, client=(host, 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://h") as client:
        return await client.get(path, headers=headers)


async def test_health_is_open_to_everyone() -> None:
    assert (await get(application(), "/sla/healthz", "203.0.113.5")).json() == {"alive": True}
    answer = await get(application(), "/sla/readyz", "203.0.113.5")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)


async def test_not_ready_is_503_and_names_the_check() -> None:
    answer = await get(application("no_broker"), "/sla/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "version": "0.1.0",
        "checks": {"broker": {"ok": False, "reason": "no_broker"}},
    }


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1"])
async def test_loopback_reads_metrics_without_a_token(host: str) -> None:
    answer = await get(application(), "/sla/metrics", host)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'huiyin_outbox_rows{service="sla"} 0.0' in answer.text


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        ("203.0.113.5", {}),
        ("203.0.113.5", {"authorization": "Bearer wrong"}),
        ("203.0.113.5", {"authorization": "scrape"}),
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.5"}),
        ("127.0.0.1", {"forwarded": "for=203.0.113.5"}),
        ("not an address", {}),
    ],
)
async def test_others_need_the_token(host: str, headers: dict[str, str]) -> None:
    assert (await get(application(), "/sla/metrics", host, headers)).status_code == 401
    right = {**headers, "authorization": "Bearer scrape"}
    assert (await get(application(), "/sla/metrics", host, right)).status_code == 200


@pytest.mark.parametrize("token", [None, ""])
async def test_without_a_configured_token_no_token_opens(token: str | None) -> None:
    app = application(token=token)
    for sent in ("Bearer ", "Bearer None", "Bearer"):
        answer = await get(app, "/sla/metrics", "203.0.113.5", {"authorization": sent})
        assert answer.status_code == 401
