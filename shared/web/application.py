"""The HTTP side of one service, ready for its routes."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from shared.telemetry.server_span import ServerSpan
from shared.web.authentication import Authenticate
from shared.web.body_guard import BodyGuard, BodyRule
from shared.web.openapi import describe
from shared.web.pages import Pages
from shared.web.problems import Problems, raise_http, raise_validation
from shared.web.security_headers import SecurityHeaders
from shared.web.session import session_routes
from shared.web.short_way import ShortWay, Ways

_STATIC = Path(__file__).parent / "static"


def create_application(
    service: str,
    *,
    version: str,
    authenticate: Authenticate,
    pages: Pages | None = None,
    body_rules: Sequence[BodyRule] = (),
    is_outage: Callable[[Exception], bool] | None = None,
    short_ways: Ways | None = None,
    lifespan: Any = None,
) -> FastAPI:
    """A FastAPI application with everything `install` adds and its description at `/<service>/openapi.json`.

    Routes carry their whole path (`/intake/v1/…`), so that a service alone and all in one process answer alike.
    """
    app = FastAPI(
        title=f"Huiyin {service}",
        version=version,
        openapi_url=f"/{service}/openapi.json",
        docs_url=None,  # the framework's page loads scripts from elsewhere, which our policy forbids
        redoc_url=None,
        # One address for one thing: a redirect builds its target from the Host header, and many clients drop the body.
        redirect_slashes=False,
        lifespan=lifespan,
        # Its own telemetry would record whole requests; ours is shared/telemetry.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    install(
        app,
        service=service,
        authenticate=authenticate,
        pages=pages,
        body_rules=body_rules,
        is_outage=is_outage,
        short_ways=short_ways,
    )
    return app


def install(
    app: FastAPI,
    *,
    service: str,
    authenticate: Authenticate,
    pages: Pages | None = None,
    body_rules: Sequence[BodyRule] = (),
    is_outage: Callable[[Exception], bool] | None = None,
    short_ways: Ways | None = None,
) -> None:
    """Give `app` problems, the body guard, callers, traces, security headers, `/static/…`, `/login` and `/logout`.

    body_rules: what stands in front of the default (JSON up to 256 KiB under `/<service>/v1/`, forms elsewhere).
    is_outage: which exceptions mean that a dependency is away, answered by 503 with Retry-After.
    """
    shown = pages or Pages()
    app.state.authenticate = authenticate
    app.state.pages = shown
    app.exception_handlers[HTTPException] = raise_http
    app.exception_handlers[RequestValidationError] = raise_validation
    app.openapi = partial(describe, app)  # type: ignore[method-assign]  # FastAPI's documented way to replace it
    app.include_router(session_routes(authenticate, shown))
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    # The last added stands outermost.
    app.add_middleware(ShortWay, ways=short_ways or {})
    app.add_middleware(BodyGuard, rules=body_rules)
    app.add_middleware(Problems, is_outage=is_outage, error_page=shown.error)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ServerSpan, service=service)
