"""Who a pack is, from when it holds, and how the whole pack counts, regrades and pauses."""

from typing import Any, Literal

from pydantic import Field, StrictInt, field_validator

from shared.policy.document.entry import Entry, Many, RoleName
from shared.policy.durations import Count


class Title(Entry):
    """The regime's name."""

    zh: str
    en: str


class Counting(Entry):
    """How days are counted; every field is written, because a day is at stake."""

    day: Literal["end_of_day", "same_time"]
    start_day: Literal["excluded", "included"]
    working_day: Literal["end_of_day", "end_of_office", "same_time"]
    week: Literal["rolling", "calendar"]
    on_undated: Literal["calendar", "working"]

    def count(self) -> Count:
        """The value that clocks compute with."""
        return Count(self.day, self.start_day, self.working_day, self.week, self.on_undated)


class Regrading(Entry):
    """What a new grade does: it only raises, or may go either way; running clocks keep their start or begin anew."""

    direction: Literal["raise", "any"] = "raise"
    clocks: Literal["keep_start", "restart"] = "keep_start"


class Pausing(Entry):
    """The causes that stop a limit from running; `none` where the regime knows none."""

    causes: tuple[str, ...]

    @field_validator("causes", mode="before")
    @classmethod
    def none_is_empty(cls, value: Any) -> Any:
        return () if value == "none" else value


class Governance(Entry):
    """The regime's own document: its code, owner and the signatures it needs."""

    code: str
    owner: RoleName
    sign_off: Many[str] = ()


class Numbering(Entry):
    """How cases are numbered: a pattern of {project}, {year}, {month} and {n}, where n counts per project."""

    pattern: str = Field(max_length=100)
    width: StrictInt = Field(ge=4, le=12)


Admission = Literal["itself", "desk"]
"""Who admits a case: it is admitted the moment it is received, or a person at the desk says so."""
