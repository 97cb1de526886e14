"""Limits that are counted backwards from an instant of the case: a visit is to be confirmed a working day ahead."""

import pytest

from services.sla.ledger import explain, segments_back
from services.sla.life.recomputing import recompute
from services.sla.life.regime import Regime
from shared.calendars.ahead import ahead_of
from shared.calendars.document import CalendarDocument
from shared.calendars.working import WorkingCalendar
from shared.events import cases
from shared.policy.describing import describe
from shared.policy.durations import Count, Duration
from tests.unit.sla.examples import calendar, cn, local
from tests.unit.sla.lives import Life, regime

RECEIVED = "2026-03-09 10:00"  # a Monday
VISIT = "visit_at: {zh: 上门时间, en: time of the visit, instant: true, decide: cs, assume: x}"
MEETING = "visit_at: {zh: 上门日期, en: day of the visit, date: true, decide: cs, assume: x}"
CONFIRMED = "confirmed: {zh: 已确认, en: confirmed, bool: true, decide: cs, assume: x}"
OFF = "off: {zh: 不再上门, en: no visit any more, bool: true, decide: cs, unknown_as: false, assume: x}"


def rules(ahead: str = "1wd", *, fact: str = VISIT, more: str = "") -> Regime:
    return regime(confirm(ahead, more), facts=(fact, CONFIRMED, OFF))


def confirm(ahead: str, more: str = "") -> str:
    names = "zh: 确认上门, en: confirming, from: visit_at.set, until: confirmed.set"
    return f"confirm: {{{names}, due_at: visit_at, ahead: {ahead}, {more}assume: x}}"


def told(**facts: object) -> cases.CaseFactSetV1:
    return cases.CaseFactSetV1(facts=facts)


def visit(instant: str) -> cases.CaseFactSetV1:
    return told(visit_at=cn(instant).isoformat())


@pytest.mark.parametrize(
    ("ahead", "at", "due"),
    [
        ("2h", "2026-03-18 08:30", "Wed 2026-03-18 06:30"),
        ("4wh", "2026-03-18 10:00", "Tue 2026-03-17 15:00"),
        ("1d", "2026-03-16 10:00", "Mon 2026-03-16 00:00"),
        ("3d", "2026-03-20 14:00", "Wed 2026-03-18 00:00"),
        ("1wd", "2026-03-16 10:00", "Fri 2026-03-13 18:00"),
        ("1wd", "2026-03-15 10:00", "Fri 2026-03-13 18:00"),  # a Sunday
        ("2wd", "2026-03-18 10:00", "Mon 2026-03-16 18:00"),
        ("1w", "2026-03-18 10:00", "Thu 2026-03-12 00:00"),
        ("1mo", "2026-04-30 10:00", "Tue 2026-03-31 00:00"),
    ],
)
def test_a_limit_is_counted_backwards_from_the_instant_of_a_fact(ahead: str, at: str, due: str):
    life = Life.of(rules(ahead), RECEIVED)
    assert life.states("confirm") == []
    life.tell(visit(at), "2026-03-09 11:00")
    assert (life.states("confirm"), life.due("confirm")) == (["running"], due)


@pytest.mark.parametrize(
    ("ahead", "due"), [("3d", "Wed 2026-03-18 00:00"), ("2h", "Thu 2026-03-19 22:00"), ("1wd", "Thu 2026-03-19 18:00")]
)
def test_a_date_is_counted_back_from_its_beginning(ahead: str, due: str):
    life = Life.of(rules(ahead, fact=MEETING), RECEIVED)
    life.tell(told(visit_at="2026-03-20"), "2026-03-09 11:00")
    assert life.due("confirm") == due


def test_it_ends_as_the_pack_counts_its_days_and_never_after_the_instant():
    at = cn("2026-03-16 10:00")
    ends = {
        how: local(ahead_of(calendar(), at, Duration(1, "wd"), Count(working_day=how)).instant)
        for how in ("end_of_day", "same_time")
    }
    assert ends == {"end_of_day": "Sat 2026-03-14 00:00", "same_time": "Fri 2026-03-13 10:00"}
    weeks = Count(week="calendar", start_day="included")
    assert (
        local(ahead_of(calendar(), cn("2026-03-18 10:00"), Duration(2, "w"), weeks).instant) == "Mon 2026-03-09 00:00"
    )
    night = {**calendar().document.model_dump(), "week": {"mon": ["22:00-06:00"], "tue": ["09:00-18:00"]}}
    nights = WorkingCalendar.compile(CalendarDocument.model_validate(night))
    early = cn("2026-03-17 05:00")  # before the night shift is over
    assert ahead_of(nights, early, Duration(1, "wd"), Count()).instant == early


