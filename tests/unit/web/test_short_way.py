"""The short way answers as the long one does, and takes only what it can answer."""

from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from shared.errors import NotFound
from shared.web.application import create_application
from shared.web.authentication import Caller, authenticated
from shared.web.parameters import IdempotencyKey
from shared.web.short_way import short_way

PATH = "/intake/v1/things"


@pytest.fixture
def router() -> APIRouter:
    router = APIRouter()

    @router.post(PATH, status_code=201)
    async def make(request: Request, caller: Caller, key: IdempotencyKey = None) -> Response:
        body = await request.json()
        if body == "missing":
            raise NotFound
        short = type(request.scope["route"]).__name__ == "_Route"
        return JSONResponse({"actor": caller.actor, "key": key, "body": body, "short": short}, 201)

    return router


@pytest.fixture
def post(router: APIRouter, keys: Any) -> Any:
    app = create_application(
        "intake", version="1", authenticate=authenticated(keys), short_ways=short_way(router, "POST", PATH)
    )
    app.include_router(router)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://huiyin")

    async def send(path: str = PATH, body: Any = "x", **headers: str) -> httpx.Response:
        known = {"authorization": f"Bearer {keys.system()}"} | {n.replace("_", "-"): v for n, v in headers.items()}
        return await client.post(path, json=body, headers=known)

    return send


async def test_a_request_with_nothing_but_a_body_goes_the_short_way(post: Any) -> None:
    answer = await post()
    assert (answer.status_code, answer.json()) == (201, {"actor": "app", "key": None, "body": "x", "short": True})


async def test_a_request_with_parameters_goes_the_long_way(post: Any) -> None:
    assert (await post(idempotency_key="a-1")).json() == {"actor": "app", "key": "a-1", "body": "x", "short": False}
    assert (await post(f"{PATH}?mode=live")).json()["short"] is False


@pytest.mark.parametrize("long", ["", "?x=1"])
async def test_both_ways_refuse_alike(post: Any, long: str) -> None:
    missing = await post(PATH + long, "missing")
    nobody = await post(PATH + long, authorization="Bearer hyk_unknown")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthenticated")
    for answer in (missing, nobody):
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert "content-security-policy" in answer.headers


def test_a_way_to_nowhere_is_refused(router: APIRouter) -> None:
    with pytest.raises(LookupError):
        short_way(router, "GET", PATH)
