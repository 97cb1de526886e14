"""AR: what is kept, under which index and how long."""

from typing import Literal

from pydantic import StrictBool

from shared.policy.document.entry import Condition, Entry, FormName, Many, RoleName
from shared.policy.document.limits import Timing


class Archive(Entry):
    """What is filed when a case has ended, if `when` surely holds, and by whom.

    keep: the forms; without it, everything of the case. index: what one file is made of: a case, a household, the cases
    closed in a year, those of a department. separate: apart from the rest; where such a file names no forms, it takes
    what would be kept elsewhere, its keeper and its time included. sort: the parts stand in the order of `keep`, else
    in the order in which they came. retention, hand_over: counted from the end of the case, until its time is over, and
    until it goes to the archivist; `none` is without end. hold: while this holds, it is kept beyond its time.
    """

    by: RoleName | None = None
    keep: Many[FormName] = ()
    when: Condition | None = None
    index: Literal["case", "household", "year", "department"] | None = None
    separate: StrictBool = False
    sort: StrictBool = False
    hand_over: Timing | None = None
    retention: Timing | None = None
    hold: Condition | None = None
