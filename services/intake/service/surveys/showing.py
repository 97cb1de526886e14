"""Showing surveys: how far each has come, and to who may read what is personal, whom it asks; and forgetting that."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.intake.domain import Asked, Progress, Survey
from services.intake.policy.sampling import household_of
from services.intake.service.registering import is_project
from services.intake.service.submission import Code
from services.intake.service.surveys.opening import Household
from services.intake.storage.surveys import SurveyStorage
from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, demand
from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, invalid
from shared.reference.directory import Directory


async def read_survey(
    unit: UnitOfWork, id_: UUID, caller: Principal, directory: Directory
) -> tuple[Survey, Sequence[Asked]]:
    """A survey with its households. Raises NotFound, OutOfScope. Leaves an audit row."""
    storage = SurveyStorage(unit.connection)
    survey = await storage.find(id_)
    if survey is None:
        raise NotFound("survey")
    demand(caller, Action.READ_PERSONAL, survey.project, directory)
    await unit.delivery.audit(caller, "survey.read", [str(id_)])
    return survey, await storage.sample(id_)


async def list_surveys(
    storage: SurveyStorage,
    caller: Principal,
    directory: Directory,
    project: str | None,
    closed: bool | None,
    limit: int,
) -> tuple[Sequence[Survey], Mapping[tuple[UUID, bool], Progress]]:
    """Those of the caller's part of the organisation, newest first, and how far each has come: those who must be asked
    (True) and the others. Raises OutOfScope."""
    demand(caller, Action.READ_CASE, project or next(iter(caller.scopes), WHOLE_GROUP), directory)
    whole = WHOLE_GROUP in caller.scopes and project is None
    projects = [project] if project else sorted(directory.projects_within(caller.scopes))
    surveys = await storage.page(None if whole else projects, closed, limit)
    return surveys, await storage.progress([survey.id for survey in surveys])


class ForgettingBody(BaseModel):
    """A household that surveys shall forget."""

    model_config = ConfigDict(extra="forbid", title="SurveyForgetting")

    project: Code
    household: Household


async def forget_household(unit: UnitOfWork, body: ForgettingBody, caller: Principal, directory: Directory) -> int:
    """Forget in all surveys of a project that a household was asked and what it wrote; ratings stay, so no figure
    changes. Returns in how many samples it was. Raises Invalid, OutOfScope."""
    if not is_project(body.project, directory):
        raise invalid("/project", "unknown_project")
    demand(caller, Action.ERASE_COMPLAINT, body.project, directory)
    forgotten = await SurveyStorage(unit.connection).forget(body.project, household_of(body.household))
    await unit.delivery.audit(caller, "survey.forget", [body.project], {"samples": forgotten})
    return forgotten
