"""The guard in front of every route: size, content type and readability of what comes in, before any code sees it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import FieldError, Invalid, NotFound, TooLarge, UnsupportedMediaType
from shared.web.json_body import has_control_character, parse_json, pointer_of

JSON = "application/json"
NDJSON = "application/x-ndjson"
FORM = "application/x-www-form-urlencoded"

PARSED = "huiyin.parsed"
"""Where in the ASGI scope the guard leaves the JSON value it has read, for those who need no model of the framework."""

_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


@dataclass(frozen=True, slots=True)
class BodyRule:
    """What bodies paths that start with `path` (a regular expression) take: media types, and bytes at most.

    lines: the body is many JSON values, one a line, whatever the media type says; the service judges each.
    """

    path: str
    media_types: tuple[str, ...] = (JSON,)
    limit: int = 256 * 1024
    lines: bool = False

    def matches(self, path: str) -> bool:
        return re.match(self.path, path) is not None


# Interfaces take JSON, pages take forms. A service puts its own rules in front, such as that of a batch.
DEFAULT_RULES = (BodyRule(r"/[^/]+/v1/"), BodyRule(r"/", (FORM,)))
BATCH_LIMIT = 16 * 1024 * 1024


class BodyGuard:
    """Pure ASGI middleware: refuses with 404, 413, 415, 400 or 422, or hands the whole body on in one piece.

    JSON is judged here once; other media types only by size, their readers judge the content.
    """

    def __init__(self, app: ASGIApp, rules: Sequence[BodyRule] = ()) -> None:
        self.app = app
        self.rules = (*rules, *DEFAULT_RULES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        _check_address(scope)
        if scope["method"] in _WITHOUT_BODY:
            await self.app(scope, receive, send)
            return
        rule = next(rule for rule in self.rules if rule.matches(scope["path"]))
        headers = Headers(scope=scope)
        if _declared_length(headers) > rule.limit:
            raise TooLarge(rule.limit)
        body = await _read(receive, rule.limit)
        if body is None:
            return
        if body:
            media_type = _media_type(headers, rule.media_types)
            if media_type == JSON and not rule.lines:
                scope[PARSED] = parse_json(body)
        await self.app(scope, _replay(body, receive), send)


def _check_address(scope: Scope) -> None:
    """Raises NotFound or Invalid for control characters in the path or the query: no address of ours has any."""
    if has_control_character(scope["path"]):
        raise NotFound
    query: bytes = scope.get("query_string", b"")
    if b"%" in query:
        parameters = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
        errors = [
            FieldError(pointer_of("query", name), "control_character")
            for name, value in parameters
            if has_control_character(name) or has_control_character(value)
        ]
        if errors:
            raise Invalid(*errors[:20])


def _declared_length(headers: Headers) -> int:
    declared = headers.get("content-length", "")
    return int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 20 else 0


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The whole body, or None if the caller went away. Raises TooLarge as soon as it passes `limit` bytes."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise TooLarge(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _media_type(headers: Headers, accepted: Sequence[str]) -> str:
    """The body's media type. Raises UnsupportedMediaType unless it is accepted, UTF-8 and not compressed."""
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    media_type = media_type.strip().lower()
    charset = re.search(r'charset\s*=\s*"?([^\s";]+)', parameters, re.IGNORECASE)
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if (
        media_type not in accepted
        or encoding != "identity"
        or (charset and charset[1].lower() not in {"utf-8", "utf8"})
    ):
        raise UnsupportedMediaType(accepted)
    return media_type


def _replay(body: bytes, receive: Receive) -> Receive:
    """A receive that gives `body` in one message and then what else comes, which is only the disconnect."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
