"""`/healthz`, `/readyz` and `/metrics`, under any prefix."""

import hmac
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import ip_address

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from shared.errors import Unauthenticated
from shared.telemetry.exposition import CONTENT_TYPE, MetricsSource, exposition
from shared.telemetry.health import Readiness


def health_routes(prefix: str, readiness: Callable[[], Awaitable[Readiness]]) -> APIRouter:
    """`<prefix>/healthz`: 200 while the event loop answers. `<prefix>/readyz`: 200 or 503 with all checks. Open."""
    router = APIRouter(prefix=prefix, tags=["health"])

    @router.get("/healthz")
    async def healthz() -> JSONResponse:
        """Alive: the event loop got round to answering."""
        return JSONResponse({"alive": True})

    @router.get("/readyz", responses={503: {"description": "Not ready; the checks say why"}})
    async def readyz() -> JSONResponse:
        """Ready to take work."""
        state = await readiness()
        return JSONResponse(state.document(), 200 if state.ready else 503)

    return router


def metrics_routes(prefix: str, sources: Callable[[], Iterable[MetricsSource]], token: str | None) -> APIRouter:
    """`<prefix>/metrics` in the text format of Prometheus: open on loopback, elsewhere with `Bearer <token>`.

    token: setting `HUIYIN_METRICS__TOKEN`; without it only loopback may read.
    """
    router = APIRouter(prefix=prefix, tags=["health"])

    @router.get(
        "/metrics", response_class=Response, responses={401: {"description": "Not from here without the token"}}
    )
    async def metrics(request: Request) -> Response:
        """All metrics."""
        if not (is_loopback(request) or _has_token(request, token)):
            raise Unauthenticated
        return Response(exposition(sources()), media_type=CONTENT_TYPE)

    return router


def is_loopback(request: Request) -> bool:
    """Whether the caller sits on this machine; what a proxy passes on does not, even if the proxy does."""
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers or request.client is None:
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _has_token(request: Request, token: str | None) -> bool:
    if not token:
        return False
    return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode())
