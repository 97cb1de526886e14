"""Shares of one kind make up a whole at most, whoever they are given to."""

from dataclasses import replace

import pytest

from services.routing.domain import Attribution
from services.routing.policy.attributing import attributed, left_of, share_of
from shared.policy.attributing import AttributionSpec
from tests.unit.routing.examples import case_file


def made(name: str, share: int, *, person: str | None = None, kind: str = "causing") -> Attribution:
    return Attribution(name, kind, "person", person, None, share, ("X/r1",), "2026-03-02T02:00:00Z", "wu.fang")


def spec(share: int | None = None, share_from: str | None = None) -> AttributionSpec:
    return AttributionSpec("a", "causing", "person", (), ("x",), None, share, share_from, None, "X/r1", "甲", "a")


def test_what_is_left_is_counted_by_kind() -> None:
    file = attributed(attributed(case_file(), made("a", 60, person="li.na")), made("d", 90, kind="delaying"))
    assert left_of(file, made("b", 1)) == 40
    assert left_of(file, made("b", 1, kind="delaying")) == 10
    assert left_of(file, made("b", 1, kind="handling")) == 100


def test_the_same_again_replaces_and_counts_as_left() -> None:
    file = attributed(case_file(), made("a", 60, person="li.na"))
    again = made("a", 80, person="li.na")
    assert left_of(file, again) == 100
    assert [each.share for each in attributed(file, again).attributions] == [80]
    assert [each.share for each in attributed(file, made("a", 40, person="wu.fang")).attributions] == [60, 40]


def test_a_delay_that_is_attributed_has_happened() -> None:
    assert "delay_attributed" in attributed(case_file(), made("d", 50, kind="delaying")).course.happened
    assert "delay_attributed" not in attributed(case_file(), made("c", 50)).course.happened


@pytest.mark.parametrize(
    ("entry", "facts", "share"),
    [
        (spec(70), {}, 70),
        (spec(), {}, None),
        (spec(share_from="part"), {"part": 30}, 30),
        (spec(share_from="part"), {"part": 130}, 100),
        (spec(share_from="part"), {"part": -5}, 0),
        (spec(share_from="part"), {}, None),
    ],
)
def test_a_share_is_the_packs_or_a_facts(entry: AttributionSpec, facts: dict[str, object], share: int | None) -> None:
    assert share_of(replace(entry), facts) == share
