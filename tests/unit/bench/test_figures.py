"""Percentiles, goals and rounding."""

import random

import pytest

from tests.bench.figures import Goal, Percentiles, rounded


def test_percentiles_are_values_that_were_seen_by_nearest_rank():
    hundred = list(range(1, 101))
    random.Random(1).shuffle(hundred)  # noqa: S311  # an order, not a secret
    assert Percentiles.of(hundred) == Percentiles(50, 95, 99)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([7.0], Percentiles(7.0, 7.0, 7.0)),
        ([1.0, 2.0], Percentiles(1.0, 2.0, 2.0)),
        ([1.0, 2.0, 3.0], Percentiles(2.0, 3.0, 3.0)),
        ([*range(1, 201)], Percentiles(100, 190, 198)),
    ],
)
def test_percentiles_of_few(seen: list[float], expected: Percentiles):
    assert Percentiles.of(seen) == expected


def test_there_are_no_percentiles_of_nothing():
    with pytest.raises(ValueError, match="no latencies"):
        Percentiles.of([])


SLOW, FAST = Percentiles(30, 50, 70), Percentiles(10, 49.9, 70)


@pytest.mark.parametrize(
    ("goal", "value", "latency", "reached"),
    [
        (Goal(800), 800, None, True),
        (Goal(800), 799.9, None, False),
        (Goal(800, p95_ms=50), 900, FAST, True),
        (Goal(800, p95_ms=50), 900, SLOW, False),
        (Goal(800, p95_ms=50), 900, None, False),
        (Goal(800, p95_ms=50), 700, FAST, False),
        (Goal(100, at_most=True), 100, None, True),
        (Goal(100, at_most=True), 100.1, None, False),
    ],
)
def test_a_goal_is_reached_or_missed(goal: Goal, value: float, latency: Percentiles | None, reached: bool):
    assert goal.reached(value, latency) is reached


def test_a_goal_reads_as_people_write_it():
    assert str(Goal(2_000)) == "≥ 2,000"
    assert str(Goal(800, p95_ms=50)) == "≥ 800, p95 < 50 ms"
    assert str(Goal(10, at_most=True)) == "≤ 10"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1234.567, 1235.0), (45678.9, 45679.0), (12.3456, 12.35), (0.0123456, 0.01235), (0.0, 0.0), (999.96, 1000.0)],
)
def test_figures_keep_four_digits(value: float, expected: float):
    assert rounded(value) == expected
