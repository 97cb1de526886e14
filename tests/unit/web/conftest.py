"""A small service with one of everything, and its keys."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import pytest
from fastapi import Depends, FastAPI, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictInt, field_validator
from starlette.responses import Response

from shared.access.keys import KeyRecord, digest_of, new_token
from shared.access.principal import Principal
from shared.errors import MoveNotAllowed, NotFound, Refused, Unavailable, VersionConflict
from shared.web.application import create_application
from shared.web.authentication import Caller, authenticated, require
from shared.web.body_guard import BATCH_LIMIT, NDJSON, BodyRule
from shared.web.forms import read_form
from shared.web.openapi import documented
from shared.web.pages import Pages
from shared.web.parameters import IdempotencyKey, IfMatch
from shared.web.validation import field_error

AT = datetime(2026, 1, 1, tzinfo=UTC)


class Keys:
    """A key book in memory."""

    def __init__(self) -> None:
        self.records: dict[str, KeyRecord] = {}

    async def find(self, digest: str) -> KeyRecord | None:
        return self.records.get(digest)

    def staff(self, *roles: str, revoked: bool = False) -> str:
        token = new_token("staff")
        self.records[digest_of(token)] = KeyRecord(
            "s",
            "staff",
            digest_of(token),
            AT,
            person="li.na",
            roles=roles,
            node="P01",
            revoked_at=AT if revoked else None,
        )
        return token

    def system(self) -> str:
        token = new_token("system")
        self.records[digest_of(token)] = KeyRecord("k", "system", digest_of(token), AT, source="app", projects=("P01",))
        return token


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Facts(Strict):
    people: StrictInt | None = Field(None, ge=0, le=10_000)
    demand: list[Literal["repair", "compensation"]] = []


class Complaint(Strict):
    project: str = Field(min_length=1, max_length=10, pattern=r"^[A-Z0-9]+$")
    narrative: str = Field(max_length=200)
    received_at: AwareDatetime | None = None
    facts: Facts = Facts()

    @field_validator("received_at")
    @classmethod
    def not_long_ago(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.year < 2000:
            raise field_error("too_small", min="2000-01-01")
        return value


class Accepted(BaseModel):
    actor: str
    narrative: str
    key: str | None


def outage(error: Exception) -> bool:
    return isinstance(error, ConnectionError)


def build(keys: Keys) -> FastAPI:
    app = create_application(
        "intake",
        version="1.2.3",
        authenticate=authenticated(keys, "bootstrap-token"),
        pages=Pages(),
        body_rules=[BodyRule(r"/intake/v1/complaints:batch$", (NDJSON,), BATCH_LIMIT)],
        is_outage=outage,
    )

    @app.post("/intake/v1/complaints", status_code=201, responses=documented(409, body=True))
    async def register(complaint: Complaint, caller: Caller, key: IdempotencyKey = None) -> Accepted:
        return Accepted(actor=caller.actor, narrative=complaint.narrative, key=key)

    @app.post("/intake/v1/complaints:batch", responses=documented(body=True))
    async def batch(request: Request, caller: Caller) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @app.get("/intake/v1/complaints/{id}", responses=documented(404))
    async def show(id: UUID, caller: Caller, limit: Annotated[int, Field(ge=1, le=200)] = 50) -> dict[str, Any]:  # noqa: A002
        raise NotFound("complaint")

    @app.post("/intake/v1/complaints/{id}/close", responses=documented(404, 409))
    async def close(id: UUID, caller: Caller, version: IfMatch = None) -> dict[str, Any]:  # noqa: A002
        if version is not None and version != 3:
            raise VersionConflict(version, 3)
        raise MoveNotAllowed("closed", ["reopen"])

    @app.get("/intake/v1/keys", responses=documented())
    async def list_keys(caller: Annotated[Principal, Depends(require("operator"))]) -> dict[str, str]:
        return {"actor": caller.actor}

    failures = {
        "bug": RuntimeError("张三 13800138000"),
        "outage": ConnectionResetError("db.internal"),
        "busy": Unavailable(retry_after=7),
        "no_text": Refused(409, "a_code_without_text"),
    }

    @app.get("/intake/fail/{how}", include_in_schema=False)
    async def fail(how: str) -> None:
        raise failures[how]

    @app.get("/intake/page", include_in_schema=False)
    async def page(request: Request, caller: Caller) -> Response:
        return app.state.pages.response(  # type: ignore[no-any-return]
            request, "problem.html", problem={"title": "<b>bold</b>", "status": 200, "detail": ""}
        )

    @app.post("/intake/form", include_in_schema=False)
    async def form(request: Request, caller: Caller) -> dict[str, str]:
        return await read_form(request)

    return app


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def app(keys: Keys) -> FastAPI:
    return build(keys)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody's client, at https://huiyin.test."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://huiyin.test") as client:
        yield client


@pytest.fixture
async def system(client: httpx.AsyncClient, keys: Keys) -> httpx.AsyncClient:
    """The client of a system of project P01, reading English."""
    client.headers.update({"authorization": f"Bearer {keys.system()}", "accept-language": "en"})
    return client
