"""`/sla/v1/duties`: what is to be done by the calendar, and that it is done."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from services.sla.api.clocks import Label
from services.sla.service.duties import Duties
from services.sla.storage.duties import Duty
from shared.core import Core
from shared.policy.obligations import Obligation
from shared.web.authentication import Caller
from shared.web.openapi import documented


class DutyDocument(BaseModel):
    """One period of a duty, a report or a survey of a project, or an improvement that the result of the survey `name`
    calls for. by: the role it is for. about: topics below the target."""

    id: UUID
    project: str
    name: str
    label: Label
    kind: Literal["duty", "report", "survey", "improvement"]
    period: str
    by: str
    due_at: datetime | None
    state: Literal["due", "done", "missed"]
    done_at: datetime | None
    done_by: str | None
    about: list[str]
    rule: str


class DutyList(BaseModel):
    items: list[DutyDocument] = Field(description="newest period first")


def routes(core: Core, duties: Duties) -> APIRouter:
    router = APIRouter(prefix="/sla/v1/duties", tags=["duties"])

    @router.get("", responses=documented())
    async def show_duties(
        caller: Caller,
        project: Annotated[str | None, Query(max_length=64)] = None,
        state: Literal["due", "done", "missed"] | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> DutyList:
        """What your part of the organisation owes by the calendar."""
        async with core.database.begin() as unit:
            found = await duties.list(unit, caller, project, state, limit)
        return DutyList(items=[_document(duty, obligation) for duty, obligation in found])

    @router.post("/{id}/done", responses=documented(404, 409))
    async def do_duty(id_: Annotated[UUID, Path(alias="id")], caller: Caller) -> DutyDocument:
        """It was done."""
        async with core.database.begin() as unit:
            duty, obligation = await duties.do(unit, caller, id_)
        return _document(duty, obligation)

    return router


def _document(duty: Duty, obligation: Obligation) -> DutyDocument:
    return DutyDocument(
        id=duty.id,
        project=duty.project,
        name=duty.name,
        label=Label(zh=obligation.zh, en=obligation.en),
        kind=duty.kind,
        period=duty.period,
        by=obligation.by,
        due_at=duty.due_at,
        state=duty.state,
        done_at=duty.done_at,
        done_by=duty.done_by,
        about=list(duty.about),
        rule=obligation.rule,
    )
