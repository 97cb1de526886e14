"""One complaint opened for a command: locked, permitted, its personal record at hand."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from services.intake.domain import Complaint, Track, Update
from services.intake.policy.standing import Command, Verdict, allowed_for, verdict_on
from services.intake.policy.tracking import add_update
from services.intake.service.submission import digest_of
from services.intake.storage import IntakeStorage
from services.intake.storage.surveys import SurveyStorage
from shared.access.permissions import Action, demand
from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import CaseParked, Conflict, IdempotencyConflict, MoveNotAllowed, NotFound
from shared.events.envelope import Draft, EventData
from shared.events.records import ComplaintTextV1, Said
from shared.reference.directory import Directory

MOST_SAID = 200
LARGEST_RECORD = 700_000
"""Bytes: what a record on the personal topic may have, so that the broker takes it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answers. changed: something happened now. at: for reading it back."""

    id: UUID
    number: str
    changed: bool
    at: str


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A complaint under lock, for one command of one caller."""

    unit: UnitOfWork
    storage: IntakeStorage
    complaint: Complaint
    caller: Principal
    cause: str
    next_sequence: int

    def answer(self, *, changed: bool) -> Answer:
        """The answer now. changed: this command has emitted its event."""
        return self._answer(self.next_sequence if changed else self.next_sequence - 1, changed=changed)

    def _answer(self, sequence: int, *, changed: bool) -> Answer:
        return Answer(self.complaint.id, self.complaint.number, changed, f"intake={sequence}")

    def verdict(self, command: Command) -> Verdict:
        """What is to be done. Raises MoveNotAllowed."""
        verdict = verdict_on(command, self.complaint.standing)
        if verdict is Verdict.REFUSE:
            raise MoveNotAllowed(self.complaint.standing, allowed_for(self.complaint.standing))
        return verdict

    async def remembered(self, key: str | None, asked: Any) -> Answer | None:
        """The answer given to this request before, if it was made under this key. Raises IdempotencyConflict."""
        if key is None:
            return None
        digest = digest_of([str(self.complaint.id), asked]).hex()
        subject = f"{self.complaint.id} {self.next_sequence}"
        earlier = await self.unit.delivery.remember_request(self.caller.actor, key, digest, subject)
        if earlier is None:
            return None
        if earlier[0] != digest:
            raise IdempotencyConflict
        # It may have changed nothing, and so have taken no place in the sequence.
        return self._answer(min(int(earlier[1].rpartition(" ")[2]), self.next_sequence - 1), changed=False)

    async def text(self) -> tuple[ComplaintTextV1, int]:
        """The personal record and its version, locked."""
        record = await self.unit.delivery.lock_record("personal", str(self.complaint.id))
        if record is None or record.body is None:
            raise NotFound("complaint")
        return ComplaintTextV1.model_validate_json(record.body), record.version

    async def put_text(self, text: ComplaintTextV1) -> int:
        """Store the personal record anew; returns its version. Raises Conflict when it has become too large."""
        if len(text.said) > MOST_SAID or len(text.model_dump_json().encode()) > LARGEST_RECORD:
            raise Conflict("complaint_full")
        key = str(self.complaint.id)
        return (await self.unit.delivery.put_records("personal", {key: text}))[key]

    def with_said(self, text: ComplaintTextV1, kind: str, words: str) -> ComplaintTextV1:
        """The record with words of now added."""
        return text.model_copy(update={"said": (*text.said, Said(at=self.unit.started, kind=kind, text=words))})

    async def emit(self, data: EventData) -> None:
        """Say that it has happened, now."""
        await self.unit.delivery.emit([
            Draft(
                case=self.complaint.id,
                data=data,
                occurred_at=self.unit.started,
                project=self.complaint.project,
                cause=self.cause,
                actor=self.caller.actor,
            )
        ])  # fmt: skip

    async def tell(self, code: str) -> None:
        """Add an update that the customer sees."""
        id_ = self.complaint.id
        track = (await self.storage.tracks([id_])).get(id_) or Track(id_)
        await self.storage.save_tracks([add_update(track, Update(self.unit.started, code))])

    async def audit(self, command: str, **detail: Any) -> None:
        await self.unit.delivery.audit(self.caller, f"complaint.{command}", [str(self.complaint.id)], detail)

    async def erased(self) -> "OpenRecord":
        """Erase: the personal record, the register's pointers to the person, the words of the survey it came from;
        promises and updates stay as figures."""
        await self.unit.delivery.erase_record("personal", str(self.complaint.id), ComplaintTextV1.record_type)
        await self.storage.erase(self.complaint.id, self.unit.started)
        await SurveyStorage(self.unit.connection).forget_answer(self.complaint.id)
        return replace(self, complaint=replace(self.complaint, erased_at=self.unit.started))


async def open_record(
    unit: UnitOfWork, id_: UUID, caller: Principal, action: Action, directory: Directory, key: str | None = None
) -> OpenRecord:
    """Lock a complaint for a command. Raises NotFound, OutOfScope, CaseParked."""
    marks = (await unit.delivery.lock([id_]))[id_]
    storage = IntakeStorage(unit.connection)
    complaint = await storage.complaint(id_)
    if complaint is None:
        raise NotFound("complaint")
    demand(caller, action, complaint.project, directory, source=complaint.source)
    if marks.parked:
        raise CaseParked
    # A key is its caller's own: two callers may use the same one.
    cause = f"{caller.actor}/{key}" if key else str(uuid4())
    return OpenRecord(unit, storage, complaint, caller, cause, marks.emitted + 1)
