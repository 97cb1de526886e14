"""What notify knows: cases as far as notices need them, intended notices, attempts at sending them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.policy.happenings import Known

CUSTOMER = "customer"
"""The role of the reporter; every other role is held by staff."""


class Kind(StrEnum):
    """What a notice is about. breach: the first level of a ladder; escalation: the levels above it;
    notice: what the pack has people told of when something happens."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ASSIGNMENT = "assignment"
    WARNING = "warning"
    BREACH = "breach"
    ESCALATION = "escalation"
    REPLY = "reply"
    CORRECTION = "correction"
    NOTICE = "notice"


class Outcome(StrEnum):
    """pending: to be sent, or to be sent again."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


class ChannelName(StrEnum):
    """file: a line in a file of the installation. apprise: the recipient's own addresses."""

    FILE = "file"
    APPRISE = "apprise"


class Reason(StrEnum):
    """Why a notice was not sent: first the decisions, then the failures. Words: `notice.reason.<code>`."""

    HISTORY = "history"
    NO_CONTACT = "no_contact"
    NOBODY_IN_ROLE = "nobody_in_role"
    REVOKED = "revoked_before_sending"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    SUPERSEDED = "superseded"

    NOT_RENDERED = "not_rendered"
    NOT_WRITTEN = "not_written"
    NOT_ACCEPTED = "not_accepted"
    TIMED_OUT = "timed_out"
    BAD_ADDRESS = "bad_address"


class CaseState(StrEnum):
    """As far as notices mind: an erased case tells nobody anything, nor does a withdrawn one."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that an event called for and an unknown fact holds back. texts_version: of the words the event left."""

    notice: str
    event: str
    cause: UUID
    texts_version: int | None = None


@dataclass(frozen=True, slots=True)
class Residents:
    """Whom a mass notice goes to: who reported anything here. None: no matter which building, segment."""

    project: str
    building: str | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody to be told, known by a case of their own: their contact stands in its personal record."""

    case: UUID
    language: str


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class NoticeCase:
    """A case as notices need it. person: in charge of it. language: the reporter's. mode: live, history. reporter:
    the keyed hash that tells people apart."""

    id: UUID
    number: str
    project: str
    pack_code: str
    pack_version: int
    mode: str
    language: str
    contactable: bool
    first_receiver: str | None = None
    department: str | None = None
    person: str | None = None
    state: CaseState = CaseState.OPEN
    building: str | None = None
    segment: str | None = None
    reporter: str | None = None
    known: Known = field(default_factory=Known)
    waiting: tuple[Waiting, ...] = ()

    @property
    def category(self) -> str | None:
        """As the case was assessed last."""
        return self.known.decided.get("category")

    @property
    def kept_by(self) -> str | None:
        """The person who keeps the case now, whoever handles it."""
        return None if self.known.kept_until in self.known.happened else self.known.kept_by


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class Recipient:
    """role: `customer`, a role of the pack or one of the product's. person: None for the customer, and where nobody
    holds the role."""

    role: str
    person: str | None = None

    @property
    def is_customer(self) -> bool:
        return self.role == CUSTOMER

    @property
    def key(self) -> str:
        """Who is told, for the notice's id: a person once, whatever their roles."""
        return self.person or f"role:{self.role}"


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class Notice:
    """A row of the ledger: one intended notice.

    cause: id of the event that brought it about. code, params: of its text, `notice.<code>`; nothing personal. clock:
    the clock it speaks of. suppress: decided not to be sent, and why. due_at: when to try (again). at: when intended.
    traceparent: of the cause. origin: the case that called for it, where it is told to the reporter of another.
    """

    id: UUID
    case: UUID
    project: str
    kind: Kind
    recipient: Recipient
    channel: ChannelName
    language: str
    cause: UUID
    code: str
    params: Mapping[str, str | int]
    clock: UUID | None
    suppress: Reason | None
    due_at: datetime
    at: datetime
    traceparent: str | None = None
    origin: UUID | None = None


@dataclass(frozen=True, slots=True)
class Revocation:
    """An alarm was taken back by `event`. runs_until: the limit that counts now, absent where the matter is done."""

    event: UUID
    runs_until: datetime | None = None


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class Claim:
    """A notice that this process is about to send, with what its text needs of the case.

    attempts: this one included. revocation: of the alarm, while an earlier attempt was under way.
    """

    notice: Notice
    attempts: int
    revocation: Revocation | None
    number: str
    pack_code: str
    pack_version: int
    state: CaseState


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the ledger as people read it."""

    notice: Notice
    outcome: Outcome
    reason: str | None
    attempts: int
    settled_at: datetime | None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class Message:
    """A rendered notice on its way. first_attempt: none was made before, so it cannot have been delivered already.

    addresses: unsealed, in memory only, never shown.
    """

    notice: Notice
    number: str
    title: str
    text: str
    at: datetime
    first_attempt: bool
    addresses: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a notice after an attempt. retry_at: set where it stays pending. correct: the recipient was told,
    or may have been, what meanwhile was taken back."""

    outcome: Outcome
    reason: Reason | None = None
    retry_at: datetime | None = None
    correct: bool = False
