"""The clocks of the default pack: R-001-18/r12, r18 to r22, and the ladder of lateness."""

from typing import Any

import pytest

from shared.policy.document.entry import Words
from shared.policy.durations import Duration
from shared.policy.pack import Pack
from shared.policy.timing import Ageing, ClockSpec, ages_of, applies, choose_limit, clocks_of, ladder_for
from tests.unit.policy.conftest import context


def clock(pack: Pack, name: str) -> ClockSpec:
    return next(spec for spec in clocks_of(pack) if spec.name == name)


@pytest.mark.parametrize(
    ("name", "start", "stop", "customer", "repeats"),
    [
        ("reply", ("admitted",), ("replied",), True, False),
        ("close", ("admitted",), ("closed",), True, False),
        ("agreed", ("agreed",), ("replied",), True, False),
        ("tracking", ("admitted",), ("closed",), False, True),
        ("follow_up", ("resolved",), ("follow_up.done",), False, False),
        ("call_back", ("call_back.opened",), ("call_back.done",), False, False),
        ("consult", ("consult.opened",), ("consult.done",), False, False),
        ("appear", ("appear.opened",), ("appear.done",), False, False),
    ],
)
def test_each_clock_has_its_start_its_stop_and_its_promise(
    pack: Pack, name: str, start: tuple[str, ...], stop: tuple[str, ...], customer: bool, repeats: bool
) -> None:
    spec = clock(pack, name)
    assert (spec.from_, spec.until, spec.customer, spec.repeats) == (start, stop, customer, repeats)
    assert spec.rule.startswith("R-001-18/")


def test_there_are_no_other_clocks(pack: Pack) -> None:
    names = [spec.name for spec in clocks_of(pack)]
    assert names == ["reply", "close", "agreed", "tracking", "follow_up", "call_back", "consult", "appear"]
    assert [spec.name for spec in clocks_of(pack) if spec.from_step] == ["call_back", "consult", "appear"]


@pytest.mark.parametrize(
    ("name", "facts", "agreement", "limit", "rule"),
    [
        ("reply", {}, False, "5wd", "R-001-18/r18"),
        ("reply", {"needs_coordination": False}, False, "5wd", "R-001-18/r18"),
        ("reply", {"needs_coordination": True}, False, "10wd", "R-001-18/r19"),
        ("close", {}, False, "15wd", "R-001-18/r20"),
        ("tracking", {}, False, "1w", "R-001-18/r21"),
        ("tracking", {"principle_told": True}, False, "1mo", "R-001-18/r21"),
        ("tracking", {"principle_told": True}, True, "1w", "R-001-18/r21"),
        ("follow_up", {}, False, "3wd", "R-001-18/r22, R-001-18/r41"),
        ("consult", {}, False, "3wd", "R-001-18/r23, R-001-18/r25"),
        ("appear", {}, False, "30min", "R-001-18/r30"),
    ],
)
def test_the_limit_of_a_clock(
    pack: Pack, name: str, facts: dict[str, Any], agreement: bool, limit: str, rule: str
) -> None:
    chosen = choose_limit(clock(pack, name), facts, context(agreement=agreement))
    assert chosen == (Duration.parse(limit), rule)


def test_an_agreed_time_has_no_limit_but_what_people_agree(pack: Pack) -> None:
    spec = clock(pack, "agreed")
    assert choose_limit(spec, {}, context()).duration is None
    assert spec.limit is not None
    assert (spec.limit.agreed_with, spec.limit.max_) == ("customer", None)


def test_a_limit_of_at_once_counts_office_hours(pack: Pack) -> None:
    spec = clock(pack, "appear")
    assert spec.limit is not None
    assert spec.limit.calendar == "office"


@pytest.mark.parametrize(("contactable", "runs"), [(True, True), (False, False), (None, None)])
def test_the_follow_up_runs_only_for_who_can_be_contacted(
    pack: Pack, contactable: bool | None, runs: bool | None
) -> None:
    assert applies(clock(pack, "follow_up"), {}, context(contactable=contactable)) is runs


def test_a_clock_without_a_condition_always_runs(pack: Pack) -> None:
    assert applies(clock(pack, "reply"), {}, context()) is True


def test_a_breach_climbs_the_ladder_and_is_warned_of_at_80_percent(pack: Pack) -> None:
    ladder = ladder_for(pack, "reply")
    assert ladder is not None
    assert [level.tell for level in ladder.levels] == [("owner", "cs"), ("cs_head",), ("regional_leader",)]
    assert ladder.each == Duration.parse("2wd")
    assert ladder.levels[0].slip == Words(zh="催办单", en="chase slip")
    assert (clock(pack, "reply").warn_share, clock(pack, "reply").warn_tell) == (0.8, ("owner",))


def test_a_clock_on_no_ladder_is_not_warned_of(pack: Pack) -> None:
    assert ladder_for(pack, "follow_up") is None
    assert clock(pack, "follow_up").warn_share is None


def test_the_ages_of_the_grade_are_timers(pack: Pack) -> None:
    assert ages_of(pack) == (Ageing("registered_at", Duration.parse("15d"), "grade"),)
