"""Do the rows of a decision stand to each other as its `hit` says: reached, alone where they must be, and complete."""

from collections.abc import Iterator
from typing import Any

from shared.policy.checks.cells import Cells, TooMany
from shared.policy.checks.examples import in_words
from shared.policy.checks.statements import ALWAYS, Logic, Statements, both
from shared.policy.document.decisions import Decision
from shared.policy.document.whole import PackDocument
from shared.policy.findings import Finding, Path
from shared.policy.reading import Source


def check_rows(source: Source, document: PackDocument, statements: Statements, *, whole: bool) -> Iterator[Finding]:
    """Rows never reached, rows that overlap under `hit: unique`, cases that no row decides.

    whole: a module alone has fewer kinds of case, so that its rows may seem unreached there.
    """
    for name, decision in document.decisions.items():
        path: Path = ("decisions", name)
        says = [
            statements.at((*path, "rows", index, "when")) if row.when is not None else ALWAYS
            for index, row in enumerate(decision.rows)
        ]
        if decision.rows and all(row is not None for row in says):
            yield from _Table(source, path, decision, [row for row in says if row is not None], statements).findings(
                whole
            )


class _Table:
    def __init__(
        self, source: Source, path: Path, decision: Decision, says: list[Logic], statements: Statements
    ) -> None:
        self._source, self._path, self._decision, self._says = source, path, decision, says
        self._cells, self._names = Cells(statements), statements.names

    def findings(self, whole: bool) -> Iterator[Finding]:
        for later in range(1, len(self._says) if whole or self._decision.hit == "unique" else 1):
            for earlier in range(later):
                try:
                    yield from self._pair(earlier, later)
                except TooMany as refused:
                    yield self._at(later, "not_tried", cells=refused.cells)
        last = self._decision.rows[-1]
        if last.when is not None and self._decision.hit != "all":
            try:
                yield from self._uncovered()
            except TooMany as refused:
                yield self._source.finding((*self._path, "rows"), "not_tried", cells=refused.cells)

    def _pair(self, earlier: int, later: int) -> Iterator[Finding]:
        first, second = self._says[earlier], self._says[later]
        rows = self._decision.rows
        match self._decision.hit:
            case "unique":
                if rows[earlier].when is None or rows[later].when is None:
                    return  # a row without `when` is for what the others leave over
                found = self._cells.example(both(first, second))
                if found is not None:
                    one, two = _given(rows[earlier]), _given(rows[later])
                    words = in_words(found, self._names)
                    yield self._at(later, "overlap", first=earlier, second=later, one=one, two=two, **words)
            case "first":
                if rows[earlier].when is not None and self._hidden(first, second):
                    yield self._at(later, "unreachable", by=earlier)
            case "gravest":
                yield from self._graver(earlier, later)

    def _graver(self, earlier: int, later: int) -> Iterator[Finding]:
        rows, order = self._decision.rows, self._decision.order
        for row, other in ((later, earlier), (earlier, later)):
            mine, its = rows[row].give, rows[other].give
            if mine not in order or its not in order or rows[row].also or rows[other].when is None:
                continue
            if order.index(its) < order.index(mine) and self._hidden(self._says[other], self._says[row]):
                yield self._at(row, "unreachable_graver", by=other)

    def _hidden(self, first: Logic, second: Logic) -> bool:
        """Whether `first` holds wherever `second` does; a row that never holds is another check's business."""
        return self._cells.example(both(second, first.denied())) is None and self._cells.example(second) is not None

    def _uncovered(self) -> Iterator[Finding]:
        found = self._cells.example(both(*(row.denied() for row in self._says)))
        if found is not None:
            yield self._source.finding((*self._path, "rows"), "no_last_row", **in_words(found, self._names))
        elif self._decision.hit == "gravest":  # a case of which nothing is known yet has a grade all the same
            words = {"example": "nothing is known yet", "example_zh": "尚无已知事实"}
            yield self._source.finding((*self._path, "rows"), "no_last_row", at=None, **words)

    def _at(self, row: int, code: str, **params: Any) -> Finding:
        return self._source.finding((*self._path, "rows", row), code, **params)


def _given(row: object) -> object:
    give, to = getattr(row, "give", None), getattr(row, "to", None)
    return give if give is not None else to
