"""Entering registrations: many in one transaction, each once, a failing one without its neighbours.

Invariants:
- a complaint, its number, its event, its personal record and its audit row commit together or not at all;
- an identity is entered once, whoever else enters it at the same moment;
- the counter of case numbers, which all of a project wait for, is locked as late as can be.
"""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import structlog

from services.intake.domain import Entry, Outcome, Registration, Result
from services.intake.storage import IntakeStorage
from shared.access.principal import Principal
from shared.database.engine import is_outage
from shared.database.unit_of_work import Database, UnitOfWork
from shared.events.envelope import Draft
from shared.events.records import RecordData

log = structlog.get_logger()


class IdentityRaced(RuntimeError):
    """Somebody else entered one of these complaints since we looked; nothing of ours may stand."""


async def accept_all(database: Database, registrations: Sequence[Registration]) -> list[Outcome | Exception]:
    """Enter these in one transaction; if that fails on data, each in its own. Raises outages, when nothing more is
    sure than what an earlier answer said."""
    try:
        async with database.begin() as unit:
            return [*await accept(unit, registrations)]
    except Exception as error:
        if is_outage(error):
            raise
        log.warning("accepts_tried_apart", error=type(error).__name__, count=len(registrations))
    return [await _accept_apart(database, registration) for registration in registrations]


async def _accept_apart(database: Database, registration: Registration) -> Outcome | Exception:
    try:
        async with database.begin() as unit:
            return (await accept(unit, [registration], apart=True))[0]
    except Exception as error:
        if is_outage(error):
            raise
        log.exception("accept_failed", case=str(registration.id))
        return error


async def accept(unit: UnitOfWork, registrations: Sequence[Registration], *, apart: bool = False) -> list[Outcome]:
    """Enter these, in one transaction, and say what became of each, in order.

    apart: lock the identity first, so that nobody can be faster; otherwise raises IdentityRaced if somebody was.
    """
    first: dict[UUID, Registration] = {}
    for registration in registrations:
        first.setdefault(registration.id, registration)
    if apart:
        await unit.delivery.lock(first)
    storage = IntakeStorage(unit.connection)
    entries = await storage.known(first)
    created = [registration for id_, registration in first.items() if id_ not in entries]
    if created:
        entries |= await _enter(unit, storage, created, apart=apart)
    new = {registration.id: registration for registration in created}
    return [_outcome(r, entries[r.id], new.get(r.id) is r) for r in registrations]


def _outcome(registration: Registration, entry: Entry, created: bool) -> Outcome:
    if created:
        result = Result.CREATED
    else:
        # What was erased has no digest: whatever comes under its identity again finds it registered.
        same = entry.digest is None or entry.digest == registration.digest
        result = Result.EXISTING if same else Result.CONFLICT
    return Outcome(result, registration.id, entry.number, entry.registered_at)


async def _enter(
    unit: UnitOfWork, storage: IntakeStorage, created: Sequence[Registration], *, apart: bool
) -> dict[UUID, Entry]:
    delivery = unit.delivery
    if not apart:
        delivery.begin_cases(registration.id for registration in created)
    texts: dict[str, RecordData] = {str(registration.id): registration.text for registration in created}
    await delivery.put_records("personal", texts)
    await _audit(unit, created)
    numbers = await _numbers(storage, created)
    if await storage.insert(created, numbers, unit.started) < len(created):
        raise IdentityRaced
    await delivery.emit([
        Draft(
            case=registration.id,
            data=registration.data.model_copy(update={"number": number}),
            occurred_at=registration.data.received_at,
            project=registration.project,
            cause=str(registration.id),
            actor=registration.actor,
            traceparent=registration.traceparent,
        )
        for registration, number in zip(created, numbers, strict=True)
    ])  # fmt: skip
    return {
        registration.id: Entry(number, unit.started, registration.digest)
        for registration, number in zip(created, numbers, strict=True)
    }


async def _numbers(storage: IntakeStorage, created: Sequence[Registration]) -> list[str]:
    """A case number for each, in the order they came."""
    following = await storage.take_numbers(Counter((r.project, r.numbered_in) for r in created))
    numbers = []
    for registration in created:
        place = (registration.project, registration.numbered_in)
        numbers.append(registration.number(following[place]))
        following[place] += 1
    return numbers


async def _audit(unit: UnitOfWork, created: Sequence[Registration]) -> None:
    by_actor: dict[tuple[str, frozenset[str], str, str], list[str]] = {}
    for r in created:
        by_actor.setdefault((r.actor, r.roles, r.way, r.data.mode), []).append(str(r.id))
    for (actor, roles, way, mode), subjects in by_actor.items():
        await unit.delivery.audit(Principal(actor, roles), "complaint.register", subjects, {"way": way, "mode": mode})
