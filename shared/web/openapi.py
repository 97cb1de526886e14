"""OpenAPI that tells the truth: every status a route can answer, each with the problem schema."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

from shared.web.authentication import SESSION_SCHEME
from shared.web.problems import PROBLEM_JSON

_MEANINGS = {
    400: "The body cannot be read",
    401: "No valid key, token or session",
    403: "Role or organisation scope does not allow it",
    404: "No such thing",
    409: "The present state does not allow it",
    413: "The body is too large",
    415: "The content type is not supported",
    422: "Fields are not valid",
    503: "Not at the moment; see Retry-After",
}
_ALWAYS = (401, 403, 422, 503)
_WITH_BODY = (400, 413, 415)
_METHODS_WITH_BODY = ("post", "put", "patch", "delete")


class ProblemField(BaseModel):
    """One field at fault."""

    pointer: str = Field(
        description="RFC 6901 pointer into the body, or /query/<name>, /path/<name>, /header/<name>",
        examples=["/facts/people"],
    )
    code: str = Field(examples=["too_large"])
    message: str = Field(description="what is wrong, in the language of Accept-Language")
    remedy: str = Field(description="what to do about it")


class Problem(BaseModel):
    """RFC 9457 problem document; some codes add members, such as `state` and `allowed` of move_not_allowed."""

    type: str = Field(examples=["urn:huiyin:problem:invalid_field"])
    title: str
    status: int = Field(examples=[422])
    detail: str
    code: str = Field(examples=["invalid_field"])
    errors: list[ProblemField] | None = Field(None, description="only where fields are at fault")
    trace_id: str | None = Field(None, description="give it to operations")
    state: str | None = Field(None, description="of the case, with move_not_allowed")
    allowed: list[str] | None = Field(None, description="moves, with move_not_allowed")
    version: int | None = Field(None, description="the present one, with version_conflict")


def documented(*statuses: int, body: bool = False) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses=` for a route that needs a caller: `@router.get(…, responses=documented(404))`.

    401, 403, 422 and 503 always stand; `body=True` adds 400, 413 and 415 for a route that reads a body.
    """
    return {status: _response(status) for status in sorted({*_ALWAYS, *(_WITH_BODY if body else ()), *statuses})}


def _response(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": _MEANINGS[status],
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 503:
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
    return response


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of `app`, built once: FastAPI's, with our problems in place of its validation errors."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
            separate_input_output_schemas=app.separate_input_output_schemas,
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs"))
        schemas["Problem"] = problem
        for path, operations in document.get("paths", {}).items():
            for method, operation in operations.items():
                # The guard in front of every route also refuses a body no route asked for, and a parameter may
                # hold a slash and so lead to no route at all.
                guarded = (*(_WITH_BODY if method in _METHODS_WITH_BODY else ()), *((404,) if "{" in path else ()))
                for status in guarded:
                    operation["responses"].setdefault(str(status), _response(status))
                if {"key": []} in operation.get("security", ()):
                    operation["security"].append({"session": []})
                validation = operation["responses"].get("422")
                if validation is None or "application/json" in validation.get("content", {}):
                    operation["responses"]["422"] = _response(422)
        schemes = document["components"].get("securitySchemes")
        if schemes is not None:
            schemes["session"] = SESSION_SCHEME.model_dump(mode="json", by_alias=True, exclude_none=True)
        app.openapi_schema = document
    return app.openapi_schema
