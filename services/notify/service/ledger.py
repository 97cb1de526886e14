"""The ledger for people: read, acknowledge, try again, count."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from services.notify.domain import Entry, Kind, Outcome
from services.notify.policy.intents import WAIT_FOR_PROMISE
from services.notify.service.sending import Sender
from services.notify.storage.ledger import LedgerStorage, Position
from services.notify.storage.sending import SendingStorage
from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, demand, may
from shared.access.principal import Principal
from shared.database.unit_of_work import Database, UnitOfWork
from shared.errors import CaseParked, Conflict, IdempotencyConflict, NotFound, OutOfScope
from shared.events.envelope import Draft
from shared.events.notices import NoticeAcknowledgedV1
from shared.reference.book import ReferenceBook


class Ledger:
    """What became of every intended notice, for those whose part of the organisation it belongs to."""

    def __init__(self, database: Database, book: ReferenceBook, senders: Sequence[Sender]) -> None:
        self._database = database
        self._book = book
        self._senders = senders

    async def readable(self, caller: Principal) -> frozenset[str] | None:
        """The projects whose notices the caller may read, None for all. Raises OutOfScope."""
        directory = (await self._book.current()).directory
        scopes = [scope for scope in caller.scopes if may(caller, Action.READ_CASE, scope, directory)]
        if not scopes:
            raise OutOfScope
        whole = WHOLE_GROUP in scopes or any(len(directory.path(scope)) == 1 for scope in scopes)
        return None if whole else directory.projects_within(scopes)

    async def page(
        self,
        projects: frozenset[str] | None,
        *,
        case: UUID | None,
        kind: Kind | None,
        outcome: Outcome | None,
        before: Position,
        limit: int,
    ) -> list[Entry]:
        """Notices of these projects (None: of all), newest first."""
        async with self._database.read() as connection:
            return await LedgerStorage(connection).page(
                projects, case=case, kind=kind, outcome=outcome, before=before, limit=limit
            )

    async def acknowledge(self, caller: Principal, id_: UUID, key: str | None) -> Entry:
        """Say that a notice reached its recipient. The first time counts; again it answers the same.

        Raises NotFound, OutOfScope, CaseParked, IdempotencyConflict, Conflict for what was not sent to staff.
        """

        async def change(unit: UnitOfWork, storage: LedgerStorage, entry: Entry) -> None:
            notice = entry.notice
            if entry.acknowledged_at is not None:
                return
            if entry.outcome is not Outcome.SENT or notice.recipient.is_customer:
                raise Conflict("notice_not_acknowledgeable")
            await storage.acknowledge(id_, caller.actor, unit.started)
            data = NoticeAcknowledgedV1(
                notice=id_,
                kind=notice.kind,
                role=notice.recipient.role,
                person=notice.recipient.person,
                channel=notice.channel,
            )
            await unit.delivery.emit(
                [Draft(notice.case, data, unit.started, notice.project, str(id_), caller.actor, "acknowledged")]
            )
            await unit.delivery.audit(caller, "notice.acknowledge", [str(id_)])

        return await self._change(caller, Action.ACKNOWLEDGE_NOTICE, id_, key, change)

    async def retry(self, caller: Principal, id_: UUID, key: str | None) -> Entry:
        """Try a failed notice once more, now. Raises as `acknowledge` does, Conflict for one that has not failed."""

        async def change(unit: UnitOfWork, storage: LedgerStorage, entry: Entry) -> None:
            if entry.outcome is not Outcome.FAILED:
                raise Conflict("notice_not_failed")
            await storage.retry(id_, unit.started)
            await SendingStorage(unit.connection).count({(entry.notice.kind, Outcome.FAILED): -1})
            await unit.delivery.audit(caller, "notice.retry", [str(id_)])
            unit.delivery.wakes = True

        return await self._change(caller, Action.OPERATE, id_, key, change)

    async def _change(
        self,
        caller: Principal,
        action: Action,
        id_: UUID,
        key: str | None,
        change: Callable[[UnitOfWork, LedgerStorage, Entry], Awaitable[None]],
    ) -> Entry:
        """Permission, then the case's lock, then the idempotency key, then `change`; answers the notice afterwards."""
        directory = (await self._book.current()).directory
        async with self._database.begin() as unit:
            storage = LedgerStorage(unit.connection)
            entry = await storage.find(id_)
            if entry is None:
                raise NotFound("notice")
            demand(caller, action, entry.notice.project, directory)
            marks = await unit.delivery.lock([entry.notice.case])
            if marks[entry.notice.case].parked:
                raise CaseParked
            if not key or await _is_new(unit, caller, action, key, str(id_)):
                await change(unit, storage, await _found(storage, id_, lock=True))
            return await _found(storage, id_)

    async def figures(self) -> dict[str, Any]:
        """Totals, and how many notices this service still has to see off now, acknowledgements that wait for a promise
        included: nothing is settled while one is about to go out."""
        async with self._database.read() as connection:
            storage = SendingStorage(connection)
            totals = await storage.totals()
            waiting = await storage.waiting(self._database.clock.now() + WAIT_FOR_PROMISE)
        settled = (Outcome.SENT, Outcome.FAILED, Outcome.SUPPRESSED)
        return {
            "notices": {outcome.value: totals.get(outcome, 0) for outcome in settled},
            "waiting": waiting + sum(sender.under_way for sender in self._senders),
        }


async def _is_new(unit: UnitOfWork, caller: Principal, action: Action, key: str, subject: str) -> bool:
    digest = hashlib.sha256(f"{action}:{subject}".encode()).hexdigest()
    known = await unit.delivery.remember_request(caller.actor, key, digest, subject)
    if known is not None and known[0] != digest:
        raise IdempotencyConflict
    return known is None


async def _found(storage: LedgerStorage, id_: UUID, *, lock: bool = False) -> Entry:
    entry = await storage.find(id_, lock=lock)
    if entry is None:
        raise NotFound("notice")
    return entry
