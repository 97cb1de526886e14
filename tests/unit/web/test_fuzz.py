"""Whatever is sent, the answer is documented and never a 500."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

COMPLAINTS = "/intake/v1/complaints"
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "project": st.sampled_from(["P01", "", "p", "P" * 20]) | ANY_JSON,
        "narrative": st.text(max_size=300) | ANY_JSON,
        "received_at": st.datetimes().map(str) | st.sampled_from(["2026-11-20T09:00:00+08:00", "9" * 30]) | ANY_JSON,
        "facts": st.dictionaries(st.sampled_from(["people", "demand", "x"]), ANY_JSON, max_size=3) | ANY_JSON,
    },
)
few = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def send(runner: asyncio.Runner, app: FastAPI, token: str, method: str, path: str, **sent: Any) -> httpx.Response:
    async def once() -> httpx.Response:
        headers = {"authorization": f"Bearer {token}", **sent.pop("headers", {})}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://h") as client:
            return await client.request(method, path, headers=headers, **sent)

    return runner.run(once())


def judge(answer: httpx.Response, documented: set[int]) -> None:
    assert answer.status_code in documented
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert problem["type"] == f"urn:huiyin:problem:{problem['code']}"


POSTED = {201, 400, 409, 413, 415, 422}


@few
@given(
    body=st.binary(max_size=400), kind=st.sampled_from(["application/json", "text/plain", "application/json;charset=x"])
)
def test_any_bytes(runner: asyncio.Runner, app: FastAPI, keys: Any, body: bytes, kind: str) -> None:
    judge(send(runner, app, keys.system(), "POST", COMPLAINTS, content=body, headers={"content-type": kind}), POSTED)


@few
@given(value=ANY_JSON | NEARLY)
def test_any_json(runner: asyncio.Runner, app: FastAPI, keys: Any, value: Any) -> None:
    body = json.dumps(value).encode()
    judge(
        send(
            runner, app, keys.system(), "POST", COMPLAINTS, content=body, headers={"content-type": "application/json"}
        ),
        POSTED,
    )


@few
@given(path=st.text(max_size=40), query=st.text(max_size=40))
def test_any_path_and_query(runner: asyncio.Runner, app: FastAPI, keys: Any, path: str, query: str) -> None:
    address = f"{COMPLAINTS}/{quote(path.encode('utf-8', 'replace'))}?limit={quote(query.encode('utf-8', 'replace'))}"
    judge(send(runner, app, keys.system(), "GET", address), {404, 422, 405})


@few
@given(value=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60))
@pytest.mark.parametrize(
    "name", ["authorization", "idempotency-key", "if-match", "accept-language", "traceparent", "cookie"]
)
def test_any_header(runner: asyncio.Runner, app: FastAPI, keys: Any, name: str, value: str) -> None:
    headers: Any = {"content-type": "application/json", name: value.encode("latin-1")}
    body = b'{"project": "P01", "narrative": "x"}'
    judge(
        send(runner, app, keys.system(), "POST", COMPLAINTS, content=body, headers=headers), {201, 401, 403, 415, 422}
    )
