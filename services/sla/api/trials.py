"""`POST /sla/v1/calendars:try`: what a draft calendar would do to open cases."""

import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from services.sla.api.calendars import YAML_BODY, YAML_TYPES, refusal_of, text_of
from services.sla.api.clocks import Label
from services.sla.service.trying import START, Place, Trial, Trying
from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, demand
from shared.calendars.problems import CalendarError
from shared.core import Core
from shared.errors import invalid
from shared.web.authentication import Caller
from shared.web.body_guard import BodyRule
from shared.web.openapi import documented
from shared.web.requests import language_of_request

BODY_RULES = (BodyRule(r"/sla/v1/calendars:try$", YAML_TYPES),)
_CURSOR = re.compile(r"([0-9]{1,7})~([0-9a-f-]{36})")


class ProjectEffects(BaseModel):
    """Cases of a project, each under the gravest that would befall it."""

    project: str
    newly_breached: int
    relieved: int
    earlier: int
    later: int


class MovedClock(BaseModel):
    """A clock that would run out at another instant."""

    case: UUID
    project: str
    clock: UUID
    name: str
    label: Label
    effect: Literal["newly_breached", "relieved", "earlier", "later"]
    old_due_at: datetime
    new_due_at: datetime


class CalendarTrial(BaseModel):
    """One page of open cases. zone: the calendar's, by which its days are told. open_cases: all there are on this
    calendar; looked_at: those of this page. Add the counts of all pages. items: the first `items` moved clocks of this
    page, those newly breached or relieved first. next_cursor: None on the last page."""

    calendar: str
    zone: str
    as_of: datetime
    open_cases: int
    looked_at: int
    by_project: list[ProjectEffects]
    items: list[MovedClock]
    next_cursor: str | None


def routes(core: Core, trying: Trying) -> APIRouter:
    router = APIRouter(tags=["calendars"])

    @router.post("/sla/v1/calendars:try", responses=documented(body=True), openapi_extra=YAML_BODY)
    async def try_calendar(
        caller: Caller,
        request: Request,
        limit: Annotated[int, Query(ge=1, le=2000, description="cases looked at")] = 1000,
        items: Annotated[int, Query(ge=0, le=200, description="moved clocks shown")] = 50,
        cursor: Annotated[str | None, Query(max_length=80, description="`next_cursor` of the page before")] = None,
    ) -> CalendarTrial:
        """Say which open cases this calendar (YAML) would newly breach or relieve; nothing is changed."""
        demand(caller, Action.PUBLISH_CALENDAR, WHOLE_GROUP, (await core.book.current()).directory)
        text = text_of(await request.body())
        try:
            return _shown(await trying.try_calendar(text, _place(cursor), limit), items)
        except CalendarError as error:
            raise refusal_of(error, language_of_request(request)) from None

    return router


def _place(cursor: str | None) -> Place:
    if cursor is None:
        return START
    try:
        found = _CURSOR.fullmatch(cursor)
        if found is None:
            raise ValueError(cursor)
        return int(found[1]), UUID(found[2])
    except ValueError:
        raise invalid("/query/cursor", "bad_format", pattern="next_cursor") from None


def _shown(trial: Trial, items: int) -> CalendarTrial:
    first = sorted(trial.moved, key=lambda each: each.effect in ("earlier", "later"))[:items]
    projects = sorted({project for project, _ in trial.by_project})
    return CalendarTrial(
        calendar=trial.document.reference,
        zone=trial.document.zone,
        as_of=trial.as_of,
        open_cases=trial.open_cases,
        looked_at=trial.looked_at,
        by_project=[
            ProjectEffects(
                project=project,
                newly_breached=trial.by_project[project, "newly_breached"],
                relieved=trial.by_project[project, "relieved"],
                earlier=trial.by_project[project, "earlier"],
                later=trial.by_project[project, "later"],
            )
            for project in projects
        ],
        items=[
            MovedClock(
                case=each.case,
                project=each.project,
                clock=each.clock,
                name=each.name,
                label=Label(zh=each.label[0], en=each.label[1]),
                effect=each.effect,
                old_due_at=each.old_due_at,
                new_due_at=each.new_due_at,
            )
            for each in first
        ],
        next_cursor=f"{trial.end[0]}~{trial.end[1]}" if trial.end else None,
    )