def test_a_holiday_between_counts_no_more_when_it_is_announced():
    life = Life.of(rules(), RECEIVED)
    life.tell(visit("2026-03-18 10:00"), "2026-03-09 11:00")
    feast = {"zh": "店庆", "en": "Feast"}
    values = {**calendar().document.model_dump(), "version": 2, "holidays": {"2026-03-17": feast}}
    new = WorkingCalendar.compile(CalendarDocument.model_validate(values))
    recompute(life.file, Regime.of(rules().pack, new), cn("2026-03-10 10:00"), "cause", "calendar")
    assert life.due("confirm") == "Mon 2026-03-16 18:00"
    rule = life.file.regime.rules["confirm"]
    between = segments_back(life.clock("confirm").clock, rule.calendar, cn("2026-03-18 10:00"), Duration(1, "wd"))
    assert [segment.kind for segment in between] == ["off_hours", "holiday", "off_hours", "running"]
    assert "2026-03-17 00:00 至 2026-03-18 00:00：节假日（店庆），不计时" in explain(between, rule.calendar, "zh")


def test_it_moves_with_the_instant_and_is_met_in_time():
    life = Life.of(rules(), RECEIVED)
    life.tell(visit("2026-03-12 10:00"), "2026-03-09 11:00")
    life.tell(visit("2026-03-17 10:00"), "2026-03-10 11:00")
    assert (life.states("confirm"), life.due("confirm")) == (["running"], "Mon 2026-03-16 18:00")
    life.tell(told(confirmed=True), "2026-03-16 18:00")
    assert life.states("confirm") == ["met"]
    assert [name for name, _ in life.said("confirm")] == ["clock.started", "clock.adjusted", "clock.met"]


def test_too_late_to_be_kept_it_is_due_at_once_and_breached():
    life = Life.of(rules(), RECEIVED)
    life.tell(visit("2026-03-10 10:00"), "2026-03-10 08:00")
    assert (life.states("confirm"), life.due("confirm")) == (["running"], "Tue 2026-03-10 08:00")
    life.live_to("2026-03-10 08:00")
    assert life.states("confirm") == ["breached"]


def test_what_the_same_act_confirms_is_in_time():
    life = Life.of(rules(), RECEIVED)
    life.tell(told(visit_at=cn("2026-03-10 10:00").isoformat(), confirmed=True), "2026-03-10 08:00")
    assert (life.states("confirm"), life.clock("confirm").clock.breached_at) == (["met"], None)


def test_an_instant_moved_nearer_is_due_when_that_was_told():
    life = Life.of(rules(), RECEIVED)
    life.tell(visit("2026-03-17 10:00"), "2026-03-09 11:00")
    life.tell(visit("2026-03-12 10:00"), "2026-03-12 08:00")
    assert life.due("confirm") == "Thu 2026-03-12 08:00"
    life.live_to("2026-03-12 09:00")
    life.tell(visit("2026-03-12 10:00"), "2026-03-12 09:00")  # the same again
    assert (life.states("confirm"), life.due("confirm")) == (["breached"], "Thu 2026-03-12 08:00")
    life.tell(visit("2026-03-16 10:00"), "2026-03-12 09:30")
    assert (life.states("confirm"), life.due("confirm")) == (["running"], "Fri 2026-03-13 18:00")
    assert [name for name, _ in life.said("confirm")][-2:] == ["clock.breach_revoked", "clock.adjusted"]


def test_it_goes_with_the_appointment_and_comes_back_with_it():
    life = Life.of(rules(more='when: "!off", '), RECEIVED)
    life.tell(visit("2026-03-17 10:00"), "2026-03-09 11:00")
    life.tell(told(off=True), "2026-03-10 11:00")
    assert life.states("confirm") == ["cancelled"]
    life.tell(told(off=False), "2026-03-11 11:00")
    assert life.states("confirm") == ["cancelled", "running"]
    life.tell(told(visit_at=None), "2026-03-12 11:00")
    assert life.states("confirm") == ["cancelled", "cancelled"]


def test_one_that_was_missed_stands_beside_the_next_where_it_is_armed_again():
    life = Life.of(rules(more="rearm: visit_at.set, "), RECEIVED)
    life.tell(visit("2026-03-12 10:00"), "2026-03-09 11:00")
    life.live_to("2026-03-12 09:00")
    life.tell(visit("2026-03-17 10:00"), "2026-03-12 09:00")
    assert (life.states("confirm"), life.due("confirm")) == (["breached", "running"], "Mon 2026-03-16 18:00")


def test_an_instant_beyond_every_calendar_gives_no_limit():
    life = Life.of(rules(), RECEIVED)
    for far in ("9999-12-31T23:59:00+00:00", "0001-01-01T00:00:00+00:00"):
        life.tell(told(visit_at=far), "2026-03-09 11:00")
        assert life.states("confirm") == []


def test_the_pack_is_told_in_words():
    pack = rules().pack
    assert "自上门时间确定至已确认确定；上门时间之前 1 个工作日" in describe(pack, "zh")
    assert "1 working day before time of the visit" in describe(pack, "en")
