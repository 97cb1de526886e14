"""What an event makes notify intend: which notices, to whom, and whether any is decided against at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from services.notify.domain import CUSTOMER, CaseState, Kind, Notice, NoticeCase, Reason, Recipient, Revocation
from services.notify.policy.recipients import recipients_of, supervisors_of
from shared.clock import format_instant
from shared.events.cases import (
    CaseAcceptedV1,
    CaseAssignedV1,
    CaseRepliedV1,
    CaseReturnedV1,
    CaseRulesChangedV1,
    CaseToldV1,
)
from shared.events.clocks import ClockStartedV1, ClockWarnedV1, EscalationRaisedV1
from shared.events.complaints import ComplaintErasedV1, ComplaintRegisteredV1, ComplaintWithdrawnV1
from shared.events.duties import DutyData
from shared.events.envelope import Event
from shared.events.quotas import QuotaMissedV1
from shared.events.surveys import SurveyClosedV1
from shared.ids import notice_id
from shared.policy.holding import PERSON_IN_CHARGE, Posts
from shared.policy.noticing import slip_of
from shared.policy.pack import Pack
from shared.values import replace

WAIT_FOR_PROMISE = timedelta(seconds=5)
"""How long an acknowledgement waits for the promised instant before it goes out without one."""


class UnknownCase(LookupError):
    """An event came of a case whose registration never did."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One notice to one recipient. wait: how long it may wait for what would make it better."""

    kind: Kind
    recipient: Recipient
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    clock: UUID | None = None
    wait: timedelta = timedelta()


def follow(case: NoticeCase | None, event: Event) -> NoticeCase:
    """The case after `event`. Raises UnknownCase. Erased beats withdrawn, whatever comes later (delivery rule 8)."""
    data = event.data
    if isinstance(data, ComplaintRegisteredV1):
        return case or _opened(event.case, data)
    if isinstance(data, DutyData):
        return case or _owed(event, data)
    if case is None:
        raise UnknownCase(event.case)
    if isinstance(data, ComplaintErasedV1):
        return replace(case, state=CaseState.ERASED)
    if isinstance(data, ComplaintWithdrawnV1) and case.state is CaseState.OPEN:
        return replace(case, state=CaseState.WITHDRAWN)
    if isinstance(data, CaseAssignedV1):
        return replace(case, department=data.department, person=data.person)
    if isinstance(data, CaseAcceptedV1):
        return replace(case, person=data.person)
    if isinstance(data, CaseReturnedV1):
        return replace(case, person=None)
    if isinstance(data, CaseRulesChangedV1):
        return replace(case, pack_code=data.pack.code, pack_version=data.pack.version)
    return case


def _opened(id_: UUID, data: ComplaintRegisteredV1) -> NoticeCase:
    return NoticeCase(
        id=id_,
        number=data.number,
        project=data.project,
        pack_code=data.pack.code,
        pack_version=data.pack.version,
        mode=data.mode,
        language=data.language,
        contactable=data.contactable,
        first_receiver=data.first_receiver,
        building=data.building,
        segment=data.segment,
        reporter=data.reporter_hash,
    )


def _owed(event: Event, data: DutyData) -> NoticeCase:
    """What is done by the calendar has no complaint; people are told of it in the same way, by its period."""
    return NoticeCase(
        id=event.case,
        number=data.period,
        project=event.project,
        pack_code=data.pack_code,
        pack_version=data.pack_version,
        mode="live",
        language="zh",
        contactable=False,
    )


def intents_of(event: Event, case: NoticeCase, pack: Pack, posts: Posts) -> tuple[Intent, ...]:
    """The notices `event` calls for. `case`: as it is after the event. Corrections come from the ledger instead."""
    data = event.data
    if isinstance(data, ComplaintRegisteredV1):
        return (Intent(Kind.ACKNOWLEDGEMENT, Recipient(CUSTOMER), "acknowledgement", wait=WAIT_FOR_PROMISE),)
    if isinstance(data, CaseRepliedV1):
        return (Intent(Kind.REPLY, Recipient(CUSTOMER), "reply", {"texts_version": data.texts_version}),)
    if isinstance(data, CaseAssignedV1):
        return _assignment(data, case, pack, posts)
    if isinstance(data, CaseToldV1):
        return tuple(
            Intent(Kind.NOTICE, recipient, "told_customer" if recipient.is_customer else _told(data), _what(data))
            for recipient in recipients_of(data.to, case, pack, posts)
        )
    if isinstance(data, DutyData):
        return _of_duty(data, case, pack, posts)
    if isinstance(data, ClockWarnedV1):
        roles = forewarned(pack, data.name)
        return _alarm(Kind.WARNING, "warning", roles, data, {}, case, pack, posts)
    if isinstance(data, EscalationRaisedV1):
        kind, code = (Kind.BREACH, "breach") if data.level == 1 else (Kind.ESCALATION, "escalation")
        params: dict[str, str | int] = {"level": data.level}
        if slip_of(pack, data.ladder, data.level):
            code, params = "slip", {**params, "ladder": data.ladder}
        return _alarm(kind, code, data.roles, data, params, case, pack, posts)
    return ()


