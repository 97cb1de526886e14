"""The work of a case over HTTP: acts on its steps and settlements, and what is done with its forms."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from services.routing.api.cases import answer
from services.routing.api.documents import CaseDocument, document_of
from services.routing.domain import CaseFile
from services.routing.metrics import RoutingMetrics
from services.routing.service.bodies import Act, Mark
from services.routing.service.marking import mark_form
from services.routing.service.reading import view_file
from services.routing.service.working import act_on
from shared.access.principal import Principal
from shared.core import Core
from shared.database.unit_of_work import UnitOfWork
from shared.web.authentication import Caller
from shared.web.openapi import documented
from shared.web.parameters import IdempotencyKey, IfMatch
from shared.web.requests import language_of_request

CaseId = Annotated[UUID, Path(alias="id")]
_NAME = r"^[a-z][a-z0-9_]{0,63}(\.[1-9][0-9]{0,5})?$"


def routes(core: Core, metrics: RoutingMetrics) -> APIRouter:
    router = APIRouter(prefix="/routing/v1/cases", tags=["work"])

    async def changed(
        request: Request, caller: Principal, case: UUID, name: str, change: Callable[[UnitOfWork], Awaitable[CaseFile]]
    ) -> Response:
        async with core.database.begin() as unit:
            file = await change(unit)
            view = await view_file(unit, await core.book.within(unit.connection), caller, file)
            at = unit.delivery.at(case)
            unit.committed.append(lambda: metrics.count_move(name))
        return answer(document_of(view, language_of_request(request), at))

    @router.post("/{id}/steps/{step}/{act}", response_model=CaseDocument, responses=documented(404, 409, body=True))
    async def act_on_step(
        request: Request,
        id_: CaseId,
        step: Annotated[str, Path(pattern=_NAME, description="a step or settlement of the pack, or one run of it")],
        act: Annotated[str, Path(pattern=r"^[a-z]{1,20}$", description="one of `acts` of the step")],
        caller: Caller,
        body: Act | None = None,
        key: IdempotencyKey = None,
        expected: IfMatch = None,
    ) -> Response:
        """Act on a piece of work: open it, receive it, arrive, have it done, approve, reject, agree, fail."""

        def change(unit: UnitOfWork) -> Awaitable[CaseFile]:
            return act_on(unit, core.book, caller, id_, step, act, body or Act(), key=key, expected=expected)

        return await changed(request, caller, id_, "step", change)

    @router.post("/{id}/forms/{form}/{mark}", response_model=CaseDocument, responses=documented(404, 409, body=True))
    async def mark_form_of_case(
        request: Request,
        id_: CaseId,
        form: Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,63}$", description="a form of the pack")],
        mark: Annotated[str, Path(pattern=r"^[a-z]{1,20}$", description="fill, sign, return or confirm")],
        caller: Caller,
        body: Mark | None = None,
        key: IdempotencyKey = None,
        expected: IfMatch = None,
    ) -> Response:
        """Fill in a form of the case, sign it, give it back, have it confirmed when it was read back."""

        def change(unit: UnitOfWork) -> Awaitable[CaseFile]:
            return mark_form(unit, core.book, caller, id_, form, mark, body or Mark(), key=key, expected=expected)

        return await changed(request, caller, id_, "form", change)

    return router
