"""Tries conditions by cells: every literal cuts its axis, and one point of each part stands for all of that part.

Numbers go by below, at and above each threshold, values by those that are named and one other, sets by their named
members (as many at a time as the conditions need together, at least two), ages by the ends that are named.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, islice, product
from math import comb, prod
from typing import Any

from shared.policy.checks.statements import Axis, Logic, Statement, Statements
from shared.policy.document.values import ValueType
from shared.policy.fact_values import LARGEST_INT, LARGEST_MONEY

MOST = 200_000
"""Cells that are tried for one question; a larger question is not answered, and the tool says so."""
_SUBSETS = 5_000
OTHER = "…"
Point = dict[Axis, Any]


class TooMany(ValueError):
    """The question has more cells than are tried; `cells` says how many."""

    def __init__(self, cells: int) -> None:
        super().__init__(cells)
        self.cells = cells


@dataclass(frozen=True, slots=True)
class Line:
    """One axis cut into cells that differ in what the statements about it say, each with a point that stands for it."""

    axis: Axis
    statements: tuple[Statement, ...]
    cells: tuple[tuple[tuple[bool, ...], Any], ...]


class Cells:
    """The cells of one pack's conditions."""

    def __init__(self, statements: Statements) -> None:
        self._names = statements.names
        self._facts = statements.facts

    def example(self, goal: Logic) -> Point | None:
        """A point at which `goal` holds, or None where it never does. Raises TooMany."""
        if goal.kind == "or":
            unanswered: TooMany | None = None
            for part in goal.parts:
                try:
                    found = self.example(part)
                except TooMany as refused:
                    unanswered = refused
                else:
                    if found is not None:
                        return found
            if unanswered:
                raise unanswered
            return None
        lines = self.lines(goal)
        size = prod(len(line.cells) for line in lines)
        holds = compiled(goal)
        # A question too large may still have an example near at hand; only a "never" needs all of it.
        for point, answers in islice(walk(lines), MOST):
            if holds(answers):
                return point
        if size > MOST:
            raise TooMany(size)
        return None

    def lines(self, goal: Logic) -> list[Line]:
        """The axes of `goal`, each cut into its cells. Raises TooMany where a set has too many."""
        about: dict[Axis, dict[Statement, None]] = {}
        for statement in statements_in(goal):
            about.setdefault(statement.axis, {})[statement] = None
        return [self._line(axis, tuple(found), goal) for axis, found in about.items()]

    def _line(self, axis: Axis, statements: tuple[Statement, ...], goal: Logic) -> Line:
        cells: dict[tuple[bool, ...], Any] = {}
        for point in self._points(axis, statements, goal):
            cells.setdefault(tuple(statement.test(point) for statement in statements), point)
        return Line(axis, statements, tuple(cells.items()))

    def _points(self, axis: Axis, statements: tuple[Statement, ...], goal: Logic) -> Iterator[Any]:
        cuts = list(dict.fromkeys(cut for statement in statements for cut in statement.cuts))
        match axis.kind:
            case "number":
                yield from self._numbers(str(axis.name), cuts)
            case "value":
                yield from self._values(str(axis.name), cuts)
            case "set":
                yield from self._subsets(str(axis.name), cuts, max(2, _needed(goal, axis)))
            case "age":
                ends = sorted({minutes for minutes, _ in cuts})
                yield from (*ends, ends[-1] + 1)
            case _:
                yield from (True, False)

    def _numbers(self, name: str, cuts: list[int]) -> Iterator[int]:
        known, fact = self._names[name], self._facts.get(name)
        if known.values:
            yield from (value for value in known.values if isinstance(value, int))
            return
        largest = LARGEST_MONEY if known.type is ValueType.MONEY else LARGEST_INT
        low = fact.min if fact and fact.min is not None else 0
        high = fact.max if fact and fact.max is not None else largest
        near = {cut + step for cut in cuts for step in (-1, 0, 1)}
        yield from sorted(point for point in near | {low, high} if low <= point <= high)

    def _values(self, name: str, cuts: list[Any]) -> Iterator[Any]:
        known = self._names[name]
        if len(known.values) < 2:  # a name of one value so far may have others in a later version
            yield from (*cuts, OTHER)
            return
        yield from (cut for cut in cuts if cut in known.values)
        yield from islice((value for value in known.values if value not in cuts), 1)

    def _subsets(self, name: str, cuts: list[Any], most: int) -> Iterator[tuple[Any, ...]]:
        members = [*cuts, *islice((value for value in self._names[name].values if value not in cuts), most)]
        most = min(most, len(members))
        if (size := sum(comb(len(members), number) for number in range(most + 1))) > _SUBSETS:
            raise TooMany(size)
        for number in range(most + 1):
            yield from combinations(members, number)


def statements_in(logic: Logic) -> Iterator[Statement]:
    """Its statements, in the order of the text."""
    if logic.statement is not None:
        yield logic.statement
    for part in logic.parts:
        yield from statements_in(part)


def walk(lines: list[Line]) -> Iterator[tuple[Point, Mapping[Statement, bool]]]:
    """Every cell of the space that `lines` span: its point and what the statements say there."""
    for chosen in product(*(line.cells for line in lines)):
        point = {line.axis: value for line, (_, value) in zip(lines, chosen, strict=True)}
        answers = {
            statement: answer
            for line, (vector, _) in zip(lines, chosen, strict=True)
            for statement, answer in zip(line.statements, vector, strict=True)
        }
        yield point, answers


def compiled(logic: Logic) -> Callable[[Mapping[Statement, bool]], bool]:
    """Says whether `logic` holds where its statements say this and that."""
    if logic.statement is not None:
        statement, wanted = logic.statement, logic.kind == "yes"
        return lambda answers: answers[statement] is wanted
    parts = [compiled(part) for part in logic.parts]
    if logic.kind == "and":
        return lambda answers: all(part(answers) for part in parts)
    if logic.kind == "or":
        return lambda answers: any(part(answers) for part in parts)
    return lambda _: logic.kind == "always"


def _needed(logic: Logic, axis: Axis) -> int:
    """How many members of the set `axis` the conditions need at once at most."""
    if logic.statement is not None:
        statement = logic.statement
        about = statement.axis == axis and (logic.kind == "yes" or not statement.cuts)  # size() counts both ways
        return statement.needs if about else 0
    counts = [_needed(part, axis) for part in logic.parts]
    return sum(counts) if logic.kind == "and" else max(counts, default=0)
