"""The load generator against a real server: what it counts is what the server saw."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from deploy.local.ports import kept_port
from shared.web.serving import serving
from tests.bench.load import Load, send
from tests.bench.processes import Failed
from tests.bench.stage import Stage

STAGE = Stage("test", Console(quiet=True), None)


@asynccontextmanager
async def served(tmp_path: Path, answer: Callable[[int], tuple[int, bytes]]) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server that writes down the bodies it gets; yields its port and the bodies."""
    bodies: list[bytes] = []

    async def app(_scope: Any, receive: Any, send_: Any) -> None:
        bodies.append((await receive())["body"])
        status, content = answer(len(bodies))
        headers = [(b"Content-Length", str(len(content)).encode())]
        await send_({"type": "http.response.start", "status": status, "headers": headers})
        await send_({"type": "http.response.body", "body": content})

    port = kept_port(tmp_path / "port")
    async with serving(app, "127.0.0.1", port):
        yield port, bodies


def load(port: int, **options: Any) -> Load:
    given = {"count": 50, "seconds": 10.0, "connections": 4, "source": "app", "projects": ("P01",)} | options
    return Load(port, "/", **given)


async def test_every_request_is_sent_once_and_answered(tmp_path: Path):
    async with served(tmp_path, lambda _: (201, b"{}")) as (port, bodies):
        answers = await send(load(port, warm=10), STAGE, "sending", tmp_path / "log")
    assert len(bodies) == len(set(bodies)) == 50
    assert answers.statuses == {"201": 50}
    assert answers.n == len(answers.latencies_ms) == 40
    assert sorted(answers.answered_at) == list(range(50))
    assert answers.per_second > 0


async def test_a_rate_is_kept_and_not_exceeded(tmp_path: Path):
    async with served(tmp_path, lambda _: (201, b"{}")) as (port, _):
        answers = await send(load(port, rate=100.0), STAGE, "sending", tmp_path / "log")
    assert answers.n == 50
    assert answers.seconds >= 0.49


async def test_time_ends_what_count_does_not(tmp_path: Path):
    async with served(tmp_path, lambda _: (200, b"x" * 200_000)) as (port, bodies):
        answers = await send(load(port, count=100_000, seconds=0.3, projects=()), STAGE, "sending", tmp_path / "log")
    assert 0 < answers.n == len(bodies) < 100_000


async def test_a_refusal_is_told_in_the_servers_words(tmp_path: Path):
    def answer(n: int) -> tuple[int, bytes]:
        return (422, b"no such project") if n == 7 else (201, b"{}")

    async with served(tmp_path, answer) as (port, _):
        with pytest.raises(Failed, match=r"refused \{'422': 1\}: no such project"):
            await send(load(port), STAGE, "sending", tmp_path / "log")


async def test_nobody_listening_is_told(tmp_path: Path):
    port = kept_port(tmp_path / "port")
    before = asyncio.all_tasks()
    with pytest.raises(Failed, match="sending"):
        await send(load(port), STAGE, "sending", tmp_path / "log")
    assert asyncio.all_tasks() <= before
