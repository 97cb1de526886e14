"""Serving an ASGI application until told to stop; signals are the caller's business."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.types import ASGIApp

_GRACE_S = 5
# Longer than load balancers and clients keep a connection without traffic: who closes first must not be the server, or
# a request may meet the closing.
_KEEP_ALIVE_S = 75


class _Server(uvicorn.Server):
    """uvicorn's server without its own signal handling: whoever runs several things stops them in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, host: str, port: int) -> AsyncIterator[None]:
    """`app` answers on host:port inside the block. Raises OSError if the port cannot be had."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = _Server(config)
    listening = socket.create_server((host, port), backlog=512)
    # Inherited by every connection: head and body leave in two writes, and the second would wait for the first to be
    # acknowledged, which takes a client 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    task = asyncio.create_task(server.serve([listening]))
    try:
        while not server.started and not task.done():
            await asyncio.sleep(0.01)
        if task.done():
            task.result()
        yield
    finally:
        server.should_exit = True
        await task
        listening.close()


def stop_on_signals() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
