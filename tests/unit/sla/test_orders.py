"""Orders of a pack's reactions: clocks start and are cancelled by name, ladders climb by one level."""

from shared.events import cases
from tests.unit.sla.lives import Life, regime

RECEIVED = "2026-03-09 10:00"  # a Monday
SECURE = "secure: {until: resolved, within: 2h, calendar: always, when: \"!happened('replied')\", assume: x}"
FIX = "fix: {from: registered, until: resolved, within: 1wd, assume: x}"
REACTIONS = {
    "reactions:\n": "reactions:\n  - {on: replied, do: [{start: secure}, {cancel: fix}, {climb: stuck}], assume: x}\n",
    "ladders:\n": "ladders:\n  stuck: {on: [fix.breached], levels: [{tell: cs}, {tell: cs_head}], assume: x}\n",
}


def life(**more: str) -> Life:
    return Life.of(regime(SECURE, FIX, replaced=REACTIONS), RECEIVED, **more)


def order(life: Life, act: str, name: str, at: str) -> None:
    life.tell(cases.CaseOrderedV1.model_validate({"act": act, "name": name, "event": "progressed"}), at)


def test_a_clock_starts_when_it_is_ordered_to_and_not_before() -> None:
    case = life()
    assert case.states("secure") == []
    order(case, "start", "secure", "2026-03-09 11:00")
    assert (case.due("secure"), case.states("secure")) == ("Mon 2026-03-09 13:00", ["running"])


def test_what_runs_already_goes_on_as_it_is() -> None:
    case = life()
    order(case, "start", "secure", "2026-03-09 11:00")
    order(case, "start", "secure", "2026-03-09 12:00")
    assert (case.due("secure"), case.states("secure")) == ("Mon 2026-03-09 13:00", ["running"])


def test_what_was_met_may_be_ordered_again() -> None:
    case = life()
    order(case, "start", "secure", "2026-03-09 11:00")
    case.tell(cases.CaseResolvedV1(texts_version=1), "2026-03-09 12:00")
    order(case, "start", "secure", "2026-03-09 15:00")
    assert (case.due("secure"), case.states("secure")) == ("Mon 2026-03-09 17:00", ["met", "running"])


def test_its_own_condition_still_decides_whether_it_runs() -> None:
    case = life()
    case.tell(cases.CaseRepliedV1(channel="phone", texts_version=1), "2026-03-09 10:30")
    order(case, "start", "secure", "2026-03-09 11:00")
    assert case.states("secure") == []


def test_a_cancelled_clock_stays_cancelled_whatever_becomes_known() -> None:
    case = life()
    order(case, "cancel", "fix", "2026-03-09 11:00")
    case.tell(cases.CaseFactSetV1(facts={"people": 12}), "2026-03-09 12:00")
    case.live_to("2026-03-12 10:00")
    assert case.states("fix") == ["cancelled"]
    assert ("clock.cancelled", "fix") in case.said("fix")


def test_a_breach_that_stands_is_not_cancelled_away() -> None:
    case = life()
    case.live_to("2026-03-11 10:00")
    order(case, "cancel", "fix", "2026-03-11 11:00")
    assert ("clock.breached", "fix") in case.said("fix")
    assert ("clock.breach_revoked", "fix") not in case.said("fix")


def test_a_ladder_climbs_by_one_level_each_time_and_no_further_than_its_top() -> None:
    case = life()
    for hour in (11, 12, 13):
        order(case, "climb", "stuck", f"2026-03-09 {hour}:00")
    raised = [draft.data for draft in case.file.drafts if draft.data.event_type == "escalation.raised.v1"]
    assert [(data.ladder, data.level) for data in raised] == [("stuck", 1), ("stuck", 2)]  # type: ignore[attr-defined]


def test_a_closed_or_withdrawn_case_and_history_obey_as_far_as_they_may() -> None:
    case = life()
    case.tell(cases.CaseClosedV1(ground="accepted"), "2026-03-09 12:00")
    order(case, "start", "secure", "2026-03-09 12:00")
    assert case.states("secure") == ["running"]  # what follows a closed case may have a limit too
    past = life(mode="history")
    order(past, "climb", "stuck", "2026-03-09 11:00")
    assert ("escalation.raised", "stuck") not in past.said()


def test_a_new_round_forgets_the_orders_of_the_last() -> None:
    case = life()
    order(case, "cancel", "fix", "2026-03-09 11:00")
    case.tell(cases.CaseClosedV1(ground="accepted"), "2026-03-09 12:00")
    case.tell(cases.CaseReopenedV1(round=2, texts_version=1), "2026-03-09 13:00")
    assert case.states("fix") == ["running"]
    assert case.states("secure") == []
