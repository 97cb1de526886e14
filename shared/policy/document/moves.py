"""MV: the moves a case permits, and the grounds on which it may be closed."""

from typing import Any

from pydantic import Field, StrictBool, model_validator

from shared.policy.document.entry import (
    ByName,
    Condition,
    Entry,
    EventName,
    Labelled,
    Many,
    RoleName,
    StepName,
)
from shared.policy.document.needs import Need
from shared.policy.document.values import Datum

BASIC = ("assess", "accept", "return", "progress", "reply", "resolve", "follow_up", "close", "reopen")
"""The moves every case knows; a pack permits, forbids and adds."""


class Ground(Labelled):
    """A ground for closing: when it holds, what must be there, and the step that must be done."""

    ground: str
    when: Condition | None = None
    needs: Many[Need] = ()
    after: StepName | None = None


class Move(Labelled):
    """A permitted (or forbidden) change: what brings it, when, what it needs and leaves, whom it tells."""

    allow: StrictBool = True
    on: Many[EventName] = ()
    when: Condition | None = None
    needs: Many[Need] = ()
    records: ByName[Datum]
    tell: Many[RoleName] = ()
    from_: Many[str] = Field(default=(), alias="from")
    after: StepName | None = None
    goes: str | None = None


class Moves(Entry):
    """Moves by name beside the grounds for closing."""

    named: ByName[Move]
    close: tuple[Ground, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "named" in data:
            return data
        return {"named": {key: value for key, value in data.items() if key != "close"}, "close": data.get("close", ())}
