"""The bench as people read it, and which rows they can choose."""

import io

import pytest
from rich.console import Console

from tests.bench.__main__ import chosen
from tests.bench.table import figure, show
from tests.unit.bench.examples import FOUND, ROW, TOO_SLOW


def shown(*lines: dict[str, object]) -> str:
    console = Console(file=io.StringIO(), width=60)
    show(lines, console)
    return console.file.getvalue()


def test_a_missed_goal_is_told_beside_a_reached_one():
    text = shown(ROW.line(FOUND), ROW.line(TOO_SLOW))
    assert "≥ 800, p95 < 50 ms: reached" in text
    assert "≥ 800, p95 < 50 ms: missed" in text


def test_the_table_is_whole_where_it_is_not_shown_on_a_terminal():
    text = shown(ROW.line(FOUND))
    for word in ("1,235 complaints/s", "12.3 / 20 / 31", "2,000", "0.617", "10,000 × 32", "The event loop."):
        assert word in text


def test_a_row_without_latencies_has_dashes():
    assert "– / – / –" in shown(ROW.line(type(FOUND)(1, 1, 1, 1)))


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (0.617, "0.617"), (9.5, "9.5"), (99.94, "99.9"), (1234.5, "1,234"), (100, "100")]
)
def test_figures(value: float | None, text: str):
    assert figure(value) == text


def test_rows_are_chosen_by_name_and_measured_in_one_order():
    assert [row.name for row in chosen("chain, relay")] == ["relay", "chain"]
    assert len({row.name for row in chosen("")}) == len(chosen("")) >= 6


def test_an_unknown_row_is_named():
    with pytest.raises(ValueError, match=r"unknown nonsense; there are http_accept, .*ready"):
        chosen("relay,nonsense")
