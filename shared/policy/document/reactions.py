"""RE: closed effects of an event. Routing carries out `open`, `tell`, `assign`, `link` and `set`."""

from typing import Any

from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from shared.policy.document.entry import Condition, Entry, EventName, Many, NeedName, RoleName, StepName
from shared.policy.document.limits import Limit

ACTS = ("open", "tell", "assign", "link", "set", "start", "cancel", "climb", "require")


class Effect(Entry):
    """One act: exactly one of open, tell, assign, link, set, start, cancel, climb, require."""

    open: StepName | None = None
    tell: Many[RoleName] = ()
    assign: RoleName | None = None
    link: str | None = None
    set_: dict[str, Any] = Field(default_factory=dict, alias="set")
    start: str | None = None
    cancel: str | None = None
    climb: str | None = None
    require: Many[NeedName] = ()
    ack: StrictBool = False
    within: Limit | None = None
    as_: str | None = Field(default=None, alias="as")
    process: str | None = None
    content: Many[str] = ()

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
