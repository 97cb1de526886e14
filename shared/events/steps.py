"""Events of routing about the pieces of work in a case: its steps, and the settlements that end in money or goods."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from shared.events.envelope import EventData


class OpenedStep(BaseModel):
    """One piece of work. step: its name in the pack. run: tells it from an earlier one of the name (`consult.2`).
    role: who does it; person: who of them, where that is known. manner: how (`visit`, `call`, `letter`), where the pack
    says so."""

    model_config = ConfigDict(frozen=True)

    step: str
    run: str
    role: str | None = None
    person: str | None = None
    manner: str | None = None
    rule: tuple[str, ...] = ()


class CaseStepOpenedV1(EventData):
    """Pieces of work began at once."""

    event_type: ClassVar[str] = "case.step_opened.v1"

    steps: tuple[OpenedStep, ...] = Field(min_length=1)


class CaseTaskReceivedV1(EventData):
    """Whoever does a step has received it (signed for the slip, taken the task)."""

    event_type: ClassVar[str] = "case.task_received.v1"

    step: str
    run: str
    person: str


class CaseStepDoneV1(EventData):
    """Somebody acted on a step. happened: what the pack calls it (`plan_ok.approved`, `plan_ok.done`).

    part: the place of the part in a chain that was done, from 0. gives: the result among those the step may give.
    response: the customer's, if it asked them. records: fields it left, but for words, which are
    on `personal.v1`; filled: all fields it left, by name.
    """

    event_type: ClassVar[str] = "case.step_done.v1"

    step: str
    run: str
    happened: tuple[str, ...]
    person: str
    part: int | None = None
    gives: str | None = None
    response: str | None = None
    records: dict[str, Any] = Field(default_factory=dict)
    filled: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    texts_version: int | None = None


class CaseFormMarkedV1(EventData):
    """A form of the case was filled in, signed, given back or confirmed when read back. by_role: who signed.

    happened: what the pack calls it (`opinion_form.returned`). records, filled, texts_version: as of a step.
    """

    event_type: ClassVar[str] = "case.form_marked.v1"

    form: str
    happened: tuple[str, ...] = ()
    by_role: str | None = None
    records: dict[str, Any] = Field(default_factory=dict)
    filled: tuple[str, ...] = ()
    texts_version: int | None = None
