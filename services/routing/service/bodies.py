"""What each move takes. Extra fields are refused; free words are 1 to 5,000 characters."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

Words = Annotated[str, StringConstraints(min_length=1, max_length=5000, pattern=r"\S")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
WordsOrList = Words | Annotated[list[Words], Field(min_length=1, max_length=20)]


class Move(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Admit(Move):
    """Take the case on, where the pack leaves that to a person."""


class Assess(Move):
    """Decide or correct; naming what stands provisionally confirms it. facts: the changed ones only, money in fen."""

    validity: Code | None = None
    category: Code | None = None
    facts: dict[str, Any] = Field(default_factory=dict, max_length=100)


class Assign(Move):
    """Give the case to a department (a unit role of the pack), a person, or where the pack's routes lead."""

    department: Code | None = None
    person: Code | None = None


class Accept(Move):
    """Take the case over oneself."""


class Return(Move):
    """Send the case back to the desk."""

    reason: Words


class Progress(Move):
    """Write down how it goes."""

    text: Words


class Reply(Move):
    """Answer the customer. channel: one of the pack's."""

    text: Words
    channel: Code


class Resolve(Move):
    """The matter was dealt with."""

    result: Words


class FollowUp(Move):
    """Ask the customer afterwards. satisfied: their word; needed when they were reached, absent when not."""

    reached: StrictBool
    satisfied: StrictBool | None = None
    text: Words | None = None


class Close(Move):
    """Close on a ground of the pack. What the ground needs (`position_told`, `evidence`, `result`) stands beside it, a
    text or a list of texts each, unless it is there already."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, WordsOrList] = Field(init=False)

    ground: Code
    text: Words | None = None


class LinkBack(Move):
    """What was started from the case came back. link: its name in the pack."""

    link: Code
    text: Words


class Reopen(Move):
    """Open a closed case again, in a new round."""

    reason: Words


class PackMove(Move):
    """A move of the pack's own: the fields it leaves, a text each."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Words] = Field(init=False)


BODIES: dict[str, type[Move]] = {
    "admit": Admit,
    "assess": Assess,
    "assign": Assign,
    "accept": Accept,
    "return": Return,
    "progress": Progress,
    "reply": Reply,
    "resolve": Resolve,
    "follow-up": FollowUp,
    "close": Close,
    "reopen": Reopen,
    "link-back": LinkBack,
}
