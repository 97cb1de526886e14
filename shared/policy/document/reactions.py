"""RE: closed effects of an event. Routing carries them out; of clocks and ladders it gives the order, and sla acts."""

from typing import Any

from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from shared.policy.document.entry import (
    ActionName,
    AttributionName,
    ClockName,
    Condition,
    Entry,
    EventName,
    LadderName,
    Many,
    NeedName,
    RoleName,
    StepName,
)
from shared.policy.document.limits import Limit

ACTS = ("open", "tell", "assign", "link", "set", "start", "cancel", "climb", "require", "attribute")


class Effect(Entry):
    """One act: exactly one of open, tell, assign, link, set, start, cancel, climb, require, attribute.

    start, cancel: a clock, or the limit of a step. climb: a ladder, by one level. require: what must be there from then
    on `at` this move, at the closing unless told otherwise.
    """

    open: StepName | None = None
    tell: Many[RoleName] = ()
    assign: RoleName | None = None
    link: str | None = None
    set_: dict[str, Any] = Field(default_factory=dict, alias="set")
    start: ClockName | None = None
    cancel: ClockName | None = None
    climb: LadderName | None = None
    require: Many[NeedName] = ()
    attribute: AttributionName | None = None
    at: ActionName | None = None
    ack: StrictBool = False
    within: Limit | None = None
    as_: str | None = Field(default=None, alias="as")
    process: str | None = None
    content: Many[str] = ()

    @property
    def order(self) -> tuple[str, str] | None:
        """What sla is to do with which clock or ladder, if the act is one of its."""
        if self.start:
            return "start", self.start
        if self.cancel:
            return "cancel", self.cancel
        return ("climb", self.climb) if self.climb else None

    @model_validator(mode="after")
    def _one_act(self) -> "Effect":
        given = [act for act in ACTS if getattr(self, "set_" if act == "set" else act)]
        if len(given) != 1:
            raise PydanticCustomError("one_act", "", {"given": ", ".join(given) or "–", "acts": ", ".join(ACTS)})
        return self


class Reaction(Entry):
    """What follows by itself when something happens."""

    on: Many[EventName]
    when: Condition | None = None
    do: Many[Effect]
