"""LD: levels that a breached limit or a dissatisfied customer climbs, each told to somebody."""

from typing import Literal

from shared.policy.document.clocks import Forewarning
from shared.policy.document.entry import Entry, EventName, Labelled, Many, RoleName, Words
from shared.policy.document.limits import Timing


class Level(Entry):
    """One level: who is told; `slip`: what the paper is called by which they are chased."""

    tell: Many[RoleName]
    slip: Words | None = None


class Ladder(Labelled):
    """The levels of one kind of lateness; the next one is climbed each time `each` has passed."""

    on: Many[EventName]
    levels: tuple[Level, ...]
    each: Timing | None = None
    top: Literal["stay", "repeat"] = "stay"
    before: Forewarning | None = None
