"""Figures of surveys: kept up as answers come, asked for by part of the organisation."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from services.reporting.domain import SurveyView
from services.reporting.storage.surveys import SurveyStorage
from shared.access.permissions import Action, demand
from shared.access.principal import Principal
from shared.errors import NotFound
from shared.events.envelope import Event
from shared.events.surveys import SurveyAnsweredV1, SurveyClosedV1, SurveyData, SurveyOpenedV1
from shared.policy.surveying import Cell, SurveyResult, cells_of, parse_share, result_of, survey_of
from shared.reference.book import Reference


@dataclass(frozen=True, slots=True)
class SurveyFigures:
    """A survey and what has been said so far."""

    survey: SurveyView
    result: SurveyResult


async def record_surveys(events: Sequence[Event], storage: SurveyStorage) -> None:
    """Bring surveys and counts up to a batch of events, those of one survey in their order."""
    cells: Counter[tuple[UUID, Cell]] = Counter()
    for event in events:
        data = event.data
        if isinstance(data, SurveyOpenedV1):
            await storage.open(_opened(event, data))
        elif isinstance(data, SurveyAnsweredV1):
            cells.update((event.case, cell) for cell in cells_of(data.mode, data.ratings))
        elif isinstance(data, SurveyClosedV1):
            await storage.close(event.case, event.occurred_at, data.not_reached)
    await storage.count(cells)


def of_surveys(events: Sequence[Event]) -> list[Event]:
    """Those that are about surveys."""
    return [event for event in events if isinstance(event.data, SurveyData)]


def _opened(event: Event, data: SurveyOpenedV1) -> SurveyView:
    return SurveyView(
        id=event.case,
        project=event.project,
        pack_code=data.pack_code,
        pack_version=data.pack_version,
        name=data.duty,
        period=data.period,
        special=data.special,
        topics=data.topics,
        target=data.target,
        asked=data.asked,
        by_lot=data.by_lot,
        must=data.must,
        opened_at=event.occurred_at,
    )


async def figures_of_survey(
    storage: SurveyStorage, id_: UUID, caller: Principal, reference: Reference
) -> SurveyFigures:
    """One survey. Raises NotFound, OutOfScope."""
    survey = await storage.find(id_)
    if survey is None:
        raise NotFound("survey")
    demand(caller, Action.READ_FIGURES, survey.project, reference.directory)
    return (await _figures(storage, [survey], reference))[0]


async def figures_of_surveys(
    storage: SurveyStorage, node: str, caller: Principal, reference: Reference, limit: int
) -> list[SurveyFigures]:
    """Those of a node's subtree, newest first. Raises NotFound, OutOfScope."""
    directory = reference.directory
    if node not in directory.nodes:
        raise NotFound("node")
    demand(caller, Action.READ_FIGURES, node, directory)
    return await _figures(storage, await storage.page(directory.projects_within([node]), limit), reference)


async def _figures(storage: SurveyStorage, surveys: Sequence[SurveyView], reference: Reference) -> list[SurveyFigures]:
    counts = await storage.counts([survey.id for survey in surveys])
    return [
        SurveyFigures(
            survey,
            result_of(
                counts.get(survey.id, Counter()),
                survey.topics,
                parse_share(survey.target) if survey.target else None,
                _common(survey, reference),
            ),
        )
        for survey in surveys
    ]


def _common(survey: SurveyView, reference: Reference) -> Fraction | int | None:
    spec = survey_of(reference.pack(survey.pack_code, survey.pack_version), survey.name)
    return spec.common if spec else None
