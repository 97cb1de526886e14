"""The capabilities C-87 to C-110 of limits, one by one, each on the life of a case. What people fill in, who is told
and what is dealt out is proved where it is done: the last test names those places."""

from importlib import import_module
from inspect import isfunction

import pytest

from services.sla.life.regime import Regime
from services.sla.schedule import warning_of
from shared.events import cases, complaints, steps, terms
from shared.events.clocks import EscalationRaisedV1
from shared.policy.durations import Duration
from tests.unit.sla.examples import calendar, cn
from tests.unit.sla.lives import Life, assessed, regime

RECEIVED = "2026-03-09 10:00"  # a Monday
DONE = cases.CaseResolvedV1(texts_version=1)
REPLIED = cases.CaseRepliedV1(channel="phone", texts_version=1)
UNHAPPY = complaints.CustomerRespondedV1(kind="dissatisfied", personal_version=2)


def limit(written: str, *, start: str = "registered", until: str = "resolved", more: str = "") -> str:
    return f"stage: {{from: {start}, until: {until}, within: {written}, {more}assume: x}}"


def told(**facts: object) -> cases.CaseFactSetV1:
    return cases.CaseFactSetV1(facts=facts)


def opened(step: str, run: str) -> steps.CaseStepOpenedV1:
    return steps.CaseStepOpenedV1(steps=(steps.OpenedStep(step=step, run=run),))


def step_done(step: str, *happened: str) -> steps.CaseStepDoneV1:
    return steps.CaseStepDoneV1(step=step, run=step, happened=(f"{step}.done", *happened), person="li.na")


def raised(life: Life) -> list[tuple[str, int, tuple[str, ...]]]:
    found = [draft.data for draft in life.file.drafts if isinstance(draft.data, EscalationRaisedV1)]
    return [(data.name, data.level, data.roles) for data in found]


@pytest.mark.parametrize(
    ("written", "due"),
    [
        ("30min", "Mon 2026-03-09 10:30"),
        ("24h", "Tue 2026-03-10 10:00"),
        ("2d", "Thu 2026-03-12 00:00"),
        ("3wd", "Thu 2026-03-12 18:00"),
        ("1w", "Tue 2026-03-17 00:00"),
    ],
)
def test_C_87_a_stage_takes_minutes_hours_days_or_working_days(written: str, due: str):
    assert Life.of(regime(limit(written)), RECEIVED).due("stage") == due


@pytest.mark.parametrize(
    ("received", "written", "due"),
    [
        ("2026-09-30 10:00", "1d", "Fri 2026-10-02 00:00"),  # plain days know no holiday
        ("2026-09-30 10:00", "1wd", "Thu 2026-10-08 18:00"),
        ("2026-09-30 10:00", "24h", "Thu 2026-10-01 10:00"),
        (RECEIVED, "{within: same_day, cut_off: '16:00'}", "Tue 2026-03-10 00:00"),
        ("2026-03-09 16:30", "{within: same_day, cut_off: '16:00'}", "Tue 2026-03-10 18:00"),
        ("2026-03-13 16:30", "{within: same_day, cut_off: '16:00'}", "Mon 2026-03-16 18:00"),
    ],
)
def test_C_88_days_working_days_running_hours_and_the_same_day_with_its_cut_off(received: str, written: str, due: str):
    assert Life.of(regime(limit(written)), received).due("stage") == due


def test_C_88_each_site_has_its_own_holidays():
    pack = regime(limit("1wd"))
    day = type(calendar().document).model_validate(
        {**calendar().document.model_dump(), "code": "p01", "holidays": {"2026-03-10": {"zh": "店庆", "en": "Feast"}}}
    )
    there = Regime.of(pack.pack, type(calendar()).compile(day))
    assert (Life.of(pack, RECEIVED).due("stage"), Life.of(there, RECEIVED).due("stage")) == (
        "Tue 2026-03-10 18:00", "Wed 2026-03-11 18:00",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("start", "event"),
    [
        ("admitted", cases.CaseAdmittedV1()),
        ("assigned", cases.CaseAssignedV1(department="property")),
        ("consult.received", steps.CaseTaskReceivedV1(step="consult", run="consult", person="li.na")),
        ("site_survey.done", step_done("site_survey")),
        ("assess_risk.done", step_done("assess_risk")),
        ("people.set", told(people=3)),
        ("resolved", DONE),
    ],
)
def test_C_89_a_limit_begins_with_what_the_pack_says(start: str, event: object):
    life = Life.of(regime(limit("1wd", start=start, until="closed")), RECEIVED)
    assert life.states("stage") == []
    life.tell(event, "2026-03-11 10:00")  # type: ignore[arg-type]
    assert (life.clock("stage").clock.started_at, life.due("stage")) == (cn("2026-03-11 10:00"), "Thu 2026-03-12 18:00")


