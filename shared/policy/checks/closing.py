"""Can every case close: for each kind of case, is there a ground that its work may bring about."""

from collections.abc import Iterator, Mapping
from itertools import islice

from shared.policy.checks.cells import MOST, Cells, Point, TooMany, walk
from shared.policy.checks.examples import in_words
from shared.policy.checks.opening import opened_elsewhere
from shared.policy.checks.statements import ALWAYS, Axis, Logic, Statement, Statements, both
from shared.policy.document.moves import Ground
from shared.policy.document.whole import PackDocument
from shared.policy.findings import Finding
from shared.policy.reading import Source

_FIXED = frozenset({"contact_type", "channel", "medium", "contactable", "anonymous", "off_hours"})
"""What the product knows of a case from the start and no work on it changes."""


def check_closing(source: Source, document: PackDocument, statements: Statements) -> Iterator[Finding]:
    """The cases that no ground closes."""
    types = frozenset(name for name, kind in document.types.items() if kind.starts.kind == "case")
    if not types or not document.moves.close:
        return
    closing = _Closing(document, statements, types)
    here = ("moves", "close")
    try:
        point = closing.never_closed()
    except TooMany as refused:
        yield source.finding(here, "not_tried", cells=refused.cells)
    else:
        if point is not None:
            yield source.finding(here, "never_closes", **in_words(point, statements.names))


class _Closing:
    def __init__(self, document: PackDocument, statements: Statements, types: frozenset[str]) -> None:
        self._document, self._statements, self._types = document, statements, types
        self._cells = Cells(statements)
        self._opened = opened_elsewhere(document)
        self._grounds = [self._ground(index, ground) for index, ground in enumerate(document.moves.close)]

    def never_closed(self) -> Point | None:
        """What is fixed of a case that no ground closes, only what matters to it; None where every case may close."""
        lines = [line for line in self._cells.lines(both(*self._grounds)) if self._is_fixed(line.axis)]
        size = 1
        for line in lines:
            size *= len(line.cells)
        if size > MOST:
            raise TooMany(size)
        seen: dict[tuple[bool, ...], bool] = {}
        closed: dict[tuple[object, ...], bool] = {}
        stuck: list[tuple[Point, tuple[object, ...]]] = []
        for point, answers in walk(lines):
            if not self._is_case(point):
                continue
            key = tuple(point.values())
            vector = tuple(answers.values())
            if vector not in seen:
                seen[vector] = any(self._may_hold(ground, answers) for ground in self._grounds)
            closed[key] = seen[vector]
            if not seen[vector]:
                stuck.append((point, key))
        return min((_needed(point, key, closed) for point, key in islice(stuck, 5)), key=len, default=None)

    def _ground(self, index: int, ground: Ground) -> Logic:
        parts = [self._statements.at(("moves", "close", index, "when")) or ALWAYS]
        done = [str(need.name).removesuffix(".done") for need in ground.needs if str(need.name).endswith(".done")]
        parts += [
            self._statements.at(("steps", step, "opens", "when")) or ALWAYS
            for step in ([str(ground.after)] if ground.after else []) + done
            if step in self._document.steps and step not in self._opened
        ]
        return both(*parts)

    def _is_fixed(self, axis: Axis) -> bool:
        if axis.kind == "age":
            return False  # every case grows older
        fact = self._document.facts.get(axis.name or "")
        if fact is not None:
            return fact.ask == "intake" or fact.from_ is not None
        return axis.name in _FIXED or axis.name in self._document.decisions

    def _is_case(self, point: Point) -> bool:
        return all(axis.key != "contact_type" or value in self._types for axis, value in point.items())

    def _may_hold(self, ground: Logic, answers: Mapping[Statement, bool]) -> bool:
        return self._cells.example(_knowing(ground, answers)) is not None


def _knowing(logic: Logic, answers: Mapping[Statement, bool]) -> Logic:
    """`logic` once the statements in `answers` are settled."""
    if logic.statement is not None and logic.statement in answers:
        return Logic("always" if answers[logic.statement] is (logic.kind == "yes") else "never")
    return Logic(logic.kind, tuple(_knowing(part, answers) for part in logic.parts), logic.statement)


def _needed(point: Point, key: tuple[object, ...], closed: Mapping[tuple[object, ...], bool]) -> Point:
    """The part of `point` that alone keeps the case from closing, whatever the rest is."""
    free: set[int] = set()
    for place in range(len(key)):
        trial = free | {place}
        alike = (k for k in closed if all(at in trial or k[at] == key[at] for at in range(len(key))))
        if not any(closed[k] for k in alike):
            free = trial
    return {axis: value for place, (axis, value) in enumerate(point.items()) if place not in free}
