"""What all commands about surveys need: who may do what, a survey under lock, its events."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.domain import Survey
from services.intake.storage.surveys import SurveyStorage
from shared.access.permissions import Action, demand, may
from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import CaseParked, NotFound, OutOfScope
from shared.events.envelope import Draft
from shared.events.surveys import SurveyData
from shared.policy.holding import Parties, holders_of
from shared.policy.pack import Pack
from shared.policy.surveying import SurveySpec, survey_of
from shared.policy.tables import rules_of
from shared.reference.book import Reference
from shared.reference.directory import Directory


@dataclass(frozen=True, slots=True)
class OpenSurvey:
    """A survey under lock, for one command of one caller."""

    unit: UnitOfWork
    storage: SurveyStorage
    survey: Survey
    spec: SurveySpec
    caller: Principal

    async def emit(self, data: SurveyData, cause: str) -> None:
        """Say that it has happened, now."""
        await emit(self.unit, self.survey, data, cause, self.caller)

    async def audit(self, command: str, **detail: object) -> None:
        await self.unit.delivery.audit(self.caller, f"survey.{command}", [str(self.survey.id)], detail)


async def emit(unit: UnitOfWork, survey: Survey, data: SurveyData, cause: str, caller: Principal) -> None:
    """Say that something has happened to a survey, now."""
    await unit.delivery.emit([Draft(survey.id, data, unit.started, survey.project, cause, caller.actor)])


async def locked(unit: UnitOfWork, id_: UUID, caller: Principal, reference: Reference) -> OpenSurvey:
    """Lock a survey for a command of staff of its project. Raises NotFound, OutOfScope, CaseParked."""
    marks = (await unit.delivery.lock([id_]))[id_]
    storage = SurveyStorage(unit.connection)
    survey = await storage.find(id_)
    if survey is None:
        raise NotFound("survey")
    demand(caller, Action.WORK_STEP, survey.project, reference.directory)
    if marks.parked:
        raise CaseParked
    return OpenSurvey(unit, storage, survey, spec_of(survey, reference), caller)


def spec_of(survey: Survey, reference: Reference) -> SurveySpec:
    """What the survey's pack says of it."""
    spec = survey_of(reference.pack(survey.pack, survey.pack_version), survey.name)
    assert spec is not None, "it was opened by this version of the pack"  # noqa: S101
    return spec


def demand_lead(caller: Principal, spec: SurveySpec, pack: Pack, project: str, directory: Directory) -> None:
    """Raises OutOfScope unless the caller holds the role that the survey is for, or directs cases there (R-003/r21)."""
    demand(caller, Action.WORK_STEP, project, directory)
    if caller.actor in holders_of(spec.by, Parties(project), pack, directory):
        return
    if not may(caller, Action.DIRECT_CASE, project, directory):
        raise OutOfScope


def told(survey: Survey, spec: SurveySpec, to: tuple[str, ...] = ()) -> dict[str, object]:
    """What every event of a survey says of it."""
    return {
        "duty": survey.name, "kind": "survey", "period": survey.period, "pack_code": survey.pack,
        "pack_version": survey.pack_version, "by": spec.by, "to": to, "rule": rules_of(spec.rule),
        "special": survey.special,
    }  # fmt: skip
