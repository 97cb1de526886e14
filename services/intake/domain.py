"""What the register knows: registrations on their way in, complaints, how far each has come; and surveys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from shared.events.complaints import ComplaintRegisteredV1
from shared.events.envelope import EventData
from shared.events.records import ComplaintTextV1
from shared.policy.pack import Pack
from shared.policy.words import Reason


class Way(StrEnum):
    """How a complaint comes in."""

    HTTP = "http"
    BATCH = "batch"
    INBOUND = "inbound"
    SUCCESSOR = "successor"  # of a complaint whose pack says so


class Result(StrEnum):
    """What became of a registration."""

    CREATED = "created"
    EXISTING = "existing"
    CONFLICT = "conflict"  # the identity was used before with other content


class Standing(StrEnum):
    """What the customer has done with the complaint; erased beats withdrawn beats open."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Finding:
    """One field at fault: JSON pointer, code of a `field.…` text, what fills the text."""

    pointer: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Registration:
    """A complaint that was found valid and waits for its number.

    digest: SHA-256 of what the caller sent. numbered_in: the year whose counter gives the number, 0 where numbers do
    not begin anew each year. received_local: received_at in the project's zone. data: the event, its number
    still empty.
    """

    id: UUID
    source: str
    source_id: str
    digest: bytes
    data: ComplaintRegisteredV1
    text: ComplaintTextV1
    pack: Pack
    received_local: datetime
    numbered_in: int
    actor: str
    roles: frozenset[str]
    way: Way
    traceparent: str | None = None

    @property
    def project(self) -> str:
        return self.data.project

    def number(self, n: int) -> str:
        """The case number with the counter at `n`."""
        return self.pack.case_number(self.data.project, self.received_local, n)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a caller is told."""

    result: Result
    id: UUID
    number: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of an identity it knows. digest: None once erased."""

    number: str
    registered_at: datetime
    digest: bytes | None


@dataclass(frozen=True, slots=True)
class Complaint:
    """A row of the register. pack, pack_version: the pinned pack."""

    id: UUID
    source: str
    project: str
    number: str
    pack: str
    pack_version: int
    received_at: datetime
    registered_at: datetime
    withdrawn_at: datetime | None
    erased_at: datetime | None

    @property
    def standing(self) -> Standing:
        if self.erased_at:
            return Standing.ERASED
        return Standing.WITHDRAWN if self.withdrawn_at else Standing.OPEN


@dataclass(frozen=True, slots=True)
class Update:
    """Something the customer may know: `tracking.<code>` is its text."""

    at: datetime
    code: str


@dataclass(frozen=True, slots=True)
class Track:
    """How far a complaint has come by what the other services said. promises: due instants of running customer clocks
    by clock id. updates: oldest first."""

    case: UUID
    state: str = "registered"
    promises: Mapping[str, datetime] = field(default_factory=dict)
    updates: tuple[Update, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """One round of a survey of a project, or a special survey.

    pack, pack_version: in force when it was opened. period: of the round, or the local day of a special one. frame:
    the households the lots were drawn from; with `seed` the draw can be repeated. since: complaints from then on were
    looked at; unplaced: so many of them name no household. digest: SHA-256 of what was asked for.
    """

    id: UUID
    project: str
    pack: str
    pack_version: int
    name: str
    period: str
    special: bool
    topics: tuple[str, ...]
    frame: tuple[str, ...]
    seed: str
    since: datetime
    unplaced: int
    digest: bytes
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A household of a survey's sample, and what it said. place: its number in the sample. household: None once it is
    forgotten. must: why it is asked in any case; by_lot: whether it was drawn. not_reached: why it could not be asked.
    complaint: what its answer has started."""

    place: int
    household: str | None
    by_lot: bool
    must: Reason | None = None
    mode: str | None = None
    ratings: Mapping[str, int | str] | None = None
    comment: str | None = None
    not_reached: str | None = None
    complaint: UUID | None = None

    @property
    def open(self) -> bool:
        """Whether it is still to be asked; nobody can be asked who is forgotten."""
        return self.ratings is None and self.not_reached is None and self.household is not None


class Progress(NamedTuple):
    """How far a part of a survey's sample has come, in households."""

    asked: int = 0
    answered: int = 0
    not_reached: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """A complaint as a survey looks back at it. household: as its unit was written. said: its own events in order."""

    id: UUID
    household: str | None
    said: Sequence[EventData]
