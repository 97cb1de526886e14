"""AT: who answers for what, by share: for handling a case, for its cause, for its delay."""

from typing import Annotated, Literal

from pydantic import Field

from shared.policy.document.entry import Condition, EventName, FactName, Labelled, Many, RoleName, Words


class Attribution(Labelled):
    """An attribution. on: the events that record it; by: the role that records it by hand, beside who directs cases.
    party: who answers; `person` and `department` are whoever has the case, unless a hand names another. share: of the
    whole, as `100%`, or a fact that says it in percent; without one a hand says it, and an event gives what is left.
    All shares of one kind make up a whole at most. penalty: what follows for whoever answers, in words: it goes with
    the event and the figures, and people carry it out.
    """

    kind: Literal["handling", "causing", "delaying"]
    party: Annotated[
        Literal["person", "department", "third_party", "customer"] | RoleName, Field(union_mode="left_to_right")
    ]
    on: Many[EventName] = ()
    when: Condition | None = None
    by: RoleName | None = None
    share: str | None = Field(default=None, pattern=r"^([1-9][0-9]?|100)%$")
    share_from: FactName | None = None
    penalty: Words | None = None
