"""Every refusal and failure is an RFC 9457 problem in the caller's language."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog

from shared.errors import (
    CaseParked,
    FieldError,
    IdempotencyConflict,
    Invalid,
    Malformed,
    MoveNotAllowed,
    NotFound,
    OutOfScope,
    Refused,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    VersionConflict,
    invalid,
)
from shared.telemetry.logging import configure_logging
from shared.web.problems import problem_document

COMPLAINTS = "/intake/v1/complaints"
ONE = f"{COMPLAINTS}/6f0a3f4e-8c1e-5a53-9d0e-52a1d1c0a001"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("INFO", stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("refused", "status", "code"),
    [
        (Malformed(FieldError("", "json_syntax", {"line": 1, "column": 2})), 400, "malformed"),
        (Unauthenticated(), 401, "unauthenticated"),
        (OutOfScope(), 403, "out_of_scope"),
        (NotFound("case"), 404, "not_found"),
        (IdempotencyConflict(), 409, "idempotency_conflict"),
        (VersionConflict(2, 3), 409, "version_conflict"),
        (MoveNotAllowed("closed", []), 409, "move_not_allowed"),
        (CaseParked(), 409, "case_parked"),
        (TooLarge(5), 413, "too_large"),
        (UnsupportedMediaType(["application/json"]), 415, "unsupported_media_type"),
        (invalid("/facts/people", "too_large", max=3), 422, "invalid_field"),
        (Unavailable(3), 503, "unavailable"),
    ],
)
def test_every_refusal_has_its_document(refused: Refused, status: int, code: str, language: Any) -> None:
    document = problem_document(refused, language, "a" * 32)
    assert document["type"] == f"urn:huiyin:problem:{code}"
    assert (document["status"], document["code"], document["trace_id"]) == (status, code, "a" * 32)
    assert document["title"]
    assert document["detail"]
    assert "{" not in document["title"] + document["detail"]
    json.dumps(document)


def test_a_field_error_says_what_is_wrong_and_what_to_do_in_both_languages() -> None:
    refused = Invalid(FieldError("/facts/people", "too_large", {"max": 10_000}))
    assert problem_document(refused, "en")["errors"] == [
        {
            "pointer": "/facts/people",
            "code": "too_large",
            "message": "Too large: at most 10000.",
            "remedy": "Give a value of 10000 or less.",
        }
    ]
    assert problem_document(refused, "zh")["errors"][0]["message"] == "太大：至多为 10000。"


async def test_validation_names_each_field_without_repeating_what_was_sent(system: httpx.AsyncClient) -> None:
    answer = await system.post(
        COMPLAINTS,
        json={
            "project": "p-1",
            "received_at": "2026-11-20T09:00:00",
            "facts": {"people": "13800138000", "demand": ["repair", "张三"]},
            "phone": "13800138000",
        },
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {(error["pointer"], error["code"]) for error in problem["errors"]} == {
        ("/project", "bad_format"),
        ("/narrative", "missing"),
        ("/received_at", "no_time_zone"),
        ("/facts/people", "not_whole"),
        ("/facts/demand/1", "not_one_of"),
        ("/phone", "unknown"),
    }
    assert "13800138000" not in answer.text
    assert "张三" not in answer.text
    assert all(error["message"] and error["remedy"] for error in problem["errors"])
    assert "6 field(s)" in problem["detail"]
    (choice,) = [error for error in problem["errors"] if error["code"] == "not_one_of"]
    assert choice["remedy"] == "Choose one of: repair, compensation."


async def test_a_validator_of_ours_gives_its_own_code(system: httpx.AsyncClient) -> None:
    body = {"project": "P01", "narrative": "x", "received_at": "1999-12-31T23:59:59Z"}
    (error,) = (await system.post(COMPLAINTS, json=body)).json()["errors"]
    assert (error["pointer"], error["code"]) == ("/received_at", "too_small")
    assert "2000-01-01" in error["message"]


@pytest.mark.parametrize("at", ["2026-02-30T00:00:00Z", "yesterday", "2026-13-01T00:00:00+08:00", True, [], {}])
async def test_an_impossible_date_is_named_as_one(system: httpx.AsyncClient, at: object) -> None:
    answer = await system.post(COMPLAINTS, json={"project": "P01", "narrative": "x", "received_at": at})
    assert [error["code"] for error in answer.json()["errors"]] == ["not_an_instant"]


async def test_parameters_are_named_by_where_they_stand(system: httpx.AsyncClient) -> None:
    answer = await system.get(f"{COMPLAINTS}/17?limit=many")
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/path/id", "not_a_uuid"),
        ("/query/limit", "not_whole"),
    }


@pytest.mark.parametrize("key", ["", "two words", "x" * 201, "é"])
async def test_a_bad_idempotency_key_is_named(system: httpx.AsyncClient, key: str) -> None:
    answer = await system.post(
        COMPLAINTS, json={"project": "P01", "narrative": "x"}, headers={"idempotency-key": key.encode("latin-1")}
    )
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/header/Idempotency-Key"}


@pytest.mark.parametrize(
    ("sent", "code"),
    [("3", "move_not_allowed"), ('"3"', "move_not_allowed"), ("*", "move_not_allowed"), ("2", "version_conflict")],
)
async def test_if_match_names_a_version(system: httpx.AsyncClient, sent: str, code: str) -> None:
    answer = await system.post(f"{ONE}/close", headers={"if-match": sent})
    assert (answer.status_code, answer.json()["code"]) == (409, code)


@pytest.mark.parametrize("sent", ['"3', "three", "-1", "1e3", "", "99999999999999999999"])
async def test_a_bad_if_match_is_named(system: httpx.AsyncClient, sent: str) -> None:
    answer = await system.post(f"{ONE}/close", headers={"if-match": sent})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/header/If-Match")


async def test_a_move_not_allowed_tells_state_and_moves(system: httpx.AsyncClient) -> None:
    problem = (await system.post(f"{ONE}/close")).json()
    assert (problem["state"], problem["allowed"]) == ("closed", ["reopen"])


async def test_the_language_follows_accept_language(system: httpx.AsyncClient) -> None:
    english = await system.get(ONE)
    chinese = await system.get(ONE, headers={"accept-language": "zh-CN,en;q=0.5"})
    default = await system.get(ONE, headers={"accept-language": ""})
    assert english.json()["detail"].startswith("The complaint asked for")
    assert chinese.json()["detail"] == default.json()["detail"] == "没有找到所请求的投诉。请核对编号或地址。"
    assert (english.headers["content-language"], chinese.headers["content-language"]) == ("en", "zh")
    assert english.headers["vary"] == "Accept-Language"


async def test_unknown_addresses_and_methods_are_problems(client: httpx.AsyncClient) -> None:
    assert (await client.get("/intake/v1/nothing")).json()["code"] == "not_found"
    answer = await client.delete(COMPLAINTS)
    assert (answer.status_code, answer.json()["code"], answer.headers["allow"]) == (405, "method_not_allowed", "POST")


async def test_a_problem_carries_the_trace_of_its_request(client: httpx.AsyncClient) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    answer = await client.get("/nothing", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-00"})
    assert answer.json()["trace_id"] == trace
    assert len((await client.get("/nothing")).json()["trace_id"]) == 32


async def test_a_bug_answers_500_without_details_and_is_logged_once(
    client: httpx.AsyncClient, log: io.StringIO
) -> None:
    answer = await client.get("/intake/fail/bug")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "13800138000" not in answer.text
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    (failure,) = [line for line in lines if "exception" in line]
    assert failure["trace_id"] == answer.json()["trace_id"]
    assert failure["path"] == "/intake/fail/{how}"
    assert failure["exception"][0]["type"] == "builtins.RuntimeError"
    assert "13800138000" not in log.getvalue()


async def test_an_outage_answers_503_with_retry_after(client: httpx.AsyncClient, log: io.StringIO) -> None:
    answer = await client.get("/intake/fail/outage")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "unavailable", "5")
    assert "db.internal" not in answer.text
    assert (await client.get("/intake/fail/busy")).headers["retry-after"] == "7"


async def test_a_code_without_a_text_is_a_logged_bug(client: httpx.AsyncClient, log: io.StringIO) -> None:
    answer = await client.get("/intake/fail/no_text")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "a_code_without_text" in log.getvalue()


async def test_a_browser_sees_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/intake/nothing", headers={"accept": "text/html", "accept-language": "en"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "The page asked for does not exist." in answer.text


async def test_an_interface_answers_a_browser_with_data(client: httpx.AsyncClient) -> None:
    answer = await client.get("/intake/v1/nothing", headers={"accept": "text/html"})
    assert answer.headers["content-type"] == "application/problem+json"


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/login", "/nothing", "/static/style.css", "/intake/openapi.json", "/intake/fail/bug"):
        headers = (await client.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")
