"""What the compiler cannot know about a condition: which part of the language packs use, values, sets, money, ages."""

from collections.abc import Iterator, Mapping, Sequence

from shared.policy.document.values import ValueType
from shared.policy.durations import Duration
from shared.policy.expressions.functions import FUNCTIONS
from shared.policy.expressions.syntax import Call, Foreign, Items, Literal, Name, Node, walk
from shared.policy.findings import nearest
from shared.policy.names import Named

Problem = tuple[Node, str, dict[str, object]]
"""The part of the condition, the code of the message, and what the message needs."""

_ORDERING = frozenset({"_<_", "_<=_", "_>_", "_>=_"})
_COMPARING = _ORDERING | {"_==_", "_!=_"}
_SUMS = frozenset({"_+_", "_-_"})
_ALLOWED = _COMPARING | _SUMS | {"_&&_", "_||_", "!_", "@in", "_*_", "-_", "_?_:_", "size", *FUNCTIONS}
_WHAT = {
    "macro": ("宏（exists、all、map、filter）", "a macro (exists, all, map, filter)"),
    "field": ("取字段", "access to a field"),
    "map": ("映射常量", "a map written out"),
    "method": ("方法调用", "a call on a value"),
    "bytes": ("此类常量", "a literal of this kind"),
}


class Reader:
    """Finds the problems of one pack's conditions."""

    def __init__(self, names: Mapping[str, Named], events: frozenset[str]) -> None:
        self._names = names
        self._events = events

    def problems(self, tree: Node) -> Iterator[Problem]:
        """Every problem in a condition's tree."""
        for node in walk(tree):
            if isinstance(node, Foreign):
                zh, en = _WHAT[node.what]
                yield node, "outside_language", {"what": en, "what_zh": zh}
            elif isinstance(node, Name) and node.name not in self._names:
                yield node, "undeclared", {"name": node.name, "meant": nearest(node.name, self._names)}
            elif isinstance(node, Call):
                yield from self._call(node)

    def _call(self, node: Call) -> Iterator[Problem]:
        if node.function not in _ALLOWED:
            word = node.function.strip("_@")
            yield node, "outside_language", {"what": f"'{word}'", "what_zh": f"“{word}”"}
        elif node.function in _COMPARING and len(node.args) == 2:
            yield from self._comparison(node)
        elif node.function in _SUMS and len(node.args) == 2:
            yield from self._money(node)
        elif node.function == "@in":
            yield from self._membership(node)
        elif node.function in {"any_of", "all_of"} and len(node.args) == 2:
            yield from self._set_function(node)
        elif node.function in {"within", "older_than"} and len(node.args) in {2, 3}:
            yield from self._age(node)
        elif node.function == "happened" and len(node.args) == 1:
            yield from self._event(node.args[0])
        elif node.function == "yuan" and not (node.args and isinstance(node.args[0], Literal)):
            yield node, "yuan_literal", {}

    def _comparison(self, node: Call) -> Iterator[Problem]:
        for subject, other in (node.args, node.args[::-1]):
            known = self._known(subject)
            if known is None:
                continue
            if known.type is ValueType.SET:
                yield subject, "is_a_set", {"name": known.name}
            elif node.function in _ORDERING and known.type is ValueType.ENUM:
                yield node, "no_order", {"name": known.name}
            elif known.type is ValueType.ENUM or (known.values and self._names_a_value(node, other)):
                yield from self._value(known, other)
        yield from self._money(node)

    def _names_a_value(self, node: Call, other: Node) -> bool:
        # A grade of whole numbers has an order, so `grade <= 3` need not name a grade; `grade == 5` must.
        return node.function not in _ORDERING and isinstance(other, Literal)

    def _membership(self, node: Call) -> Iterator[Problem]:
        element, container = node.args
        known = self._known(container)
        if known is not None:
            if known.type is not ValueType.SET:
                yield container, "not_a_set", {"function": "in", "name": known.name}
            else:
                yield from self._value(known, element)
            return
        subject = self._known(element)
        if subject is None or not isinstance(container, Items):
            return
        if subject.type is ValueType.SET:
            yield element, "is_a_set", {"name": subject.name}
        elif subject.values:
            for item in container.items:
                yield from self._value(subject, item)

    def _set_function(self, node: Call) -> Iterator[Problem]:
        known = self._known(node.args[0])
        if known is None or known.type is not ValueType.SET:
            yield node, "not_a_set", {"function": node.function}
            return
        wanted = node.args[1]
        for item in wanted.items if isinstance(wanted, Items) else (wanted,):
            yield from self._value(known, item)

    def _age(self, node: Call) -> Iterator[Problem]:
        length = node.args[-1]
        if not isinstance(length, Literal):
            yield node, "duration_literal", {"function": node.function}
            return
        try:
            Duration.parse(str(length.value))
        except ValueError:
            yield length, "no_duration", {"given": length.value}

    def _event(self, event: Node) -> Iterator[Problem]:
        if not isinstance(event, Literal):
            yield event, "literals_only", {"name": "happened"}
        elif event.value not in self._events:
            yield event, "no_event", {"name": event.value, "meant": nearest(str(event.value), self._events)}

    def _value(self, known: Named, node: Node) -> Iterator[Problem]:
        """Is `node` one of the values of `known`?"""
        if not isinstance(node, Literal):
            yield node, "literals_only", {"name": known.name}
        elif node.value not in known.values:
            values = ", ".join(map(str, known.values))
            code = "never_is" if known.type is ValueType.INT else "no_such_value"
            meant = nearest(str(node.value), map(str, known.values))
            yield node, code, {"name": known.name, "value": node.value, "values": values, "meant": meant}

    def _money(self, node: Call) -> Iterator[Problem]:
        left, right = (self._unit(part) for part in node.args)
        if (left == "money") == (right == "money"):
            return
        other, unit = (node.args[1], right) if left == "money" else (node.args[0], left)
        if unit == "literal" and isinstance(other, Literal):
            if other.value != 0:
                yield other, "bare_money", {"proposal": other.value}
        elif unit is not None:
            yield node, "money_mixed", {"name": other.name if isinstance(other, Name) else unit}

    def _unit(self, node: Node) -> str | None:
        """`money`, `number`, or `literal` for a bare number; None where it cannot be said."""
        if isinstance(node, Name):
            known = self._names.get(node.name)
            return {ValueType.MONEY: "money", ValueType.INT: "number"}.get(known.type) if known else None
        if isinstance(node, Literal):
            return "literal" if isinstance(node.value, int) and not isinstance(node.value, bool) else None
        if not isinstance(node, Call):
            return None
        units = self._units(node.args)
        match node.function:
            case "yuan":
                return "money"
            case "size":
                return "number"
            case "_+_" | "_-_" | "_*_" | "-_":
                return "money" if "money" in units else next(iter(units), None)
            case "_?_:_":
                return next(iter(self._units(node.args[1:])), None)
        return None

    def _units(self, nodes: Sequence[Node]) -> list[str]:
        return [unit for node in nodes if (unit := self._unit(node))]

    def _known(self, node: Node) -> Named | None:
        return self._names.get(node.name) if isinstance(node, Name) else None
