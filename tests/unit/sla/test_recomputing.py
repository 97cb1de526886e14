"""Another version of a calendar or pack: the clocks of a case as if it had always held, their past kept."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.sla.calendar import CalendarDocument, WorkingCalendar
from services.sla.life.recomputing import Told, change_rules, recompute
from services.sla.life.regime import Regime
from shared.events import cases, terms
from tests.unit.sla.examples import calendar, cn
from tests.unit.sla.lives import Life, regime

RECEIVED = "2026-03-09 10:00"  # a Monday
FIX = "fix: {from: registered, until: resolved, within: 3wd, assume: x}"


def version_2(*holidays: str) -> WorkingCalendar:
    """The calendar with these holidays more."""
    old = calendar().document
    feast = {"zh": "节", "en": "Feast"}
    more = {**old.model_dump()["holidays"], **{date.fromisoformat(day): feast for day in holidays}}
    return WorkingCalendar.compile(
        CalendarDocument.model_validate({**old.model_dump(), "version": old.version + 1, "holidays": more})
    )


def recomputed(life: Life, new: Regime, at: str, because: str = "calendar") -> list[str]:
    """The clocks that changed."""
    life.file.now = cn(at)
    before = dict(life.file.clocks)
    recompute(life.file, new, cn(at), "cause", because)
    return [watched.clock.name for id_, watched in life.file.clocks.items() if watched != before.get(id_)]


def test_a_new_holiday_moves_what_it_lies_in_and_nothing_else():
    pack = regime(FIX, "soon: {from: registered, until: resolved, within: 2h, assume: x}")
    life = Life.of(pack, RECEIVED)
    assert recomputed(life, Regime.of(pack.pack, version_2("2026-03-11")), "2026-03-09 11:00") != []
    assert (life.due("fix"), life.due("soon")) == ("Fri 2026-03-13 18:00", "Mon 2026-03-09 12:00")
    clock = life.clock("fix").clock
    assert (clock.calendar_version, life.file.case.calendar.version) == (2, 2)
    assert ("clock.adjusted", "fix") in life.said()


def test_a_breach_that_never_was_is_taken_back_and_a_real_one_stands():
    pack = regime(FIX)
    for holiday, state in (("2026-03-12", "running"), ("2026-05-20", "breached")):
        life = Life.of(pack, RECEIVED)
        life.live_to("2026-03-13 09:00")
        assert life.states("fix") == ["breached"]
        recomputed(life, Regime.of(pack.pack, version_2(holiday)), "2026-03-13 09:00")
        assert life.states("fix") == [state]


def test_what_is_over_keeps_its_calendar_and_its_instants():
    pack = regime(FIX)
    life = Life.of(pack, RECEIVED)
    life.tell(cases.CaseResolvedV1(texts_version=1), "2026-03-10 10:00")
    before = life.clock("fix")
    recomputed(life, Regime.of(pack.pack, version_2("2026-03-11")), "2026-03-10 11:00")
    assert life.clock("fix") == before


def test_another_pack_moves_cancels_and_begins_clocks():
    old = regime(FIX, "gone: {from: registered, until: resolved, within: 3wd, assume: x}")
    new = regime(FIX.replace("3wd", "5wd"), "fresh: {from: registered, until: resolved, within: 4wd, assume: x}")
    life = Life.of(old, RECEIVED)
    recomputed(life, new, "2026-03-09 11:00", "pack")
    assert (life.due("fix"), life.states("gone")) == ("Mon 2026-03-16 18:00", ["cancelled"])
    assert (life.due("fresh"), life.clock("fresh").clock.started_at) == ("Fri 2026-03-13 18:00", cn(RECEIVED))


@pytest.mark.parametrize("times", [1, 2])
def test_the_same_version_again_changes_nothing(times: int):
    pack = regime(FIX)
    life = Life.of(pack, RECEIVED)
    new = Regime.of(pack.pack, version_2("2026-03-11"))
    recomputed(life, new, "2026-03-09 11:00")
    for _ in range(times):
        assert recomputed(life, new, "2026-03-09 12:00") == []


@settings(max_examples=60)
@given(st.sets(st.integers(9, 31), max_size=8), st.integers(0, 6))
def test_recomputing_gives_what_the_new_calendar_would_have_given_at_once(holidays: set[int], days: int):
    pack = regime(FIX)
    new = Regime.of(pack.pack, version_2(*(f"2026-03-{day:02}" for day in holidays)))
    moved, born = Life.of(pack, RECEIVED), Life.of(new, RECEIVED)
    at = f"2026-03-{9 + days:02} 10:30"
    moved.live_to(at)
    recomputed(moved, new, at)
    moved.live_to(at)
    born.live_to(at)
    mine, others = moved.clock("fix").clock, born.clock("fix").clock
    # A breach that stands is the one that was seen: only when it was is told by the calendar of that time.
    assert (mine.breached_at is None) == (others.breached_at is None)
    assert replace(mine, level=0, breached_at=None) == replace(others, level=0, breached_at=None)


def changed(life: Life, new: Regime, at: str, *happened: str, grade: str = "4", **facts: object) -> None:
    life.file.now = cn(at)
    change_rules(life.file, new, cn(at), "cause", Told(grade, facts, happened))


def test_a_version_knows_what_the_one_before_did_not_ask_about():
    liable = "liable: {from: registered, until: replied, within: 3wd, when: \"claimed_by == 'x'\", assume: x}"
    new = regime(liable, facts=("claimed_by: {zh: 人, en: who, enum: {x: {zh: 甲, en: x}}, ask: intake, assume: x}",))
    life = Life.of(regime(), RECEIVED)
    changed(life, new, "2026-03-09 11:00", "registered", claimed_by="x", unheard_of=True)
    assert (life.states("liable"), life.clock("liable").clock.started_at) == (["running"], cn(RECEIVED))


def test_what_begins_with_an_event_whose_instant_nobody_kept_begins_with_the_change():
    told = ("taken_up",)
    new = regime("visit: {from: taken_up, until: informed, within: 1wd, assume: x}")
    life = Life.of(regime(), RECEIVED)
    life.tell(cases.CaseAcceptedV1(person="li.na"), "2026-03-09 10:30")
    assert "taken_up" not in life.file.case.happened
    changed(life, new, "2026-03-10 11:00", *told)
    assert (life.states("visit"), life.due("visit")) == (["running"], "Wed 2026-03-11 18:00")
    over = Life.of(regime(), RECEIVED)
    changed(over, new, "2026-03-10 11:00", *told, "informed")
    assert over.states("visit") == []  # who is known to have been told is not owed it


def test_a_limit_may_become_a_cadence_and_time_that_did_not_count_counts_again():
    counted = "within: 5d, counts_when: \"delay_cause == 'ours'\""
    old = regime(f"ours: {{from: registered, until: resolved, {counted}, assume: x}}", FIX)
    new = regime(
        "ours: {from: registered, until: resolved, within: 5d, assume: x}",
        FIX.replace("within: 3wd", "every: 3wd, met_by: progressed").replace("until: resolved", "until: closed"),
    )
    life = Life.of(old, RECEIVED)
    assert life.states("ours") == ["paused"]
    changed(life, new, "2026-03-11 10:00", "registered")
    assert (life.states("ours"), life.due("ours")) == (["running"], "Mon 2026-03-16 00:00")
    assert (life.states("fix"), life.clock("fix").kind) == (["cancelled", "running"], "cadence")


def test_a_promise_of_the_version_is_one_from_the_change_on():
    life = Life.of(regime(FIX), RECEIVED)
    changed(life, regime(FIX.replace("fix: {", "fix: {promise: customer, ")), "2026-03-09 11:00")
    assert life.clock("fix").clock.customer
    assert life.said("fix") == [("clock.started", "fix"), ("clock.adjusted", "fix")]


def test_an_extension_and_a_pause_count_under_the_version_as_it_allows_them():
    pausing = {"pause: {causes: none": "pause: {causes: [customer_away]"}
    fix = FIX.replace("within: 3wd", "within: 3wd, extend: {max: 1}")
    life = Life.of(regime(fix, replaced=pausing), RECEIVED)
    life.tell(terms.CaseExtendedV1(clock="fix", by="2wd"), "2026-03-09 11:00")
    life.tell(terms.CaseSuspendedV1(cause="customer_away"), "2026-03-10 12:00")
    life.tell(terms.CaseResumedV1(), "2026-03-11 12:00")
    assert life.due("fix") == "Tue 2026-03-17 18:00"
    changed(life, regime(FIX), "2026-03-11 13:00")
    assert life.due("fix") == "Thu 2026-03-12 18:00"


@settings(max_examples=60)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 12))
def test_changing_rules_gives_what_the_new_ones_would_have_given_at_once(before: int, after: int, days: int):
    old, new = (regime(FIX.replace("3wd", f"{limit}wd")) for limit in (before, after))
    moved, born = Life.of(old, RECEIVED), Life.of(new, RECEIVED)
    at = f"2026-03-{9 + days:02} 10:30"
    moved.live_to(at)
    changed(moved, new, at)
    moved.live_to(at)
    born.live_to(at)
    mine, others = moved.clock("fix").clock, born.clock("fix").clock
    assert (mine.breached_at is None) == (others.breached_at is None)
    assert replace(mine, level=0, breached_at=None) == replace(others, level=0, breached_at=None)
