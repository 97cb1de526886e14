"""ST: pieces of work by one role each: who does one, what opens it, what it must leave, how long it may take."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from shared.policy.document.channels import Medium
from shared.policy.document.entry import (
    ByName,
    Condition,
    Entry,
    EventName,
    FactName,
    FormName,
    Labelled,
    Many,
    MeasureName,
    NeedName,
    RoleName,
    StepName,
)
from shared.policy.document.limits import Limit
from shared.policy.document.needs import Need
from shared.policy.document.values import Datum, Member, members_of

KINDS: dict[str, str] = {
    "handle": "work", "implement": "work", "investigate": "work", "site_visit": "work", "plan": "work",
    "report": "work", "attend": "work", "lesson": "work", "apply": "work", "pay": "work", "undertake": "work",
    "corrective_action": "work",
    "assess": "decide", "approve": "decide", "judge": "decide", "instruct": "decide", "order": "decide",
    "consult": "ask",
    "confirm": "contact", "tell": "contact", "follow_up": "contact", "rebook": "contact", "reply": "contact",
    "chain": "work",
    "negotiate": "negotiate",
    "refer": "refer",
}  # fmt: skip
"""The labels a step may have, each mapped to one of six behaviours: work, decide, ask, contact, negotiate, refer."""


class Performer(Entry):
    """Who does the step, in the cases where `when` holds: a role, or whoever a quota's measure still owes the most."""

    role: RoleName | None = None
    quota: MeasureName | None = None
    when: Condition | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Performer":
        if (self.role is None) == (self.quota is None):
            raise PydanticCustomError("role_or_quota", "", {})
        return self

    @model_validator(mode="before")
    @classmethod
    def _of_short_form(cls, data: Any) -> Any:
        return {"role": data} if isinstance(data, str) else data


class Opening(Entry):
    """What opens the step: events, or a role at will; both only where `when` holds."""

    on: Many[EventName] = ()
    when: Condition | None = None
    by: RoleName | None = None


class People(Entry):
    """How many do it, and whether at the same time."""

    min: StrictInt = Field(default=1, ge=1)
    together: StrictBool = False


class Part(Labelled):
    """One part of a step that is done in parts, each by its own role, one after the other. It asks for its form as the
    act of a settlement does."""

    do: str
    by: RoleName
    form: FormName | None = None
    needs: Many[Need] = ()


Way = Literal["visit", "call", "letter"]
"""How somebody goes about a step with the customer."""


class Manner(Entry):
    """One way of doing the step; the last row of a choice has no `when`."""

    give: Way
    when: Condition | None = None


class Intensity(Entry):
    """How the step is done in which case: the first row that holds when it is opened, else the last."""

    pick: tuple[Manner, ...]


class Otherwise(Entry):
    """What may stand in for the step: an explanation, in this field of its form."""

    explain: NeedName


class Step(Labelled):
    """One piece of work: who does it, what opens it, what it must leave, how long it may take."""

    do: str
    by: Many[Performer] = ()
    with_: Many[Performer] = Field(default=(), alias="with")
    opens: Opening | None = None
    within: Limit | None = None
    form: FormName | None = None
    records: ByName[Datum]
    needs: Many[Need] = ()
    gives: Annotated[dict[str, Member], BeforeValidator(members_of), Field(default_factory=dict)]
    sets: Many[FactName] = ()
    merges: StepName | None = None
    many: Literal["parallel", "in_turn"] | None = None
    rounds: Literal["unlimited"] | StrictInt | None = None
    chain: tuple[Part, ...] = ()
    people: People | None = None
    to: Many[RoleName] = ()
    ack: StrictBool = False
    receipt: Literal["signed", "taken"] | None = None
    returns: StrictBool = False
    medium: Many[Medium] = ()
    mode: Way | None = None
    intensity: Intensity | None = None
    appointment: FactName | None = None
    log: FormName | None = None
    or_: Otherwise | None = Field(default=None, alias="or")

    @model_validator(mode="after")
    def _somebody_does_it(self) -> "Step":
        if not self.by and not self.chain:
            raise PydanticCustomError("nobody_does_it", "", {})
        return self
