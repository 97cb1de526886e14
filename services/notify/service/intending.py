"""Applying: events become intended notices, each a row of the ledger before anything is sent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from services.notify.domain import (
    CUSTOMER,
    CaseState,
    ChannelName,
    Kind,
    Notice,
    NoticeCase,
    Reason,
    Recipient,
    Residents,
    Revocation,
)
from services.notify.policy.intents import (
    Intent,
    correction_of,
    follow,
    intents_of,
    is_promise,
    suppression_of,
)
from services.notify.policy.pack_notices import (
    Call,
    asks_about_cases,
    calls_of,
    kind_of,
    recipients_of_call,
)
from services.notify.storage.cases import CaseStorage
from services.notify.storage.intended import IntendedStorage
from shared.clock import format_instant
from shared.database.unit_of_work import UnitOfWork
from shared.events.clocks import ClockBreachRevokedV1, ClockStartedV1
from shared.events.complaints import ComplaintErasedV1, ComplaintWithdrawnV1
from shared.events.duties import DutyData
from shared.events.envelope import Event
from shared.events.records import PersonAddressV1
from shared.ids import notice_id
from shared.policy.happenings import learn, names_of
from shared.policy.noticing import notices_of
from shared.reference.book import Reference, ReferenceBook
from shared.values import replace

log = structlog.get_logger()

_PROMISED = "acknowledgement_promised"
_MOST_RESIDENTS = 5000
"""So many people at most hear of one mass notice; beyond that the log says so."""
_ENDINGS = {CaseState.WITHDRAWN: Reason.WITHDRAWN, CaseState.ERASED: Reason.ERASED}


@dataclass(slots=True)
class _Planned:
    """An intent on its way to a row. cause: the event's id."""

    case: NoticeCase
    cause: UUID
    intent: Intent
    suppress: Reason | None


@dataclass(slots=True)
class _Batch:
    """What a batch of events comes to. planned: by case. ended: cases that tell nobody anything more. promises: what
    acknowledgements in the ledger may name now. revoked: (case, clock, by what). calls: the pack's own notices."""

    planned: defaultdict[UUID, list[_Planned]] = field(default_factory=lambda: defaultdict(list))
    ended: dict[UUID, Reason] = field(default_factory=dict)
    promises: dict[UUID, dict[str, str | int]] = field(default_factory=dict)
    revoked: list[tuple[UUID, UUID, Revocation]] = field(default_factory=list)
    calls: list[tuple[NoticeCase, Call]] = field(default_factory=list)


