"""Bare HTTP servers on the product's own uvicorn: `python -m tests.bench.bare.server PORT accept DSN | memory FILE`.

accept: whoever waits together shares one transaction of two inserts; nothing is parsed or judged. memory: the same
bytes for every request.
"""

import asyncio
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import uvloop

from shared.web.serving import serving, stop_on_signals
from tests.bench.bare import tables

READY = "ready"
WRITERS = 2
TOGETHER = 200

App = Callable[[Any, Any, Any], Awaitable[None]]


class AcceptApp:
    """Answers a POST once its body is committed."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._waiting: deque[tuple[bytes, asyncio.Future[str]]] = deque()
        self._writers: set[asyncio.Task[None] | None] = set()

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting.append((body, answer))
        self._begin()
        await _answer(send, 201, f'{{"id":"{await answer}","result":"created"}}'.encode())

    def _begin(self) -> None:
        if len(self._writers) < WRITERS:
            self._writers.add(asyncio.create_task(self._write()))

    async def _write(self) -> None:
        async with self._pool.acquire() as connection:
            while self._waiting:
                taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), TOGETHER))]
                ids = await tables.insert(connection, [body for body, _ in taken])
                for (_, answer), id_ in zip(taken, ids, strict=True):
                    answer.set_result(id_)
        self._writers.discard(asyncio.current_task())
        if self._waiting:  # somebody came while the connection was given back
            self._begin()


def memory_app(content: bytes) -> App:
    """Answers everything with `content`."""

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await _answer(send, 200, content)

    return app


async def _answer(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _main(port: int, kind: str, what: str) -> None:
    stop = stop_on_signals()
    if kind == "accept":
        async with asyncpg.create_pool(what, min_size=WRITERS, max_size=WRITERS) as pool:
            await pool.execute(tables.CREATE)
            await _serve(AcceptApp(pool), port, stop)
    else:
        await _serve(memory_app(Path(what).read_bytes()), port, stop)  # noqa: ASYNC240  # before anybody is served


async def _serve(app: App, port: int, stop: asyncio.Event) -> None:
    async with serving(app, "127.0.0.1", port):
        sys.stdout.write(f"{READY}\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    uvloop.run(_main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
