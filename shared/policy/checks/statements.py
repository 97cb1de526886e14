"""A condition as and, or and not over statements, each about one axis: one fact, one age, one event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.policy.document.values import ValueType
from shared.policy.document.whole import PackDocument
from shared.policy.durations import Duration
from shared.policy.expressions.condition import Compiled, unparse
from shared.policy.expressions.functions import FEN_PER_YUAN
from shared.policy.expressions.syntax import Call, Items, Literal, Name, Node
from shared.policy.findings import Path
from shared.policy.names import Named

_MINUTES = {"min": 1, "h": 60, "d": 1440, "w": 10_080, "mo": 43_830, "y": 525_960, "same_day": 720}
"""Lengths for comparing ages; a month and a year at their mean."""
_FLIPPED = {"_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_", "_==_": "_==_", "_!=_": "_!=_"}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "_<_": lambda left, right: left < right,
    "_<=_": lambda left, right: left <= right,
    "_>_": lambda left, right: left > right,
    "_>=_": lambda left, right: left >= right,
    "_==_": lambda left, right: left == right,
    "_!=_": lambda left, right: left != right,
}


@dataclass(frozen=True, slots=True)
class Axis:
    """What a statement is about. kind: `bool`, `number`, `value`, `set`, `age`, or `text` for what cannot be cut."""

    key: str
    kind: str
    name: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A smallest statement: its axis, the literals that cut it, and what it says of a point on it.

    `needs`: how many members of a set must be there at once for it to hold.
    """

    axis: Axis
    cuts: tuple[Any, ...]
    test: Callable[[Any], bool]
    needs: int = 0


@dataclass(frozen=True, slots=True)
class Logic:
    """`and` and `or` over parts, `always`, `never`, or a statement that must hold (`yes`) or not (`no`)."""

    kind: str
    parts: tuple["Logic", ...] = ()
    statement: Statement | None = None

    def denied(self) -> "Logic":
        """What holds exactly where this does not."""
        other = {"and": "or", "or": "and", "always": "never", "never": "always", "yes": "no", "no": "yes"}[self.kind]
        return replace(self, kind=other, parts=tuple(part.denied() for part in self.parts))


ALWAYS = Logic("always")


def both(*parts: Logic) -> Logic:
    """Where all parts hold."""
    return Logic("and", parts)


def either(*parts: Logic) -> Logic:
    """Where one of the parts holds."""
    return Logic("or", parts)


class Statements:
    """Takes the conditions of one pack apart. Facts that are derived stand for what they follow from."""

    def __init__(self, document: PackDocument, names: Mapping[str, Named], conditions: Mapping[Path, Compiled]) -> None:
        self.names = names
        self.facts = document.facts
        self._conditions = conditions

    def at(self, path: Path) -> Logic | None:
        """What the condition at `path` says; ALWAYS where none is written, None where it could not be compiled."""
        compiled = self._conditions.get(path)
        return self.of(compiled) if compiled else None

    def of(self, compiled: Compiled | None) -> Logic:
        """What a condition says; no condition holds always."""
        return ALWAYS if compiled is None else self._logic(compiled.tree, frozenset())

    def _logic(self, node: Node, within: frozenset[str]) -> Logic:
        if isinstance(node, Literal) and isinstance(node.value, bool):
            return Logic("always" if node.value else "never")
        if isinstance(node, Name):
            derived = self._conditions.get(("facts", node.name, "derive", "expression"))
            if derived is not None and node.name not in within:
                return self._logic(derived.tree, within | {node.name})
            return _yes(Statement(Axis(node.name, "bool", node.name), (), bool))
        if isinstance(node, Call):
            parts = [self._logic(arg, within) for arg in node.args] if node.function in _JOINING else []
            match node.function:
                case "!_":
                    return parts[0].denied()
                case "_&&_":
                    return both(*parts)
                case "_||_":
                    return either(*parts)
                case "_?_:_":
                    return either(both(parts[0], parts[1]), both(parts[0].denied(), parts[2]))
            statement = self._statement(node)
            if statement is not None:
                return _yes(statement)
        text = unparse(node)
        return _yes(Statement(Axis(text, "text"), (), bool))

    def _statement(self, node: Call) -> Statement | None:
        match node.function, node.args:
            case (("within" | "older_than"), _):
                return _age(node)
            case "happened", (Literal(value=event),):
                return Statement(Axis(f"happened({event})", "text"), (), bool)
            case "@in", (Literal(value=member), Name(name=name)):
                return Statement(Axis(name, "set", name), (member,), lambda given: member in given, 1)
            case "@in", (Name(name=name), Items(items=items)) if (listed := _values(items)) is not None:
                return Statement(self._axis(name), listed, frozenset(listed).__contains__)
            case (("any_of" | "all_of"), (Name(name=name), Items(items=items))) if (
                listed := _values(items)
            ) is not None:
                wanted = set(listed)
                if node.function == "any_of":
                    return Statement(Axis(name, "set", name), listed, lambda given: not wanted.isdisjoint(given), 1)
                return Statement(Axis(name, "set", name), listed, lambda given: wanted <= set(given), len(wanted))
        if node.function in _COMPARE:
            left, right = node.args
            return self._comparison(left, node.function, right) or self._comparison(
                right, _FLIPPED[node.function], left
            )
        return None

    def _comparison(self, left: Node, sign: str, right: Node) -> Statement | None:
        value, compare = _value(right), _COMPARE[sign]
        if value is None:
            return None
        match left:
            case Name(name=name):
                return Statement(self._axis(name), (value,), lambda given: compare(given, value))
            case Call(function="size", args=(Name(name=name),)) if isinstance(value, int):
                return Statement(Axis(name, "set", name), (), lambda given: compare(len(given), value), value + 1)
        return None

    def _axis(self, name: str) -> Axis:
        known = self.names[name].type
        number = known in {ValueType.INT, ValueType.MONEY}
        return Axis(name, "bool" if known is ValueType.BOOL else "number" if number else "value", name)


_JOINING = frozenset({"!_", "_&&_", "_||_", "_?_:_"})


def _yes(statement: Statement) -> Logic:
    return Logic("yes", statement=statement)


def _age(node: Call) -> Statement | None:
    *start, length = node.args
    if not isinstance(length, Literal):
        return None
    duration = Duration.parse(str(length.value))
    minutes = duration.amount * _MINUTES[duration.unit] if duration.amount else 0
    of = ", ".join(unparse(part) for part in start)
    if duration.unit not in _MINUTES:
        minutes, of = duration.amount, f"{of}, {duration.unit}"  # working time has its own measure
    elif duration.unit == "same_day":
        minutes = _MINUTES["same_day"]
    cut = (minutes, str(duration))
    older = node.function == "older_than"
    return Statement(Axis(f"age of {of}", "age", of), (cut,), lambda age: (age > minutes) == older)


def _value(node: Node) -> Any:
    """The value a node says without any fact: a literal, an amount, a negative number; else None."""
    match node:
        case Literal(value=value):
            return value
        case Call(function="yuan", args=(Literal(value=value),)) if isinstance(value, int):
            return value * FEN_PER_YUAN
        case Call(function="-_", args=(Literal(value=value),)) if isinstance(value, int):
            return -value
    return None


def _values(items: tuple[Node, ...]) -> tuple[Any, ...] | None:
    found = tuple(_value(item) for item in items)
    return None if None in found else found
