"""Every event, in every state of a case: the projection changes as it should and never fails."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting import projections
from services.reporting.domain import CaseView, CountKey
from services.reporting.metrics import BOUNDS, bucket_of, render
from services.reporting.service import summarise
from shared.events.cases import CaseAssessedV1, Category, Grade, Validity, Words
from shared.events.clocks import ClockBreachedV1, ClockMetV1
from shared.events.complaints import CalendarPin, ComplaintRegisteredV1, PackPin
from shared.events.envelope import Envelope, Event, EventData
from shared.events.registry import EVENT_TYPES, OWNER_OF_TYPE
from shared.telemetry.exposition import exposition

RECEIVED = datetime(2026, 11, 20, 1, tzinfo=UTC)
CASE = UUID(int=1)
WORDS = Words(zh="理由", en="reason")
STATES = ("received", "admitted", "assigned", "accepted", "replied", "resolved", "closed", "reopened", "withdrawn")


def event(data: EventData, *, at: datetime = RECEIVED) -> Event:
    type_ = data.event_type
    return Event(Envelope(uuid4(), type_, OWNER_OF_TYPE[type_], CASE, 1, {}, at, "P01", "cause", "li.na"), data)


def registration() -> Event:
    pack = PackPin(code="p", version=1, digest="d")
    calendar = CalendarPin(code="c", version=1, digest="d")
    data = ComplaintRegisteredV1(
        number="P01-2026-0001", project="P01", received_at=RECEIVED, pack=pack, calendar=calendar, source="app"
    )
    return event(data)


def assessed(grade: str) -> CaseAssessedV1:
    return CaseAssessedV1(
        validity=Validity(value="effective", provisional=True, reason=WORDS),
        category=Category(code="property", provisional=True),
        grade=Grade(value=grade, reason=WORDS),
    )


def any_data(type_: str) -> EventData:
    return EVENT_TYPES[type_].model_construct(
        grade=Grade(value="2", reason=WORDS),
        category=Category(code="property", provisional=True),
        clock=UUID(int=7),
        customer=True,
    )


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("type_", sorted(set(EVENT_TYPES) - {"complaint.registered.v1"}))
def test_every_event_meets_every_state(state: str, type_: str) -> None:
    view = CaseView(CASE, "n", "P01", state, "4", "property", "live", RECEIVED)
    changed, _ = projections.apply(view, event(any_data(type_), at=RECEIVED + timedelta(hours=1)))
    assert changed.state in STATES
    if state == "withdrawn":
        assert changed.state == "withdrawn"
    if state == "closed":
        assert changed.state in {"closed", "withdrawn", "reopened"}


def test_a_case_counts_as_overdue_until_what_was_promised_happens() -> None:
    view = projections.registered(registration())
    clock = UUID(int=9)
    breach = ClockBreachedV1(clock=clock, name="reply", customer=True, due_at=RECEIVED)
    view, _ = projections.apply(view, event(breach))
    assert view.key.overdue
    view, _ = projections.apply(view, event(ClockMetV1(clock=clock, name="reply", customer=True, met_at=RECEIVED)))
    assert not view.key.overdue


def test_an_internal_limit_makes_nothing_overdue() -> None:
    view = projections.registered(registration())
    breach = ClockBreachedV1(clock=UUID(int=9), name="tracking", customer=False, due_at=RECEIVED)
    view, _ = projections.apply(view, event(breach))
    assert not view.key.overdue


def test_the_first_reply_and_the_closing_are_measured_from_reception() -> None:
    view = projections.registered(registration())
    replied, took = projections.apply(view, event(any_data("case.replied.v1"), at=RECEIVED + timedelta(hours=5)))
    assert [(t.kind, t.seconds) for t in took] == [("reply", 18000.0)]
    again, took = projections.apply(replied, event(any_data("case.replied.v1"), at=RECEIVED + timedelta(hours=9)))
    assert took == ()
    _, took = projections.apply(again, event(any_data("case.closed.v1"), at=RECEIVED + timedelta(days=2)))
    assert [(t.kind, t.seconds) for t in took] == [("close", 172800.0)]


@given(
    st.dictionaries(
        st.builds(
            CountKey,
            st.sampled_from(["P01", 'P"2']),
            st.sampled_from(STATES),
            st.sampled_from(["1", "4"]),
            st.booleans(),
        ),
        st.integers(1, 50),
    )
)
def test_figures_agree_with_each_other_and_with_the_metrics(cells: dict[CountKey, int]) -> None:
    counts = Counter(cells)
    figures = summarise(counts)
    assert figures.registered == figures.backlog + figures.closed == sum(figures.by_state.values())
    assert figures.overdue <= figures.backlog
    text = exposition([lambda: render(counts, {})]).decode()
    backlog = sum(int(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith("huiyin_backlog_cases{"))
    assert backlog == figures.backlog


def test_buckets_hold_their_bound() -> None:
    for index, bound in enumerate(BOUNDS):
        assert bucket_of(bound) == index
        assert bucket_of(bound + 0.001) == index + 1
