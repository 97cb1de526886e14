"""NO: who is told what when something happens."""

from typing import Any, Literal

from pydantic import StrictBool, model_validator

from shared.policy.document.channels import Medium
from shared.policy.document.entry import Condition, Entry, EventName, Labelled, Many, RoleName
from shared.policy.document.limits import Timing


class NoticeMedium(Entry):
    """How it goes out: by these media, or the way the complaint came."""

    any_of: Many[Medium] = ()
    same_as: Literal["channel"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_short_form(cls, data: Any) -> Any:
        return data if isinstance(data, dict) else {"any_of": data}


class Notice(Labelled):
    """A message to a party; `wording` names the field whose text is sent, `content` the fields it shows."""

    on: Many[EventName]
    to: Many[RoleName]
    when: Condition | None = None
    wording: str | None = None
    medium: NoticeMedium | None = None
    content: Many[str] = ()
    ack: StrictBool = False
    before: Timing | None = None
    mass: Literal["node", "segment"] | None = None
