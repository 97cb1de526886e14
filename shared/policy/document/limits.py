"""How long something may take: a duration, a parameter, `none`, a choice by condition, or what people agree or set."""

from typing import Any

from pydantic import Field, model_validator

from shared.policy.document.entry import Condition, Entry, Reference, RoleName


class Timing(Reference):
    """A duration, `$param` or `none`, as written."""

    names = "duration"


class LimitRow(Entry):
    """One possible limit; the last row of a choice has no `when`."""

    within: Timing
    when: Condition | None = None


class Limit(Entry):
    """A limit. Exactly one of `within`, `pick`, `agreed_with` and `set_by` is written; a bare duration is `within`."""

    within: Timing | None = None
    pick: tuple[LimitRow, ...] = ()
    agreed_with: RoleName | None = None
    set_by: RoleName | None = None
    default: Timing | None = None
    max: Timing | None = None
    cap: Timing | None = None
    cut_off: str | None = Field(default=None, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")

    @model_validator(mode="before")
    @classmethod
    def _of_short_form(cls, data: Any) -> Any:
        return {"within": data} if isinstance(data, str) else data
