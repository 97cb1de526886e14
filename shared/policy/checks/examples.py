"""Says a point of the cells in words: `people = 10, amount = 100,000.01 yuan`, in two languages."""

from collections.abc import Mapping
from typing import Any

from shared.policy.checks.cells import OTHER, Point
from shared.policy.checks.statements import Axis
from shared.policy.document.values import ValueType
from shared.policy.expressions.functions import FEN_PER_YUAN
from shared.policy.names import Named


def in_words(point: Point, names: Mapping[str, Named]) -> dict[str, Any]:
    """The point under `example` (English) and `example_zh`, as messages take it."""
    return {
        "example": ", ".join(_say(axis, value, names, "en") for axis, value in point.items()) or "any case",
        "example_zh": "，".join(_say(axis, value, names, "zh") for axis, value in point.items()) or "任何案件",
    }


def _say(axis: Axis, value: Any, names: Mapping[str, Named], language: str) -> str:
    chinese = language == "zh"
    if axis.kind == "age":
        length = f"{value / 1440:.3g}"
        return f"{axis.name} 已 {length} 天" if chinese else f"{axis.name} {length} days old"
    known = names.get(axis.name) if axis.name else None
    label = axis.key if known is None or not chinese else known.label("zh")
    return f"{label} = {_value(known, value, language)}"


def _value(known: Named | None, value: Any, language: str) -> str:
    chinese = language == "zh"
    if isinstance(value, bool):
        return ("是" if value else "否") if chinese else str(value)
    if isinstance(value, tuple):
        said = [_value(known, member, language) for member in value]
        return "[" + ("、" if chinese else ", ").join(said) + "]"
    if known is not None and known.type is ValueType.MONEY:
        return f"{value / FEN_PER_YUAN:,.2f} {'元' if chinese else 'yuan'}"
    if known is None or value == OTHER or not chinese or value not in known.values:
        return str(value)
    return known.value_label(value, "zh")
