"""One kept-alive HTTP/1.1 connection: sends bytes, finds the end of the answer by its length."""

import asyncio
from typing import Protocol, cast

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Owner(Protocol):
    """Who is told what becomes of the requests of a connection."""

    def free(self, connection: "Connection") -> None: ...
    def done(self, number: int, status: str, body: bytes) -> None: ...
    def lost(self, error: Exception | None) -> None: ...


class Connection(asyncio.Protocol):
    """Carries one request at a time."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._transport: asyncio.WriteTransport | None = None
        self._number = -1
        self._received = bytearray()
        self._whole = 0  # bytes of the whole answer; 0 until its head is read
        self._body = 0  # where the body begins
        self._closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is none by inheritance

    def send(self, number: int, request: bytes) -> None:
        assert self._transport is not None
        self._number = number
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._whole:
            end = self._received.find(_HEAD_END)
            if end < 0:
                return
            self._body = end + len(_HEAD_END)
            self._whole = self._body + _length(bytes(self._received[:end]))
        if len(self._received) >= self._whole:
            status, body = self._received[9:12].decode(), bytes(self._received[self._body : self._whole])
            self._received.clear()
            self._whole = 0
            self._owner.done(self._number, status, body)
            self._owner.free(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._closing:
            self._owner.lost(exc)

    def close(self) -> None:
        self._closing = True
        if self._transport is not None:
            self._transport.close()


def _length(head: bytes) -> int:
    """The body's length from an answer's head. Raises ValueError for an answer that does not say."""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(_LENGTH):
            return int(line[len(_LENGTH) :])
    raise ValueError("an answer without Content-Length")
