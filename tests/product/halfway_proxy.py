"""A proxy that withholds an answer: what a caller sees of a server whose answer was lost on the way."""

import threading
from http.server import BaseHTTPRequestHandler
from types import TracebackType

import httpx

from tests.product.listening import Listening


class HalfwayProxy(Listening):
    """Hands GETs on, and POSTs too, but gives back the answers of the first `answers` POSTs only."""

    def __init__(self, target: str, *, answers: int) -> None:
        self._left = answers
        self._withheld, self._closed = threading.Event(), threading.Event()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._hand_on(b"")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self._hand_on(body, withhold=not proxy._take())

            def _hand_on(self, body: bytes, *, withhold: bool = False) -> None:
                headers = {n: v for n, v in self.headers.items() if n in {"Authorization", "Content-Type"}}
                answer = httpx.request(self.command, target + self.path, content=body, headers=headers, timeout=120)
                if withhold:
                    proxy._withheld.set()
                    proxy._closed.wait()
                    return
                self.send_response(answer.status_code)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(Handler)

    def _take(self) -> bool:
        self._left -= 1
        return self._left >= 0

    def wait_until_withheld(self) -> None:
        """Returns when the server has done what was asked and its answer is kept back."""
        assert self._withheld.wait(timeout=120)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._closed.set()
        super().__exit__(kind, error, traceback)
