"""How far a complaint has come, for the customer: state and promises from what routing and sla said has happened.

Foreign facts are never refused: every state takes every event (delivery rule 8), erased beats withdrawn beats closed
beats the rest.
"""

from dataclasses import replace
from datetime import datetime

from services.intake.domain import Complaint, Standing, Track, Update
from shared.events import cases, clocks
from shared.events.envelope import Event, EventData

MOST_UPDATES = 100

# What the customer sees of the case: a return between desk and department is the house's own business.
_STATE_AFTER: dict[type[EventData], str] = {
    cases.CaseAdmittedV1: "admitted",
    cases.CaseAssignedV1: "assigned",
    cases.CaseAcceptedV1: "accepted",
    cases.CaseReturnedV1: "admitted",
    cases.CaseProgressedV1: "in_progress",
    cases.CaseRepliedV1: "replied",
    cases.CaseResolvedV1: "resolved",
    cases.CaseFollowedUpV1: "followed_up",
    cases.CaseClosedV1: "closed",
    cases.CaseReopenedV1: "reopened",
}
_NOT_TOLD = frozenset({cases.CaseReturnedV1, cases.CaseFollowedUpV1})
_NEWS_EACH_TIME = frozenset({cases.CaseProgressedV1, cases.CaseRepliedV1})
_CLOCKS = (clocks.ClockStartedV1, clocks.ClockAdjustedV1, clocks.ClockMetV1, clocks.ClockCancelledV1)

_TYPES: tuple[type[EventData], ...] = (*_STATE_AFTER, *_CLOCKS)
FOLLOWED = frozenset(type_.event_type for type_ in _TYPES)
"""The types of foreign events that matter here."""


def follow(track: Track, event: Event) -> Track:
    """The track after one more event of another service."""
    data = event.data
    if isinstance(data, (clocks.ClockStartedV1, clocks.ClockAdjustedV1)):
        return _promise(track, str(data.clock), data.due_at) if data.customer else track
    if isinstance(data, (clocks.ClockMetV1, clocks.ClockCancelledV1)):
        return replace(track, promises={key: due for key, due in track.promises.items() if key != str(data.clock)})
    kind = type(data)
    state = state_after(track.state, kind)
    moved = replace(track, state=state)
    tells = kind in _STATE_AFTER and kind not in _NOT_TOLD and state == _STATE_AFTER[kind]
    if tells and (state != track.state or kind in _NEWS_EACH_TIME):
        return add_update(moved, Update(event.occurred_at, state))
    return moved


def _promise(track: Track, clock: str, due_at: datetime) -> Track:
    return replace(track, promises={**track.promises, clock: due_at})


def state_after(state: str, type_: type[EventData]) -> str:
    """The state after a case event; a closed case stays closed until it is reopened."""
    if state == "closed" and type_ is not cases.CaseReopenedV1:
        return state
    return _STATE_AFTER.get(type_, state)


def add_update(track: Track, update: Update) -> Track:
    """The track with one more update; the oldest give way."""
    return replace(track, updates=(*track.updates, update)[-MOST_UPDATES:])


def shown_state(complaint: Complaint, track: Track) -> str:
    """The state the customer sees."""
    return track.state if complaint.standing is Standing.OPEN else complaint.standing.value


def promised_by(complaint: Complaint, track: Track) -> datetime | None:
    """By when the next thing is promised to the customer; None when nothing is."""
    if complaint.standing is not Standing.OPEN or track.state == "closed":
        return None
    return min(track.promises.values(), default=None)


def told_updates(complaint: Complaint, track: Track) -> list[Update]:
    """Everything the customer may know, oldest first."""
    found = [Update(complaint.received_at, "registered"), *track.updates]
    if complaint.withdrawn_at:
        found.append(Update(complaint.withdrawn_at, "withdrawn"))
    if complaint.erased_at:
        found.append(Update(complaint.erased_at, "erased"))
    return sorted(found, key=lambda update: update.at)
