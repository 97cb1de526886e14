"""What sla keeps of a case: its pins, its round, and what its clocks ask about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID


class CaseState(StrEnum):
    """Whether clocks may run. Erased beats withdrawn beats closed beats open (delivery rule 8)."""

    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


class Extension(NamedTuple):
    """A limit made longer: by a duration as packs write it, or until an instant."""

    clock: str
    by: str | None
    until: datetime | None


class Rest(NamedTuple):
    """A span in which limits stand still. clock: one of them, None for all that know the cause. to: None while it
    lasts."""

    cause: str
    from_: datetime
    to: datetime | None
    clock: str | None = None


class Pin(NamedTuple):
    """A version of a pack or calendar."""

    code: str
    version: int


def key_of(clock: str, run: int | None) -> str:
    """What terms of a clock are kept by; those of one piece of work of a step apart from those of all."""
    return clock if run is None else f"{clock}#{run}"


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class Case:
    """One case. Only facts and events that its pack's clocks ask about are kept; nothing here names a person.

    facts: raw values as they travel in events. decided: validity, category and grade, as text. happened: the first
    instant of each event in this round, by the pack's names. history: read in afterwards, so nobody is told of
    lateness. reply_channel: that of the last reply. talks: how often the customer did not accept, in this round.
    agreed: instants agreed or set, by clock. set: durations set on a slip, by clock. Of one piece of work of a step
    both stand under a key of its own. These and the extensions are of this round; rests are kept, so that what earlier
    rounds came to can still be explained.
    """

    id: UUID
    project: str
    pack: Pin
    calendar: Pin
    received_at: datetime
    arisen_at: datetime | None = None
    contact_type: str | None = None
    channel: str | None = None
    contactable: bool = False
    anonymous: bool = False
    history: bool = False
    state: CaseState = CaseState.OPEN
    round: int = 1
    facts: Mapping[str, Any] = field(default_factory=dict)
    decided: Mapping[str, Any] = field(default_factory=dict)
    happened: Mapping[str, datetime] = field(default_factory=dict)
    customer_response: str | None = None
    reply_channel: str | None = None
    talks: int = 0
    agreed: Mapping[str, datetime] = field(default_factory=dict)
    set: Mapping[str, str] = field(default_factory=dict)
    extensions: tuple[Extension, ...] = ()
    rests: tuple[Rest, ...] = ()

    def terms_of(self, clock: str, run: int | None) -> tuple[datetime | None, str | None]:
        """The instant agreed and the duration set for a clock: of one piece of work its own, if it has any."""
        own = key_of(clock, run)
        key = own if own in self.agreed or own in self.set else clock
        return self.agreed.get(key), self.set.get(key)

    @property
    def is_open(self) -> bool:
        return self.state is CaseState.OPEN
