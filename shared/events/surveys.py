"""Events of intake about surveys of satisfaction: who was asked and what they said stays with intake."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from shared.events.duties import DutyData


class SurveyData(DutyData):
    """A round of a survey travels as the duty that it is; duty: the survey's name in the pack. A special survey has an
    id of its own, and the local day on which it began as its period."""

    special: bool = False


class SurveyOpenedV1(SurveyData):
    """Whom to ask was drawn. asked: how many households, of them `by_lot` drawn and `must` asked in any case (some
    both). topics, modes: those of this round. target: the share of satisfied ratings aimed at (`85%`)."""

    event_type: ClassVar[str] = "survey.opened.v1"

    topics: tuple[str, ...]
    modes: tuple[str, ...] = ()
    asked: int
    by_lot: int
    must: int
    target: str | None = None


class SurveyAnsweredV1(SurveyData):
    """One household answered. ratings: topic -> `satisfied`, `dissatisfied`, or 1 (the worst) to 5."""

    event_type: ClassVar[str] = "survey.answered.v1"

    mode: str | None = None
    ratings: dict[str, int | str]


class TopicFound(BaseModel):
    """What a survey found about one topic."""

    model_config = ConfigDict(frozen=True)

    topic: str
    ratings: int
    satisfied: int
    dissatisfied: int = 0


class SurveyClosedV1(SurveyData):
    """The survey is over. below: topics whose share of satisfied ratings lies under the target; raised: those that many
    households are dissatisfied with, below it or not. Where there are any of them, `to` hears it."""

    event_type: ClassVar[str] = "survey.closed.v1"

    answered: int
    not_reached: int
    topics: tuple[TopicFound, ...] = Field(default=())
    target: str | None = None
    below: tuple[str, ...] = ()
    raised: tuple[str, ...] = ()

    @property
    def to_improve(self) -> tuple[str, ...]:
        """The topics that call for an improvement, each once."""
        return tuple(dict.fromkeys((*self.below, *self.raised)))
