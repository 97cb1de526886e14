"""A compiled condition: asked what it says of the known facts, and which of its parts made it so."""

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from cel_expr_python import cel

from shared.policy.expressions.syntax import Call, Items, Literal, Name, Node, decode, names_in, walk

_UNKNOWN = re.compile(r'No value with name "([A-Za-z_][A-Za-z0-9_]*)" found')

OF_THE_MOMENT = frozenset({"within", "older_than", "happened"})
"""Functions whose answer depends on more than the values given to them: on now, and on what has happened."""
REMEMBERED = 4096
"""Of so many values a statement over one name remembers what it says."""


class ConditionFault(RuntimeError):
    """A condition failed for another reason than a fact left out: the case must wait for a person."""


@dataclass(frozen=True)
class Environment:
    """Compiles against the names of one pack."""

    env: Any

    def compile(self, text: str) -> "Compiled":
        """Compile `text`. Raises RuntimeError with the compiler's messages, each with line and column."""
        program = self.env.compile(text)
        return Compiled(text, program, decode(program.serialize()), self)

    def parse(self, text: str) -> Node:
        """The tree of `text` without a look at names and types. Raises RuntimeError as `compile` does."""
        return decode(self.env.compile(text, disable_check=True).serialize())


class Compiled:
    """A condition ready to be asked."""

    def __init__(self, text: str, program: Any, tree: Node, environment: Environment) -> None:
        self.text = text
        self.tree = tree
        self.names = names_in(tree)
        self.returns: str = program.return_type().name()
        calls = {part.function for part in walk(tree) if isinstance(part, Call)}
        self.chooses = "_?_:_" in calls
        self._asks_one = next(iter(self.names)) if len(self.names) == 1 and calls.isdisjoint(OF_THE_MOMENT) else None
        self._said: dict[Hashable, Any] = {}
        self._program = program
        self._environment = environment

    def value(self, known: "Known") -> Any:
        """What the expression gives, or None where an unknown fact decides. Raises ConditionFault."""
        result = self._program.eval(known.activation)
        value = result.plain_value()
        if value is True or value is False:
            return value
        if result.type() != cel.Type.ERROR:
            return value
        found = _UNKNOWN.search(str(value))
        if found and found[1] not in known.values:
            return None
        raise ConditionFault(f"{self.text}: {value}")

    def told(self, known: "Known") -> Any:
        """The same as `value`, remembered where only one name decides: cases show few of its values."""
        if self._asks_one is None:
            return self.value(known)
        asked: Hashable = known.values.get(self._asks_one)
        if isinstance(asked, list):
            asked = tuple(asked)
        said = self._said.get(asked, self)
        if said is self:
            said = self.value(known)
            if len(self._said) < REMEMBERED:
                self._said[asked] = said
        return said

    @cached_property
    def formula(self) -> "Formula":
        """The condition as and, or and not over its smallest statements."""
        return _formula(self.tree, self._environment, [])

    @cached_property
    def atoms(self) -> tuple["Compiled", ...]:
        """Its smallest statements, each of which can be asked on its own."""
        return tuple(self.formula.atoms())

    def outcome(self, answers: "Answers") -> bool | None:
        """What the whole condition says when its smallest statements say `answers`."""
        return self._outcome_of(answers)

    @cached_property
    def _outcome_of(self) -> Callable[["Answers"], bool | None]:
        return lru_cache(maxsize=4096)(self.formula.value)  # cases show few of the patterns

    def answers(self, known: "Known") -> "Answers":
        """What each of its smallest statements says of the known facts."""
        # A statement over an unknown name is unknown whatever else it says; only `?:` may leave a name unread.
        given = known.values.keys()
        return tuple(atom.told(known) if atom.chooses or atom.names <= given else None for atom in self.atoms)


class Known:
    """The known values of some names; a name left out is unknown."""

    __slots__ = ("activation", "values")

    def __init__(self, environment: Environment, values: Mapping[str, Any]) -> None:
        self.values = values
        self.activation = environment.env.Activation(values)


Answers = tuple[bool | None, ...]
"""What the smallest statements of a condition say: true, false, or None for unknown."""


@dataclass(frozen=True, slots=True)
class Formula:
    """One node of a condition: `and`, `or` or `not` over parts, or `atom`, the `index`-th smallest statement."""

    kind: str
    parts: tuple["Formula", ...] = ()
    atom: Compiled | None = None
    index: int = 0

    def value(self, answers: Answers) -> bool | None:
        """Kleene's value: true, false, or None for unknown."""
        if self.atom is not None:
            return answers[self.index]
        values = [part.value(answers) for part in self.parts]
        if self.kind == "not":
            return None if values[0] is None else not values[0]
        decisive = self.kind == "or"
        if decisive in values:
            return decisive
        return None if None in values else not decisive

    def because(self, answers: Answers, wanted: bool = True) -> list[tuple[Compiled, bool]]:
        """The smallest statements, each with its value, that make this formula `wanted`."""
        if self.atom is not None:
            return [(self.atom, wanted)]
        if self.kind == "not":
            return self.parts[0].because(answers, not wanted)
        if (self.kind == "or") == wanted:  # one part suffices
            part = next(part for part in self.parts if part.value(answers) is wanted)
            return part.because(answers, wanted)
        return [reason for part in self.parts for reason in part.because(answers, wanted)]

    def remainder(self, answers: Answers) -> "Formula":
        """What of an unknown formula is still open once the known parts are left away."""
        if self.atom is not None:
            return self
        if self.kind == "not":
            return Formula("not", (self.parts[0].remainder(answers),))
        rest = tuple(part.remainder(answers) for part in self.parts if part.value(answers) is None)
        return rest[0] if len(rest) == 1 else Formula(self.kind, rest)

    def atoms(self) -> Iterator[Compiled]:
        """Its smallest statements, in the order of the text."""
        if self.atom is not None:
            yield self.atom
        for part in self.parts:
            yield from part.atoms()


def _formula(node: Node, environment: Environment, found: list[Compiled]) -> Formula:
    if isinstance(node, Call):
        if node.function == "!_":
            return Formula("not", (_formula(node.args[0], environment, found),))
        if node.function in {"_&&_", "_||_"}:
            kind = "and" if node.function == "_&&_" else "or"
            parts = [_formula(part, environment, found) for part in node.args]
            return Formula(
                kind, tuple(inner for part in parts for inner in (part.parts if part.kind == kind else (part,)))
            )
    found.append(environment.compile(unparse(node)))
    return Formula("atom", atom=found[-1], index=len(found) - 1)


_BINARY = {"@in": "in", **{f"_{sign}_": sign for sign in ("==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "&&", "||")}}


def unparse(node: Node) -> str:
    """The text of a part of a condition."""
    render: Callable[[Node], str] = unparse
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Literal):
        return _literal(node.value)
    if isinstance(node, Items):
        return f"[{', '.join(map(render, node.items))}]"
    if not isinstance(node, Call):
        raise TypeError(f"outside the language: {node}")
    args = [render(arg) for arg in node.args]
    if node.function in _BINARY:
        return f"({args[0]} {_BINARY[node.function]} {args[1]})"
    if node.function == "_?_:_":
        return f"({args[0]} ? {args[1]} : {args[2]})"
    if node.function in {"!_", "-_"}:
        return f"{node.function[0]}({args[0]})"
    return f"{node.function}({', '.join(args)})"


def _literal(value: object) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
        return f"'{escaped}'"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)
