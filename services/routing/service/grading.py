"""Grades cases anew and says so."""

from collections.abc import Mapping

from services.routing.domain import CaseFile
from services.routing.policy.assessing import graded
from services.routing.policy.hearing import happened
from services.routing.policy.repeats import with_counts
from services.routing.service.docket import Docket
from shared.events.cases import CaseAssessedV1


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
        return docket.put(with_counts(file, docket.regime(file).pack, measures))
    return tell_grade(
        docket, file, graded(file, docket.regime(file), docket.now, measures), because, cause, actor, discriminator
    )


def tell_grade(
    docket: Docket, before: CaseFile, file: CaseFile, because: str, cause: str, actor: str, discriminator: str = ""
) -> CaseFile:
    """Say and note what changed of the case's decisions since `before`."""
    was, now = before.assessment.grade, file.assessment.grade
    if now != was or file.decisions != before.decisions:
        moved = now.value != was.value
        docket.say(file, assessed(file, because, was.value if moved else None), cause, docket.now, actor, discriminator)
        if moved:
            file = happened(file, "graded")
            params = {"from": was.value, "to": now.value, "because": because, "rule": list(now.rule)}
            docket.note(file, "regraded", docket.now, actor, params)
    return docket.put(file)
