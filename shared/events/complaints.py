"""Events of intake: what customers bring and what they say later. Nothing here names a person."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.events.envelope import EventData, Need


class PackPin(BaseModel):
    """The pack version that governs a case from its acceptance on; `digest` is the SHA-256 of its text."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    version: int
    digest: str

    @property
    def key(self) -> str:
        return f"pack:{self.code}@{self.version}"


class CalendarPin(BaseModel):
    """The calendar version on which the case's clocks run."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    version: int
    digest: str

    @property
    def key(self) -> str:
        return f"calendar:{self.code}@{self.version}"


class ComplaintRegisteredV1(EventData):
    """A complaint was accepted durably.

    project, building: node codes of the directory. channel, segment, contact_type, facts: names of the pinned pack.
    reporter_hash: keyed hash to count distinct people, absent when anonymous. household_hash: keyed hash of the unit,
    to file a household's cases together, absent when none was named or the reporter is anonymous. contactable: contact
    data exist. personal_version: version of the record on `personal.v1` with title, narrative, unit and contact.
    source: the feeding system. mode: live, history. promised answers run from received_at. previous_id: the complaint
    that this one succeeds.
    """

    event_type: ClassVar[str] = "complaint.registered.v1"

    number: str
    project: str
    building: str | None = None
    contact_type: str = "complaint"
    channel: str | None = None
    segment: str | None = None
    first_receiver: str | None = None
    category: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    received_at: datetime
    happened_at: datetime | None = None
    reporter_hash: str | None = None
    household_hash: str | None = None
    anonymous: bool = False
    contactable: bool = False
    language: str = "zh"
    pack: PackPin
    calendar: CalendarPin
    personal_version: int = 1
    source: str
    mode: str = "live"
    previous_id: UUID | None = None

    def needs(self, case: UUID) -> tuple[Need, ...]:
        reference = (self.pack.key, self.calendar.key, f"node:{self.project}")
        return (*(Need("reference", key, 1) for key in reference), *EventData.needs(self, case))


class ComplaintAmendedV1(EventData):
    """Facts were added or corrected at the register; `facts` holds the changed ones only."""

    event_type: ClassVar[str] = "complaint.amended.v1"

    facts: dict[str, Any] = Field(default_factory=dict)
    personal_version: int


class ComplaintWithdrawnV1(EventData):
    """The customer took the complaint back."""

    event_type: ClassVar[str] = "complaint.withdrawn.v1"


class ComplaintErasedV1(EventData):
    """Everything personal of this complaint is to be scrubbed by everyone; figures stay."""

    event_type: ClassVar[str] = "complaint.erased.v1"


class CustomerRespondedV1(EventData):
    """The customer spoke. kind: accepted, rejected, dissatisfied, information, survey.

    stars: 1 to 5. really_fixed: the customer's own word. has_text: there are words, on `personal.v1`.
    """

    event_type: ClassVar[str] = "customer.responded.v1"

    kind: str
    stars: int | None = None
    really_fixed: bool | None = None
    has_text: bool = False
    personal_version: int
