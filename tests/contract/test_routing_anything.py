"""Whatever is sent gets an answer that is described, never a 500; and the description knows every move."""

import json
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.routing.service.bodies import BODIES
from tests.contract.routing_api import Api, routing_api
from tests.unit.routing.examples import CASE, ORGANISATION

NAMES = [
    *("text", "reason", "result", "ground", "validity", "category", "facts", "department", "person", "channel"),
    *("reached", "satisfied", "evidence", "position_told", "people", "events", "amount", "kind", "", "a/b", "é"),
]
VALUES = [
    *("", " ", "phone", "property", "accepted", "beyond_authority_or_range", "li.na", "cs", "effective", "P01"),
    *("possible_media", "x" * 6000, "\u202e", "𝕏", 0, -1, 3, 12, 1e300, 2**60, 1.5, True, False, None, [], {}),
]


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with routing_api(database_url, tmp_path) as api:
        yield api


def anything(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.random()
    if depth < 3 and kind < 0.35:
        return {chance.choice(NAMES): anything(chance, depth + 1) for _ in range(chance.randrange(4))}
    if depth < 3 and kind < 0.5:
        return [anything(chance, depth + 1) for _ in range(chance.randrange(3))]
    return chance.choice(VALUES)


async def test_no_move_whatever_its_body_ends_in_a_failure(api: Api) -> None:
    await api.world.register(CASE)
    chance = random.Random(7)  # noqa: S311
    described = (await api.get_document())["paths"]
    for _ in range(400):
        move = chance.choice([*BODIES, "inform_delay", "on_the_spot", "follow_up", "promote", "%20", "é"])
        body = {chance.choice(NAMES): anything(chance, 1) for _ in range(chance.randrange(4))}
        content = json.dumps(body if chance.random() < 0.9 else anything(chance)).encode()
        headers = {"Content-Type": "application/json", "If-Match": chance.choice(["*", "1", '"2"', "x", "-1"])}
        answer = await api("POST", f"/cases/{CASE}/{move}", content=content, headers=headers)
        path = f"/routing/v1/cases/{{id}}/{move if move in BODIES else '{move}'}"
        assert str(answer.status_code) in described[path]["post"]["responses"], (move, content, answer.text)
        if answer.status_code >= 400:
            assert answer.json()["code"]


async def test_no_document_whatever_is_in_it_ends_in_a_failure(api: Api) -> None:
    chance = random.Random(7)  # noqa: S311
    lines = ORGANISATION.splitlines()
    for _ in range(120):
        mangled = list(lines)
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(mangled))
            line = mangled[at]
            cut = chance.randrange(len(line) + 1)
            mangled[at] = chance.choice(
                [line[:cut], line[cut:], line[:cut] + chance.choice("{}[]:,&*!|>%@\t'\"") + line[cut:]]
            )
        answer = await api(
            "PUT",
            "/directory",
            by="zhao.min",
            content="\n".join(mangled).encode(),
            headers={"Content-Type": "application/yaml"},
        )
        assert answer.status_code in {200, 422}, ("\n".join(mangled), answer.text)
    for body in (b"[]", b"null", b"3", b'{"text": 3}', b'{"group": {"code": "G", "name": null}}', b"{"):
        for method, path in (("PUT", "/directory"), ("POST", "/packs")):
            answer = await api(method, path, by="zhao.min", content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code in {400, 422}, (path, body, answer.text)


async def test_every_move_is_described_with_what_it_takes(api: Api) -> None:
    document = await api.get_document()
    for move, body in BODIES.items():
        operation = document["paths"][f"/routing/v1/cases/{{id}}/{move}"]["post"]
        schema = json.dumps(operation["requestBody"]["content"]["application/json"]["schema"])
        assert body.__name__ in schema
        assert {"200", "400", "401", "403", "404", "409", "422"} <= operation["responses"].keys()
        assert {"Idempotency-Key", "If-Match"} <= {parameter["name"] for parameter in operation["parameters"]}
        assert operation["description"] or operation["summary"]
