"""`/intake/v1/surveys`: whom a survey of satisfaction asks, what they say, and that it is over."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from services.intake.api.survey_documents import AskedView, Forgotten, SurveyHead, SurveyList, SurveyView
from services.intake.domain import Asked, Survey, Way
from services.intake.metrics import IntakeMetrics
from services.intake.service.registering import Registrar
from services.intake.service.surveys import answering, closing, showing
from services.intake.service.surveys.answering import AnswerBody, NotReachedBody
from services.intake.service.surveys.house import locked, spec_of
from services.intake.service.surveys.opening import Opening, OpeningBody
from services.intake.service.surveys.showing import ForgettingBody
from services.intake.storage.surveys import SurveyStorage
from shared.core import Core
from shared.reference.book import Reference
from shared.texts.catalogue import Language
from shared.web.authentication import Caller
from shared.web.openapi import documented
from shared.web.parameters import IdempotencyKey
from shared.web.requests import language_of_request

SurveyId = Annotated[UUID, Path(alias="id")]


def routes(core: Core, registrar: Registrar, metrics: IntakeMetrics) -> APIRouter:
    router = APIRouter(prefix="/intake/v1/surveys", tags=["surveys"])
    opening = Opening(registrar)

    @router.post(
        "",
        status_code=201,
        response_model=SurveyView,
        responses=documented(409, body=True) | {200: {"model": SurveyView, "description": "It was opened before"}},
    )
    async def open_survey(request: Request, body: OpeningBody, caller: Caller, key: IdempotencyKey = None) -> Response:
        """Open the round that today lies in, or a special survey: draw by lot, and add whoever must be asked."""
        async with core.database.begin() as unit:
            reference = await core.book.within(unit.connection)
            survey, sample, created = await opening.open(unit, body, caller, key, reference)
        return _shown(survey, sample, reference, language_of_request(request), 201 if created else 200)

    @router.get("", responses=documented())
    async def show_surveys(
        caller: Caller,
        project: Annotated[str | None, Query(max_length=64)] = None,
        state: Literal["open", "closed"] | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> SurveyList:
        """The surveys of your part of the organisation and how far they have come, newest first."""
        reference = await core.book.current()
        closed = None if state is None else state == "closed"
        async with core.database.read() as connection:
            storage = SurveyStorage(connection)
            found, progress = await showing.list_surveys(storage, caller, reference.directory, project, closed, limit)
        return SurveyList(items=[SurveyHead.of(each, spec_of(each, reference), progress) for each in found])

    @router.post("/erase", responses=documented(body=True))
    async def forget_household(body: ForgettingBody, caller: Caller) -> Forgotten:
        """Forget a household in all surveys of a project; ratings stay. Cannot be undone; asking again is harmless."""
        async with core.database.begin() as unit:
            reference = await core.book.within(unit.connection)
            samples = await showing.forget_household(unit, body, caller, reference.directory)
        return Forgotten(samples=samples)

    @router.get("/{id}", responses=documented(404))
    async def show_survey(request: Request, id_: SurveyId, caller: Caller) -> SurveyView:
        """A survey with its households and what they said. That it was read is audited."""
        async with core.database.begin() as unit:
            reference = await core.book.within(unit.connection)
            survey, sample = await showing.read_survey(unit, id_, caller, reference.directory)
        return _view(survey, sample, reference, language_of_request(request))

    @router.post(
        "/{id}/answers",
        status_code=201,
        response_model=AskedView,
        responses=documented(404, 409, body=True) | {200: {"model": AskedView, "description": "It was said before"}},
    )
    async def answer(request: Request, id_: SurveyId, body: AnswerBody, caller: Caller) -> Response:
        """Record what a household says, once; a dissatisfied one may start a complaint with it."""
        async with core.database.begin() as unit:
            reference = await core.book.within(unit.connection)
            record = await locked(unit, id_, caller, reference)
            asked, outcome, changed = await answering.answer(record, body, registrar, reference)
        if outcome:
            metrics.count(Way.HTTP, outcome.result)
        return _asked(asked, language_of_request(request), 201 if changed else 200)

    @router.post(
        "/{id}/not-reached",
        status_code=201,
        response_model=AskedView,
        responses=documented(404, 409, body=True) | {200: {"model": AskedView, "description": "It was said before"}},
    )
    async def not_reached(request: Request, id_: SurveyId, body: NotReachedBody, caller: Caller) -> Response:
        """Record why a household could not be asked."""
        async with core.database.begin() as unit:
            record = await locked(unit, id_, caller, await core.book.within(unit.connection))
            asked, changed = await answering.not_reached(record, body)
        return _asked(asked, language_of_request(request), 201 if changed else 200)

    @router.post("/{id}/close", responses=documented(404, 409))
    async def close(request: Request, id_: SurveyId, caller: Caller) -> SurveyView:
        """Close a survey once everybody who must be asked was, or it is on record why not; again is harmless."""
        async with core.database.begin() as unit:
            reference = await core.book.within(unit.connection)
            record = await locked(unit, id_, caller, reference)
            survey, sample = await closing.close(record, reference)
        return _view(survey, sample, reference, language_of_request(request))

    return router


def _view(survey: Survey, sample: Sequence[Asked], reference: Reference, language: Language) -> SurveyView:
    spec = spec_of(survey, reference)
    return SurveyView.whole(survey, sample, spec, closing.found_by(survey, spec, sample), language)


def _shown(survey: Survey, sample: Sequence[Asked], reference: Reference, language: Language, status: int) -> Response:
    view = _view(survey, sample, reference, language)
    return Response(view.model_dump_json(), status, media_type="application/json")


def _asked(asked: Asked, language: Language, status: int) -> Response:
    return Response(AskedView.of(asked, language).model_dump_json(), status, media_type="application/json")
