"""Surveys as JSON documents."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.intake.domain import Asked, Progress, Survey
from shared.policy.surveying import Outcome, SurveyResult, SurveySpec, percent
from shared.texts.catalogue import Language


class ProgressDocument(BaseModel):
    """In households."""

    asked: int
    answered: int
    not_reached: int


class ByKind(BaseModel):
    """must: those who must be asked, drawn or not; lot: the others, who were drawn."""

    lot: ProgressDocument
    must: ProgressDocument


class SurveyHead(BaseModel):
    """A survey without its households. period: of the round, or the local day on which a special one began."""

    id: UUID
    project: str
    survey: str
    label: dict[str, str]
    period: str = Field(examples=["2026-H2"])
    special: bool
    state: Literal["open", "closed"]
    topics: list[str]
    modes: list[str]
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    progress: ByKind

    @classmethod
    def of(cls, survey: Survey, spec: SurveySpec, progress: Mapping[tuple[UUID, bool], Progress]) -> "SurveyHead":
        return cls(
            **_head(survey, spec),
            progress=_by_kind({kind: n for (id_, kind), n in progress.items() if id_ == survey.id}),
        )


class AskedView(BaseModel):
    """A household of the sample. drawn: `must` where it is asked in any case, by_lot where it was drawn (too)."""

    household: str | None = Field(description="null once it is forgotten")
    drawn: Literal["lot", "must"]
    by_lot: bool
    why: str | None = Field(description="why it must be asked, in the language of the request")
    state: Literal["open", "answered", "not_reached", "forgotten"]
    mode: str | None
    topics: dict[str, int | str] | None
    comment: str | None
    reason: str | None = Field(description="why it was not reached")
    complaint: UUID | None = Field(description="what its answer has started")

    @classmethod
    def of(cls, asked: Asked, language: Language) -> "AskedView":
        must = asked.must
        return cls(
            household=asked.household,
            drawn="must" if must else "lot",
            by_lot=asked.by_lot,
            why=(must.en if language == "en" else must.zh) if must else None,
            state=_state(asked),
            mode=asked.mode,
            topics=dict(asked.ratings) if asked.ratings is not None else None,
            comment=asked.comment,
            reason=asked.not_reached,
            complaint=asked.complaint,
        )


class OutcomeDocument(BaseModel):
    """Ratings of a topic, of a mode, or of all. share: satisfied among all ratings, null where there are none."""

    name: str
    answered: int = Field(description="households")
    ratings: int
    satisfied: int
    dissatisfied: int
    share: float | None

    @classmethod
    def of(cls, outcome: Outcome) -> "OutcomeDocument":
        share = outcome.share
        return cls(
            name=outcome.name, answered=outcome.answered, ratings=outcome.ratings, satisfied=outcome.satisfied,
            dissatisfied=outcome.dissatisfied, share=float(share) if share is not None else None,
        )  # fmt: skip


class ResultDocument(BaseModel):
    """What was said so far. below: topics under the target; raised: those that many are dissatisfied with."""

    whole: OutcomeDocument
    topics: list[OutcomeDocument]
    modes: list[OutcomeDocument]
    below: list[str]
    raised: list[str]


class SurveyView(SurveyHead):
    """A survey with its households. The draw can be repeated: of `frame`, those come first whose SHA-256 of the seed,
    the character U+001F and the household is lowest."""

    share: str = Field(description="of the frame, drawn by lot", examples=["20%"])
    seed: str
    frame: list[str]
    since: datetime = Field(description="complaints from then on were looked at")
    complaints_without_household: int = Field(description="among them; whose they are nobody knows")
    target: str | None = Field(examples=["85%"])
    households: list[AskedView]
    result: ResultDocument

    @classmethod
    def whole(
        cls, survey: Survey, sample: Sequence[Asked], spec: SurveySpec, found: SurveyResult, language: Language
    ) -> "SurveyView":
        return cls(
            **_head(survey, spec),
            progress=_by_kind({kind: _progress(sample, kind) for kind in (True, False)}),
            share=percent(spec.share),
            seed=survey.seed,
            frame=list(survey.frame),
            since=survey.since,
            complaints_without_household=survey.unplaced,
            target=percent(spec.target) if spec.target is not None else None,
            households=[AskedView.of(asked, language) for asked in sample],
            result=ResultDocument(
                whole=OutcomeDocument.of(found.whole),
                topics=[OutcomeDocument.of(each) for each in found.topics],
                modes=[OutcomeDocument.of(each) for each in found.modes],
                below=list(found.below),
                raised=list(found.raised),
            ),
        )


class SurveyList(BaseModel):
    items: list[SurveyHead] = Field(description="newest first")


class Forgotten(BaseModel):
    samples: int = Field(description="of surveys that had asked the household")


def _head(survey: Survey, spec: SurveySpec) -> dict[str, Any]:
    return {
        "id": survey.id,
        "project": survey.project,
        "survey": survey.name,
        "label": {"zh": spec.zh, "en": spec.en},
        "period": survey.period,
        "special": survey.special,
        "state": "open" if survey.closed_at is None else "closed",
        "topics": list(survey.topics),
        "modes": list(spec.modes),
        "opened_at": survey.opened_at,
        "opened_by": survey.opened_by,
        "closed_at": survey.closed_at,
    }


def _by_kind(progress: Mapping[bool, Progress]) -> ByKind:
    parts = {kind: progress.get(kind, Progress()) for kind in (True, False)}
    return ByKind(lot=ProgressDocument(**parts[False]._asdict()), must=ProgressDocument(**parts[True]._asdict()))


def _progress(sample: Sequence[Asked], must: bool) -> Progress:
    part = [asked for asked in sample if (asked.must is not None) is must]
    answered = sum(asked.ratings is not None for asked in part)
    return Progress(len(part), answered, sum(asked.not_reached is not None for asked in part))


def _state(asked: Asked) -> Literal["open", "answered", "not_reached", "forgotten"]:
    if asked.ratings is not None:
        return "answered"
    if asked.not_reached is not None:
        return "not_reached"
    return "open" if asked.open else "forgotten"
