"""Texts that people upload: YAML or JSON, and what is wrong with them as a problem."""

import json
from collections.abc import Iterable
from typing import Any

from fastapi import Request

from shared.errors import FieldError, Malformed, Refused
from shared.web.body_guard import JSON

MEDIA_TYPES = ("application/yaml", "application/x-yaml", "text/yaml", "text/plain", JSON)
LIMIT = 16 * 1024 * 1024

OPENAPI: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {media_type: {"schema": {"type": "string"}} for media_type in ("application/yaml", "text/plain")}
        | {JSON: {"schema": {"type": "object"}}},
    }
}


async def uploaded(request: Request) -> tuple[str, bool]:
    """The text, and whether it came as JSON. Raises Malformed for what is no UTF-8 or empty."""
    raw = await request.body()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(FieldError("", "json_not_utf8", {"position": error.start + 1})) from None
    if not text.strip():
        raise Malformed(FieldError("", "missing"))
    return text, is_json(request)


def is_json(request: Request) -> bool:
    """Whether the body is declared as JSON."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == JSON


def text_member(text: str) -> str:
    """The text inside `{"text": …}`. Raises Malformed."""
    found = json.loads(text)
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise Malformed(FieldError("/text", "missing"))
    return str(found["text"])


def refusal(code: str, findings: Iterable[dict[str, Any]]) -> Refused:
    """422 with every finding: as `errors` for programs and people alike, and raw as `findings`."""
    listed = list(findings)
    errors = [
        FieldError(
            f["pointer"],
            "finding" if f["line"] is not None else "finding_unplaced",
            {"line": f["line"], "column": f["column"], "words": f["message"]},
        )
        for f in listed
    ]
    return Refused(422, code, {"count": len(listed)}, errors, members={"findings": listed})