def test_C_89_a_limit_may_begin_when_the_matter_arose():
    pack = regime(limit("1d", start="{later_of: [arisen_at, registered]}"))
    late = Life.of(pack, RECEIVED, happened_at=cn("2026-03-10 09:00"))
    assert late.clock("stage").clock.started_at == cn("2026-03-10 09:00")
    assert Life.of(pack, RECEIVED, happened_at=cn("2026-03-01 09:00")).clock("stage").clock.started_at == cn(RECEIVED)


@pytest.mark.parametrize(
    ("channel", "due"),
    [("phone", "Tue 2026-03-10 00:00"), ("letter", "Thu 2026-03-12 18:00"), ("app", "Tue 2026-03-10 10:00")],
)
def test_C_90_the_limit_goes_by_the_way_in(channel: str, due: str):
    rows = "{within: same_day, when: \"medium == 'oral'\"}, {within: 24h, when: \"medium == 'online'\"}, {within: 3wd}"
    assert Life.of(regime(limit(f"{{pick: [{rows}]}}")), RECEIVED, channel=channel).due("stage") == due


def test_C_91_the_limit_goes_by_the_class_and_follows_it():
    life = Life.of(regime(limit('{pick: [{within: 1wd, when: "grade <= 2"}, {within: 5wd}]}')), RECEIVED)
    life.tell(assessed("4"), RECEIVED)
    assert life.due("stage") == "Mon 2026-03-16 18:00"
    life.tell(assessed("2", "4"), "2026-03-09 11:00")
    assert life.due("stage") == "Tue 2026-03-10 18:00"


def test_C_92_a_time_agreed_with_the_customer_is_watched():
    pack = regime(limit("{agreed_with: customer, max: 10wd}", until="replied", more="promise: customer, "))
    life = Life.of(pack, RECEIVED)
    life.tell(terms.CaseAgreedV1(until=cn("2026-03-11 15:00"), clock="stage"), "2026-03-09 11:00")
    life.live_to("2026-03-11 16:00")
    assert life.states("stage") == ["breached"]
    assert life.clock("stage").clock.customer


def test_C_93_a_supervisor_sets_the_limit_of_one_assignment():
    life = Life.of(regime(limit("{set_by: cs, max: 5wd}")), RECEIVED)
    life.tell(terms.CaseLimitSetV1(clock="stage", within="2wd"), "2026-03-09 11:00")
    assert life.due("stage") == "Wed 2026-03-11 18:00"


def test_C_94_an_extension_is_bounded_by_number_and_by_the_cap():
    life = Life.of(regime(limit("3wd", more="cap: 8d, extend: {max: 2, reason: required, tell: customer}, ")), RECEIVED)
    for day, due in (("10", "Mon 2026-03-16 18:00"), ("11", "Wed 2026-03-18 00:00"), ("12", "Wed 2026-03-18 00:00")):
        life.tell(terms.CaseExtendedV1(clock="stage", by="2wd"), f"2026-03-{day} 11:00")
        assert life.due("stage") == due


def test_C_95_the_cadence_of_records_changes_with_the_case_and_a_missed_one_is_told():
    life = Life.of(regime(), RECEIVED)
    life.tell(cases.CaseAdmittedV1(), RECEIVED)
    assert life.due("tracking") == "Tue 2026-03-17 00:00"
    life.tell(cases.CaseProgressedV1(texts_version=1), "2026-03-12 10:00")
    assert life.due("tracking") == "Fri 2026-03-20 00:00"
    life.tell(told(principle_told=True), "2026-03-13 10:00")
    assert life.due("tracking") == "Mon 2026-04-13 00:00"  # monthly, since nothing can be agreed
    life.live_to("2026-04-13 09:00")
    assert ("tracking", 1, ("owner", "cs")) in raised(life)
    assert life.states("tracking")[-2:] == ["breached", "running"]


