"""`python -m tests.bench.load JSON`: the process that sends. Raw sockets, prepared requests, nothing else to do."""

import asyncio
import gc
import json
import sys
import time
from typing import Any

import uvloop

from tests.bench.complaints import Complaints, request, requests
from tests.bench.load import PATIENCE_S, Load
from tests.bench.load.connection import Connection

_TELL_EVERY_S = 0.5


class Sender:
    """Sends prepared requests over a few connections and writes down what becomes of each."""

    def __init__(self, load: Load, prepared: list[bytes]) -> None:
        self._load = load
        self._requests = prepared
        self._next = 0
        self._stopping = False
        self._due: list[float] = [0.0] * len(prepared)
        self._took: list[float] = [0.0] * len(prepared)
        self._late: list[int] = []
        self._idle: list[Connection] = []
        self._finished = asyncio.get_running_loop().create_future()
        self.answered: list[int] = []
        self.statuses: dict[str, int] = {}
        self.refusal = ""

    async def run(self) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        connections = [
            (await loop.create_connection(lambda: Connection(self), "127.0.0.1", self._load.port))[1]
            for _ in range(self._load.connections)
        ]
        began_at, began = time.time(), time.perf_counter()
        stop = loop.call_later(self._load.seconds, self._stop)
        pace = asyncio.create_task(self._pace(connections))
        pace.add_done_callback(self._paced)
        telling = asyncio.create_task(self._tell())
        try:
            async with asyncio.timeout(self._load.seconds + PATIENCE_S):
                await self._finished
        finally:
            stop.cancel()
            pace.cancel()
            telling.cancel()
            for connection in connections:
                connection.close()
        return self._result(began_at - began, began_at)

    async def _pace(self, connections: list[Connection]) -> None:
        if self._load.rate is None:
            for connection in connections:
                self.free(connection)
            return
        self._idle = list(connections)
        start = time.perf_counter()
        while not self._stopping and self._next < len(self._requests):
            due = start + self._next / self._load.rate
            while (early := due - time.perf_counter()) > 0:  # a sleep may end a little early
                await asyncio.sleep(early)
            number = self._take(due)
            if self._idle:
                self._idle.pop().send(number, self._requests[number])
            else:
                self._late.append(number)
        self._stop()

    def _paced(self, pace: "asyncio.Task[None]") -> None:
        if not pace.cancelled() and (error := pace.exception()) and not self._finished.done():
            self._finished.set_exception(error)

    def _take(self, due: float) -> int:
        number, self._next = self._next, self._next + 1
        self._due[number] = due
        return number

    def free(self, connection: Connection) -> None:
        """A connection has nothing to do: give it the next request."""
        if self._load.rate is not None:
            if self._late:
                number = self._late.pop(0)
                connection.send(number, self._requests[number])
            else:
                self._idle.append(connection)
        elif not self._stopping and self._next < len(self._requests):
            number = self._take(time.perf_counter())
            connection.send(number, self._requests[number])
        else:
            self._stopping = True
        self._end_when_done()

    def done(self, number: int, status: str, body: bytes) -> None:
        """A request was answered."""
        self._took[number] = time.perf_counter() - self._due[number]
        self.answered.append(number)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if not status.startswith("2") and not self.refusal:
            self.refusal = body[:2000].decode(errors="replace")

    def lost(self, error: Exception | None) -> None:
        """A connection was closed by the other side."""
        if not self._finished.done():
            self._finished.set_exception(ConnectionError(f"the server closed a connection ({error})"))

    def _stop(self) -> None:
        self._stopping = True
        self._end_when_done()

    def _end_when_done(self) -> None:
        if self._stopping and len(self.answered) == self._next and not self._finished.done():
            self._finished.set_result(None)

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(_TELL_EVERY_S)
            _say({"done": len(self.answered)})

    def _result(self, unix: float, began_at: float) -> dict[str, Any]:
        """The measured part begins when the warming requests are answered. `unix` makes a Unix time of our clock."""
        ends = [self._due[number] + self._took[number] for number in self.answered]
        warm = min(self._load.warm, len(ends) - 1)
        measured = self.answered[warm:]
        start = ends[warm - 1] if warm else began_at - unix
        return {
            "n": len(measured) * self._load.lines,
            "seconds": max(ends) - start,
            "latencies_ms": [round(self._took[number] * 1000, 3) for number in measured],
            "statuses": self.statuses,
            "refusal": self.refusal,
            "began_at": began_at,
            "answered_at": {number: round(end + unix, 4) for number, end in zip(self.answered, ends, strict=True)},
        }


def _prepare(load: Load) -> list[bytes]:
    if not load.projects:
        return [request("GET", load.path, load.key)] * load.count
    complaints = Complaints(load.source, load.projects)
    return list(requests(complaints, load.path, load.key, load.first, load.count, load.lines))


def _say(word: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(word) + "\n")
    sys.stdout.flush()


async def _main(load: Load) -> None:
    try:
        prepared = _prepare(load)
        gc.disable()
        _say(await Sender(load, prepared).run())
    except (OSError, TimeoutError) as error:
        _say({"error": str(error) or f"not all was answered within {PATIENCE_S:.0f} s"})


if __name__ == "__main__":
    uvloop.run(_main(Load(**json.loads(sys.argv[1]))))
