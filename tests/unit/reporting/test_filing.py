"""A case as its file sees it: events in causal order whatever order they are read in, forms as they came to be."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.reporting.domain import Filing, Keeping
from services.reporting.policy.filing import in_causal_order, whole_of
from shared.events.cases import CaseClosedV1, CaseReopenedV1
from shared.events.complaints import ComplaintErasedV1, ComplaintWithdrawnV1
from shared.events.envelope import Envelope, Event, EventData
from shared.events.steps import CaseFormMarkedV1, CaseStepDoneV1
from shared.policy.loading import load_pack, packaged_pack_text
from tests.unit.reporting.test_projections import registration

PACK = load_pack(packaged_pack_text("developer-property"))
START = datetime(2026, 3, 2, 2, tzinfo=UTC)


def event(data: EventData, source: str, sequence: int, after: dict[str, int], *, minute: int = 0) -> Event:
    at = START + timedelta(minutes=minute)
    envelope = Envelope(
        UUID(int=sequence), data.event_type, source, UUID(int=1), sequence, after, at, "P01", "cause", "li.na"
    )
    return Event(envelope, data)


def told(*data: EventData) -> list[Event]:
    """These events of routing, a minute apart, after the registration."""
    first = event(registration().data, "intake", 1, {})
    return [first, *(event(each, "routing", n, {"intake": 1}, minute=n) for n, each in enumerate(data, start=1))]


def step(name: str, *happened: str, filled: tuple[str, ...] = (), part: int | None = None) -> CaseStepDoneV1:
    return CaseStepDoneV1(step=name, run=name, happened=happened, person="li.na", filled=filled, part=part)


def test_events_are_put_in_causal_order_though_the_clocks_of_the_services_differ() -> None:
    registered = event(registration().data, "intake", 1, {}, minute=30)  # this clock is fast
    withdrawn = event(ComplaintWithdrawnV1(), "intake", 2, {"routing": 1}, minute=31)
    closed = event(CaseClosedV1(ground="g"), "routing", 1, {"intake": 1}, minute=1)
    reopened = event(CaseReopenedV1(round=2, texts_version=1), "routing", 2, {"intake": 2}, minute=2)
    events = [registered, closed, withdrawn, reopened]
    for seed in range(24):
        mixed = random.Random(seed).sample(events, 4)  # noqa: S311
        assert in_causal_order(mixed) == events


def test_what_cannot_be_put_in_order_is_told_all_the_same() -> None:
    one = event(CaseClosedV1(ground="g"), "routing", 1, {"intake": 2}, minute=1)
    other = event(ComplaintWithdrawnV1(), "intake", 1, {"routing": 1}, minute=2)
    assert in_causal_order([other, one]) == [one, other]


def test_forms_are_there_once_somebody_wrote_on_them() -> None:
    events = told(
        step("consult", "consult.arrived"),
        step("consult", filled=("explanation",)),
        step("consult", "consult.done", filled=("nature",)),
        step("compensation", part=0, filled=("basis",)),
        step("compensation", "undertaking.signed", part=2),
        step("compensation", "compensation.paid", part=3),
        CaseFormMarkedV1(form="event_report", filled=("outcome",)),
    )
    whole = whole_of(events, PACK)
    assert whole.forms == {
        "cooperation_slip": START + timedelta(minutes=2),
        "compensation_application": START + timedelta(minutes=4),
        "undertaking": START + timedelta(minutes=5),
        "event_report": START + timedelta(minutes=7),
    }
    assert whole.known.compensated


def test_a_case_ends_once_and_anew_after_it_was_opened_again() -> None:
    closed, reopened = CaseClosedV1(ground="g"), CaseReopenedV1(round=2, texts_version=1)
    assert whole_of(told(closed, ComplaintWithdrawnV1()), PACK).ended_at == START + timedelta(minutes=1)
    assert whole_of(told(closed, reopened), PACK).ended_at is None
    assert whole_of(told(closed, reopened, closed), PACK).ended_at == START + timedelta(minutes=3)
    assert whole_of(told(closed, ComplaintErasedV1()), PACK).erased_at == START + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("kept_for", "held", "erased", "keeping"),
    [
        (None, False, False, Keeping.KEPT),
        (timedelta(seconds=1), False, False, Keeping.KEPT),
        (timedelta(), False, False, Keeping.DUE_FOR_REMOVAL),
        (timedelta(), True, False, Keeping.HELD),
        (timedelta(days=1), True, False, Keeping.KEPT),
        (timedelta(days=1), True, True, Keeping.REMOVED),
    ],
)
def test_what_is_to_become_of_a_filed_case(
    kept_for: timedelta | None, held: bool, erased: bool, keeping: Keeping
) -> None:
    until = None if kept_for is None else START + kept_for
    filing = Filing(
        UUID(int=1), 0, "P01", "P01-2026-0001", "p", 1, UUID(int=2), "case", None, False, None, None, (), START, until,
        None, held, START if erased else None, "R-003/r27",
    )  # fmt: skip
    assert filing.keeping(START) is keeping
