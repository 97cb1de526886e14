"""How far a complaint has come: every state takes every event of another service (delivery rule 8)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.intake.domain import Complaint, Track, Update
from services.intake.policy.tracking import (
    FOLLOWED,
    MOST_UPDATES,
    add_update,
    follow,
    promised_by,
    shown_state,
    told_updates,
)
from shared.events import cases, clocks
from shared.events.envelope import Envelope, Event, EventData

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
CASE, CLOCK, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
STATES = [
    "registered", "admitted", "assigned", "accepted", "in_progress", "replied", "resolved", "followed_up", "closed",
    "reopened",
]  # fmt: skip
EVENTS: dict[str, EventData] = {
    "admitted": cases.CaseAdmittedV1(),
    "assigned": cases.CaseAssignedV1(department="property"),
    "accepted": cases.CaseAcceptedV1(person="li.na"),
    "returned": cases.CaseReturnedV1(texts_version=1),
    "in_progress": cases.CaseProgressedV1(texts_version=1),
    "replied": cases.CaseRepliedV1(channel="phone", texts_version=1),
    "resolved": cases.CaseResolvedV1(texts_version=1),
    "followed_up": cases.CaseFollowedUpV1(reached=True, texts_version=1),
    "closed": cases.CaseClosedV1(ground="accepted"),
    "reopened": cases.CaseReopenedV1(round=2, texts_version=1),
}
LEADS_TO = {**{name: name for name in EVENTS}, "returned": "admitted"}


def event(data: EventData, at: datetime = AT) -> Event:
    return Event(Envelope(UUID(int=9), data.event_type, "routing", CASE, 1, {}, at, "P01", "c", "a"), data)


def started(clock: UUID, due: datetime, *, customer: bool = True) -> EventData:
    return clocks.ClockStartedV1(
        clock=clock, name="reply", customer=customer, started_at=AT, due_at=due, limit="5wd", calendar="cn-office@1"
    )


def complaint(**changes: datetime) -> Complaint:
    row = Complaint(CASE, "app", "P01", "P01-2026-0001", "developer-property", 1, AT, AT, None, None)
    return replace(row, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", EVENTS)
def test_every_state_takes_every_event(state, name):
    after = follow(Track(CASE, state), event(EVENTS[name])).state
    if state == "closed":
        assert after == ("reopened" if name == "reopened" else "closed")
    else:
        assert after == LEADS_TO[name]


@pytest.mark.parametrize("name", EVENTS)
def test_withdrawn_and_erased_beat_whatever_routing_says(name):
    track = follow(Track(CASE), event(EVENTS[name]))
    assert shown_state(complaint(withdrawn_at=AT), track) == "withdrawn"
    assert shown_state(complaint(withdrawn_at=AT, erased_at=AT), track) == "erased"
    assert shown_state(complaint(), track) == track.state


def test_what_the_house_does_among_itself_is_no_news():
    track = follow(Track(CASE, "assigned"), event(EVENTS["returned"]))
    assert track.updates == ()
    assert follow(Track(CASE, "resolved"), event(EVENTS["followed_up"])).updates == ()


def test_each_progress_and_each_reply_is_news_but_a_second_department_is_not():
    track = Track(CASE)
    for name in ("assigned", "assigned", "in_progress", "in_progress", "replied", "replied"):
        track = follow(track, event(EVENTS[name]))
    assert [update.code for update in track.updates] == [
        "assigned", "in_progress", "in_progress", "replied", "replied"
    ]  # fmt: skip


def test_nothing_is_told_of_a_closed_case_until_it_is_reopened():
    track = follow(Track(CASE, "closed"), event(EVENTS["in_progress"]))
    assert track.updates == ()
    assert [update.code for update in follow(track, event(EVENTS["reopened"])).updates] == ["reopened"]


def test_the_promise_is_the_earliest_of_the_running_customer_clocks():
    track = Track(CASE)
    for clock, days in ((CLOCK, 15), (OTHER, 5)):
        track = follow(track, event(started(clock, AT + timedelta(days=days))))
    assert promised_by(complaint(), track) == AT + timedelta(days=5)
    moved = clocks.ClockAdjustedV1(
        clock=OTHER, name="reply", customer=True, due_at=AT + timedelta(days=20), limit="10wd", because="facts"
    )
    track = follow(track, event(moved))
    assert promised_by(complaint(), track) == AT + timedelta(days=15)


@pytest.mark.parametrize(
    "end",
    [
        clocks.ClockMetV1(clock=CLOCK, name="reply", customer=True, met_at=AT),
        clocks.ClockCancelledV1(clock=CLOCK, name="reply", customer=True, because="closed"),
    ],
)
def test_a_promise_kept_or_void_is_promised_no_more(end):
    track = follow(follow(Track(CASE), event(started(CLOCK, AT))), event(end))
    assert promised_by(complaint(), track) is None


def test_internal_clocks_promise_nothing():
    assert promised_by(complaint(), follow(Track(CASE), event(started(CLOCK, AT, customer=False)))) is None


def test_a_complaint_that_has_ended_promises_nothing():
    track = follow(Track(CASE), event(started(CLOCK, AT)))
    assert promised_by(complaint(), track) == AT
    assert promised_by(complaint(withdrawn_at=AT), track) is None
    assert promised_by(complaint(erased_at=AT), track) is None
    assert promised_by(complaint(), replace(track, state="closed")) is None


def test_updates_begin_with_the_registration_and_end_with_the_erasure():
    hour = timedelta(hours=1)
    track = follow(Track(CASE), event(EVENTS["admitted"], AT + hour))
    told = told_updates(complaint(withdrawn_at=AT + 2 * hour, erased_at=AT + 3 * hour), track)
    assert [update.code for update in told] == ["registered", "admitted", "withdrawn", "erased"]


def test_the_oldest_updates_give_way():
    track = Track(CASE)
    for number in range(MOST_UPDATES + 5):
        track = add_update(track, Update(AT + timedelta(hours=number), "in_progress"))
    assert len(track.updates) == MOST_UPDATES
    assert track.updates[-1].at == AT + timedelta(hours=MOST_UPDATES + 4)


def test_every_event_of_the_table_is_subscribed():
    assert {data.event_type for data in EVENTS.values()} < FOLLOWED
    assert {"clock.started.v1", "clock.adjusted.v1", "clock.met.v1", "clock.cancelled.v1"} < FOLLOWED
