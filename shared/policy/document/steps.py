"""ST: pieces of work by one role each. Parsed and checked; of their behaviour only the limits run, as clocks."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictInt, model_validator

from shared.policy.document.entry import (
    ByName,
    Condition,
    Entry,
    EventName,
    FactName,
    FormName,
    Labelled,
    Many,
    NeedName,
    RoleName,
    StepName,
)
from shared.policy.document.limits import Limit
from shared.policy.document.values import Datum, Member, members_of

KINDS: dict[str, str] = {
    "handle": "work", "implement": "work", "investigate": "work", "site_visit": "work", "plan": "work",
    "report": "work", "attend": "work", "lesson": "work", "apply": "work", "pay": "work", "undertake": "work",
    "corrective_action": "work",
    "assess": "decide", "approve": "decide", "judge": "decide", "instruct": "decide", "order": "decide",
    "consult": "ask",
    "confirm": "contact", "tell": "contact", "follow_up": "contact", "rebook": "contact", "reply": "contact",
    "negotiate": "negotiate",
    "refer": "refer",
}  # fmt: skip
"""The labels a step may have, each mapped to one of six behaviours: work, decide, ask, contact, negotiate, refer."""


class Performer(Entry):
    """A role that does the step, in the cases where `when` holds."""

    role: RoleName
    when: Condition | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_short_form(cls, data: Any) -> Any:
        return {"role": data} if isinstance(data, str) else data


class Opening(Entry):
    """What opens the step: events, or a role at will; both only where `when` holds."""

    on: Many[EventName] = ()
    when: Condition | None = None
    by: RoleName | None = None


class Step(Labelled):
    """One piece of work: who does it, what opens it, what it must leave, how long it may take."""

    do: str
    by: Many[Performer]
    with_: Many[Performer] = Field(default=(), alias="with")
    opens: Opening | None = None
    within: Limit | None = None
    form: FormName | None = None
    records: ByName[Datum]
    needs: Many[NeedName] = ()
    gives: Annotated[dict[str, Member], BeforeValidator(members_of), Field(default_factory=dict)]
    sets: Many[FactName] = ()
    merges: StepName | None = None
    many: Literal["parallel", "in_turn"] | None = None
    rounds: Literal["unlimited"] | StrictInt | None = None