class Intending:
    """Writes the ledger. `customer_channel`: on which customers are told; staff by their own addresses if any."""

    def __init__(self, book: ReferenceBook, customer_channel: ChannelName) -> None:
        self._book = book
        self._customer_channel = customer_channel

    async def apply(self, unit: UnitOfWork, events: Sequence[Event]) -> None:
        """Intend what a batch of events calls for: a handful of statements, however large it is."""
        stored = CaseStorage(unit.connection)
        ledger = IntendedStorage(unit.connection)
        before = await stored.load(event.case for event in events)
        reference = await self._book.within(unit.connection)
        cases = dict(before)
        batch = _Batch()
        for event in events:
            case = follow(cases.get(event.case), event)
            case = cases[event.case] = _call(batch, case, event, reference)
            _plan(batch, case, event, reference)
        await stored.save([case for id_, case in cases.items() if before.get(id_) != case])
        await ledger.suppress_pending(batch.ended, unit.started)
        await ledger.promise(_PROMISED, batch.promises, unit.started)
        told = await ledger.revoke(batch.revoked, unit.started)
        planned = [plan for plans in batch.planned.values() for plan in plans]
        reachable = await self._reachable(unit, planned)
        notices = [self._notice(plan, reference, reachable, unit) for plan in planned]
        notices += [
            correction_of(notice, revocation, suppression_of(cases[notice.case], notice.recipient), unit.started)
            for revocation, notice in told
        ]
        notices += await self._called(batch, cases, reference, stored, unit)
        await ledger.supersede([(c.id, call.spec.name, call.cause) for c, call in batch.calls], unit.started)
        await ledger.add(notices)
        unit.delivery.wakes = True

    async def tell(self, unit: UnitOfWork, case: NoticeCase, intents: Sequence[Intent]) -> None:
        """Intend these notices about what is no complaint, of which `case` is the place."""
        reference = await self._book.within(unit.connection)
        await CaseStorage(unit.connection).save([case])
        planned = [_Planned(case, case.id, intent, suppression_of(case, intent.recipient)) for intent in intents]
        reachable = await self._reachable(unit, planned)
        await IntendedStorage(unit.connection).add([self._notice(p, reference, reachable, unit) for p in planned])
        unit.delivery.wakes = True

    async def _called(
        self,
        batch: _Batch,
        cases: Mapping[UUID, NoticeCase],
        reference: Reference,
        stored: CaseStorage,
        unit: UnitOfWork,
    ) -> list[Notice]:
        """The rows of the pack's own notices: one for each recipient, of a mass notice for each person at the place."""
        planned: list[_Planned] = []
        notices: list[Notice] = []
        newest = {(case.id, call.spec.name): call.cause for case, call in batch.calls}
        for case, call in batch.calls:
            if newest[case.id, call.spec.name] != call.cause:
                continue  # said anew within this batch
            case = cases[case.id]  # noqa: PLW2901  # as it is when the batch is over
            pack = reference.pack(case.pack_code, case.pack_version)
            wait = max(call.due_at - unit.started, timedelta()) if call.due_at else timedelta()
            for recipient in recipients_of_call(call, case, pack, reference.directory):
                intent = Intent(Kind.NOTICE, recipient, "pack", call.params, wait=wait)
                planned.append(_Planned(case, call.cause, intent, suppression_of(case, recipient)))
            if call.spec.mass and CUSTOMER in call.spec.to:
                notices += await self._to_residents(case, call, wait, stored, unit)
        reachable = await self._reachable(unit, planned)
        return [*(self._notice(plan, reference, reachable, unit) for plan in planned), *notices]

    async def _to_residents(
        self, case: NoticeCase, call: Call, wait: timedelta, stored: CaseStorage, unit: UnitOfWork
    ) -> list[Notice]:
        place = (
            Residents(case.project, segment=case.segment)
            if call.spec.mass == "segment"
            else Residents(case.project, building=case.building)
        )
        found = await stored.residents(place, _MOST_RESIDENTS)
        if len(found) == _MOST_RESIDENTS:
            log.warning("mass_notice_bounded", case=str(case.id), notice=call.spec.name, most=_MOST_RESIDENTS)
        suppress = suppression_of(replace(case, contactable=True), Recipient(CUSTOMER))
        now, channel = unit.started, self._customer_channel
        return [
            Notice(
                id=notice_id(call.cause, kind_of(call.spec), str(resident.case), channel),
                case=resident.case,
                project=case.project,
                kind=Kind.NOTICE,
                recipient=Recipient(CUSTOMER),
                channel=channel,
                language=resident.language,
                cause=call.cause,
                code="mass",
                params=call.params,
                clock=None,
                suppress=suppress,
                due_at=now if suppress else now + wait,
                at=now,
                traceparent=unit.delivery.trace_of(str(call.cause)),
                origin=case.id,
            )
            for resident in found
        ]

    async def _reachable(self, unit: UnitOfWork, planned: Iterable[_Planned]) -> set[str]:
        """Those of the staff to be told who have addresses of their own."""
        people = {plan.intent.recipient.person for plan in planned if plan.intent.recipient.person}
        records = await unit.delivery.records(("personal", f"person:{person}") for person in people)
        return {
            key.removeprefix("person:")
            for (_, key), record in records.items()
            if record.body and PersonAddressV1.model_validate_json(record.body).addresses
        }

    def _notice(self, plan: _Planned, reference: Reference, reachable: set[str], unit: UnitOfWork) -> Notice:
        intent, recipient = plan.intent, plan.intent.recipient
        channel, now = self._channel_of(recipient, reachable), unit.started
        name = intent.params.get("notice")  # several of one cause are told apart by it
        named = f"{intent.kind}:{name}" if name else intent.kind
        return Notice(
            id=notice_id(plan.cause, named, recipient.key, channel),
            case=plan.case.id,
            project=plan.case.project,
            kind=intent.kind,
            recipient=recipient,
            channel=channel,
            language=_language_of(plan.case, recipient, reference),
            cause=plan.cause,
            code=intent.code,
            params=intent.params,
            clock=intent.clock,
            suppress=plan.suppress,
            due_at=now if plan.suppress else now + intent.wait,
            at=now,
            traceparent=unit.delivery.trace_of(str(plan.cause)),
        )

    def _channel_of(self, recipient: Recipient, reachable: set[str]) -> ChannelName:
        if recipient.is_customer:
            return self._customer_channel
        return ChannelName.APPRISE if recipient.person in reachable else ChannelName.FILE


