"""What a case brings into a measure, and which measures are followed."""

from pathlib import Path
from typing import Any

import pytest

from shared.policy.loading import load_pack, packaged_pack_text, packaged_packs
from shared.policy.measuring import brought_by, counted_by, counts, followed_in
from shared.policy.pack import Pack
from shared.policy.situation import Context, Situation
from tests.unit.policy.conftest import context

SMALL_OFFICE = (Path(__file__).parents[2] / "scenarios" / "small_office" / "pack.yaml").read_text("utf-8")


def with_measure(written: str) -> Pack:
    return load_pack(SMALL_OFFICE.replace("\nmeasures:\n", f"\nmeasures:\n  m: {{{written}, rule: X-1/r12}}\n", 1))


@pytest.mark.parametrize("code", packaged_packs())
def test_no_packaged_pack_is_followed_so_that_its_cases_cost_nothing_more(code: str) -> None:
    assert not followed_in(load_pack(packaged_pack_text(code)))


@pytest.mark.parametrize(
    ("written", "followed"),
    [
        ("count: cases, window: 1mo", False),
        ("count: cases, window: 1mo, same: [building, category]", False),
        ("count: cases, window: 1mo, where: \"floor >= 3 && contact_type == 'complaint'\"", False),
        ("count: cases, window: calendar_month", True),
        ("count: cases, window: 1mo, per: customer", True),
        ("count: cases, window: 1mo, over: replied", True),
        ("count: cases, window: 1mo, where: \"customer_response == 'dissatisfied'\"", True),
        ("sum: damage, window: 1mo", True),
    ],
)
def test_what_any_change_may_change_is_followed(written: str, followed: bool) -> None:
    assert ("m" in followed_in(with_measure(written))) is followed


def test_what_a_reaction_may_set_is_followed() -> None:
    text = SMALL_OFFICE.replace("do: [{cancel: secure}]", "do: [{cancel: secure}, {set: {press: false}}]", 1)
    text = text.replace(
        "\nmeasures:\n", '\nmeasures:\n  m: {count: cases, window: 1mo, where: "press", rule: X-1/r12}\n'
    )
    assert "m" in followed_in(load_pack(text))


def test_a_quota_is_counted_by_nobody() -> None:
    assert "repair_visits" not in counted_by(load_pack(packaged_pack_text("management-office")))


@pytest.mark.parametrize(
    ("written", "facts", "happened", "brought"),
    [
        ("sum: damage, window: 1mo", {"damage": 500}, (), 500),
        ("sum: damage, window: 1mo", {}, (), None),
        ("sum: damage, window: 1mo, over: closed", {"damage": 500}, (), None),
        ("sum: damage, window: 1mo, over: closed", {"damage": 500}, ("closed",), 500),
        ("count: cases, over: replied, window: 1mo", {}, (), None),
        ("count: cases, over: replied, window: 1mo", {}, ("replied",), 1),
        ('share: cases, where: "hidden_defect", window: 1mo', {"hidden_defect": True}, (), 1),
        ('share: cases, where: "hidden_defect", window: 1mo', {"hidden_defect": False}, (), 0),
        ('share: cases, where: "hidden_defect", window: 1mo', {}, (), None),
        ('share: cases, where: "calmed", window: 1mo', {}, (), 0),  # unknown_as: false
        ("share: dissatisfied, over: replied, window: 1mo", {}, ("replied",), 0),
        ("share: dissatisfied, over: replied, window: 1mo", {}, ("replied", "dissatisfied"), 1),
        ("share: dissatisfied, over: replied, window: 1mo", {}, ("dissatisfied",), None),
        ('share: replied, where: "hidden_defect", window: 1mo', {}, (), 0),
        ('share: replied, where: "hidden_defect", window: 1mo', {}, ("replied",), None),
    ],
)
def test_a_case_brings_in_what_is_known_of_it(
    written: str, facts: dict[str, Any], happened: tuple[str, ...], brought: int | None
) -> None:
    assert brought_by(with_measure(written), "m", facts, context(happened=happened)) == brought


def test_a_fact_is_not_summed_up_by_what_it_counts_as_while_unknown() -> None:
    pack = with_measure("sum: floor, window: 1mo")
    guessing = load_pack(
        pack.text.replace("en: floor, int: true, ask: intake", "en: floor, int: true, ask: intake, unknown_as: 1")
    )
    assert brought_by(guessing, "m", {}, context()) is None
    assert brought_by(guessing, "m", {"floor": 3}, context()) == 3


def test_all_cases_belong_to_a_share_and_to_a_count_those_that_hold() -> None:
    share = with_measure('share: cases, where: "hidden_defect", window: 1mo')
    count = with_measure('count: cases, where: "hidden_defect", window: 1mo')
    assert (counts(share, "m", {}, context()), counts(count, "m", {}, context())) == (True, False)


def test_what_is_not_counted_is_nothing_but_a_share_of_none_is_unknown() -> None:
    pack = with_measure('share: cases, where: "hidden_defect", same: floor, window: 1mo')
    known = Situation(pack, {}, {}, Context(now=context().now))
    assert (known.value("monthly"), known.value("building_damage"), known.value("m")) == (0, 0, None)
    assert known.missing(["m"]) == ("floor", "hidden_defect")
