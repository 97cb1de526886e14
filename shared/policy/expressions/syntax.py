"""The syntax tree of a condition, decoded from the protobuf bytes (`cel.expr.CheckedExpr`) that the compiler gives."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a condition. `offset` is where it stands in the text, in characters from 0."""

    offset: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value written out."""

    value: bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A fact or another name."""

    name: str


@dataclass(frozen=True, slots=True)
class Items(Node):
    """A list written out."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function or operator; operators have names such as `_&&_` and `@in`."""

    function: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Foreign(Node):
    """Something outside the packs' subset: `macro`, `field`, `map`, `method` or `bytes`."""

    what: str


def walk(node: Node) -> Iterator[Node]:
    """The node and everything in it, outermost first."""
    yield node
    for part in node.args if isinstance(node, Call) else node.items if isinstance(node, Items) else ():
        yield from walk(part)


def names_in(node: Node) -> frozenset[str]:
    """The names a condition mentions."""
    return frozenset(part.name for part in walk(node) if isinstance(part, Name))


_CHECKED = b"type.googleapis.com/cel.expr.CheckedExpr"
_POSITIONS = 4
_CONSTANT, _IDENTIFIER, _SELECT, _CALL, _LIST, _STRUCT, _COMPREHENSION = 3, 4, 5, 6, 7, 8, 9
Fields = list[tuple[int, int | bytes]]


def decode(serialized: bytes) -> Node:
    """The tree of an expression, checked or only parsed, as `Expression.serialize()` gives it."""
    wrapper = _fields(serialized)  # an Any: field 1 is the message's type, field 2 the message
    message = _fields(_bytes(wrapper, 2))
    expression, source_info = (4, 5) if _bytes(wrapper, 1) == _CHECKED else (2, 3)
    positions: dict[int, int] = {}
    for number, value in _fields(_bytes(message, source_info)):
        if number == _POSITIONS and isinstance(value, bytes):
            entry = dict(_fields(value))
            positions[_int(entry.get(1))] = _int(entry.get(2))
    return _node(_fields(_bytes(message, expression)), positions)


def _node(fields: Fields, positions: dict[int, int]) -> Node:
    at = positions.get(next((_int(value) for number, value in fields if number == 2), 0), 0)
    for number, value in fields:
        if not isinstance(value, bytes):
            continue
        parts = _fields(value)
        if number == _CONSTANT:
            return _constant(parts, at)
        if number == _IDENTIFIER:
            return Name(at, _bytes(parts, 1).decode())
        if number == _CALL:
            if any(part == 1 for part, _ in parts):
                return Foreign(at, "method")
            function = _bytes(parts, 2).decode()
            return Call(at, function, tuple(_node(_fields(_raw(arg)), positions) for part, arg in parts if part == 3))
        if number == _LIST:
            return Items(at, tuple(_node(_fields(_raw(item)), positions) for part, item in parts if part == 1))
        if number in {_SELECT, _STRUCT, _COMPREHENSION}:
            return Foreign(at, {_SELECT: "field", _STRUCT: "map", _COMPREHENSION: "macro"}[number])
    return Items(at, ())  # an empty list serializes to nothing


def _constant(fields: Fields, at: int) -> Node:
    number, value = fields[0] if fields else (1, 0)
    if number == 2:
        return Literal(at, bool(value))
    if number == 3:
        whole = _int(value)
        return Literal(at, whole - (1 << 64) if whole >> 63 else whole)
    if number == 6:
        return Literal(at, _raw(value).decode())
    return Foreign(at, "bytes") if number != 1 else Literal(at, None)


def _fields(message: bytes) -> Fields:
    result: Fields = []
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(message, at)
            result.append((number, value))
        elif kind == 2:
            size, at = _varint(message, at)
            result.append((number, message[at : at + size]))
            at += size
        else:  # fixed 64 or 32 bits: a double, which packs do not use
            size = 8 if kind == 1 else 4
            result.append((number, message[at : at + size]))
            at += size
    return result


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _bytes(fields: Fields, number: int) -> bytes:
    return next((value for key, value in fields if key == number and isinstance(value, bytes)), b"")


def _raw(value: int | bytes) -> bytes:
    return value if isinstance(value, bytes) else b""


def _int(value: int | bytes | None) -> int:
    return value if isinstance(value, int) else 0
