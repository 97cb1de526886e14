"""The short way: the route that most requests are for, without a framework's general one.

FastAPI looks through all routes, resolves parameters and opens stacks of contexts for every request: a fifth of the
work of accepting a complaint. A route of the short way is declared in FastAPI all the same, which describes it, and
answers every request that carries parameters beside its body.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.access.principal import Principal
from shared.web.authentication import caller_of

Endpoint = Callable[[Request, Principal], Awaitable[Response]]
Ways = Mapping[tuple[str, str], Endpoint]
"""(method, whole path) -> what answers."""

_PARAMETERS = frozenset({b"idempotency-key", b"if-match"})


def short_way(router: APIRouter, method: str, path: str) -> Ways:
    """The way to the route of `router` with this method and path, which takes a request and its caller and needs no
    other parameter. Raises LookupError."""
    for route in router.routes:
        if isinstance(route, APIRoute) and route.path == path and method in (route.methods or ()):
            return {(method, path): route.endpoint}
    raise LookupError(f"{method} {path}")


@dataclass(frozen=True, slots=True)
class _Route:
    """What a trace needs to know of a route."""

    path: str


class ShortWay:
    """Pure ASGI middleware, the innermost: whoever is refused on the short way is answered like on the long one."""

    def __init__(self, app: ASGIApp, ways: Ways) -> None:
        self.app = app
        self.ways = ways

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self.ways.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if endpoint is None or scope["query_string"] or any(name in _PARAMETERS for name, _ in scope["headers"]):
            await self.app(scope, receive, send)
            return
        scope["route"] = _Route(scope["path"])
        request = Request(scope, receive)
        response = await endpoint(request, await caller_of(request))
        await response(scope, receive, send)
