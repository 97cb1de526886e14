"""Each figure of the regimes stands at its place in a pack."""

from functools import cache
from typing import Any

import pytest

from shared.policy.loading import packaged_pack_text
from shared.policy.reading import read_source
from tests.scenarios.rules.table import Figure, read_figures, read_rules

FIGURES = read_figures()


@cache
def _pack(code: str) -> Any:
    return read_source(packaged_pack_text(code), code).data


def _at(figure: Figure) -> Any:
    found = _pack(figure.pack)
    for key in figure.at.split("."):
        found = found[int(key)] if isinstance(found, list) else found[key]
    return found


@pytest.mark.parametrize("figure", FIGURES, ids=[figure.id for figure in FIGURES])
def test_a_figure_stands_at_its_place(figure: Figure) -> None:
    found = _at(figure)
    assert bool(figure.says) != (figure.value is not None)
    if figure.says:
        assert figure.says in found
    else:
        assert found == figure.value


def test_every_figure_is_of_a_rule_of_the_table() -> None:
    assert {figure.rule for figure in FIGURES} <= {rule.id for rule in read_rules()}
