"""Opening a survey: whom it asks is drawn, those who must be asked are found, and both are stored with the seed."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid4

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool

from services.intake.domain import Asked, Survey
from services.intake.policy.moments import AHEAD
from services.intake.policy.sampling import by_household, household_of, sample_of
from services.intake.service.frames import Frame
from services.intake.service.registering import Registrar, is_project, unless_one_of
from services.intake.service.submission import Code, digest_of, not_blank
from services.intake.service.surveys.house import demand_lead, emit, told
from services.intake.storage import IntakeStorage
from services.intake.storage.surveys import SurveyStorage
from shared import ids
from shared.access.permissions import Action, demand
from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import FieldError, IdempotencyConflict, Invalid, Unavailable, invalid
from shared.events.surveys import SurveyOpenedV1
from shared.policy.periods import period_at
from shared.policy.surveying import SurveySpec, looked_back, percent, survey_of
from shared.reference.book import Reference

MOST_HOUSEHOLDS = 10_000
_FIRST_LOOK_BACK = timedelta(days=365)
"""How far back the first survey of a project looks."""

Household = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(not_blank)]


class OpeningBody(BaseModel):
    """A survey to be opened: of the round that today lies in, or a special one (R-003/r22)."""

    model_config = ConfigDict(extra="forbid", title="SurveyOpening")

    project: Code
    survey: Code = Field(description="its name in the pack in force")
    households: list[Household] = Field(
        min_length=1,
        max_length=MOST_HOUSEHOLDS,
        description="the frame: units such as 3-1-502, from which lots are drawn",
    )
    topics: list[Code] | None = Field(None, min_length=1, max_length=100, description="of the pack's; default: all")
    special: StrictBool = Field(False, description="outside the calendar; its identity is the Idempotency-Key")


class Opening:
    """Opens surveys; one instance a service."""

    def __init__(self, registrar: Registrar) -> None:
        self._registrar = registrar

    async def open(
        self, unit: UnitOfWork, body: OpeningBody, caller: Principal, key: str | None, reference: Reference
    ) -> tuple[Survey, Sequence[Asked], bool]:
        """The survey, its sample, and whether it is new: the same again finds the one there is. Raises Invalid,
        OutOfScope, IdempotencyConflict where the round was opened with another body."""
        frame, spec = self._judged(body, caller, reference, unit.started)
        local = unit.started.astimezone(frame.zone).date()
        if body.special:
            period = local.isoformat()
            id_ = ids.survey_id(body.project, spec.name, f"{caller.actor}/{key}" if key else str(uuid4()))
        else:
            period = period_at(spec.every, local).key
            id_ = ids.duty_id(body.project, frame.pack.code, spec.name, period)
        await unit.delivery.lock([id_])
        storage, digest = SurveyStorage(unit.connection), digest_of(body.model_dump(mode="json"))
        if known := await storage.find(id_):
            if known.digest != digest:
                raise IdempotencyConflict
            return known, await storage.sample(id_), False
        survey, sample = await self._drawn(unit, storage, id_, period, digest, body, caller, frame, spec)
        await storage.add(survey, sample)
        by_lot, must = sum(each.by_lot for each in sample), sum(each.must is not None for each in sample)
        data = SurveyOpenedV1(
            **told(survey, spec), topics=survey.topics, modes=spec.modes, asked=len(sample), by_lot=by_lot, must=must,
            target=percent(spec.target) if spec.target is not None else None,
        )  # fmt: skip
        await emit(unit, survey, data, str(id_), caller)
        detail = {"survey": spec.name, "period": period, "frame": len(survey.frame), "by_lot": by_lot, "must": must}
        await unit.delivery.audit(caller, "survey.open", [str(id_)], detail)
        return survey, sample, True

    def _judged(
        self, body: OpeningBody, caller: Principal, reference: Reference, now: datetime
    ) -> tuple[Frame, SurveySpec]:
        directory = reference.directory
        if not directory.nodes:
            raise Unavailable
        if not is_project(body.project, directory):
            raise invalid("/project", "unknown_project")
        demand(caller, Action.WORK_STEP, body.project, directory)
        frame = self._registrar.frame(reference, body.project, now)
        spec = survey_of(frame.pack, body.survey)
        if spec is None:
            raise Invalid(*unless_one_of("/survey", body.survey, tuple(frame.pack.document.surveys)))
        demand_lead(caller, spec, frame.pack, body.project, directory)
        if spec.every == "after_case" and not body.special:
            raise invalid("/special", "only_special")
        wrong: list[FieldError] = []
        for index, topic in enumerate(body.topics or ()):
            wrong += unless_one_of(f"/topics/{index}", topic, spec.topics)
        if wrong:
            raise Invalid(*wrong[:20])
        return frame, spec

    async def _drawn(
        self, unit: UnitOfWork, storage: SurveyStorage, id_: UUID, period: str, digest: bytes, body: OpeningBody,
        caller: Principal, frame: Frame, spec: SurveySpec,
    ) -> tuple[Survey, tuple[Asked, ...]]:  # fmt: skip
        now, pack, zone = unit.started, frame.pack, frame.zone
        since = await storage.previous(body.project, spec.name, id_) or now - _FIRST_LOOK_BACK
        earliest = looked_back(spec, pack, since, now, zone)
        past = await storage.past(body.project, earliest, earliest - AHEAD)
        tracks = await IntakeStorage(unit.connection).tracks([each.id for each in past])
        asked_about = set(body.topics or spec.topics)
        survey = Survey(
            id=id_,
            project=body.project,
            pack=pack.code,
            pack_version=pack.version,
            name=spec.name,
            period=period,
            special=body.special,
            topics=tuple(topic for topic in spec.topics if topic in asked_about),
            frame=tuple(dict.fromkeys(map(household_of, body.households))),
            seed=secrets.token_hex(16),
            since=since,
            unplaced=sum(not each.household for each in past),
            digest=digest,
            opened_at=now,
            opened_by=caller.actor,
        )
        complaints = by_household(past, tracks, now, zone)
        last_ratings = await storage.last_ratings(body.project, id_)
        sample = sample_of(spec, pack, survey.frame, survey.seed, complaints, last_ratings, since, now, zone)
        return survey, sample
