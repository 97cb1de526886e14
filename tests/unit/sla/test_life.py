"""What packs may say of clocks beyond the default one, each proved on a life."""

from datetime import timedelta

import pytest

from services.sla.life.file import Kind
from shared.events import cases, complaints, steps
from shared.events.clocks import EscalationRaisedV1
from tests.unit.sla.examples import cn
from tests.unit.sla.lives import Life, assessed, regime

RECEIVED = "2026-03-09 10:00"  # a Monday


def told(**facts: object) -> cases.CaseFactSetV1:
    return cases.CaseFactSetV1(facts=facts)


def test_a_clock_waits_for_the_fact_that_decides_and_keeps_its_start():
    life = Life.of(
        regime('major_reply: {from: registered, until: replied, within: 2wd, when: "third_party_liable", assume: x}',
               replaced={"unknown_as: false, rule: R-001-18/r40": "rule: R-001-18/r40"}),
        RECEIVED,
    )  # fmt: skip
    assert life.states("major_reply") == []
    life.tell(told(third_party_liable=True), "2026-03-10 15:00")
    assert (life.clock("major_reply").clock.started_at, life.due("major_reply")) == (
        cn(RECEIVED),
        "Wed 2026-03-11 18:00",
    )


def test_a_clock_whose_condition_is_gone_is_cancelled_and_comes_back_with_it():
    pack = regime('liable: {from: registered, until: replied, within: 3wd, when: "third_party_liable", assume: x}')
    life = Life.of(pack, RECEIVED)
    life.tell(told(third_party_liable=True), "2026-03-09 11:00")
    life.tell(told(third_party_liable=False), "2026-03-09 12:00")
    life.tell(told(third_party_liable=True), "2026-03-09 13:00")
    assert life.states("liable") == ["cancelled", "running"]
    assert life.clock("liable").clock.started_at == cn(RECEIVED)
    life.tell(cases.CaseRepliedV1(channel="phone", texts_version=1), "2026-03-09 14:00")
    life.tell(told(third_party_liable=False), "2026-03-09 15:00")
    life.tell(told(third_party_liable=True), "2026-03-09 16:00")
    assert life.states("liable") == ["cancelled", "met"]  # what was answered is not asked for again


def test_nothing_is_asked_for_that_was_done_before_the_condition_held():
    pack = regime('liable: {from: registered, until: replied, within: 3wd, when: "third_party_liable", assume: x}')
    life = Life.of(pack, RECEIVED)
    life.tell(cases.CaseRepliedV1(channel="phone", texts_version=1), "2026-03-09 14:00")
    life.tell(told(third_party_liable=True), "2026-03-09 15:00")
    assert life.states("liable") == []


def test_the_later_of_two_starts_counts():
    life = Life.of(
        regime("both: {from: {later_of: [admitted, assigned]}, until: replied, within: 1wd, assume: x}"), RECEIVED
    )
    life.tell(cases.CaseAdmittedV1(), RECEIVED)
    assert life.states("both") == []
    life.tell(cases.CaseAssignedV1(department="property"), "2026-03-10 09:00")
    assert life.due("both") == "Wed 2026-03-11 18:00"


def test_the_first_of_two_starts_counts():
    life = Life.of(regime("any: {from: [admitted, assigned], until: replied, within: 1wd, assume: x}"), RECEIVED)
    life.tell(cases.CaseAdmittedV1(), RECEIVED)
    life.tell(cases.CaseAssignedV1(department="property"), "2026-03-10 09:00")
    assert life.due("any") == "Tue 2026-03-10 18:00"
    assert life.states("any") == ["running"]


def test_dissatisfaction_rearms_a_clock_that_was_met():
    life = Life.of(
        regime("answer: {from: registered, until: replied, rearm: dissatisfied, within: 2wd, assume: x}"), RECEIVED
    )
    life.tell(cases.CaseRepliedV1(channel="phone", texts_version=1), "2026-03-09 14:00")
    life.tell(complaints.CustomerRespondedV1(kind="dissatisfied", personal_version=2), "2026-03-10 09:00")
    assert (life.states("answer"), life.due("answer")) == (["met", "running"], "Thu 2026-03-12 18:00")
    life.tell(complaints.CustomerRespondedV1(kind="dissatisfied", personal_version=3), "2026-03-11 09:00")
    assert (life.states("answer"), life.due("answer")) == (["met", "cancelled", "running"], "Fri 2026-03-13 18:00")


APPOINTMENT = (
    "visit: {from: registered, until: resolved, due_at: visit_at, rearm: informed, assume: x}",
    "visit_at: {zh: 上门时间, en: time of the visit, instant: true, decide: cs, assume: x}",
)


def appointed(*, looked: bool = True) -> Life:
    """An appointment on Tuesday at 14:00 that nobody has kept by 16:00."""
    life = Life.of(regime(APPOINTMENT[0], facts=APPOINTMENT[1:]), RECEIVED)
    life.tell(told(visit_at="2026-03-10T14:00:00+08:00"), "2026-03-09 11:00")
    if looked:
        life.live_to("2026-03-10 16:00")
        assert life.states("visit") == ["breached"]
    return life


