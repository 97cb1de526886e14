"""Decision tables made ready: rows with their compiled conditions, gravest first where that is asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.policy.document.decisions import Decision
from shared.policy.document.whole import PackDocument
from shared.policy.expressions.condition import Compiled
from shared.policy.findings import Path


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: the value it gives (or the role it names), when it holds, and the rule it rests on."""

    value: int | str
    condition: Compiled | None
    rule: str
    also_members: bool = False
    role_as: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A decision's rows in the order they are tried; `rank` tells how grave a value is, 0 the gravest."""

    name: str
    hit: str
    rows: tuple[TableRow, ...]
    names: frozenset[str]
    rank: Mapping[int | str, int]


def source_of(*rules: tuple[str, ...]) -> str:
    """The first of `rules` that names any rule, as one text."""
    return ", ".join(next((rule for rule in rules if rule), ()))


def rules_of(source: str) -> tuple[str, ...]:
    """The rules that `source_of` has put into one text."""
    return tuple(source.split(", ")) if source else ()


def tables_of(document: PackDocument, conditions: Mapping[Path, Compiled]) -> dict[str, Table]:
    """Every decision of the pack that has rows, by name."""
    return {name: _table(name, decision, conditions) for name, decision in document.decisions.items() if decision.rows}


def _table(name: str, decision: Decision, conditions: Mapping[Path, Compiled]) -> Table:
    rank = {value: place for place, value in enumerate(decision.values())}
    rows = []
    for index, row in enumerate(decision.rows):
        value = row.give if row.give is not None else str(row.to)
        condition = conditions.get(("decisions", name, "rows", index, "when"))
        rows.append(TableRow(value, condition, source_of(row.rule, decision.rule), row.also == "members", row.as_))
    if decision.hit == "gravest":
        rows.sort(key=lambda row: rank[row.value])  # stable: rows of one value keep the order of the pack
    names = frozenset[str]().union(*(row.condition.names for row in rows if row.condition))
    return Table(name, decision.hit or "first", tuple(rows), names, rank)
