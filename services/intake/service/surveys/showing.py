"""Showing surveys: how far each has come, and, to who may read what is personal, whom it asks and what they said."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.intake.domain import Asked, Progress, Survey
from services.intake.storage.surveys import SurveyStorage
from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, demand
from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
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