@pytest.mark.parametrize("looked", [True, False])
def test_another_appointment_stands_beside_the_one_nobody_kept(looked: bool):
    life = appointed(looked=looked)
    life.tell(told(visit_at="2026-03-11T14:00:00+08:00"), "2026-03-10 16:00")
    life.tell(cases.CaseProgressedV1(texts_version=1, informed=True), "2026-03-10 16:00")  # arms it for what it runs to
    assert (life.states("visit"), life.due("visit")) == (["breached", "running"], "Wed 2026-03-11 14:00")
    assert life.file.of("visit")[0].climb_at is None
    life.tell(told(visit_at="2026-03-12T14:00:00+08:00"), "2026-03-11 09:00")
    assert (life.states("visit"), life.due("visit")) == (["breached", "running"], "Thu 2026-03-12 14:00")
    life.tell(cases.CaseResolvedV1(texts_version=1), "2026-03-12 13:00")
    first, second = (watched.clock for watched in life.file.of("visit"))
    assert (first.breached_at, second.breached_at) == (cn("2026-03-10 14:00"), None)
    assert life.said("visit") == [
        ("clock.started", "visit"), ("clock.breached", "visit"), ("clock.started", "visit"),
        ("clock.adjusted", "visit"), ("clock.met", "visit"), ("clock.met", "visit"),
    ]  # fmt: skip


def test_an_appointment_put_off_in_time_was_not_missed_however_late_that_is_heard():
    life = appointed()
    life.tell(told(visit_at="2026-03-11T14:00:00+08:00"), "2026-03-10 13:00")
    assert (life.states("visit"), life.due("visit")) == (["running"], "Wed 2026-03-11 14:00")


def test_a_visit_in_time_that_is_heard_of_late_was_kept_whatever_was_agreed_since():
    life = appointed()
    life.tell(told(visit_at="2026-03-11T14:00:00+08:00"), "2026-03-10 16:00")
    life.tell(cases.CaseResolvedV1(texts_version=1), "2026-03-10 13:00")
    assert life.states("visit") == ["met", "met"]
    assert all(watched.clock.breached_at is None for watched in life.file.of("visit"))


def test_a_longer_limit_does_not_bring_back_what_was_missed_before_it_was_armed_again():
    pack = regime(
        "answer: {from: registered, until: replied, rearm: dissatisfied, assume: x, "
        'within: {pick: [{within: 9wd, when: "third_party_liable"}, {within: 1wd}]}}'
    )
    life = Life.of(pack, RECEIVED)
    life.live_to("2026-03-11 09:00")
    life.tell(complaints.CustomerRespondedV1(kind="dissatisfied", personal_version=2), "2026-03-11 09:00")
    assert life.states("answer") == ["breached", "running"]
    life.tell(told(third_party_liable=True), "2026-03-11 10:00")
    assert (life.states("answer"), life.due("answer")) == (["breached", "running"], "Tue 2026-03-24 18:00")


def test_a_clock_may_be_due_at_a_day_that_is_told():
    pack = regime(
        "visit: {from: registered, until: resolved, due_at: visit_on, assume: x}",
        facts=("visit_on: {zh: 上门日, en: day of the visit, date: true, decide: cs, assume: x}",),
    )
    life = Life.of(pack, RECEIVED)
    assert life.states("visit") == []
    life.tell(told(visit_on="2026-03-12"), "2026-03-09 11:00")
    assert life.due("visit") == "Fri 2026-03-13 00:00"  # all of the 12th
    life.tell(told(visit_on="2026-03-16"), "2026-03-10 11:00")
    assert life.due("visit") == "Tue 2026-03-17 00:00"
    assert life.said("visit") == [("clock.started", "visit"), ("clock.adjusted", "visit")]


def test_a_limit_people_have_to_agree_on_does_not_run_before_they_do():
    life = Life.of(
        regime("talk: {from: registered, until: replied, within: {agreed_with: customer}, assume: x}"), RECEIVED
    )
    assert life.states("talk") == []


def test_a_limit_without_a_cap_ends_later():
    capped = regime("both: {from: registered, until: replied, within: 5wd, cap: 2d, assume: x}")
    assert Life.of(capped, RECEIVED).due("both") == "Thu 2026-03-12 00:00"


def test_a_clock_around_the_clock_takes_no_office_hours():
    pack = regime("always: {from: registered, until: replied, within: 8wh, calendar: always, assume: x}")
    life = Life.of(pack, RECEIVED)
    assert life.due("always") == "Mon 2026-03-09 18:00"
    assert life.clock("always").clock.calendar_code == "always"


@pytest.mark.parametrize(("clocks", "started"), [("keep_start", RECEIVED), ("restart", "2026-03-10 09:00")])
def test_a_pack_says_whether_a_new_grade_begins_its_clocks_anew(clocks: str, started: str):
    life = Life.of(regime(replaced={"clocks: keep_start": f"clocks: {clocks}"}), RECEIVED)
    life.tell(cases.CaseAdmittedV1(), RECEIVED)
    life.tell(assessed("4"), RECEIVED)
    assert life.clock("reply").clock.started_at == cn(RECEIVED)
    life.tell(assessed("2", "4"), "2026-03-10 09:00")
    assert life.clock("reply").clock.started_at == cn(started)
    assert (("clock.adjusted", "reply") in life.said()) is (clocks == "restart")


