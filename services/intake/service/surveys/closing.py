"""Closing a survey: not before everybody who must be asked was; what it found goes with the event."""

from collections import Counter
from collections.abc import Iterable, Sequence

from services.intake.domain import Asked, Survey
from services.intake.service.surveys.house import OpenSurvey, demand_lead, told
from shared.errors import Conflict
from shared.events.surveys import SurveyClosedV1, TopicFound
from shared.policy.surveying import Cell, SurveyResult, SurveySpec, cells_of, percent, result_of
from shared.reference.book import Reference

_MOST_NAMED = 20


async def close(record: OpenSurvey, reference: Reference) -> tuple[Survey, Sequence[Asked]]:
    """Close the survey; once it is, asking again changes nothing. Raises OutOfScope, and Conflict naming those who must
    be covered and are not (R-003/r23)."""
    survey, spec, unit = record.survey, record.spec, record.unit
    pack = reference.pack(survey.pack, survey.pack_version)
    demand_lead(record.caller, spec, pack, survey.project, reference.directory)
    sample = await record.storage.sample(survey.id)
    if survey.closed_at is not None:
        return survey, sample
    uncovered = [each.household for each in sample if each.must is not None and each.open]
    if uncovered:
        named = uncovered[:_MOST_NAMED]
        raise Conflict("survey_not_covered", {"count": len(uncovered)}, members={"households": named})
    await record.storage.close(survey.id, unit.started)
    found = found_by(survey, spec, sample)
    data = SurveyClosedV1(
        **told(survey, spec, spec.tell if found.below or found.raised else ()),
        answered=found.whole.answered,
        not_reached=sum(each.not_reached is not None for each in sample),
        topics=tuple(
            TopicFound(topic=t.name, ratings=t.ratings, satisfied=t.satisfied, dissatisfied=t.dissatisfied)
            for t in found.topics
        ),
        target=percent(spec.target) if spec.target is not None else None,
        below=found.below,
        raised=found.raised,
    )
    await record.emit(data, f"{survey.id}:closed")
    await record.audit("close", answered=found.whole.answered, below=list(found.below), raised=list(found.raised))
    closed = await record.storage.find(survey.id)
    assert closed is not None  # noqa: S101 -- it is locked
    return closed, sample


def found_by(survey: Survey, spec: SurveySpec, sample: Iterable[Asked]) -> SurveyResult:
    """What the answers come to so far."""
    cells: Counter[Cell] = Counter()
    for asked in sample:
        if asked.ratings is not None:
            cells.update(cells_of(asked.mode, asked.ratings))
    return result_of(cells, survey.topics, spec.target, spec.common)
