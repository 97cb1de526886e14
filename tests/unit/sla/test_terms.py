"""What people agree, set, extend or suspend moves the clocks it is meant for, and no others."""

import pytest

from services.sla.storage.terms import terms_as_json, terms_of
from shared.events import cases, steps, terms
from tests.unit.sla.examples import cn, local
from tests.unit.sla.lives import Life, regime

RECEIVED = "2026-03-09 10:00"  # a Monday
PAUSING = {"pause: {causes: none": "pause: {causes: [customer_away]"}


def agreed(until: str, clock: str | None = None) -> terms.CaseAgreedV1:
    return terms.CaseAgreedV1(until=cn(until), clock=clock)


def test_an_agreed_time_starts_its_clock_and_a_new_one_moves_it():
    pack = regime("talk: {from: agreed, until: replied, within: {agreed_with: customer, max: 10wd}, assume: x}")
    life = Life.of(pack, RECEIVED)
    life.tell(agreed("2026-03-12 15:00"), "2026-03-09 11:00")
    assert life.due("talk") == "Thu 2026-03-12 15:00"
    life.tell(agreed("2026-03-13 15:00"), "2026-03-10 11:00")
    assert (life.states("talk"), life.due("talk")) == (["running"], "Fri 2026-03-13 15:00")


def test_an_agreement_beyond_the_maximum_ends_with_the_maximum():
    pack = regime("talk: {from: registered, until: replied, within: {agreed_with: customer, max: 3wd}, assume: x}")
    life = Life.of(pack, RECEIVED)
    life.tell(agreed("2026-04-20 15:00", "talk"), "2026-03-09 11:00")
    assert life.due("talk") == "Thu 2026-03-12 18:00"


def test_a_default_runs_until_something_is_agreed():
    pack = regime("talk: {from: registered, until: replied, within: {agreed_with: customer, default: 2wd}, assume: x}")
    life = Life.of(pack, RECEIVED)
    assert life.due("talk") == "Wed 2026-03-11 18:00"
    life.tell(agreed("2026-03-16 09:00"), "2026-03-09 11:00")
    assert life.due("talk") == "Mon 2026-03-16 09:00"


@pytest.mark.parametrize(
    ("written", "due"),
    [
        ({"within": "4wd"}, "Fri 2026-03-13 18:00"),
        ({"within": "9wd"}, "Mon 2026-03-16 18:00"),  # at most five working days
        ({"until": cn("2026-03-11 12:00")}, "Wed 2026-03-11 12:00"),
    ],
)
def test_a_limit_written_on_the_slip_counts_for_its_clock(written: dict[str, object], due: str):
    pack = regime("opinion: {from: registered, until: replied, within: {set_by: cs, max: 5wd}, assume: x}")
    life = Life.of(pack, RECEIVED)
    assert life.states("opinion") == []
    life.tell(terms.CaseLimitSetV1.model_validate({"clock": "opinion", **written}), "2026-03-09 11:00")
    assert (life.states("opinion"), life.due("opinion")) == (["running"], due)


def opened(*runs: str) -> steps.CaseStepOpenedV1:
    return steps.CaseStepOpenedV1(steps=tuple(steps.OpenedStep(step="consult", run=run) for run in runs))


def answered(run: str) -> steps.CaseStepDoneV1:
    return steps.CaseStepDoneV1(step="consult", run=run, happened=("consult.done",), person="li.na")


def set_for(run: str | None, **limit: object) -> terms.CaseLimitSetV1:
    return terms.CaseLimitSetV1.model_validate({"clock": "consult", "run": run, **limit})


def dues(life: Life) -> list[str]:
    return [local(watched.clock.due_at)[4:] for watched in life.file.of("consult")]


def test_of_several_departments_each_has_the_limit_that_was_agreed_with_it():
    life = Life.of(regime(), RECEIVED)
    life.tell(opened("consult", "consult.2", "consult.3"), "2026-03-09 11:00")
    assert dues(life) == ["2026-03-12 18:00"] * 3
    life.tell(terms.CaseAgreedV1(until=cn("2026-03-10 15:00"), clock="consult", run="consult.2"), "2026-03-09 12:00")
    life.tell(set_for("consult.3", within="5wd"), "2026-03-09 12:00")
    assert dues(life) == ["2026-03-12 18:00", "2026-03-10 15:00", "2026-03-16 18:00"]
    life.live_to("2026-03-10 16:00")
    assert life.states("consult") == ["running", "breached", "running"]
    life.tell(answered("consult.3"), "2026-03-10 17:00")
    assert life.states("consult") == ["running", "breached", "met"]
    life.tell(agreed("2026-03-17 15:00", "consult"), "2026-03-10 17:30")  # the latest word, for all of them
    assert dues(life) == ["2026-03-17 15:00", "2026-03-17 15:00", "2026-03-16 18:00"]