def _of_duty(data: DutyData, case: NoticeCase, pack: Pack, posts: Posts) -> tuple[Intent, ...]:
    due_at = getattr(data, "due_at", None)
    params: dict[str, str | int] = {"duty": data.duty, **({"due_at": format_instant(due_at)} if due_at else {})}
    about: tuple[str, ...] = ()
    if isinstance(data, QuotaMissedV1):
        code = "quota_missed"
        params |= {"over": data.over, "behind": ",".join(f"{b.role}:{b.done}:{b.share}" for b in data.behind)}
    elif isinstance(data, SurveyClosedV1):
        code, about = _found(data), data.below
        params |= {"target": data.target or "", **({"raised": ",".join(data.raised)} if data.raised else {})}
    else:
        subject = "improvement" if data.kind == "improvement" else "duty"
        past = type(data).event_type.removesuffix(".v1").removeprefix("duty.")
        code, about = f"{subject}_{past}" if due_at is None or past == "done" else f"{subject}_{past}_by", data.about
    if about:
        params |= {"about": ",".join(about)}
    return tuple(Intent(Kind.NOTICE, to, code, params) for to in recipients_of(data.to, case, pack, posts))


def _found(data: SurveyClosedV1) -> str:
    if not data.raised:
        return "survey_below"
    return "survey_below_and_raised" if data.below else "survey_raised"


def uncovered(roster: str, roles: tuple[str, ...], case: NoticeCase, pack: Pack, posts: Posts) -> tuple[Intent, ...]:
    """Whoever the pack has told that a post is left and nobody is there (R-004-02/r01)."""
    to = recipients_of(roles, case, pack, posts)
    return tuple(Intent(Kind.NOTICE, recipient, "roster_gap", {"roster": roster}) for recipient in to)


def _told(data: CaseToldV1) -> str:
    if not data.ack:
        return "told"
    return "told_confirm" if data.within is None else "told_confirm_within"


def _what(data: CaseToldV1) -> dict[str, str | int]:
    return {"event": data.event, **({"within": data.within} if data.within else {})}


def _assignment(data: CaseAssignedV1, case: NoticeCase, pack: Pack, posts: Posts) -> tuple[Intent, ...]:
    params: dict[str, str | int] = {"department": data.department}
    if data.person:
        return (Intent(Kind.ASSIGNMENT, Recipient(PERSON_IN_CHARGE, data.person), "assignment", params),)
    nobody = Intent(Kind.ASSIGNMENT, Recipient(PERSON_IN_CHARGE), "assignment", params)
    superiors = supervisors_of(PERSON_IN_CHARGE, case, pack, posts)
    return (nobody, *(Intent(Kind.ASSIGNMENT, superior, "vacancy", params) for superior in superiors))


def _alarm(
    kind: Kind,
    code: str,
    roles: tuple[str, ...],
    data: ClockWarnedV1 | EscalationRaisedV1,
    params: Mapping[str, str | int],
    case: NoticeCase,
    pack: Pack,
    posts: Posts,
) -> tuple[Intent, ...]:
    known = {"clock": data.name, "due_at": format_instant(data.due_at), **params}
    return tuple(
        Intent(kind, recipient, "delay" if recipient.is_customer else code, known, data.clock)
        for recipient in recipients_of(roles, case, pack, posts)
    )


def forewarned(pack: Pack, clock: str) -> tuple[str, ...]:
    """The roles told before `clock` runs out: as its ladder says, else as the clock does, else who is in charge."""
    for ladder in pack.document.ladders.values():
        if f"{clock}.breached" in ladder.on and ladder.before and ladder.before.tell:
            return tuple(ladder.before.tell)
    limit = pack.document.clocks.get(clock)
    if limit and limit.before and limit.before.tell:
        return tuple(limit.before.tell)
    return (PERSON_IN_CHARGE,)


def is_promise(data: ClockStartedV1, pack: Pack) -> bool:
    """Whether this clock is the answer promised at registration: the customer's clock that a reply stops, or any
    customer's clock where the pack promises no reply."""
    if not data.customer or data.round != 1 or data.occurrence:
        return False
    replies = _reply_clocks(pack)
    return not replies or data.name in replies


@lru_cache(maxsize=64)
def _reply_clocks(pack: Pack) -> frozenset[str]:
    """The customer's clocks that a reply stops."""
    return frozenset(
        name for name, clock in pack.document.clocks.items() if clock.promise == "customer" and "replied" in clock.until
    )


def suppression_of(case: NoticeCase, recipient: Recipient) -> Reason | None:
    """Why a notice of this case is not sent at all, or None."""
    if case.state is CaseState.ERASED:
        return Reason.ERASED
    if case.state is CaseState.WITHDRAWN:
        return Reason.WITHDRAWN
    if case.mode == "history":
        return Reason.HISTORY
    if recipient.is_customer:
        return None if case.contactable else Reason.NO_CONTACT
    return None if recipient.person else Reason.NOBODY_IN_ROLE


def correction_of(told: Notice, revocation: Revocation, suppress: Reason | None, now: datetime) -> Notice:
    """The notice that takes back what `told` said: to the same recipient, on the same channel, in the same language."""
    params = {name: told.params[name] for name in ("clock", "due_at")}
    if revocation.runs_until is not None:
        params["runs_until"] = format_instant(revocation.runs_until)
    return replace(
        told,
        id=notice_id(revocation.event, Kind.CORRECTION, told.recipient.key, told.channel),
        kind=Kind.CORRECTION,
        cause=revocation.event,
        code="correction" if revocation.runs_until is None else "correction_moved",
        params=params,
        suppress=suppress,
        due_at=now,
        at=now,
    )
