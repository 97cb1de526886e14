"""CK: limits and cadences on a case: what starts and stops them, how long they run, whom they were promised to."""

from typing import Any, Literal

from pydantic import Field, model_validator

from shared.policy.document.entry import Condition, Entry, EventName, FactName, Labelled, Many, RoleName
from shared.policy.document.limits import Limit, Timing


class Starts(Entry):
    """The events that start the clock: the first of them, or the later of all."""

    first_of: Many[EventName] = ()
    later_of: Many[EventName] = ()

    @model_validator(mode="before")
    @classmethod
    def _of_short_form(cls, data: Any) -> Any:
        return data if isinstance(data, dict) else {"first_of": data}


class Extension(Entry):
    """How often a limit may be extended, what that needs, and who is told."""

    max: Literal["none"] | int
    reason: Literal["required", "none"] = "required"
    tell: Many[RoleName] = ()


class Forewarning(Entry):
    """A word before the limit ends: at a share of it (`80%`) or a while before (`2h`)."""

    at: str = Field(max_length=20)
    tell: Many[RoleName] = ()


class Clock(Labelled):
    """A limit (`within`), a cadence (`every`) or a date (`due_at`), promised to the customer or internal.

    ahead: so long before the date of `due_at`, counted backwards; never before the clock's own start.
    """

    from_: Starts | None = Field(default=None, alias="from")
    until: Many[EventName] = ()
    within: Limit | None = None
    every: Limit | None = None
    due_at: FactName | None = None
    ahead: Timing | None = None
    cap: Timing | None = None
    met_by: Many[EventName] = ()
    rearm: Many[EventName] = ()
    when: Condition | None = None
    counts_when: Condition | None = None
    promise: Literal["customer", "internal"] = "internal"
    calendar: Literal["office", "always"] | None = None
    extend: Extension | None = None
    before: Forewarning | None = None