UNSET = {"within: {agreed_with: dept, default: $consult}": "within: {agreed_with: dept}"}


def test_each_department_that_waits_for_a_limit_gets_its_own_from_when_it_was_asked():
    life = Life.of(regime(replaced=UNSET), RECEIVED)
    life.tell(opened("consult"), "2026-03-09 11:00")
    life.tell(opened("consult.2", "consult.3"), "2026-03-10 11:00")
    assert life.states("consult") == []
    life.tell(set_for("consult.2", within="2wd"), "2026-03-11 12:00")
    assert [(w.clock.occurrence, local(w.clock.due_at)) for w in life.file.of("consult")] == [
        (1, "Thu 2026-03-12 18:00")
    ]
    life.tell(answered("consult.3"), "2026-03-11 13:00")  # it needs no limit any more
    life.tell(set_for(None, within="1wd"), "2026-03-11 14:00")
    assert [(w.clock.occurrence, w.clock.state.value, local(w.clock.due_at)) for w in life.file.of("consult")] == [
        (0, "running", "Tue 2026-03-10 18:00"),
        (1, "running", "Wed 2026-03-11 18:00"),
    ]


def test_extensions_follow_each_other_as_often_as_the_pack_allows():
    pack = regime("fix: {from: registered, until: resolved, within: 3wd, extend: {max: 2}, assume: x}")
    life = Life.of(pack, RECEIVED)
    for day, due in (("10", "Tue 2026-03-17 18:00"), ("11", "Fri 2026-03-20 18:00"), ("12", "Fri 2026-03-20 18:00")):
        life.tell(terms.CaseExtendedV1(clock="fix", by="3wd"), f"2026-03-{day} 11:00")
        assert life.due("fix") == due
    said = [
        str(getattr(draft.data, "because", ""))
        for draft in life.file.drafts
        if draft.data.event_type == "clock.adjusted.v1"
    ]
    assert said.count("extended") == 2


def test_nothing_is_extended_where_the_pack_does_not_say_so():
    life = Life.of(regime("fix: {from: registered, until: resolved, within: 3wd, assume: x}"), RECEIVED)
    life.tell(terms.CaseExtendedV1(clock="fix", by="3wd"), "2026-03-10 11:00")
    assert life.due("fix") == "Thu 2026-03-12 18:00"


def test_an_extension_after_the_breach_takes_it_back():
    pack = regime("fix: {from: registered, until: resolved, within: 1wd, extend: {max: none}, assume: x}")
    life = Life.of(pack, RECEIVED)
    life.live_to("2026-03-11 09:00")
    assert life.states("fix") == ["breached"]
    life.tell(terms.CaseExtendedV1(clock="fix", by="3wd"), "2026-03-11 10:00")
    assert (life.states("fix"), life.due("fix")) == (["running"], "Fri 2026-03-13 18:00")


def test_a_pause_of_a_known_cause_pushes_limits_by_what_it_took():
    pack = regime("fix: {from: registered, until: resolved, within: 8wh, assume: x}", replaced=PAUSING)
    life = Life.of(pack, RECEIVED)
    first = life.due("fix")
    life.tell(terms.CaseSuspendedV1(cause="customer_away"), "2026-03-09 14:00")
    assert life.states("fix") == ["paused"]
    life.live_to("2026-03-12 09:00")
    assert life.states("fix") == ["paused"]
    life.tell(terms.CaseResumedV1(), "2026-03-13 14:00")
    assert life.states("fix") == ["running"]
    assert (first, life.due("fix")) == ("Tue 2026-03-10 10:30", "Mon 2026-03-16 10:30")
    assert [line.what for line in life.file.lines if line.clock == life.clock("fix").clock.id] == [
        "started",
        "paused",
        "resumed",
    ]


def test_a_cause_the_pack_does_not_know_stops_nothing():
    life = Life.of(regime("fix: {from: registered, until: resolved, within: 8wh, assume: x}"), RECEIVED)
    life.tell(terms.CaseSuspendedV1(cause="customer_away"), "2026-03-09 14:00")
    assert life.states("fix") == ["running"]


def test_a_clock_that_starts_in_a_pause_runs_from_its_end():
    pack = regime("fix: {from: admitted, until: resolved, within: 2h, assume: x}", replaced=PAUSING)
    life = Life.of(pack, RECEIVED)
    life.tell(terms.CaseSuspendedV1(cause="customer_away"), "2026-03-09 11:00")
    life.tell(cases.CaseAdmittedV1(), "2026-03-09 12:00")
    assert life.states("fix") == ["paused"]
    life.tell(terms.CaseResumedV1(), "2026-03-10 09:00")
    assert (life.states("fix"), life.due("fix")) == (["running"], "Tue 2026-03-10 11:00")


CADENCE = "tell: {from: registered, until: closed, every: 2d, met_by: progressed, assume: x}"


