"""Cases over HTTP: lists, one case, moves."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from services.routing.api.documents import CaseDocument, CasePage, document_of, item_of
from services.routing.domain import State
from services.routing.metrics import RoutingMetrics
from services.routing.service.bodies import BODIES, Move, PackMove
from services.routing.service.moving import make_move
from services.routing.service.reading import list_cases, view_case, view_file
from shared.access.principal import Principal
from shared.core import Core
from shared.web.after import After, not_yet
from shared.web.authentication import Caller
from shared.web.openapi import documented
from shared.web.parameters import IdempotencyKey, IfMatch
from shared.web.requests import language_of_request

CaseId = Annotated[UUID, Path(alias="id")]
_ON_ITS_WAY: dict[int | str, dict[str, Any]] = {202: {"description": "Not here yet; ask again after Retry-After"}}


def routes(core: Core, metrics: RoutingMetrics) -> APIRouter:
    router = APIRouter(prefix="/routing/v1/cases", tags=["cases"])

    @router.get("", responses=documented())
    async def show_cases(
        caller: Caller,
        project: Annotated[str | None, Query(max_length=64)] = None,
        state: State | None = None,
        grade: Annotated[str | None, Query(max_length=64)] = None,
        person: Annotated[str | None, Query(max_length=64, description="`me`: your own cases")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> CasePage:
        """Cases of your part of the organisation, newest received first."""
        reference = await core.book.current()
        async with core.database.begin() as unit:
            files, next_cursor = await list_cases(
                unit,
                reference,
                caller,
                project=project,
                state=state.value if state else None,
                grade=grade,
                person=caller.actor if person == "me" else person,
                cursor=cursor,
                limit=limit,
            )
        return CasePage(items=[item_of(file) for file in files], next_cursor=next_cursor)

    @router.get("/{id}", response_model=CaseDocument, responses=documented(404) | _ON_ITS_WAY)
    async def show_case(request: Request, id_: CaseId, caller: Caller, after: After) -> Response:
        """One case with its timeline and the moves you may make now; `ETag` is its version."""
        if early := await not_yet(core.database, id_, after):
            return early
        async with core.database.begin() as unit:
            view = await view_case(unit, await core.book.within(unit.connection), caller, id_)
        return answer(document_of(view, language_of_request(request)))

    async def move(
        request: Request, case: UUID, name: str, body: Move, caller: Principal, key: str | None, expected: int | None
    ) -> Response:
        async with core.database.begin() as unit:
            file = await make_move(unit, core.book, caller, case, name, body, key=key, expected=expected)
            view = await view_file(unit, await core.book.within(unit.connection), caller, file)
            at = unit.delivery.at(case)
            unit.committed.append(lambda: metrics.count_move(name))
        return answer(document_of(view, language_of_request(request), at))

    for name, model in BODIES.items():
        _add_move(router, name, model, move)

    @router.post("/{id}/{move}", response_model=CaseDocument, responses=documented(404, 409, body=True))
    async def make_pack_move(
        request: Request,
        id_: CaseId,
        move_: Annotated[str, Path(alias="move", pattern=r"^[a-z][a-z0-9_]{0,63}$")],
        caller: Caller,
        body: PackMove | None = None,
        key: IdempotencyKey = None,
        expected: IfMatch = None,
    ) -> Response:
        """A move of the pack's own."""
        return await move(request, id_, move_, body or PackMove(), caller, key, expected)

    return router


def _add_move(router: APIRouter, name: str, model: type[Move], move: Callable[..., Awaitable[Response]]) -> None:
    optional = not any(field.is_required() for field in model.model_fields.values())
    annotation: Any = model | None if optional else model

    async def make(
        request: Request,
        id_: CaseId,
        caller: Caller,
        body: Any = None,
        key: IdempotencyKey = None,
        expected: IfMatch = None,
    ) -> Response:
        return await move(request, id_, name, body or model(), caller, key, expected)

    make.__annotations__["body"] = annotation
    make.__doc__ = model.__doc__
    if not optional:
        make.__defaults__ = (None, None)  # of key and expected; the body must be there
    router.add_api_route(
        f"/{{id}}/{name}",
        make,
        methods=["POST"],
        name=f"{name}_case",
        response_model=CaseDocument,
        responses=documented(404, 409, body=True),
    )


def answer(document: CaseDocument) -> Response:
    """The document with its version as `ETag`."""
    return Response(
        document.model_dump_json(), media_type="application/json", headers={"ETag": f'"{document.version}"'}
    )
