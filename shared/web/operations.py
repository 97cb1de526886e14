"""`/<service>/v1/ops/…`: status, held events, dead letters. The same for every service."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, demand
from shared.access.principal import Principal
from shared.delivery.operations import Operations, Place
from shared.reference.book import ReferenceBook
from shared.web.authentication import Caller
from shared.web.letters import told
from shared.web.openapi import documented
from shared.web.requests import language_of_request

Source = Annotated[str, Path(pattern=r"^[a-z]{1,20}$")]
Sequence = Annotated[int, Path(ge=1, le=2**31 - 1)]
Limit = Annotated[int, Query(ge=1, le=1000)]


class Why(BaseModel):
    """Every act on data says why; the reason is kept in the audit."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=500)


class Edit(Why):
    data: dict[str, Any]


def operations_routes(
    service: str, operations: Operations, book: ReferenceBook, status: Callable[[], Awaitable[dict[str, Any]]]
) -> APIRouter:
    """Routes for operators (and auditors, who read)."""
    router = APIRouter(prefix=f"/{service}/v1/ops", tags=["operations"])

    async def check(caller: Principal, action: Action) -> None:
        demand(caller, action, WHOLE_GROUP, (await book.current()).directory)

    @router.get("/status", responses=documented())
    async def show_status(caller: Caller) -> dict[str, Any]:
        """Readiness, lag, outbox, held and parked, dead letters, and this service's own counts."""
        await check(caller, Action.READ_OPERATIONS)
        return await status()

    @router.get("/held", responses=documented())
    async def list_held(caller: Caller, case: UUID | None = None, limit: Limit = 200) -> dict[str, Any]:
        """Held events, longest waiting first."""
        await check(caller, Action.READ_OPERATIONS)
        return {"items": await operations.list_held(case, limit)}

    @router.get("/held/{case}/{source}/{sequence}", responses=documented(404))
    async def show_held(caller: Caller, case: UUID, source: Source, sequence: Sequence) -> dict[str, Any]:
        """One held event with its data."""
        await check(caller, Action.READ_OPERATIONS)
        return await operations.show_held(Place(case, source, sequence))

    @router.put("/held/{case}/{source}/{sequence}", responses=documented(404, body=True))
    async def edit_held(caller: Caller, case: UUID, source: Source, sequence: Sequence, edit: Edit) -> dict[str, Any]:
        """Give a held event other data; it keeps its place. Replay the case afterwards."""
        await check(caller, Action.OPERATE)
        place = Place(case, source, sequence)
        await operations.edit_held(place, edit.data, edit.reason, caller)
        return await operations.show_held(place)

    @router.post("/held/{case}/{source}/{sequence}/replay", responses=documented(404, body=True))
    async def replay_held(caller: Caller, case: UUID, source: Source, sequence: Sequence, why: Why) -> dict[str, Any]:
        """Try the case again; answers what is still held of it."""
        await check(caller, Action.OPERATE)
        await operations.replay_held(Place(case, source, sequence), why.reason, caller)
        return {"items": await operations.list_held(case, 200)}

    @router.post("/held/{case}/{source}/{sequence}/drop", responses=documented(404, 409, body=True))
    async def drop_held(caller: Caller, case: UUID, source: Source, sequence: Sequence, why: Why) -> dict[str, Any]:
        """Give the event up; the case goes on without it. Answers what is still held of it."""
        await check(caller, Action.OPERATE)
        await operations.drop_held(Place(case, source, sequence), why.reason, caller)
        return {"items": await operations.list_held(case, 200)}

    @router.get("/dead-letters", responses=documented())
    async def list_dead_letters(
        request: Request,
        caller: Caller,
        state: Annotated[str | None, Query(pattern="^(open|replayed|dropped)$")] = None,
        limit: Limit = 200,
    ) -> dict[str, Any]:
        """Dead letters, oldest first; message and remedy in the language of Accept-Language."""
        await check(caller, Action.READ_OPERATIONS)
        language = language_of_request(request)
        return {"items": [told(letter, language) for letter in await operations.list_dead_letters(state, limit)]}

    @router.get("/dead-letters/{letter}", responses=documented(404))
    async def show_dead_letter(request: Request, caller: Caller, letter: UUID) -> dict[str, Any]:
        """One dead letter with its content; reading it is audited."""
        await check(caller, Action.OPERATE)
        return told(await operations.show_dead_letter(letter, caller), language_of_request(request))

    @router.post("/dead-letters/{letter}/replay", responses=documented(404, 409, body=True))
    async def replay_dead_letter(caller: Caller, letter: UUID, why: Why) -> dict[str, Any]:
        """Read the record again, as if it came now."""
        await check(caller, Action.OPERATE)
        await operations.replay_dead_letter(letter, why.reason, caller)
        return {"id": letter, "state": "replayed"}

    @router.post("/dead-letters/{letter}/drop", responses=documented(404, body=True))
    async def drop_dead_letter(caller: Caller, letter: UUID, why: Why) -> dict[str, Any]:
        """Give the record up."""
        await check(caller, Action.OPERATE)
        await operations.drop_dead_letter(letter, why.reason, caller)
        return {"id": letter, "state": "dropped"}

    return router
