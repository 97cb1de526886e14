"""The tables beside this file: the rules of each regime, and the figures that must stand in a pack."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from shared.policy.reading import read_source

HERE = Path(__file__).parent
Kind = Literal["software", "half", "people", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. kind: who keeps it; reason: why it does not apply."""

    id: str
    kind: Kind
    gist: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a rule: the value at the dotted path `at` of a pack is `value`, or a condition there says it."""

    id: str
    rule: str
    pack: str
    at: str
    value: Any = None
    says: str = ""


def read_rules(path: Path = HERE / "rules.yaml") -> tuple[Rule, ...]:
    """Every rule of the table, in its order."""
    regimes = read_source(path.read_text(encoding="utf-8"), path.name).data
    return tuple(
        Rule(f"{regime}/{name}", **entry) for regime, rules in regimes.items() for name, entry in rules.items()
    )


def read_figures(path: Path = HERE / "figures.yaml") -> tuple[Figure, ...]:
    """Every figure of the table, in its order."""
    return tuple(
        Figure(id=name, **{key: value for key, value in entry.items() if key != "unit"})
        for name, entry in read_source(path.read_text(encoding="utf-8"), path.name).data.items()
    )