def test_C_96_the_late_are_chased_before_and_after_their_limit():
    life = Life.of(regime(), RECEIVED)
    life.tell(cases.CaseAdmittedV1(), RECEIVED)
    life.live_to("2026-03-16 18:00")
    of_reply = [name for name, clock in life.said("reply") if clock == "reply"]
    assert of_reply == ["clock.started", "clock.warned", "clock.breached", "escalation.raised"]
    reply = life.clock("reply").clock
    assert reply.warn_at == warning_of(reply, calendar(), 0.8) < reply.due_at


def test_C_96_the_word_before_may_come_a_while_ahead():
    life = Life.of(regime(limit("3wd", more="before: {at: 4wh, tell: cs}, ")), RECEIVED)
    assert life.clock("stage").clock.warn_at == cn("2026-03-12 14:00")
    assert life.file.regime.rules["stage"].warn == Duration(4, "wh")


def test_C_97_each_time_it_is_late_the_next_level_hears_up_to_the_top():
    life = Life.of(regime(), RECEIVED)
    life.tell(cases.CaseAdmittedV1(), RECEIVED)
    life.live_to("2026-03-31 00:00")
    assert [level for name, level, _ in raised(life) if name == "reply"] == [1, 2, 3]


@pytest.mark.parametrize("event", [UNHAPPY, told(cannot_solve=True)], ids=["C_98_dissatisfied", "C_97_cannot_solve"])
def test_who_is_dissatisfied_or_cannot_solve_it_climbs_too(event: object):
    ladder = (
        "ladders:\n  up: {on: [dissatisfied, cannot_solve.set], levels: [{tell: cs}, {tell: cs_head}], assume: x}\n"
    )
    fact = "cannot_solve: {zh: 不能解决, en: cannot be solved, bool: true, decide: cs, unknown_as: false, assume: x}"
    asked = 'asked: {from: registered, until: closed, within: 9wd, when: "!cannot_solve", assume: x}'
    life = Life.of(regime(asked, facts=(fact,), replaced={"ladders:\n": ladder}), RECEIVED)
    life.tell(event, "2026-03-09 11:00")  # type: ignore[arg-type]
    life.tell(UNHAPPY, "2026-03-09 12:00")
    assert raised(life) == [("up", 1, ("cs",)), ("up", 2, ("cs_head",))]


def test_C_99_after_the_closing_each_department_answers_for_its_timeliness_by_a_limit_of_its_own():
    life = Life.of(regime(), RECEIVED)
    life.tell(cases.CaseClosedV1(ground="accepted"), "2026-03-10 10:00")
    life.tell(opened("consult", "consult"), "2026-03-11 11:00")
    life.tell(opened("consult", "consult.2"), "2026-03-12 11:00")
    life.tell(terms.CaseLimitSetV1(clock="consult", run="consult.2", within="1wd"), "2026-03-12 12:00")
    life.tell(step_done("consult"), "2026-03-13 10:00")
    life.live_to("2026-03-13 18:00")
    assert (life.states("consult"), life.due("consult")) == (["met", "breached"], "Fri 2026-03-13 18:00")


def test_C_100_each_step_and_each_department_asked_has_its_own_limit():
    life = Life.of(regime(), RECEIVED)
    life.tell(opened("consult", "consult"), "2026-03-09 11:00")
    life.tell(opened("consult", "consult.2"), "2026-03-10 11:00")
    life.tell(step_done("consult"), "2026-03-10 12:00")
    assert (life.states("consult"), life.due("consult")) == (["met", "running"], "Fri 2026-03-13 18:00")


