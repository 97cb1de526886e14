"""What other services say has happened: a total table. A fact is never refused, whatever the state of the case.

Erased beats withdrawn beats closed beats the rest (delivery rule 8): to an ended case a fact is a line in its timeline.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.routing.domain import CaseFile, Course, State
from shared.clock import format_instant
from shared.events import clocks, complaints
from shared.events.cases import CaseClosedV1
from shared.events.envelope import EventData
from shared.policy.document.values import ValueType
from shared.policy.pack import Pack
from shared.policy.reacting import speaks_of
from shared.values import replace


@dataclass(frozen=True, slots=True)
class Heard:
    """What a fact does: the case after it, its line in the timeline, what routing says in turn.

    regrade: decide the grade again, and because of what. leaves: the case no longer counts with its neighbours.
    """

    file: CaseFile
    code: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    says: tuple[EventData, ...] = ()
    regrade: str | None = None
    leaves: bool = False


def hear(file: CaseFile, data: EventData, occurred_at: datetime, pack: Pack) -> Heard:
    """What this fact does to the case. Raises KeyError for a type that is not in `HEARD`."""
    return _TABLE[type(data)](file, data, occurred_at, pack)


def _amended(file: CaseFile, data: complaints.ComplaintAmendedV1, _: datetime, __: Pack) -> Heard:
    # What is erased stays erased, the facts of an ended case stay what it was decided on until it is opened again.
    if file.erased or not data.facts:
        return Heard(file)
    facts = {**file.facts, **data.facts}
    changed = happened(file, "amended", *(f"{name}.set" for name in data.facts), facts=facts)
    params = {"facts": sorted(data.facts)}
    return Heard(changed, "amended", params, regrade=None if file.ended else "amended")


def _withdrawn(file: CaseFile, _: EventData, occurred_at: datetime, __: Pack) -> Heard:
    if file.state is State.WITHDRAWN:
        return Heard(file, leaves=True)
    says = () if file.ended else (CaseClosedV1(ground="withdrawn"),)
    closed_at = file.closed_at or occurred_at
    ended = happened(file, "withdrawn", state=State.WITHDRAWN, closed_at=closed_at, ground="withdrawn")
    return Heard(ended, "withdrawn", says=says, leaves=True)


def _erased(file: CaseFile, _: EventData, __: datetime, pack: Pack) -> Heard:
    if file.erased:
        return Heard(file)
    texts = {name for name, fact in pack.document.facts.items() if fact.type is ValueType.TEXT}
    kept = {name: value for name, value in file.facts.items() if name not in texts}
    return Heard(replace(file, erased=True, reporter=None, facts=kept), "erased", leaves=True)


def _responded(file: CaseFile, data: complaints.CustomerRespondedV1, _: datetime, __: Pack) -> Heard:
    params = {"kind": data.kind, "stars": data.stars, "really_fixed": data.really_fixed}
    known = {name: value for name, value in params.items() if value is not None}
    if file.ended or data.kind not in {"accepted", "rejected", "dissatisfied"}:
        return Heard(file, "responded", known)
    return Heard(answered(file, data.kind), "responded", known, regrade="responded")


def _breached(file: CaseFile, data: clocks.ClockBreachedV1, _: datetime, __: Pack) -> Heard:
    late = file if file.ended else happened(file, f"{data.name}.breached")
    return Heard(late, "breached", {"clock": data.name, "due_at": format_instant(data.due_at)})


def _revoked(file: CaseFile, data: clocks.ClockBreachRevokedV1, _: datetime, __: Pack) -> Heard:
    return Heard(file, "breach_revoked", {"clock": data.name})


def _escalated(file: CaseFile, data: clocks.EscalationRaisedV1, _: datetime, __: Pack) -> Heard:
    return Heard(file, "escalated", {"clock": data.name, "level": data.level, "roles": list(data.roles)})


def _reached(file: CaseFile, data: clocks.ClockReachedV1, _: datetime, __: Pack) -> Heard:
    if file.ended:
        return Heard(file)
    return Heard(happened(file, f"{data.name}.reached"), regrade="aged")


def _met(file: CaseFile, data: clocks.ClockMetV1, _: datetime, pack: Pack) -> Heard:
    return _noticed(file, f"{data.name}.met", pack)


def _warned(file: CaseFile, data: clocks.ClockWarnedV1, _: datetime, pack: Pack) -> Heard:
    return _noticed(file, f"{data.name}.warned", pack)


def _noticed(file: CaseFile, name: str, pack: Pack) -> Heard:
    """Only where the pack speaks of it: people who are at work on the case need not see it change."""
    return Heard(file if file.ended or not speaks_of(pack, name) else happened(file, name))


_TABLE: Mapping[type[EventData], Callable[[CaseFile, Any, datetime, Pack], Heard]] = {
    complaints.ComplaintAmendedV1: _amended,
    complaints.ComplaintWithdrawnV1: _withdrawn,
    complaints.ComplaintErasedV1: _erased,
    complaints.CustomerRespondedV1: _responded,
    clocks.ClockBreachedV1: _breached,
    clocks.ClockBreachRevokedV1: _revoked,
    clocks.EscalationRaisedV1: _escalated,
    clocks.ClockReachedV1: _reached,
    clocks.ClockMetV1: _met,
    clocks.ClockWarnedV1: _warned,
}
HEARD = frozenset(type_.event_type for type_ in _TABLE)
"""The types that change a case or stand in its timeline, beside the registration itself."""
PASSED_OVER = frozenset(
    type_.event_type
    for type_ in (
        clocks.ClockStartedV1,
        clocks.ClockAdjustedV1,
        clocks.ClockCancelledV1,
        clocks.FollowUpDueV1,
    )
)
"""Types that only move the marks: the case file says nothing of them, the clocks' own page does."""


def answered(file: CaseFile, response: str) -> CaseFile:
    """The case after the customer took a stand: accepted, rejected or dissatisfied.

    A stand against us ends a round of talks (R-001-18/r42: long communication without consent).
    """
    accepted = response == "accepted"
    course: Course = replace(
        file.course,
        customer_response=response,
        agreement=accepted,
        talks=file.course.talks + (0 if accepted else 1),
    )
    names = ("customer_response.set", "dissatisfied") if response == "dissatisfied" else ("customer_response.set",)
    return happened(replace(file, course=course), *names)


def happened(file: CaseFile, *names: str, **changed: Any) -> CaseFile:
    """The case with these events in its present round, and with whatever else of it changes."""
    before = file.course
    course = Course(
        before.happened.union(names),
        before.records,
        before.customer_response,
        before.agreement,
        before.talks,
        before.waiting,
        before.required,
        (*before.fresh, *names),
    )
    return replace(file, course=course, **changed)
