"""What happens to a clock: every state against every input, and the stories that matter."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sla.calendar import WorkingCalendar
from services.sla.domain import OPEN_STATES, Clock, ClockState
from services.sla.policy import (
    Change,
    Outcome,
    Tick,
    on_cancel,
    on_pause,
    on_resume,
    on_stop,
    on_time,
    recalculated,
)
from shared.calendars.document import Words
from shared.policy.durations import Duration
from tests.unit.sla.examples import calendar, clock, cn, local, pause

START, WARN, DUE = "2026-03-10 10:00", "2026-03-12 13:42", "2026-03-12 18:00"
LEVELS = (cn(DUE), cn("2026-03-16 18:00"), cn("2026-03-18 18:00"))
SOON, LATE = cn("2026-03-11 09:00"), cn("2026-03-17 09:00")


def make(state: str, **more: object) -> Clock:
    """A clock as it looks in `state`; `late` is met after its breach."""
    known: dict[str, object] = {"warn_at": cn(WARN)}
    if state in ("breached", "late"):
        known |= {"breached_at": cn(DUE), "level": 1}
    if state in ("met", "late"):
        known |= {"met_at": SOON if state == "met" else LATE}
    return clock(START, DUE, "2wd", state=ClockState("met" if state == "late" else state), **{**known, **more})


STATES = ("running", "paused", "met", "late", "breached", "cancelled")
INPUTS = {
    "stop in time": lambda each: on_stop(each, SOON),
    "stop at the due instant": lambda each: on_stop(each, cn(DUE)),
    "stop late": lambda each: on_stop(each, cn(DUE) + timedelta(microseconds=1)),
    "pause in time": lambda each: on_pause(each, SOON),
    "pause late": lambda each: on_pause(each, cn(DUE)),
    "resume": lambda each: on_resume(each, calendar(), [pause("2026-03-11 17:00", "2026-03-12 09:00")], SOON),
    "cancel": on_cancel,
    "same limit": lambda each: recalculated(each, calendar(), [], LATE, warn=0.8),
    "longer limit": lambda each: recalculated(
        replace(each, limit=Duration.parse("3wd")), calendar(), [], LATE, warn=0.8
    ),
    "longer, to come": lambda each: recalculated(
        replace(each, limit=Duration.parse("9wd")), calendar(), [], LATE, warn=0.8
    ),
    "shorter limit": lambda each: recalculated(
        replace(each, limit=Duration.parse("1h")), calendar(), [], LATE, warn=0.8
    ),
}
# input: for each state what it does, and the state afterwards
TABLE = {
    "stop in time": ("met met", "met met", "- met", "revoked met", "revoked met", "- cancelled"),
    "stop at the due instant": ("met met", "met met", "- met", "revoked met", "revoked met", "- cancelled"),
    "stop late": ("late met", "met met", "- met", "- met", "late met", "- cancelled"),
    "pause in time": ("paused paused", "- paused", "- met", "- met", "revoked paused", "- cancelled"),
    "pause late": ("- running", "- paused", "- met", "- met", "- breached", "- cancelled"),
    "resume": ("- running", "resumed running", "- met", "- met", "- breached", "- cancelled"),
    "cancel": ("cancelled cancelled", "cancelled cancelled", "- met", "- met", "cancelled cancelled", "- cancelled"),
    "same limit": ("- running", "adjusted running", "- met", "- met", "- breached", "- cancelled"),
    "longer limit": ("adjusted running", "adjusted running", "- met", "- met", "adjusted breached", "- cancelled"),
    "longer, to come": ("adjusted running", "adjusted running", "- met", "- met", "revoked running", "- cancelled"),
    "shorter limit": ("adjusted running", "adjusted running", "- met", "- met", "adjusted breached", "- cancelled"),
}
SHORT = {"-": Outcome.UNCHANGED, "late": Outcome.MET_LATE, "revoked": Outcome.BREACH_REVOKED}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("given_input", INPUTS)
def test_every_state_answers_every_input(state, given_input):
    before = make(state)
    change = INPUTS[given_input](before)
    does, after = TABLE[given_input][STATES.index(state)].split()
    assert (change.outcome, change.clock.state) == (SHORT.get(does) or Outcome(does), ClockState(after))
    if change.outcome is Outcome.UNCHANGED and before.state not in OPEN_STATES:
        assert replace(change.clock, limit=before.limit) == before


# now, what state: warn, breach, level, when next
TICKS = (
    ("running", "2026-03-11 09:00", {}, (False, False, None, WARN)),
    ("running", WARN, {}, (True, False, None, DUE)),
    ("running", "2026-03-12 17:59", {}, (True, False, None, DUE)),
    ("running", "2026-03-12 17:59", {"warned_at": cn(WARN)}, (False, False, None, DUE)),
    ("running", "2026-03-12 17:59", {"warn_at": None}, (False, False, None, DUE)),
    ("running", DUE, {"warned_at": cn(WARN)}, (False, True, 1, "2026-03-16 18:00")),
    ("running", "2026-03-13 09:00", {}, (False, True, 1, "2026-03-16 18:00")),  # unseen until now: no warning any more
    ("running", "2026-03-17 09:00", {}, (False, True, 2, "2026-03-18 18:00")),  # the highest level alone
    ("running", "2026-03-20 09:00", {}, (False, True, 3, None)),
    ("breached", "2026-03-13 09:00", {}, (False, False, None, "2026-03-16 18:00")),
    ("breached", "2026-03-16 18:00", {}, (False, False, 2, "2026-03-18 18:00")),
    ("breached", "2026-03-20 09:00", {}, (False, False, 3, None)),
    ("breached", "2026-03-20 09:00", {"level": 3}, (False, False, None, None)),
    ("breached", "2026-03-13 09:00", {"level": 2}, (False, False, None, "2026-03-18 18:00")),  # climbed otherwise
    ("breached", "2026-03-20 09:00", {"level": 9}, (False, False, None, None)),
    ("paused", "2026-03-20 09:00", {}, (False, False, None, None)),
    ("met", "2026-03-20 09:00", {}, (False, False, None, None)),
    ("late", "2026-03-20 09:00", {}, (False, False, None, None)),
    ("cancelled", "2026-03-20 09:00", {}, (False, False, None, None)),
)


@pytest.mark.parametrize(("state", "now", "more", "due"), TICKS)
def test_what_is_due_now(state, now, more, due):
    tick = on_time(make(state, **more), cn(now), LEVELS)
    assert (tick.warn, tick.breach, tick.level) == due[:3]
    assert (tick.next_at and local(tick.next_at)) == (due[3] and local(cn(due[3])))


def test_a_breach_without_a_ladder_raises_no_level():
    tick = on_time(make("running"), cn(DUE))
    assert (tick.breach, tick.level, tick.next_at) == (True, None, None)


def test_a_warning_that_falls_after_the_end_is_no_reason_to_wait():
    tick = on_time(make("running", warn_at=cn("2026-03-20 09:00")), SOON)
    assert tick.next_at == cn(DUE)


@pytest.mark.parametrize("now", [WARN, DUE, "2026-03-17 09:00", "2026-03-20 09:00"])
def test_what_was_said_is_not_said_again(now):
    tick = on_time(on_time(make("running"), cn(now), LEVELS).clock, cn(now), LEVELS)
    assert (tick.warn, tick.breach, tick.level) == (False, False, None)


def test_a_clock_remembers_when_it_was_breached_and_warned_not_when_that_was_noticed():
    assert on_time(make("running"), LATE, LEVELS).clock.breached_at == cn(DUE)
    assert on_time(make("running"), cn("2026-03-12 17:00"), LEVELS).clock.warned_at == cn(WARN)


def test_a_stop_in_time_that_comes_late_takes_the_breach_back():
    breached = on_time(make("running"), cn("2026-03-13 09:00"), LEVELS).clock
    change = on_stop(breached, cn("2026-03-12 17:59"))
    assert change.outcome is Outcome.BREACH_REVOKED
    assert (change.clock.state, change.clock.breached_at) == (ClockState.MET, None)
    assert change.clock.met_at == cn("2026-03-12 17:59")
    assert change.clock.level == 1  # those who were told are to be corrected


def test_a_late_stop_before_the_monitor_looked_is_a_breach_all_the_same():
    change = on_stop(make("running"), LATE)
    assert change.outcome is Outcome.MET_LATE
    assert (change.clock.breached_at, change.clock.met_at) == (cn(DUE), LATE)


def test_of_two_stops_the_one_in_time_decides():
    late = on_stop(make("breached"), LATE).clock
    change = on_stop(late, SOON)
    assert change.outcome is Outcome.BREACH_REVOKED
    assert (change.clock.breached_at, change.clock.met_at) == (None, SOON)


def test_a_paused_clock_is_met_in_time_even_after_its_old_due_instant():
    change = on_stop(make("paused"), LATE)
    assert (change.outcome, change.clock.breached_at) == (Outcome.MET, None)


def test_resuming_pushes_the_due_instant_and_the_warning():
    pauses = [pause("2026-03-11 17:00", "2026-03-12 09:00")]
    change = on_resume(make("paused"), calendar(), pauses, cn("2026-03-12 09:00"), warn=0.8)
    assert local(change.clock.due_at) == "Fri 2026-03-13 18:00"
    assert local(change.clock.warn_at) == "Fri 2026-03-13 10:54"
    assert change.clock.started_at == cn(START)


def test_a_clock_paused_for_two_causes_runs_when_the_last_one_ends():
    pauses = [pause("2026-03-11 09:00", "2026-03-11 15:00"), pause("2026-03-11 10:00", None)]
    change = on_resume(make("paused"), calendar(), pauses, cn("2026-03-11 15:00"))
    assert (change.outcome, change.clock.state) == (Outcome.UNCHANGED, ClockState.PAUSED)


def test_a_paused_clock_stays_paused_through_a_regrade():
    regraded = replace(make("paused"), limit=Duration.parse("10wd"))
    change = recalculated(regraded, calendar(), [pause("2026-03-11 09:00", None)], LATE)
    assert change == Change(regraded, Outcome.UNCHANGED)


def test_a_paused_agreed_time_stays_paused_and_where_it_is():
    agreed = replace(make("paused"), limit=None)
    lasting = pause("2026-03-11 09:00", None)
    assert recalculated(agreed, calendar(), [lasting], SOON) == Change(agreed, Outcome.UNCHANGED)
    assert on_resume(agreed, calendar(), [lasting], SOON) == Change(agreed, Outcome.UNCHANGED)
    resumed = on_resume(agreed, calendar(), [pause("2026-03-11 09:00", "2026-03-12 09:00")], cn("2026-03-12 09:00"))
    assert (resumed.clock.state, resumed.clock.due_at) == (ClockState.RUNNING, cn(DUE))


@pytest.mark.parametrize(("state", "outcome"), [("running", Outcome.PAUSED), ("breached", Outcome.BREACH_REVOKED)])
def test_a_pause_that_came_too_late_for_the_old_limit_holds_a_longer_one(state, outcome):
    longer = replace(make(state), limit=Duration.parse("9wd"))
    change = recalculated(longer, calendar(), [pause("2026-03-13 09:00", None)], LATE)
    assert (change.outcome, change.clock.state, change.clock.breached_at) == (outcome, ClockState.PAUSED, None)


def test_a_regrade_keeps_the_start_and_moves_the_end():
    regraded = replace(make("running"), limit=Duration.parse("1wd"))
    change = recalculated(regraded, calendar(), [], SOON, warn=0.8)
    assert change.outcome is Outcome.ADJUSTED
    assert change.clock.started_at == cn(START)
    assert local(change.clock.due_at) == "Wed 2026-03-11 18:00"
    assert local(change.clock.warn_at) == "Wed 2026-03-11 15:12"


def test_a_regrade_that_leaves_no_time_breaches_at_the_next_look():
    change = recalculated(replace(make("running"), limit=Duration.parse("1h")), calendar(), [], SOON)
    tick = on_time(change.clock, SOON, (change.clock.due_at,))
    assert (tick.breach, tick.level) == (True, 1)
    assert tick.clock.breached_at == cn("2026-03-10 11:00")


def test_a_warning_given_too_early_is_given_again_at_the_new_time():
    warned = make("running", warned_at=cn(WARN))
    longer = recalculated(
        replace(warned, limit=Duration.parse("9wd")), calendar(), [], cn("2026-03-12 15:00"), warn=0.8
    )
    assert longer.clock.warned_at is None
    same = recalculated(warned, calendar(), [], cn("2026-03-12 15:00"), warn=0.8)
    assert same.clock.warned_at == cn(WARN)


def test_publishing_next_years_holidays_settles_a_provisional_end():
    document = calendar().document
    new_year = {date(2027, 1, 1): Words(zh="元旦", en="New Year")}
    published = document.model_copy(
        update={"version": 2, "known_until": date(2027, 12, 31), "holidays": document.holidays | new_year}
    )
    waiting = replace(clock("2026-12-30 10:00", "2027-01-01 18:00", "2wd"), provisional=True, calendar_version=2)
    change = recalculated(waiting, WorkingCalendar.compile(published), [], cn("2026-12-31 10:00"))
    assert change.outcome is Outcome.ADJUSTED
    assert local(change.clock.due_at) == "Mon 2027-01-04 18:00"
    assert not change.clock.provisional


moments = st.integers(-2 * 1440, 20 * 1440).map(lambda minutes: cn(START) + timedelta(minutes=minutes))
facts = st.one_of(
    st.tuples(st.just("stop"), moments),
    st.tuples(st.just("pause"), moments),
    st.tuples(st.just("resume"), moments),
    st.tuples(st.just("time"), moments),
    st.tuples(st.just("cancel"), moments),
    st.tuples(st.just("recalculate"), moments),
)


@given(st.sampled_from(STATES), st.lists(facts, max_size=8))
def test_whatever_comes_in_whatever_order_a_clock_stays_consistent(state, story):
    now = make(state)
    for fact, moment in story:
        result: Change | Tick
        match fact:
            case "stop":
                result = on_stop(now, moment)
            case "pause":
                result = on_pause(now, moment)
            case "resume":
                result = on_resume(now, calendar(), [pause("2026-03-11 17:00", "2026-03-12 09:00")], moment, warn=0.8)
            case "time":
                result = on_time(now, moment, LEVELS)
            case "cancel":
                result = on_cancel(now)
            case _:
                result = recalculated(now, calendar(), [], moment, warn=0.8)
        now, before = result.clock, now
        assert (now.met_at is not None) == (now.state is ClockState.MET)
        assert now.state is not ClockState.BREACHED or now.breached_at is not None
        assert now.state not in (ClockState.RUNNING, ClockState.PAUSED) or now.breached_at is None
        assert now.level >= before.level
        kept = {"id", "case", "name", "round", "occurrence", "started_at", "rule", "customer", "limit"}
        assert all(getattr(now, each.name) == getattr(before, each.name) for each in fields(now) if each.name in kept)
        if before.state is ClockState.CANCELLED:
            assert now == before
