"""What intake answers with, as JSON documents."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.intake.domain import Outcome, Result
from services.intake.service.following import Tracking
from services.intake.service.reading import Reading
from services.intake.service.record import Answer
from shared.texts.catalogue import Language, render

REGISTRATION_AT = "intake=1"
"""A registration is the first thing intake says of a complaint."""


class Receipt(BaseModel):
    """A complaint is durable. at: give it as `?after=` to read what has come of it."""

    id: UUID
    number: str = Field(examples=["P01-2026-0001"])
    result: Literal["created", "existing"]
    registered_at: datetime
    at: str = Field(examples=["intake=1"])

    @classmethod
    def of(cls, outcome: Outcome) -> "Receipt":
        return cls.model_construct(
            id=outcome.id,
            number=outcome.number,
            result="created" if outcome.result is Result.CREATED else "existing",
            registered_at=outcome.registered_at,
            at=REGISTRATION_AT,
        )


class Line(BaseModel):
    """What became of a line of a batch. problem: an RFC 9457 problem, for conflict and invalid."""

    line: int
    result: Literal["created", "existing", "conflict", "invalid"]
    id: UUID | None = None
    number: str | None = None
    problem: dict[str, Any] | None = None


class Recorded(BaseModel):
    """A command was carried out, or was before (unchanged)."""

    id: UUID
    number: str
    result: Literal["recorded", "unchanged"]
    at: str = Field(examples=["intake=2"])

    @classmethod
    def of(cls, answer: Answer) -> "Recorded":
        return cls(
            id=answer.id, number=answer.number, result="recorded" if answer.changed else "unchanged", at=answer.at
        )


class TrackedUpdate(BaseModel):
    at: datetime
    text: str


class TrackingView(BaseModel):
    """How far a complaint has come. promised_by: when the next thing is due to the customer, null when nothing is."""

    id: UUID
    number: str
    state: str = Field(
        description="registered, admitted, assigned, accepted, in_progress, replied, resolved, followed_up, closed, "
        "reopened, withdrawn, erased"
    )
    promised_by: datetime | None
    updates: list[TrackedUpdate]

    @classmethod
    def of(cls, tracking: Tracking, language: Language) -> "TrackingView":
        return cls(
            id=tracking.complaint.id,
            number=tracking.complaint.number,
            state=tracking.state,
            promised_by=tracking.promised_by,
            updates=[
                TrackedUpdate(at=update.at, text=render(f"tracking.{update.code}", language))
                for update in tracking.updates
            ],
        )


class ReporterView(BaseModel):
    name: str | None
    phone: str | None
    email: str | None
    language: str
    anonymous: bool


class SaidView(BaseModel):
    at: datetime
    kind: str = Field(description="a kind of response, `withdrawn`, or `former_narrative` before an amendment")
    text: str


class PersonalView(BaseModel):
    """Everything personal of a complaint, in the clear."""

    id: UUID
    number: str
    project: str
    received_at: datetime
    title: str | None
    narrative: str
    unit: str | None
    reporter: ReporterView
    said: list[SaidView]

    @classmethod
    def of(cls, reading: Reading) -> "PersonalView":
        text, contact = reading.text, reading.contact
        return cls(
            id=reading.complaint.id,
            number=reading.complaint.number,
            project=reading.complaint.project,
            received_at=reading.complaint.received_at,
            title=text.title,
            narrative=text.narrative,
            unit=text.unit,
            reporter=ReporterView(
                name=contact.name,
                phone=contact.phone,
                email=contact.email,
                language=text.reporter.language,
                anonymous=text.reporter.anonymous,
            ),
            said=[SaidView(at=said.at, kind=said.kind, text=said.text) for said in text.said],
        )


class PinnedVersion(BaseModel):
    code: str
    version: int


class ProjectView(BaseModel):
    """What a feeding system must know of a project: its zone, and the names its complaints may bear today."""

    code: str
    name: dict[str, str]
    zone: str = Field(examples=["Asia/Shanghai"])
    pack: PinnedVersion
    calendar: PinnedVersion
    contact_types: list[str]
    channels: list[str]
    segments: list[str]
    categories: list[str]
    facts: list[str] = Field(description="facts that a complaint may bring")
