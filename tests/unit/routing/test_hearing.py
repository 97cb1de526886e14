"""Facts of other services: every state takes every one, and erased beats withdrawn beats closed beats the rest."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.routing.domain import ENDED, CaseFile, State
from services.routing.policy.hearing import HEARD, PASSED_OVER, hear
from shared.events import clocks, complaints
from shared.events.envelope import EventData
from shared.events.registry import EVENT_TYPES, OWNER_OF_TYPE
from shared.events.topics import CASE_TOPIC_OF_SOURCE, COMPLAINTS
from tests.unit.routing.examples import NOW, case_file, pack

_CLOCK: dict[str, Any] = {"clock": UUID(int=1), "name": "reply"}
FACTS: list[EventData] = [
    complaints.ComplaintAmendedV1(facts={"people": 12}, personal_version=2),
    complaints.ComplaintAmendedV1(personal_version=2),
    complaints.ComplaintWithdrawnV1(),
    complaints.ComplaintErasedV1(),
    *(
        complaints.CustomerRespondedV1(kind=kind, personal_version=2)
        for kind in ("accepted", "rejected", "dissatisfied", "information", "survey", "something_new")
    ),
    clocks.ClockBreachedV1(**_CLOCK, due_at=NOW),
    clocks.ClockBreachRevokedV1(**_CLOCK, due_at=NOW, met_at=NOW),
    clocks.EscalationRaisedV1(**_CLOCK, ladder="late", level=1, roles=("cs",), due_at=NOW),
    clocks.ClockReachedV1(**_CLOCK, age="15d"),
    clocks.ClockMetV1(**_CLOCK, met_at=NOW, late=False),
    clocks.ClockWarnedV1(**_CLOCK, due_at=NOW),
]


def told(file: CaseFile, data: EventData) -> CaseFile:
    return hear(file, data, NOW, pack()).file


def test_every_type_of_the_topic_is_heard_or_passed_over() -> None:
    ours = {source for source, topic in CASE_TOPIC_OF_SOURCE.items() if topic is COMPLAINTS} - {"routing"}
    foreign = {name for name, type_ in EVENT_TYPES.items() if OWNER_OF_TYPE[name] in ours and type_.topic is None}
    assert foreign - {"complaint.registered.v1"} == HEARD | PASSED_OVER
    assert {type(data).event_type for data in FACTS} == HEARD


@pytest.mark.parametrize("erased", [False, True])
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("data", FACTS, ids=lambda data: type(data).__name__)
def test_no_state_refuses_a_fact(state: State, data: EventData, erased: bool) -> None:
    before = case_file(state, erased=erased)
    heard = hear(before, data, NOW, pack())
    if isinstance(data, complaints.ComplaintWithdrawnV1):
        assert heard.file.state is State.WITHDRAWN
        assert bool(heard.says) is (state not in ENDED)
        assert heard.leaves
    else:
        assert heard.file.state is state
        assert heard.says == ()
    assert heard.file.erased is (erased or isinstance(data, complaints.ComplaintErasedV1))
    if state in ENDED:
        assert heard.regrade is None
        assert heard.file.course.talks == before.course.talks


@pytest.mark.parametrize("data", FACTS, ids=lambda data: type(data).__name__)
def test_the_same_fact_told_again_ends_no_case_twice(data: EventData) -> None:
    once = told(case_file(), data)
    assert hear(once, data, NOW, pack()).says == ()


def test_erasing_leaves_codes_and_figures_only() -> None:
    file = told(case_file(facts={"people": 12, "events": ["possible_media"]}), complaints.ComplaintErasedV1())
    assert file.reporter is None
    assert file.facts == {"people": 12, "events": ["possible_media"]}
    assert told(file, complaints.ComplaintAmendedV1(facts={"people": 3}, personal_version=9)) == file


@pytest.mark.parametrize(
    ("kind", "agreement", "talks"), [("accepted", True, 0), ("rejected", False, 1), ("dissatisfied", False, 1)]
)
def test_what_the_customer_says_opens_grounds_for_closing(kind: str, agreement: bool, talks: int) -> None:
    course = told(case_file(), complaints.CustomerRespondedV1(kind=kind, personal_version=1)).course
    assert (course.customer_response, course.agreement, course.talks) == (kind, agreement, talks)


def test_a_late_withdrawal_keeps_when_the_case_was_closed() -> None:
    closed = case_file(State.CLOSED, closed_at=NOW - timedelta(days=3), ground="accepted")
    file = told(closed, complaints.ComplaintWithdrawnV1())
    assert (file.state, file.closed_at, file.ground) == (State.WITHDRAWN, closed.closed_at, "withdrawn")
