"""Size, content type and readability are judged before any route sees a body."""

import json

import httpx
import pytest
from starlette.types import Message

from shared.errors import TooLarge
from shared.web.body_guard import BodyGuard

COMPLAINTS = "/intake/v1/complaints"
GOOD = {"project": "P01", "narrative": "电梯停运\n已三天\t"}
JSON = {"content-type": "application/json"}


async def test_a_good_body_comes_through_unchanged(system: httpx.AsyncClient) -> None:
    answer = await system.post(COMPLAINTS, json=GOOD)
    assert (answer.status_code, answer.json()["narrative"]) == (201, GOOD["narrative"])


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_over_256_kib_is_too_large(system: httpx.AsyncClient, declared: bool) -> None:
    body = json.dumps({**GOOD, "narrative": "x" * 256 * 1024}).encode()

    async def chunks():  # type: ignore[no-untyped-def]
        for at in range(0, len(body), 4096):
            yield body[at : at + 4096]

    answer = await system.post(COMPLAINTS, content=body if declared else chunks(), headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
    assert "262144 bytes" in answer.json()["detail"]


async def test_a_body_of_exactly_256_kib_is_read(system: httpx.AsyncClient) -> None:
    body = json.dumps({**GOOD, "narrative": ""})
    body = json.dumps({**GOOD, "narrative": "x" * (256 * 1024 - len(body))})
    answer = await system.post(COMPLAINTS, content=body, headers=JSON)
    assert answer.json()["errors"][0]["code"] == "too_long"


async def test_a_batch_may_be_larger_and_is_ndjson(system: httpx.AsyncClient) -> None:
    line = json.dumps(GOOD).encode() + b"\n"
    batch = line * 20_000
    answer = await system.post(f"{COMPLAINTS}:batch", content=batch, headers={"content-type": "application/x-ndjson"})
    assert answer.json() == {"bytes": len(batch)}
    answer = await system.post(f"{COMPLAINTS}:batch", json=GOOD)
    assert answer.status_code == 415
    assert "application/x-ndjson" in answer.json()["detail"]


async def test_too_large_is_refused_without_reading_on() -> None:
    read = 0

    async def receive() -> Message:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * 1024, "more_body": True}

    async def never(*_: object) -> None:
        raise AssertionError("must not be called")

    scope = {"type": "http", "method": "POST", "path": "/a/v1/b", "headers": [], "query_string": b""}
    with pytest.raises(TooLarge):
        await BodyGuard(never)(scope, receive, never)
    assert read == 257


async def test_a_caller_who_goes_away_reaches_no_route() -> None:
    messages = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Message:
        return next(messages)

    async def never(*_: object) -> None:
        raise AssertionError("must not be called")

    scope = {"type": "http", "method": "POST", "path": "/a/v1/b", "headers": [], "query_string": b""}
    await BodyGuard(never)(scope, receive, never)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=gbk"},
        {"content-type": "application/json", "content-encoding": "gzip"},
        {"content-type": ""},
    ],
)
async def test_another_content_type_is_refused(system: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await system.post(COMPLAINTS, content=json.dumps(GOOD), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=utf-8", 'application/json;charset="UTF-8"']
)
async def test_json_in_any_spelling_is_taken(system: httpx.AsyncClient, content_type: str) -> None:
    answer = await system.post(COMPLAINTS, content=json.dumps(GOOD), headers={"content-type": content_type})
    assert answer.status_code == 201


async def test_a_move_without_a_body_needs_no_content_type(system: httpx.AsyncClient) -> None:
    answer = await system.post(f"{COMPLAINTS}/6f0a3f4e-8c1e-5a53-9d0e-52a1d1c0a001/close")
    assert answer.status_code == 409


@pytest.mark.parametrize("query", ["limit=%00", "x%00y=1", "limit=5&state=%1b%5b", "a=%c2%85"])
async def test_control_characters_in_a_query_are_invalid(system: httpx.AsyncClient, query: str) -> None:
    answer = await system.get(f"{COMPLAINTS}/6f0a3f4e-8c1e-5a53-9d0e-52a1d1c0a001?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "control_character"
    assert answer.json()["errors"][0]["pointer"].startswith("/query/")


async def test_control_characters_in_a_path_lead_nowhere(system: httpx.AsyncClient) -> None:
    assert (await system.get(f"{COMPLAINTS}/a%00b")).status_code == 404
