"""LK: other records that are started from a case, what they carry along and whether they come back."""

from pydantic import Field, StrictBool

from shared.policy.document.entry import Condition, EventName, Labelled, Many


class Link(Labelled):
    """A link: the kind of record, the process outside, what it carries; `successor` where it is a new complaint."""

    kind: str = Field(max_length=60)
    process: str | None = None
    on: Many[EventName] = ()
    when: Condition | None = None
    carries: Many[str] = ()
    back: StrictBool = False
    successor: StrictBool = False