def test_an_age_ends_by_the_projects_own_midnight():
    life = Life.of(regime(), RECEIVED)
    assert life.due("grade.registered_at.15d") == "Wed 2026-03-25 00:00"
    assert life.clock("grade.registered_at.15d").kind is Kind.AGE
    life.live_to("2026-03-25 00:00")
    assert ("clock.reached", "grade.registered_at.15d") in life.said()


def test_an_age_follows_the_fact_it_is_reckoned_from():
    pack = regime(
        facts=("moved_in: {zh: 入住日, en: moving in, date: true, decide: cs, assume: x}",),
        replaced={"open && older_than(registered_at, '15d')": "open && older_than(moved_in, '15d')"},
    )
    life = Life.of(pack, RECEIVED)
    assert life.states("grade.moved_in.15d") == []
    life.tell(told(moved_in="2026-03-01"), "2026-03-09 11:00")
    assert life.due("grade.moved_in.15d") == "Tue 2026-03-17 00:00"
    life.tell(told(moved_in="2026-03-05"), "2026-03-09 12:00")
    assert (life.states("grade.moved_in.15d"), life.due("grade.moved_in.15d")) == (
        ["cancelled", "running"],
        "Sat 2026-03-21 00:00",
    )


def test_the_ledger_of_a_clock_has_no_gaps():
    life = Life.of(regime(), RECEIVED)
    life.tell(cases.CaseAdmittedV1(), RECEIVED)
    life.live_to("2026-04-20 00:00")
    life.tell(told(needs_coordination=True, principle_told=True), "2026-04-20 10:00")
    life.tell(cases.CaseProgressedV1(texts_version=1), "2026-04-21 10:00")
    life.tell(cases.CaseClosedV1(ground="accepted"), "2026-04-22 10:00")
    for watched in life.file.clocks.values():
        numbers = [line.number for line in life.file.lines if line.clock == watched.clock.id]
        assert numbers == list(range(watched.entries))
    assert not [watched for watched in life.file.clocks.values() if watched.is_open]


def test_a_warning_comes_at_the_share_the_pack_says():
    life = Life.of(regime(replaced={"before: {at: 80%": "before: {at: 50%"}), RECEIVED)
    life.tell(cases.CaseAdmittedV1(), RECEIVED)
    reply = life.clock("reply").clock
    assert reply.warn_at is not None
    assert cn(RECEIVED) < reply.warn_at < reply.due_at - timedelta(days=2)


def test_a_ladder_without_a_step_raises_all_levels_with_the_breach():
    life = Life.of(regime(replaced={", each: 2wd": ""}), RECEIVED)
    life.tell(cases.CaseAdmittedV1(), RECEIVED)
    life.live_to("2026-03-17 12:00")  # of three levels at once the highest speaks
    raised = [draft.data for draft in life.file.drafts if isinstance(draft.data, EscalationRaisedV1)]
    assert [(data.name, data.level) for data in raised] == [("reply", 3), ("tracking", 3)]


def opened(*runs: str) -> steps.CaseStepOpenedV1:
    return steps.CaseStepOpenedV1(steps=tuple(steps.OpenedStep(step="consult", run=run) for run in runs))


def answered(run: str) -> steps.CaseStepDoneV1:
    return steps.CaseStepDoneV1(step="consult", run=run, happened=("consult.done",), person="li.na")


def test_of_departments_asked_at_once_each_has_its_own_limit():
    life = Life.of(regime(), RECEIVED)
    life.tell(opened("consult", "consult.2"), "2026-03-09 11:00")
    life.tell(opened("consult.3"), "2026-03-10 11:00")
    assert life.states("consult") == ["running"] * 3
    assert life.due("consult") == "Fri 2026-03-13 18:00"
    life.tell(answered("consult.2"), "2026-03-11 11:00")
    assert life.states("consult") == ["running", "met", "running"]
    life.live_to("2026-03-13 09:00")
    assert life.states("consult") == ["breached", "met", "running"]
    life.tell(cases.CaseReopenedV1(round=2, texts_version=1), "2026-03-13 10:00")
    life.tell(opened("consult.4"), "2026-03-13 11:00")
    life.tell(answered("consult.4"), "2026-03-13 12:00")
    assert life.states("consult") == ["met"]


def test_a_piece_of_work_opened_again_has_a_limit_of_its_own():
    life = Life.of(regime(), RECEIVED)
    life.tell(opened("consult"), "2026-03-09 11:00")
    life.tell(answered("consult"), "2026-03-09 12:00")
    life.tell(opened("consult.2"), "2026-03-10 11:00")
    assert (life.states("consult"), life.due("consult")) == (["met", "running"], "Fri 2026-03-13 18:00")