def _call(batch: _Batch, case: NoticeCase, event: Event, reference: Reference) -> NoticeCase:
    """Learn what the event says and let the pack's own notices be called for; returns the case as it is then."""
    pack = reference.pack(case.pack_code, case.pack_version)
    if isinstance(event.data, DutyData) or not notices_of(pack):
        return case
    names = names_of(event, pack)
    before = case.known
    if asks_about_cases(pack):
        case = replace(case, known=learn(case.known, event, names))
    if not names or (case.known == before and not any(name in spec.on for spec in notices_of(pack) for name in names)):
        return case
    calls, waiting = calls_of(case, event, names, pack, reference.directory.zone(case.project), None)
    batch.calls += [(case, call) for call in calls]
    return replace(case, waiting=waiting)


def _plan(batch: _Batch, case: NoticeCase, event: Event, reference: Reference) -> None:
    """Add to the batch what one event calls for, given the case as it is after it."""
    data = event.data
    pack = reference.pack(case.pack_code, case.pack_version)
    planned = batch.planned[case.id]
    if isinstance(data, ComplaintWithdrawnV1 | ComplaintErasedV1):
        reason = batch.ended[case.id] = _ENDINGS[case.state]
        for plan in planned:
            plan.suppress = plan.suppress or reason
    elif isinstance(data, ClockBreachRevokedV1):
        runs_until = data.due_at if data.met_at is None else None
        batch.revoked.append((case.id, data.clock, Revocation(event.id, runs_until)))
        for plan in planned:
            if plan.intent.clock == data.clock and plan.intent.kind in (Kind.BREACH, Kind.ESCALATION):
                plan.suppress = plan.suppress or Reason.REVOKED
    elif isinstance(data, ClockStartedV1):
        if is_promise(data, pack):
            _promise(batch, case.id, {"due_at": format_instant(data.due_at)})
    else:
        for intent in intents_of(event, case, pack, reference.directory):
            planned.append(_Planned(case, event.id, intent, suppression_of(case, intent.recipient)))


def _promise(batch: _Batch, case: UUID, params: dict[str, str | int]) -> None:
    """Let the acknowledgement name what was promised, be it of this batch or in the ledger already."""
    for plan in batch.planned[case]:
        if plan.intent.kind is Kind.ACKNOWLEDGEMENT:
            if plan.intent.code != _PROMISED:
                plan.intent = replace(plan.intent, code=_PROMISED, params=params, wait=timedelta())
            return
    batch.promises.setdefault(case, params)


def _language_of(case: NoticeCase, recipient: Recipient, reference: Reference) -> str:
    if recipient.is_customer:
        return case.language
    person = reference.directory.people.get(recipient.person or "")
    return person.language if person else "zh"