def test_a_cadence_goes_on_after_a_rest_that_moved_nothing():
    life = Life.of(regime(CADENCE, replaced=PAUSING), RECEIVED)
    life.tell(terms.CaseSuspendedV1(cause="customer_away"), "2026-03-10 10:00")
    life.tell(terms.CaseResumedV1(), "2026-03-10 11:00")
    assert (life.states("tell"), life.due("tell")) == (["running"], "Thu 2026-03-12 00:00")


def test_an_interval_after_a_missed_one_rests_too_and_what_was_pushed_stays_pushed():
    life = Life.of(regime(CADENCE, replaced=PAUSING), RECEIVED)
    life.live_to("2026-03-12 08:00")
    life.tell(terms.CaseSuspendedV1(cause="customer_away"), "2026-03-12 08:00")
    assert life.states("tell") == ["breached", "paused"]
    life.tell(terms.CaseResumedV1(), "2026-03-15 08:00")  # three days ended meanwhile
    assert life.due("tell") == "Tue 2026-03-17 00:00"
    life.live_to("2026-03-17 08:00")
    assert (life.states("tell"), life.due("tell")) == (["breached", "breached", "running"], "Thu 2026-03-19 00:00")


def test_an_interval_missed_unnoticed_stays_missed_whatever_changes():
    life = Life.of(regime(CADENCE, replaced=PAUSING), RECEIVED)
    life.tell(terms.CaseSuspendedV1(cause="customer_away"), "2026-03-12 08:00")
    assert life.states("tell") == ["breached", "paused"]
    assert life.said("tell") == [
        ("clock.started", "tell"), ("clock.breached", "tell"), ("clock.started", "tell"),
    ]  # fmt: skip


def test_a_cadence_rests_and_goes_on_where_it_stopped():
    pack = regime(
        "chase: {from: registered, until: closed, every: 2d, met_by: progressed, assume: x}", replaced=PAUSING
    )
    life = Life.of(pack, RECEIVED)
    life.tell(terms.CaseSuspendedV1(cause="customer_away"), "2026-03-10 11:00")
    life.live_to("2026-03-20 00:00")
    assert life.states("chase") == ["paused"]
    life.tell(terms.CaseResumedV1(), "2026-03-20 10:00")
    assert (life.states("chase"), life.due("chase")) == (["running"], "Sun 2026-03-22 00:00")


def test_only_time_that_counts_uses_a_limit_up():
    pack = regime(
        "ours: {from: registered, until: resolved, within: 5d, counts_when: \"delay_cause == 'ours'\", assume: x}"
    )
    life = Life.of(pack, RECEIVED)
    assert life.states("ours") == ["paused"]
    life.tell(cases.CaseFactSetV1(facts={"delay_cause": "ours"}), "2026-03-11 10:00")
    assert (life.states("ours"), life.due("ours")) == (["running"], "Mon 2026-03-16 00:00")
    life.tell(cases.CaseFactSetV1(facts={"delay_cause": "not_ours"}), "2026-03-12 10:00")
    life.live_to("2026-03-19 10:00")
    life.tell(cases.CaseFactSetV1(facts={"delay_cause": "ours"}), "2026-03-20 10:00")
    assert (life.states("ours"), life.due("ours")) == (["running"], "Tue 2026-03-24 00:00")


def test_a_reopening_forgets_the_terms_of_the_round_before():
    pack = regime(
        "fix: {from: registered, until: resolved, within: 3wd, extend: {max: 2}, assume: x}", replaced=PAUSING
    )
    life = Life.of(pack, RECEIVED)
    life.tell(terms.CaseExtendedV1(clock="fix", by="3wd"), "2026-03-09 11:00")
    life.tell(terms.CaseSuspendedV1(cause="customer_away"), "2026-03-09 11:00")
    life.tell(cases.CaseClosedV1(ground="accepted"), "2026-03-10 10:00")
    life.tell(cases.CaseReopenedV1(round=2, texts_version=1), "2026-03-16 10:00")
    assert (life.states("fix"), life.due("fix")) == (["running"], "Thu 2026-03-19 18:00")


def test_terms_come_back_from_where_they_are_kept():
    life = Life.of(
        regime("fix: {from: registered, until: resolved, within: 3wd, assume: x}", replaced=PAUSING), RECEIVED
    )
    life.tell(agreed("2026-03-12 15:00", "fix"), RECEIVED)
    life.tell(terms.CaseLimitSetV1(clock="reply", within="3wd"), RECEIVED)
    life.tell(terms.CaseExtendedV1(clock="fix", by="3wd"), RECEIVED)
    life.tell(terms.CaseSuspendedV1(cause="customer_away"), RECEIVED)
    case = life.file.case
    kept = terms_of(terms_as_json(case))
    assert kept == {"agreed": case.agreed, "set": case.set, "extensions": case.extensions, "rests": case.rests}
