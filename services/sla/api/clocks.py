"""`GET /sla/v1/cases/{id}/clocks`: the clocks of a case and why each is due when it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.sla.domain import Segment
from services.sla.life.file import Kind
from services.sla.service.reading import ExplainedClock, Reading
from shared.access.permissions import Action, demand
from shared.core import Core
from shared.web.after import After, not_yet
from shared.web.authentication import Caller
from shared.web.openapi import documented
from shared.web.requests import language_of_request

ON_ITS_WAY: dict[int | str, dict[str, Any]] = {
    202: {"description": "What `after` names has not come yet: ask again after Retry-After seconds"}
}


class CalendarName(BaseModel):
    """The calendar version a clock runs on."""

    code: str
    version: int


class Label(BaseModel):
    """What people call it."""

    zh: str
    en: str


class SegmentDocument(BaseModel):
    """One run of a clock's span. counted_s: how much of the limit it used up."""

    model_config = ConfigDict(populate_by_name=True)

    from_: datetime = Field(alias="from")
    to: datetime | None
    kind: Literal["running", "off_hours", "holiday", "paused"]
    counted_s: float
    counted_days: int
    why: str


class AheadDocument(BaseModel):
    """How a due instant was counted back. by: as the pack writes it (`1wd`). of: the instant it is ahead of. segments:
    from the due instant to that one, what counts between them and what does not."""

    by: str
    of: datetime
    why: str
    segments: list[SegmentDocument]


class HistoryLine(BaseModel):
    """What happened to the clock: started, adjusted, paused, resumed, warned, breached, revoked, met, cancelled,
    escalated."""

    at: datetime
    what: str
    due_at: datetime
    limit: str | None
    level: int
    rule: str
    because: str | None


class ClockDocument(BaseModel):
    """One clock. limit: as the pack writes it (`5wd`). provisional: holidays until then are not all announced.

    state `met` with a `breached_at`: met, but late. level: how far its ladder was climbed. segments: from the start to
    the due instant. ahead: of a limit counted back from an instant of the case.
    """

    id: UUID
    name: str
    label: Label
    kind: Literal["limit", "cadence"]
    customer: bool
    round: int
    occurrence: int
    state: Literal["running", "paused", "met", "breached", "cancelled"]
    started_at: datetime
    due_at: datetime
    provisional: bool
    limit: str | None
    warn_at: datetime | None
    breached_at: datetime | None
    met_at: datetime | None
    level: int
    rule: str
    calendar: CalendarName
    segments: list[SegmentDocument]
    ahead: AheadDocument | None
    history: list[HistoryLine]


class Clocks(BaseModel):
    clocks: list[ClockDocument]


def routes(core: Core, reading: Reading) -> APIRouter:
    router = APIRouter(prefix="/sla/v1", tags=["clocks"])

    @router.get("/cases/{case_id}/clocks", response_model=Clocks, responses={**ON_ITS_WAY, **documented(404)})
    async def clocks_of_case(
        caller: Caller,
        request: Request,
        case_id: UUID,
        after: After,
        explain: Annotated[
            Literal["zh", "en"] | None, Query(description="language of `why`; default: Accept-Language")
        ] = None,
    ) -> Clocks | Response:
        """The clocks of a case, the newest 200, each with its span explained segment by segment."""
        if (waiting := await not_yet(core.database, case_id, after)) is not None:
            return waiting
        case = await reading.case(case_id)
        demand(caller, Action.READ_CASE, case.project, (await core.book.current()).directory)
        found = await reading.clocks_of(case, explain or language_of_request(request))
        return Clocks(clocks=[_shown(each) for each in found])

    return router


def _shown(explained: ExplainedClock) -> ClockDocument:
    clock, spec, ahead = explained.watched.clock, explained.rule.spec if explained.rule else None, explained.ahead
    return ClockDocument(
        id=clock.id,
        name=clock.name,
        label=Label(zh=spec.zh, en=spec.en) if spec else Label(zh=clock.name, en=clock.name),
        kind="cadence" if explained.watched.kind is Kind.CADENCE else "limit",
        customer=clock.customer,
        round=clock.round,
        occurrence=clock.occurrence,
        state=clock.state.value,
        started_at=clock.started_at,
        due_at=clock.due_at,
        provisional=clock.provisional,
        limit=str(clock.limit) if clock.limit else None,
        warn_at=clock.warn_at,
        breached_at=clock.breached_at,
        met_at=clock.met_at,
        level=clock.level,
        rule=clock.rule,
        calendar=CalendarName(code=clock.calendar_code, version=clock.calendar_version),
        segments=_spelt(explained.segments),
        ahead=AheadDocument(by=str(ahead.by), of=ahead.target, why=ahead.why, segments=_spelt(ahead.segments))
        if ahead
        else None,
        history=[
            HistoryLine(
                at=line.at,
                what=line.what,
                due_at=line.due_at,
                limit=line.limit,
                level=line.level,
                rule=line.rule,
                because=line.because,
            )
            for line in explained.lines
        ],
    )


def _spelt(segments: Sequence[tuple[Segment, str]]) -> list[SegmentDocument]:
    return [
        SegmentDocument(
            from_=segment.from_,
            to=segment.to,
            kind=segment.kind,
            counted_s=segment.counted_s,
            counted_days=segment.counted_days,
            why=words,
        )
        for segment, words in segments
    ]
