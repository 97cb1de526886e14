"""What each move takes. Extra fields are refused; free words are 1 to 5,000 characters."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

Words = Annotated[str, StringConstraints(min_length=1, max_length=5000, pattern=r"\S")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
WordsOrList = Words | Annotated[list[Words], Field(min_length=1, max_length=20)]


class Move(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Admit(Move):
    """Take the case on, where the pack leaves that to a person."""


class Assess(Move):
    """Decide or correct; naming what stands provisionally confirms it. grade: a graver one, where the pack lets
    somebody raise it, with the reason. decisions: the pack's other choices, by name. facts: the changed ones only,
    money in fen."""

    validity: Code | None = None
    category: Code | None = None
    grade: Code | None = None
    reason: Words | None = None
    decisions: dict[Code, Code] = Field(default_factory=dict, max_length=20)
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
    """Write down how it goes. informed: the customer was told."""

    text: Words
    informed: StrictBool = False


class Reply(Move):
    """Answer the customer. channel: one of the pack's. promises: the answer promises an outcome. fields: what the pack
    wants written down with it."""

    text: Words
    channel: Code
    promises: StrictBool = False
    fields: dict[str, Any] = Field(default_factory=dict, max_length=100)


class Resolve(Move):
    """The matter was dealt with. fields: what the pack wants written down with it."""

    result: Words
    fields: dict[str, Any] = Field(default_factory=dict, max_length=100)


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


Span = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,4}(min|h|wh|d|wd|w|mo|y)$")]


class Agree(Move):
    """A time was agreed with the customer. clock: the limit it is for; without it, every limit that waits for one. run:
    of several pieces of work of that step the only one it is for (`consult.2`)."""

    until: AwareDatetime
    clock: Code | None = None
    run: Code | None = None
    text: Words | None = None


class SetLimit(Move):
    """Write a limit on the slip: a duration as packs write it (`3wd`), or an instant. run: of several pieces of work of
    the step `clock` the only one it is for (`consult.2`)."""

    clock: Code
    run: Code | None = None
    within: Span | None = None
    until: AwareDatetime | None = None


class Extend(Move):
    """Extend a limit, by a duration or to an instant. reason: where the pack wants it."""

    clock: Code
    by: Span | None = None
    until: AwareDatetime | None = None
    reason: Words | None = None


class Suspend(Move):
    """Let limits stand still, for a cause that the pack knows. clock: one of them; without it, all."""

    cause: Code
    clock: Code | None = None


class Resume(Move):
    """Let what stood still run again."""

    clock: Code | None = None


class LinkBack(Move):
    """What was started from the case came back. link: its name in the pack."""

    link: Code
    text: Words


class Attribute(Move):
    """Say who answers for handling, cause or delay. attribution: its name in the pack. share: in percent, where the
    pack leaves it open. person, department: whoever has the case, unless another is named."""

    attribution: Code
    share: Annotated[StrictInt, Field(ge=1, le=100)] | None = None
    person: Code | None = None
    department: Code | None = None
    text: Words | None = None


class Reopen(Move):
    """Open a closed case again, in a new round."""

    reason: Words


class PackMove(Move):
    """A move of the pack's own: the fields it leaves, a text each."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Words] = Field(init=False)


class Act(Move):
    """An act on a piece of work. fields: what it leaves, by name, words or values; gives: its result, of those it may
    give; facts: those it sets; response: what the customer said when asked; signatures: roles that signed;
    department: who is asked, when it is opened."""

    text: Words | None = None
    gives: Code | None = None
    facts: dict[str, Any] = Field(default_factory=dict, max_length=100)
    fields: dict[str, Any] = Field(default_factory=dict, max_length=100)
    response: Literal["accepted", "rejected", "dissatisfied"] | None = None
    signatures: list[Code] = Field(default_factory=list, max_length=20)
    people: list[Code] = Field(default_factory=list, max_length=50)
    department: Code | None = None


class Mark(Move):
    """What is done with a form: filled in, signed by a role, given back, confirmed when read back."""

    fields: dict[str, Any] = Field(default_factory=dict, max_length=100)
    role: Code | None = None


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
    "attribute": Attribute,
    "agree": Agree,
    "set-limit": SetLimit,
    "extend": Extend,
    "suspend": Suspend,
    "resume": Resume,
}
