"""AR: what is kept, under which index and how long."""

from pydantic import StrictBool

from shared.policy.document.entry import Condition, Entry, FormName, Many, RoleName
from shared.policy.document.limits import Timing


class Archive(Entry):
    """What is filed: forms, their index, whether apart from the rest, and for how long."""

    by: RoleName | None = None
    keep: Many[FormName] = ()
    when: Condition | None = None
    index: str | None = None
    separate: StrictBool = False
    sort: StrictBool = False
    hand_over: Timing | None = None
    retention: Timing | None = None
