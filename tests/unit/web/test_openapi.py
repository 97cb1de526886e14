"""The description says what the service does: every status, every problem, both ways to come in."""

from typing import Any

import httpx
import pytest


@pytest.fixture
async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    return (await client.get("/intake/openapi.json")).json()  # type: ignore[no-any-return]


def test_every_route_documents_what_it_can_answer(document: dict[str, Any]) -> None:
    statuses = {
        f"{method.upper()} {path}": sorted(operation["responses"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    one = "/intake/v1/complaints/{id}"
    assert statuses == {
        "POST /intake/v1/complaints": ["201", "400", "401", "403", "409", "413", "415", "422", "503"],
        "POST /intake/v1/complaints:batch": ["200", "400", "401", "403", "413", "415", "422", "503"],
        f"GET {one}": ["200", "401", "403", "404", "422", "503"],
        f"POST {one}/close": ["200", "400", "401", "403", "404", "409", "413", "415", "422", "503"],
        "GET /intake/v1/keys": ["200", "401", "403", "422", "503"],
    }


def test_every_refusal_is_a_problem(document: dict[str, Any]) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"]
                    schema = response["content"]["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Problem"}
    assert {"Problem", "ProblemField"} <= set(document["components"]["schemas"])
    assert "HTTPValidationError" not in str(document)


def test_a_key_or_a_session_opens_every_route(document: dict[str, Any]) -> None:
    assert set(document["components"]["securitySchemes"]) == {"key", "session"}
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["security"] == [{"key": []}, {"session": []}]
