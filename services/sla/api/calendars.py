"""`/sla/v1/calendars`: publishing and reading calendars."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from services.sla.api.clocks import Label
from services.sla.service.calendars import publish_calendar
from services.sla.service.reading import published_calendars
from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, may
from shared.access.permissions import demand as demand_at
from shared.access.principal import Principal
from shared.calendars.document import CalendarDocument
from shared.calendars.problems import CalendarError
from shared.core import Core
from shared.errors import FieldError, Malformed, NotFound, OutOfScope, Refused
from shared.texts.catalogue import Language
from shared.web.authentication import Caller
from shared.web.body_guard import BodyRule
from shared.web.json_body import pointer_of
from shared.web.openapi import documented
from shared.web.requests import language_of_request

YAML_TYPES = ("application/yaml", "application/x-yaml", "text/yaml")
BODY_RULES = (BodyRule(r"/sla/v1/calendars$", YAML_TYPES),)
_MOST_PROBLEMS = 20

YAML_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/yaml": {"schema": {"type": "string", "description": "a calendar or an override"}}},
    }
}


class CalendarVersion(BaseModel):
    """One published version. known_until: until when holidays are announced; None: it depends on none.

    derived_from: the calendar an override was laid upon.
    """

    code: str
    version: int
    effective: date
    title: Label
    zone: str
    known_until: date | None
    derived_from: str | None
    digest: str


class PublishedCalendar(CalendarVersion):
    result: Literal["created", "existing"]


class Calendars(BaseModel):
    items: list[CalendarVersion]


class Calendar(CalendarVersion):
    """The newest version with its whole text, and all versions."""

    text: str
    versions: list[CalendarVersion]


def routes(core: Core) -> APIRouter:
    router = APIRouter(prefix="/sla/v1/calendars", tags=["calendars"])

    @router.post(
        "", status_code=201, responses={200: {"model": PublishedCalendar}, **documented(409, body=True)},
        openapi_extra=YAML_BODY,
    )  # fmt: skip
    async def publish(caller: Caller, request: Request, response: Response) -> PublishedCalendar:
        """Publish a calendar version (YAML). The same again is 200; a version once published never changes."""
        demand_at(caller, Action.PUBLISH_CALENDAR, WHOLE_GROUP, (await core.book.current()).directory)
        text = text_of(await request.body())
        try:
            async with core.database.begin() as unit:
                published = await publish_calendar(unit, text, caller)
        except CalendarError as error:
            raise refusal_of(error, language_of_request(request)) from None
        if not published.created:
            response.status_code = 200
        version = _version(published.document, published.document.digest())
        return PublishedCalendar(**version.model_dump(), result="created" if published.created else "existing")

    @router.get("", responses=documented())
    async def list_calendars(caller: Caller) -> Calendars:
        """Every version of every calendar."""
        await _check_reader(caller)
        found = await published_calendars(core.book)
        return Calendars(items=[_version(document, digest) for document, digest, _ in found])

    @router.get("/{code}", responses=documented(404))
    async def show_calendar(caller: Caller, code: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,62}$")]) -> Calendar:
        """One calendar: its newest version as text, and all versions."""
        await _check_reader(caller)
        found = await published_calendars(core.book, code)
        if not found:
            raise NotFound("calendar")
        document, digest, text = found[-1]
        versions = [_version(document, digest) for document, digest, _ in found]
        return Calendar(**_version(document, digest).model_dump(), text=text, versions=versions)

    async def _check_reader(caller: Principal) -> None:
        """Calendars are no secret to staff, wherever in the group they work."""
        directory = (await core.book.current()).directory
        if not any(may(caller, Action.READ_REFERENCE, scope, directory) for scope in caller.scopes):
            raise OutOfScope

    return router


def text_of(body: bytes) -> str:
    """The YAML in a body. Raises Malformed."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(FieldError("", "json_not_utf8", {"position": error.start + 1})) from None


def refusal_of(error: CalendarError, language: Language) -> Refused:
    """What a calendar that cannot be used is answered with."""
    errors = [
        FieldError(pointer_of(*problem.path), "calendar_problem", {"words": problem.words(language)})
        for problem in error.problems[:_MOST_PROBLEMS]
    ]
    return Refused(422, "calendar_invalid", {"count": len(error.problems)}, errors)


def _version(document: CalendarDocument, digest: str) -> CalendarVersion:
    return CalendarVersion(
        code=document.code,
        version=document.version,
        effective=document.effective,
        title=Label(zh=document.title.zh, en=document.title.en),
        zone=document.zone,
        known_until=document.known_until,
        derived_from=document.derived_from,
        digest=digest,
    )
