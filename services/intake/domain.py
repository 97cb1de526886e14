"""What the register knows: registrations on their way in, complaints, and how far each has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.events.complaints import ComplaintRegisteredV1
from shared.events.records import ComplaintTextV1
from shared.policy.pack import Pack


class Way(StrEnum):
    """How a complaint comes in."""

    HTTP = "http"
    BATCH = "batch"
    INBOUND = "inbound"


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
