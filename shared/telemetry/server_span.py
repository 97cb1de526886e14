"""The server's span of a request, and a line in the log for one that failed or was slow."""

import structlog
from opentelemetry.trace import SpanKind, Status, StatusCode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.clock import monotonic
from shared.telemetry.tracing import span_from

_log = structlog.get_logger(__name__)
_SLOW_SECONDS = 2.0


class ServerSpan:
    """Pure ASGI middleware: opens the span `traceparent` asks for, so that everything inside knows its trace."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method: str = scope["method"]
        traceparent = next((value for name, value in scope["headers"] if name == b"traceparent"), b"")
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = monotonic()
        attributes = {"http.request.method": method, "huiyin.service": self.service}
        with span_from(traceparent.decode("latin-1") or None, method, attributes, kind=SpanKind.SERVER) as span:
            try:
                await self.app(scope, receive, watch)
            finally:
                # Templates of routes only: an address may hold a name, a query a token.
                route = getattr(scope.get("route"), "path", "unmatched")
                if span.is_recording():
                    span.update_name(f"{method} {route}")
                    span.set_attribute("http.route", route)
                    span.set_attribute("http.response.status_code", status)
                    if status >= 500:
                        span.set_status(Status(StatusCode.ERROR))
                seconds = monotonic() - started
                if status >= 500 or seconds > _SLOW_SECONDS:
                    _log.warning("request", method=method, route=route, status=status, seconds=round(seconds, 3))
