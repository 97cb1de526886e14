"""What a draft calendar (`calendars:try`) or another version of a pack (`packs:try`) would do to open cases."""

import re
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from services.sla.api.calendars import YAML_BODY, YAML_TYPES, refusal_of, text_of
from services.sla.api.clocks import Label
from services.sla.life.case import Pin
from services.sla.life.recomputing import Told
from services.sla.service.trying import EFFECTS, START, Effect, Moved, PackTrial, Place, Trial, Trying
from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, demand
from shared.calendars.problems import CalendarError
from shared.core import Core
from shared.errors import NotFound, invalid
from shared.reference.book import UnknownReference
from shared.web.authentication import Caller
from shared.web.body_guard import BodyRule
from shared.web.openapi import documented
from shared.web.requests import language_of_request

BODY_RULES = (BodyRule(r"/sla/v1/calendars:try$", YAML_TYPES),)
_CURSOR = re.compile(r"([0-9]{1,7})~([0-9a-f-]{36})(~closed)?")


class ProjectEffects(BaseModel):
    """Cases of a project, each under the gravest that would befall it."""

    project: str
    newly_breached: int
    relieved: int
    earlier: int
    later: int


class MovedClock(BaseModel):
    """A clock that would run out at another instant; under another version of a pack one may also begin (no
    `old_due_at`) or be cancelled (no `new_due_at`)."""

    case: UUID
    project: str
    clock: UUID
    name: str
    label: Label
    effect: Effect
    old_due_at: datetime | None
    new_due_at: datetime | None


class PackCase(BaseModel):
    """An open case with what is known of it, as `POST /routing/v1/packs:apply` tells it; grade: under the version."""

    model_config = ConfigDict(extra="forbid")

    case: UUID
    grade: Annotated[str, Field(max_length=64)]
    facts: Annotated[dict[str, Any], Field(max_length=500)]
    happened: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=2000)]


class PackDraft(BaseModel):
    """A published version, and the cases it is to be tried on."""

    model_config = ConfigDict(extra="forbid")

    pack: Annotated[str, Field(max_length=64)]
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    cases: Annotated[list[PackCase], Field(max_length=500)]


class PackEffects(ProjectEffects):
    """Cases whose gravest is that a limit begins, or one is no more."""

    begun: int
    cancelled: int


class PackTrialPage(BaseModel):
    """looked_at: of these cases those that are known here. items: the changed clocks, those newly breached or relieved
    first."""

    pack: str
    version: int
    as_of: datetime
    looked_at: int
    by_project: list[PackEffects]
    items: list[MovedClock]


class CalendarTrial(BaseModel):
    """One page of cases: the open ones, then closed ones with a follow-up that still runs. zone: the calendar's, by
    which its days are told. open_cases: all there are on this calendar; looked_at: cases of this page. Add the counts
    of all pages. items: the first `items` moved clocks of this page, those newly breached or relieved first.
    next_cursor: None on the last page."""

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
        """Say which cases and follow-ups this calendar (YAML) would newly breach or relieve; nothing is changed."""
        demand(caller, Action.PUBLISH_CALENDAR, WHOLE_GROUP, (await core.book.current()).directory)
        text = text_of(await request.body())
        try:
            return _shown(await trying.try_calendar(text, _place(cursor), limit), items)
        except CalendarError as error:
            raise refusal_of(error, language_of_request(request)) from None

    @router.post("/sla/v1/packs:try", responses=documented(404, body=True))
    async def try_pack(caller: Caller, body: PackDraft) -> PackTrialPage:
        """Say which of these open cases a published version of their pack would newly breach or relieve; nothing is
        changed."""
        demand(caller, Action.PUBLISH_POLICY, WHOLE_GROUP, (await core.book.current()).directory)
        cases = {each.case: Told(each.grade, each.facts, each.happened) for each in body.cases}
        try:
            trial = await trying.try_pack(Pin(body.pack, body.version), cases)
        except UnknownReference:
            raise NotFound("pack") from None
        return _shown_pack(body, trial)

    return router


def _shown_pack(body: PackDraft, trial: PackTrial) -> PackTrialPage:
    projects = sorted({project for project, _ in trial.by_project})
    return PackTrialPage(
        pack=body.pack,
        version=body.version,
        as_of=trial.as_of,
        looked_at=trial.looked_at,
        by_project=[
            PackEffects(project=project, **{effect: trial.by_project[project, effect] for effect in EFFECTS})
            for project in projects
        ],
        items=[_clock(each) for each in sorted(trial.moved, key=lambda each: EFFECTS.index(each.effect))],
    )


def _place(cursor: str | None) -> Place:
    if cursor is None:
        return START
    try:
        found = _CURSOR.fullmatch(cursor)
        if found is None:
            raise ValueError(cursor)
        return Place(int(found[1]), UUID(found[2]), bool(found[3]))
    except ValueError:
        raise invalid("/query/cursor", "bad_format", pattern="next_cursor") from None


def _cursor(place: Place) -> str:
    return f"{place.version}~{place.case}{'~closed' if place.closed else ''}"


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
        items=[_clock(each) for each in first],
        next_cursor=_cursor(trial.end) if trial.end else None,
    )


def _clock(moved: Moved) -> MovedClock:
    return MovedClock(
        case=moved.case,
        project=moved.project,
        clock=moved.clock,
        name=moved.name,
        label=Label(zh=moved.label[0], en=moved.label[1]),
        effect=moved.effect,
        old_due_at=moved.old_due_at,
        new_due_at=moved.new_due_at,
    )
