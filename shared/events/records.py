"""Versioned records on compacted topics: the newest version of a key is the whole truth about it.

Keys: `node:P01`, `person:li.na`, `key:<id>`, `pack:<code>@<version>`, `calendar:<code>@<version>` on `reference.v1`;
the complaint id, `case:<complaint id>` and `person:<id>` on `personal.v1`.
"""

from datetime import date, datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field


class RecordData(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    record_type: ClassVar[str]


class Name(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    zh: str
    en: str


class NodeV1(RecordData):
    """A node of the organisation. kind: group, region, project, building. path: ancestors from the group down,
    itself last. pack, calendar: codes bound here for the whole subtree; the nearest binding wins.
    handover: collective handover of a building (集中交付). zone: IANA, where it differs from the parent's."""

    record_type: ClassVar[str] = "node.changed.v1"

    code: str
    kind: str
    path: tuple[str, ...]
    name: Name
    pack: str | None = None
    calendar: str | None = None
    zone: str | None = None
    handover: date | None = None
    active: bool = True


class Post(BaseModel):
    """A role a person holds at a node; department: the pack's unit role, where the role belongs to one."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: str
    node: str
    department: str | None = None


class PersonV1(RecordData):
    """A member of staff. Addresses are not here but sealed on `personal.v1`."""

    record_type: ClassVar[str] = "person.changed.v1"

    id: str
    name: str
    language: str = "zh"
    posts: tuple[Post, ...] = ()
    active: bool = True


class KeyV1(RecordData):
    """An API key or staff token: only the SHA-256 of its secret. kind: system, staff."""

    record_type: ClassVar[str] = "key.changed.v1"

    id: str
    kind: str
    digest: str
    source: str | None = None
    projects: tuple[str, ...] = ()
    person: str | None = None
    roles: tuple[str, ...] = ()
    node: str | None = None
    created_at: datetime
    revoked_at: datetime | None = None


class PackV1(RecordData):
    """A published pack: immutable text, in force from `effective` on."""

    record_type: ClassVar[str] = "pack.published.v1"

    code: str
    version: int
    effective: date
    digest: str
    text: str


class CalendarV1(RecordData):
    """A published calendar: immutable text, in force from `effective` on."""

    record_type: ClassVar[str] = "calendar.published.v1"

    code: str
    version: int
    effective: date
    digest: str
    text: str


class Reporter(BaseModel):
    """Contact data; `name`, `phone` and `email` are sealed with the key ring, base64 text on the wire."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    language: str = "zh"
    anonymous: bool = False


class Said(BaseModel):
    """Words of a customer's later response."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: datetime
    kind: str
    text: str


class ComplaintTextV1(RecordData):
    """What a complaint says and who says it; key: the complaint id; owner: intake."""

    record_type: ClassVar[str] = "complaint.text.v1"

    project: str
    title: str | None = None
    narrative: str
    unit: str | None = None
    reporter: Reporter = Field(default_factory=Reporter)
    said: tuple[Said, ...] = ()


class StaffText(BaseModel):
    """Free words of staff about a case: may name people, so they travel with the personal records."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int
    at: datetime
    move: str
    actor: str
    text: str


class CaseTextsV1(RecordData):
    """Every free text staff wrote on a case; key: `case:<complaint id>`; owner: routing."""

    record_type: ClassVar[str] = "case.texts.v1"

    project: str
    texts: tuple[StaffText, ...] = ()


class PersonAddressV1(RecordData):
    """Where a member of staff is reached: Apprise addresses, sealed; key: `person:<id>`; owner: routing."""

    record_type: ClassVar[str] = "person.address.v1"

    addresses: tuple[str, ...] = ()


class ProgressV1(RecordData):
    """Delivery rule 6: how far a service's relay has come; key: the service.

    through: every event of the service recorded until then is confirmed by the broker. generation: grows with each
    log loss. offsets: topic -> partition -> last confirmed offset. applied: source -> instant through which this
    service has applied that source.
    """

    record_type: ClassVar[str] = "progress.reported.v1"

    source: str
    through: datetime
    generation: int = 1
    offsets: dict[str, dict[int, int]] = Field(default_factory=dict)
    applied: dict[str, datetime] = Field(default_factory=dict)


RECORD_TYPES: dict[str, type[RecordData]] = {
    t.record_type: t
    for t in (NodeV1, PersonV1, KeyV1, PackV1, CalendarV1, ComplaintTextV1, CaseTextsV1, PersonAddressV1, ProgressV1)
}
