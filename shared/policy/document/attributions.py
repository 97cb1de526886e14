"""AT: who answers for what, by share: for handling a case, for its cause, for its delay."""

from typing import Literal

from pydantic import Field

from shared.policy.document.entry import Condition, EventName, FactName, Labelled, Many, RoleName


class Attribution(Labelled):
    """An attribution. share: of the whole, as `100%`, or a fact that says it; shares of one kind make up a whole."""

    kind: Literal["handling", "causing", "delaying"]
    party: RoleName | Literal["person", "department", "third_party", "customer"]
    on: Many[EventName] = ()
    when: Condition | None = None
    by: RoleName | None = None
    share: str | None = Field(default=None, max_length=20)
    share_from: FactName | None = None
    penalty: str | None = Field(default=None, max_length=200)
