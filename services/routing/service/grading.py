"""Grades cases anew and says so."""

from collections.abc import Mapping

from services.routing.domain import CaseFile
from services.routing.policy.assessing import graded
from services.routing.policy.hearing import happened
from services.routing.service.docket import Docket
from shared.events.cases import CaseAssessedV1
from shared.values import replace


def assessed(file: CaseFile, because: str, previous_grade: str | None = None) -> CaseAssessedV1:
    """The event that tells what stands."""
    standing = file.assessment
    return CaseAssessedV1(
        validity=standing.validity,
        category=standing.category,
        grade=standing.grade,
        previous_grade=previous_grade,
        because=because,
        decisions=dict(file.decisions),
    )


def regrade(
    docket: Docket,
    file: CaseFile,
    because: str,
    cause: str,
    actor: str,
    measures: Mapping[str, int] | None = None,
    discriminator: str = "",
) -> CaseFile:
    """Decide the grade again; says and notes only what changed. An ended case keeps its grade, new counts are kept for
    the day it is opened again."""
    if file.ended:
        return docket.put(_with_counts(file, measures))
    before, decisions = file.assessment.grade, file.decisions
    file = graded(file, docket.regime(file), docket.now, measures)
    after = file.assessment.grade
    if after != before or file.decisions != decisions:
        rose = after.value != before.value
        docket.say(
            file, assessed(file, because, before.value if rose else None), cause, docket.now, actor, discriminator
        )
        if rose:
            file = happened(file, "graded")
            params = {"from": before.value, "to": after.value, "because": because, "rule": list(after.rule)}
            docket.note(file, "regraded", docket.now, actor, params)
    return docket.put(file)


def _with_counts(file: CaseFile, measures: Mapping[str, int] | None) -> CaseFile:
    return replace(file, measures={**file.measures, **(measures or {})})
