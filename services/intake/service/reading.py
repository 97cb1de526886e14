"""Reading what a complaint says: for staff who may, and never without a trace of it."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.domain import Complaint
from services.intake.policy.standing import Command, Verdict, allowed_for, verdict_on
from services.intake.service.personal import Contact, unsealed
from services.intake.storage import IntakeStorage
from shared.access.permissions import Action, demand
from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import MoveNotAllowed, NotFound
from shared.events.records import ComplaintTextV1
from shared.reference.directory import Directory
from shared.secrets import KeyRing


@dataclass(frozen=True, slots=True)
class Reading:
    """A complaint with everything personal, in the clear."""

    complaint: Complaint
    text: ComplaintTextV1
    contact: Contact


async def read_text(unit: UnitOfWork, id_: UUID, caller: Principal, directory: Directory, ring: KeyRing) -> Reading:
    """Raises NotFound, OutOfScope, MoveNotAllowed once it is erased. Leaves an audit row."""
    complaint = await IntakeStorage(unit.connection).complaint(id_)
    if complaint is None:
        raise NotFound("complaint")
    demand(caller, Action.READ_PERSONAL, complaint.project, directory)
    place = ("personal", str(id_))
    record = (await unit.delivery.records([place])).get(place)
    if verdict_on(Command.READ_TEXT, complaint.standing) is not Verdict.DO or record is None or record.body is None:
        raise MoveNotAllowed(complaint.standing, allowed_for(complaint.standing))
    text = ComplaintTextV1.model_validate_json(record.body)
    await unit.delivery.audit(caller, "complaint.read", [str(id_)])
    return Reading(complaint, text, unsealed(text.reporter, ring))
