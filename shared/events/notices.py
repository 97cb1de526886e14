"""Events of notify: what became of every intended notice."""

from typing import ClassVar
from uuid import UUID

from shared.events.envelope import EventData


class NoticeData(EventData):
    """notice: id. kind: acknowledgement, assignment, warning, breach, escalation, reply, correction.

    role: `customer` or a role of the pack; person: staff id, absent for customers. channel: file, apprise …
    """

    notice: UUID
    kind: str
    role: str
    person: str | None = None
    channel: str


class NoticeSentV1(NoticeData):
    event_type: ClassVar[str] = "notice.sent.v1"

    attempts: int = 1


class NoticeFailedV1(NoticeData):
    """reason: a code of the catalogue; every retry was used."""

    event_type: ClassVar[str] = "notice.failed.v1"

    attempts: int
    reason: str


class NoticeSuppressedV1(NoticeData):
    """reason: history, no_contact, nobody_in_role, revoked_before_sending, superseded …"""

    event_type: ClassVar[str] = "notice.suppressed.v1"

    reason: str


class NoticeAcknowledgedV1(NoticeData):
    event_type: ClassVar[str] = "notice.acknowledged.v1"
