"""One complaint over HTTP: what the customer says later, withdrawing, erasing, tracking, reading."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from services.intake.api.documents import PersonalView, Recorded, TrackingView
from services.intake.service import speaking
from services.intake.service.following import tracking_of
from services.intake.service.reading import read_text
from services.intake.service.record import Answer, open_record
from services.intake.service.speaking import AmendmentBody, ResponseBody, WithdrawalBody
from services.intake.storage import IntakeStorage
from shared.access.permissions import Action
from shared.core import Core
from shared.web.authentication import Caller
from shared.web.openapi import documented
from shared.web.parameters import IdempotencyKey
from shared.web.requests import language_of_request

ComplaintId = Annotated[UUID, Path(alias="id")]
_UNCHANGED: dict[int | str, dict[str, Any]] = {
    200: {"model": Recorded, "description": "It was recorded before, or changes nothing"}
}


def routes(core: Core) -> APIRouter:
    router = APIRouter(prefix="/intake/v1/complaints/{id}", tags=["complaint"])

    @router.post(
        "/responses", status_code=201, response_model=Recorded, responses=documented(404, 409, body=True) | _UNCHANGED
    )
    async def respond(id_: ComplaintId, said: ResponseBody, caller: Caller, key: IdempotencyKey = None) -> Response:
        """Record what the customer says of the complaint or the reply."""
        directory = (await core.book.current()).directory
        async with core.database.begin() as unit:
            record = await open_record(unit, id_, caller, Action.ADD_RESPONSE, directory, key)
            answer = await speaking.respond(record, said, key)
        return _recorded(answer, 201)

    @router.post(
        "/amendments", status_code=201, response_model=Recorded, responses=documented(404, 409, body=True) | _UNCHANGED
    )
    async def amend(id_: ComplaintId, amendment: AmendmentBody, caller: Caller, key: IdempotencyKey = None) -> Response:
        """Add or correct facts, or put the narrative right; the former words are kept."""
        async with core.database.begin() as unit:
            reference = await core.book.within(unit.connection)
            record = await open_record(unit, id_, caller, Action.AMEND_COMPLAINT, reference.directory, key)
            answer = await speaking.amend(record, amendment, key, reference)
        return _recorded(answer, 201)

    @router.post("/withdraw", response_model=Recorded, responses=documented(404, 409, body=True))
    async def withdraw(
        id_: ComplaintId,
        caller: Caller,
        withdrawal: WithdrawalBody | None = None,
        key: IdempotencyKey = None,
    ) -> Response:
        """The customer takes the complaint back. Asking again changes nothing."""
        directory = (await core.book.current()).directory
        async with core.database.begin() as unit:
            record = await open_record(unit, id_, caller, Action.ADD_RESPONSE, directory, key)
            answer = await speaking.withdraw(record, withdrawal or WithdrawalBody(), key)
        return _recorded(answer, 200)

    @router.post("/erase", response_model=Recorded, responses=documented(404, 409))
    async def erase(id_: ComplaintId, caller: Caller) -> Response:
        """Forget everything personal, here and everywhere; figures stay. Cannot be undone; asking again is harmless."""
        directory = (await core.book.current()).directory
        async with core.database.begin() as unit:
            record = await open_record(unit, id_, caller, Action.ERASE_COMPLAINT, directory)
            answer = await speaking.erase(record)
        return _recorded(answer, 200)

    @router.get("", responses=documented(404))
    async def track(request: Request, id_: ComplaintId, caller: Caller) -> TrackingView:
        """How far the complaint has come, in the caller's language."""
        directory = (await core.book.current()).directory
        async with core.database.read() as connection:
            tracking = await tracking_of(id_, caller, directory, IntakeStorage(connection))
        return TrackingView.of(tracking, language_of_request(request))

    @router.get("/text", responses=documented(404, 409))
    async def show_text(id_: ComplaintId, caller: Caller) -> PersonalView:
        """What the complaint says and who says it. That it was read is audited."""
        directory = (await core.book.current()).directory
        async with core.database.begin() as unit:
            reading = await read_text(unit, id_, caller, directory, core.ring)
        return PersonalView.of(reading)

    return router


def _recorded(answer: Answer, status: int) -> Response:
    return Response(
        Recorded.of(answer).model_dump_json(),
        status if answer.changed else 200,
        media_type="application/json",
    )
