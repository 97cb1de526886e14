"""Events of routing about quotas: shares of a piece of work that roles owe in a window. They travel as duties do."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from shared.events.duties import DutyData


class Behind(BaseModel):
    """A role that did less than its share. share: what it owes of all (`10%`). done: how often it did the work."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: str
    share: str
    done: int


class QuotaMissedV1(DutyData):
    """The window is over and roles did less than their shares. duty: the measure's name in the pack. over: how many
    occasions there were in the window. `to` hears of it."""

    event_type: ClassVar[str] = "quota.missed.v1"

    over: int
    behind: tuple[Behind, ...] = Field(min_length=1)
