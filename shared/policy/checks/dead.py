"""Conditions that can never hold, or that always do: whoever wrote them meant something else."""

from collections.abc import Iterator, Mapping

from shared.policy.checks.cells import Cells, TooMany
from shared.policy.checks.statements import Statements
from shared.policy.document.entry import Expression
from shared.policy.document.whole import PackDocument
from shared.policy.entries import all_of
from shared.policy.expressions.condition import Compiled
from shared.policy.findings import Finding, Path
from shared.policy.reading import Source


def check_dead(
    source: Source, document: PackDocument, conditions: Mapping[Path, Compiled], statements: Statements
) -> Iterator[Finding]:
    """Every condition that says the same of all cases."""
    cells = Cells(statements)
    values = {path for path, _ in all_of(Expression, document)}
    for path, condition in conditions.items():
        if path in values:
            continue
        logic, here = statements.of(condition), source.written(path)
        try:
            for code, goal in (("never_holds", logic), ("always_holds", logic.denied())):
                if cells.example(goal) is None:
                    yield source.finding(here, code, at=source.place(here))
                    break
        except TooMany as refused:
            yield source.finding(here, "not_tried", at=source.place(here), cells=refused.cells)