def test_C_101_a_follow_up_begins_with_the_completion_and_goes_by_the_kind_of_work():
    kinds = "{leak: {zh: 漏水, en: leak}, other: {zh: 其他, en: other}}"
    kind = f"kind: {{zh: 类别, en: kind, enum: {kinds}, decide: cs, unknown_as: other, assume: x}}"
    rows = "{pick: [{within: 2d, when: \"kind == 'leak'\"}, {within: 7d}], cap: 1w}"
    life = Life.of(regime(limit(rows, start="closed", until="follow_up.done"), facts=(kind,)), RECEIVED)
    life.tell(told(kind="leak"), RECEIVED)
    life.tell(cases.CaseClosedV1(ground="accepted"), "2026-03-10 10:00")
    assert life.due("stage") == "Fri 2026-03-13 00:00"
    life.tell(cases.CaseFollowedUpV1(reached=False, satisfied=None, texts_version=1), "2026-03-11 10:00")
    assert life.states("stage") == ["running"]  # nobody answered: it is still owed
    life.tell(cases.CaseFollowedUpV1(reached=True, satisfied=True, texts_version=1), "2026-03-12 10:00")
    assert life.states("stage") == ["met"]


@pytest.mark.parametrize(("contactable", "states"), [(True, ["running"]), (False, [])])
def test_C_104_nobody_is_followed_up_who_cannot_be_reached(contactable: bool, states: list[str]):
    life = Life.of(regime(), RECEIVED, contactable=contactable)
    life.tell(DONE, "2026-03-10 10:00")
    assert life.states("follow_up") == states


def test_C_105_a_follow_up_is_planned_by_seriousness():
    rows = '{pick: [{within: 1wd, when: "grade <= 2"}, {within: 5wd}]}'
    life = Life.of(regime(limit(rows, start="resolved", until="follow_up.done")), RECEIVED)
    life.tell(assessed("2"), RECEIVED)
    life.tell(DONE, "2026-03-10 10:00")
    assert life.due("stage") == "Wed 2026-03-11 18:00"


def test_C_108_an_appointment_about_to_be_missed_is_warned_of():
    fact = "visit_at: {zh: 上门时间, en: time of the visit, instant: true, decide: cs, assume: x}"
    visit = "visit: {from: registered, until: resolved, due_at: visit_at, before: {at: 2h, tell: cs}, assume: x}"
    life = Life.of(regime(visit, facts=(fact,)), RECEIVED)
    life.tell(told(visit_at="2026-03-11T14:00:00+08:00"), "2026-03-09 11:00")
    life.live_to("2026-03-11 12:00")
    assert life.said("visit") == [("clock.started", "visit"), ("clock.warned", "visit")]


def test_C_110_only_delay_by_our_cause_uses_a_limit_up_and_ages_a_case():
    life = Life.of(regime(limit("5d", more="counts_when: \"delay_cause == 'ours'\", ")), RECEIVED)
    assert (life.states("stage"), life.states("grade.registered_at.15d")) == (["paused"], ["running"])
    life.tell(told(delay_cause="ours"), "2026-03-11 10:00")
    assert life.due("stage") == "Mon 2026-03-16 00:00"
    life.live_to("2026-03-25 00:00")
    assert ("clock.reached", "grade.registered_at.15d") in life.said()


ELSEWHERE = {
    "C-94": "storage.test_routing_steps.test_r12_a_time_is_agreed_and_r20_a_limit_extended_with_its_reason",
    "C-99": "scenarios.small_office.test_timeliness."
    "test_the_timeliness_of_each_department_is_audited_after_the_closing",
    "C-102": "scenarios.management_office.test_repairs."
    "test_R_004_07_r01_whose_share_is_not_met_is_told_when_the_month_is_over",
    "C-103": "scenarios.management_office.test_repairs."
    "test_R_004_07_r03_the_visit_is_on_the_spot_checks_the_charges_and_is_signed",
    "C-106": "scenarios.management_office.test_repairs."
    "test_R_004_07_r04_a_problem_found_is_put_to_the_repair_team_in_writing_within_a_day",
    "C-107": "scenarios.management_office.test_duties."
    "test_R_004_06_r04_follow_ups_are_summed_up_each_month_and_reviewed",
    "C-109": "unit.policy.test_broken_packs.test_a_broken_pack_is_refused_where_it_is_broken",
    "C-108": "scenarios.management_office.test_appointments."
    "test_R_004_05_r04_a_missed_appointment_stays_missed_when_another_is_agreed",
}
"""Capabilities whose other half people do: where that is proved."""


@pytest.mark.parametrize(("capability", "place"), ELSEWHERE.items())
def test_what_people_do_about_a_limit_is_proved_where_it_is_done(capability: str, place: str):
    module, _, name = place.rpartition(".")
    assert isfunction(getattr(import_module(f"tests.{module}"), name)), capability
