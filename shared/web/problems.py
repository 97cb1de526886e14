"""Every refusal and every failure leaves as an RFC 9457 problem, in the caller's language, and is logged once."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import Malformed, NotFound, Refused, Unavailable
from shared.telemetry.tracing import current_trace_id
from shared.texts.catalogue import Language, render
from shared.web.requests import language_of_request, wants_page
from shared.web.validation import invalid_of

_log = structlog.get_logger(__name__)

PROBLEM_JSON = "application/problem+json"
TYPE_PREFIX = "urn:huiyin:problem:"

# Shows a problem to a person instead of a program, or None where a page has to be answered by other means.
ErrorPage = Callable[[Request, Mapping[str, Any]], Response]


def problem_document(refused: Refused, language: Language, trace_id: str | None = None) -> dict[str, Any]:
    """The problem document of a refusal, as JSON-able values; also for lines of a batch and for files of refusals."""
    code = refused.code
    document: dict[str, Any] = {
        "type": f"{TYPE_PREFIX}{code}",
        "title": render(f"problem.{code}.title", language, **refused.params),
        "status": refused.status,
        "detail": render(f"problem.{code}.detail", language, **refused.params),
        "code": code,
        **refused.members,
    }
    if refused.errors:
        document["errors"] = [
            {
                "pointer": error.pointer,
                "code": error.code,
                "message": render(f"field.{error.code}.message", language, **error.params),
                "remedy": render(f"field.{error.code}.remedy", language, **error.params),
            }
            for error in refused.errors
        ]
    if trace_id:
        document["trace_id"] = trace_id
    return document


class Problems:
    """Pure ASGI middleware that answers for whatever is raised inside it.

    A Refused becomes its problem. A failure for which `is_outage` holds (database or broker gone) becomes 503, any
    other 500 without details; both are logged. Nothing is raised further, so the server writes no second report.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        is_outage: Callable[[Exception], bool] | None = None,
        error_page: ErrorPage | None = None,
    ) -> None:
        self.app = app
        self.is_outage = is_outage
        self.error_page = error_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except ClientDisconnect:
            return
        except Exception as error:
            if started:
                # Half an answer cannot be taken back: the server must break the connection off.
                raise
            response = self._answer(Request(scope), error)
            await response(scope, receive, send)

    def _answer(self, request: Request, error: Exception) -> Response:
        refused = self._refusal_of(request, error)
        try:
            return problem_response(request, refused, self.error_page)
        except Exception as failure:  # noqa: BLE001  a mistake in a text or a template must not swallow the answer
            _log.error("problem not rendered", code=refused.code, exc_info=failure)
            return problem_response(request, Refused(500, "internal_error"))

    def _refusal_of(self, request: Request, error: Exception) -> Refused:
        if isinstance(error, Refused):
            return error
        if self.is_outage is not None and self.is_outage(error):
            _log.warning("outage", method=request.method, path=route_of(request.scope), exc_info=error)
            return Unavailable()
        _log.error("request failed", method=request.method, path=route_of(request.scope), exc_info=error)
        return Refused(500, "internal_error")


def problem_response(request: Request, refused: Refused, error_page: ErrorPage | None = None) -> Response:
    """The response for a refusal: a page where a browser asks for one, otherwise the problem document."""
    language = language_of_request(request)
    document = problem_document(refused, language, current_trace_id())
    if error_page is not None and wants_page(request):
        response = error_page(request, document)
    else:
        response = Response(
            json.dumps(document, ensure_ascii=False), status_code=refused.status, media_type=PROBLEM_JSON
        )
        response.headers["Content-Language"] = language
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(refused.headers)
    return response


def refusal_of_http(error: HTTPException) -> Refused:
    """Our refusal for what the framework raises by itself: unknown addresses, methods, unreadable bodies."""
    headers = dict(error.headers or {})
    if error.status_code == 404:
        return NotFound()
    if error.status_code == 405:
        return Refused(405, "method_not_allowed", headers=headers)
    if error.status_code == 400:
        return Malformed()
    return Refused(error.status_code, "refused", headers=headers)


async def raise_http(_: Request, error: Exception) -> Response:
    """FastAPI's handler for HTTPException: raises our refusal for `Problems` to answer."""
    if not isinstance(error, HTTPException):
        raise error
    raise refusal_of_http(error) from None


async def raise_validation(_: Request, error: Exception) -> Response:
    """FastAPI's handler for RequestValidationError: raises our refusal for `Problems` to answer."""
    if not isinstance(error, RequestValidationError):
        raise error
    raise invalid_of(error.errors()) from None


def route_of(scope: Scope) -> str:
    """The matched route's template (`/routing/v1/cases/{id}`); addresses themselves may hold anything."""
    return getattr(scope.get("route"), "path", "unmatched")
