"""Forms are read as strictly as JSON."""

import httpx
import pytest

FORM = {"content-type": "application/x-www-form-urlencoded"}


async def submit(client: httpx.AsyncClient, body: bytes) -> httpx.Response:
    return await client.post("/intake/form", content=body, headers=FORM)


async def test_fields_come_through(system: httpx.AsyncClient) -> None:
    answer = await submit(system, b"title=%E7%94%B5%E6%A2%AF&text=a%0D%0Ab+c&empty=")
    assert answer.json() == {"title": "电梯", "text": "a\r\nb c", "empty": ""}


async def test_control_characters_are_named(system: httpx.AsyncClient) -> None:
    answer = await submit(system, b"title=ok&text=a%00b")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/text"]


@pytest.mark.parametrize("body", [b"a=%ff", b"\xff=1", b"&".join(b"a=1" for _ in range(201))])
async def test_what_is_no_form_is_malformed(system: httpx.AsyncClient, body: bytes) -> None:
    assert (await submit(system, body)).status_code == 400


async def test_a_form_is_no_json(system: httpx.AsyncClient) -> None:
    assert (await system.post("/intake/form", json={"a": 1})).status_code == 415
