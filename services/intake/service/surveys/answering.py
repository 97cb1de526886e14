"""Taking what households of a survey say, or why one could not be asked; each says it once."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, StrictBool, WithJsonSchema

from services.intake.domain import Asked, Outcome, Result, Way
from services.intake.policy.sampling import household_of
from services.intake.service.accepting import accept
from services.intake.service.registering import Registrar, unless_one_of
from services.intake.service.sender import Sender
from services.intake.service.speaking import Words
from services.intake.service.submission import Code, read
from services.intake.service.surveys.house import OpenSurvey, told
from services.intake.service.surveys.opening import Household
from shared.errors import Conflict, FieldError, IdempotencyConflict, Invalid, invalid
from shared.events.surveys import SurveyAnsweredV1
from shared.policy.surveying import WORDS
from shared.reference.book import Reference
from shared.web.json_body import pointer_of
from shared.web.validation import field_error

SOURCE = "survey"
_RATINGS: tuple[int | str, ...] = (*WORDS, 1, 2, 3, 4, 5)


def _rating(value: Any) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int | str) or value not in _RATINGS:
        raise field_error("not_one_of", expected=[str(rating) for rating in _RATINGS])
    return value


Rating = Annotated[int | str, PlainValidator(_rating), WithJsonSchema({"enum": list(_RATINGS)})]


class AnswerBody(BaseModel):
    """What a household says of the topics it was asked about: how, and how content it is with each (R-003/r20)."""

    model_config = ConfigDict(extra="forbid", title="SurveyAnswer")

    household: Household
    mode: Code | None = Field(None, description="one of the pack's ways of asking")
    topics: dict[Code, Rating] = Field(min_length=1, max_length=100, description="satisfied, dissatisfied, or 1 to 5")
    comment: Words | None = None
    complaint: StrictBool = Field(False, description="register what it says as a complaint; the comment is needed")


class NotReachedBody(BaseModel):
    """Why a household could not be asked."""

    model_config = ConfigDict(extra="forbid", title="SurveyNotReached")

    household: Household
    reason: Annotated[Words, Field(max_length=500)]


async def answer(
    record: OpenSurvey, body: AnswerBody, registrar: Registrar, reference: Reference
) -> tuple[Asked, Outcome | None, bool]:
    """The household as it stands then, the complaint its answer has started, and whether anything is new.

    Raises Invalid for whoever was not drawn and for modes and topics that are not the survey's; Conflict once it is
    closed, and where the household has answered otherwise before.
    """
    asked = await _asked(record, body.household)
    if asked.ratings is not None:
        before = (asked.mode, asked.ratings, asked.comment, asked.complaint is not None)
        if before != (body.mode, body.topics, body.comment, body.complaint):
            raise Conflict("survey_answered")
        return asked, None, False
    _demand_open(record)
    _judge(record, body)
    outcome = await _complaint(record, asked, body, registrar, reference) if body.complaint else None
    said = replace(
        asked, mode=body.mode, ratings=body.topics, comment=body.comment, not_reached=None,
        complaint=outcome.id if outcome else None,
    )  # fmt: skip
    await record.storage.say(record.survey.id, said, record.caller.actor, record.unit.started)
    data = SurveyAnsweredV1(**told(record.survey, record.spec), mode=body.mode, ratings=body.topics)
    await record.emit(data, f"{record.survey.id}:{asked.place}")
    await record.audit("answer", place=asked.place, mode=body.mode)
    return said, outcome, True


async def not_reached(record: OpenSurvey, body: NotReachedBody) -> tuple[Asked, bool]:
    """Record why a household could not be asked; a later reason takes the place of an earlier one, an answer of both.
    Raises Invalid, Conflict as `answer` does."""
    asked = await _asked(record, body.household)
    if asked.ratings is not None:
        raise Conflict("survey_answered")
    if asked.not_reached == body.reason:
        return asked, False
    _demand_open(record)
    said = replace(asked, not_reached=body.reason)
    await record.storage.say(record.survey.id, said, record.caller.actor, record.unit.started)
    await record.audit("not_reached", place=asked.place)
    return said, True


async def _asked(record: OpenSurvey, household: str) -> Asked:
    found = await record.storage.asked(record.survey.id, household_of(household))
    if found is None:
        raise invalid("/household", "not_drawn")
    return found


def _demand_open(record: OpenSurvey) -> None:
    if record.survey.closed_at is not None:
        raise Conflict("survey_closed")


def _judge(record: OpenSurvey, body: AnswerBody) -> None:
    wrong: list[FieldError] = []
    if record.spec.modes and body.mode is None:
        wrong.append(FieldError("/mode", "missing"))
    wrong += unless_one_of("/mode", body.mode, record.spec.modes)
    for topic in body.topics:
        wrong += unless_one_of(pointer_of("topics", topic), topic, record.survey.topics)
    if body.complaint and body.comment is None:
        wrong.append(FieldError("/comment", "missing"))
    if wrong:
        raise Invalid(*wrong[:20])


async def _complaint(
    record: OpenSurvey, asked: Asked, body: AnswerBody, registrar: Registrar, reference: Reference
) -> Outcome:
    """Register the household's words. Whoever may record its answer may do so: any employee takes a complaint."""
    survey, now = record.survey, record.unit.started
    channels = registrar.frame(reference, survey.project, now).channels
    known = {
        "project": survey.project,
        "source_id": f"{survey.id}/{asked.place}",
        "narrative": body.comment,
        "unit": asked.household,
        "channel": next((way for way in (body.mode, SOURCE) if way in channels), None),
    }
    sender = Sender(record.caller, Way.HTTP, SOURCE, bound=True, trusted=True)
    parsed = read({name: value for name, value in known.items() if value is not None})
    registration = registrar.judge(parsed, sender, reference, now)
    (outcome,) = await accept(record.unit, [registration], apart=True)
    if outcome.result is Result.CONFLICT:
        raise IdempotencyConflict  # another system calls itself as surveys do, and has used this number
    return outcome
