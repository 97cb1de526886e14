"""How each event changes the projection of its case: pure, total, the same whenever it is run again.

States follow routing's events; an event that comes to an ended case changes nothing but what it says of itself, because
erased beats withdrawn beats closed beats the rest (delivery rule 8).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from services.reporting.domain import UNGRADED, CaseView, Took
from shared.events import cases, clocks, complaints
from shared.events.envelope import Event

_STATE_AFTER = {
    "case.admitted": "admitted",
    "case.assigned": "assigned",
    "case.accepted": "accepted",
    "case.returned": "admitted",
    "case.replied": "replied",
    "case.resolved": "resolved",
    "case.closed": "closed",
    "case.reopened": "reopened",
    "complaint.withdrawn": "withdrawn",
}


def registered(event: Event) -> CaseView:
    """The view of a newly registered case."""
    data = event.data
    assert isinstance(data, complaints.ComplaintRegisteredV1)  # noqa: S101  # the caller asked for this type
    return CaseView(
        id=event.case,
        number=data.number,
        project=data.project,
        state="received",
        grade=UNGRADED,
        category=data.category or "",
        mode=data.mode,
        received_at=data.received_at,
    )


def apply(view: CaseView, event: Event) -> tuple[CaseView, tuple[Took, ...]]:
    """The view after `event`, and the spans it finished."""
    changed = _STATES.get(event.envelope.name, _unchanged)(view, event)
    changed = _CHANGES.get(event.envelope.type, _unchanged)(changed, event)
    return changed, _finished(view, changed)


def _unchanged(view: CaseView, _: Event) -> CaseView:
    return view


def _enter(state: str) -> Callable[[CaseView, Event], CaseView]:
    def change(view: CaseView, event: Event) -> CaseView:
        if view.state == "withdrawn" or (view.ended and state not in {"withdrawn", "reopened"}):
            return view
        if state in {"closed", "withdrawn"}:
            return replace(view, state=state, closed_at=event.occurred_at)
        if state == "reopened":
            return replace(view, state=state, closed_at=None)
        if state == "replied" and view.replied_at is None:
            return replace(view, state=state, replied_at=event.occurred_at)
        return replace(view, state=state)

    return change


def _assessed(view: CaseView, event: Event) -> CaseView:
    data: Any = event.data
    return replace(view, grade=data.grade.value, category=data.category.code)


def _breached(view: CaseView, event: Event) -> CaseView:
    data: Any = event.data
    return replace(view, breached=view.breached | {data.clock}) if data.customer else view


def _no_longer(view: CaseView, event: Event) -> CaseView:
    data: Any = event.data
    return replace(view, breached=view.breached - {data.clock})


def _finished(before: CaseView, after: CaseView) -> tuple[Took, ...]:
    found = []
    if before.replied_at is None and after.replied_at is not None:
        found.append(Took("reply", max(0.0, (after.replied_at - after.received_at).total_seconds())))
    if before.closed_at is None and after.closed_at is not None:
        found.append(Took("close", max(0.0, (after.closed_at - after.received_at).total_seconds())))
    return tuple(found)


_STATES = {name: _enter(state) for name, state in _STATE_AFTER.items()}
_CHANGES: dict[str, Callable[[CaseView, Event], CaseView]] = {
    cases.CaseAssessedV1.event_type: _assessed,
    clocks.ClockBreachedV1.event_type: _breached,
    clocks.ClockMetV1.event_type: _no_longer,
    clocks.ClockBreachRevokedV1.event_type: _no_longer,
    clocks.ClockCancelledV1.event_type: _no_longer,
}
