"""NO: who is told what when something happens."""

from pydantic import StrictBool

from shared.policy.document.entry import Condition, EventName, Labelled, Many, RoleName


class Notice(Labelled):
    """A message to a party; `wording` names the field whose text is sent, `content` the fields it shows."""

    on: Many[EventName]
    to: Many[RoleName]
    when: Condition | None = None
    wording: str | None = None
    content: Many[str] = ()
    ack: StrictBool = False
