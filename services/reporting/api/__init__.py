"""Reporting over HTTP: figures of a subtree, and what its surveys found."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from services.reporting.api.labels import Label
from services.reporting.api.nodes import own_node
from services.reporting.queries import SurveyFigures, figures_of_survey, figures_of_surveys
from services.reporting.service import summarise
from services.reporting.storage import ReportingStorage
from services.reporting.storage.surveys import SurveyStorage
from shared.access.permissions import Action, demand
from shared.core import Core
from shared.errors import NotFound
from shared.policy.pack import Pack
from shared.policy.surveying import Outcome, survey_of, topic_label
from shared.reference.book import Reference
from shared.web.authentication import Caller
from shared.web.openapi import documented


class SummaryDocument(BaseModel):
    """Figures of a subtree. backlog: not closed. overdue: open with an unmet, breached promise to the customer."""

    as_of: datetime
    node: str
    registered: int
    backlog: int
    overdue: int
    overdue_ratio: float = Field(description="overdue / backlog, 0 when the backlog is empty")
    closed: int
    by_grade: dict[str, int] = Field(description="all registered cases; `none` until assessed")
    by_state: dict[str, int] = Field(description="all registered cases")
    lag_s: float = Field(description="how far these figures are behind what has been sent")


class OutcomeDocument(BaseModel):
    """Ratings of a topic, of a mode, or of all. share: satisfied among all ratings, null where there are none."""

    name: str
    label: Label
    answered: int = Field(description="households")
    ratings: int
    satisfied: int
    dissatisfied: int
    share: float | None


class SurveyDocument(BaseModel):
    """What a survey found. asked, by_lot, must, answered, not_reached: households; must be asked whom the pack names,
    drawn or not. not_reached is known once it is closed. below: topics whose share lies under the target."""

    id: UUID
    project: str
    survey: str
    label: Label
    period: str = Field(examples=["2026-H2"])
    special: bool
    state: Literal["open", "closed"]
    opened_at: datetime
    closed_at: datetime | None
    asked: int
    by_lot: int
    must: int
    answered: int
    not_reached: int | None
    target: str | None = Field(examples=["85%"])
    whole: OutcomeDocument
    topics: list[OutcomeDocument]
    modes: list[OutcomeDocument]
    below: list[str]
    raised: list[str] = Field(description="topics that many households are dissatisfied with")
    rule: str


class SurveyList(BaseModel):
    items: list[SurveyDocument] = Field(description="newest first")


def routes(core: Core) -> APIRouter:
    router = APIRouter(prefix="/reporting/v1", tags=["figures"])

    @router.get("/summary", responses=documented(404))
    async def summary(
        caller: Caller, node: Annotated[str | None, Query(max_length=64, description="default: your own node")] = None
    ) -> SummaryDocument:
        """The figures of a node's subtree."""
        directory = (await core.book.current()).directory
        code = node or own_node(caller, directory)
        if code not in directory.nodes:
            raise NotFound("node")
        demand(caller, Action.READ_FIGURES, code, directory)
        async with core.database.read() as connection:
            counts = await ReportingStorage(connection).counts(directory.projects_within([code]))
        figures = summarise(counts)
        return SummaryDocument(
            as_of=core.clock.now(),
            node=code,
            registered=figures.registered,
            backlog=figures.backlog,
            overdue=figures.overdue,
            overdue_ratio=figures.overdue_ratio,
            closed=figures.closed,
            by_grade=figures.by_grade,
            by_state=figures.by_state,
            lag_s=min(core.standing.behind_s(), 1e9),
        )

    @router.get("/surveys", responses=documented(404))
    async def surveys(
        caller: Caller,
        node: Annotated[str | None, Query(max_length=64, description="default: your own node")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> SurveyList:
        """What the surveys of a node's subtree found, those under way included."""
        reference = await core.book.current()
        directory = reference.directory
        async with core.database.read() as connection:
            storage = SurveyStorage(connection)
            found = await figures_of_surveys(storage, node or own_node(caller, directory), caller, reference, limit)
        return SurveyList(items=[_survey(figures, reference) for figures in found])

    @router.get("/surveys/{id}", responses=documented(404))
    async def survey(caller: Caller, id_: Annotated[UUID, Path(alias="id")]) -> SurveyDocument:
        """What one survey found so far: by topic, by way of asking, and against its target."""
        reference = await core.book.current()
        async with core.database.read() as connection:
            figures = await figures_of_survey(SurveyStorage(connection), id_, caller, reference)
        return _survey(figures, reference)

    return router


def _survey(figures: SurveyFigures, reference: Reference) -> SurveyDocument:
    survey, result = figures.survey, figures.result
    pack = reference.pack(survey.pack_code, survey.pack_version)
    spec = survey_of(pack, survey.name)
    assert spec is not None, "it was opened by this version of the pack"  # noqa: S101
    return SurveyDocument(
        id=survey.id,
        project=survey.project,
        survey=survey.name,
        label=Label(zh=spec.zh, en=spec.en),
        period=survey.period,
        special=survey.special,
        state="open" if survey.closed_at is None else "closed",
        opened_at=survey.opened_at,
        closed_at=survey.closed_at,
        asked=survey.asked,
        by_lot=survey.by_lot,
        must=survey.must,
        answered=result.whole.answered,
        not_reached=survey.not_reached,
        target=survey.target,
        whole=_outcome(result.whole, pack),
        topics=[_outcome(topic, pack) for topic in result.topics],
        modes=[_outcome(mode, pack) for mode in result.modes],
        below=list(result.below),
        raised=list(result.raised),
        rule=spec.rule,
    )


def _outcome(outcome: Outcome, pack: Pack) -> OutcomeDocument:
    share = outcome.share
    return OutcomeDocument(
        name=outcome.name,
        label=Label(zh=topic_label(pack, outcome.name, "zh"), en=topic_label(pack, outcome.name, "en")),
        answered=outcome.answered,
        ratings=outcome.ratings,
        satisfied=outcome.satisfied,
        dissatisfied=outcome.dissatisfied,
        share=float(share) if share is not None else None,
    )
