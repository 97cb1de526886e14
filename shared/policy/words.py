"""Conditions in words: what a row says, which facts made it hold, and what would have to be known."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.policy.document.values import ValueType
from shared.policy.durations import Duration
from shared.policy.expressions.condition import Compiled, Formula, unparse
from shared.policy.expressions.syntax import Call, Items, Literal, Name, Node
from shared.policy.names import Named
from shared.policy.phrases import phrase

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_SIGNS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}
_UNITS = {
    "min": ("分钟", "minute"), "h": ("小时", "hour"), "d": ("天", "day"), "w": ("周", "week"), "mo": ("个月", "month"),
    "y": ("年", "year"), "wh": ("个工作小时", "working hour"), "wd": ("个工作日", "working day"),
}  # fmt: skip


Values = Mapping[str, Any]
"""The values of names, as conditions see them."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was decided, in both languages."""

    zh: str
    en: str


def reason_of(code: str, **words: object) -> Reason:
    """The reason that the phrase `code` says."""
    return Reason(phrase(code, "zh", **words), phrase(code, "en", **words))


def duration_words(duration: Duration, language: str) -> str:
    """`5 个工作日`, `5 working days`."""
    if duration.unit == "same_day":
        return "当天" if language == "zh" else "the same day"
    zh, en = _UNITS[duration.unit]
    if language == "zh":
        return f"{duration.amount} {zh}"
    return f"{duration.amount} {en}{'' if duration.amount == 1 else 's'}"


def money_words(fen: int, language: str) -> str:
    """An amount in fen as yuan, with cents only where there are some."""
    yuan = f"{fen // 100:,}" if fen % 100 == 0 else f"{fen / 100:,.2f}"
    return f"{yuan} {'元' if language == 'zh' else 'yuan'}"


class Wording:
    """Puts the conditions of one pack into words of one language."""

    def __init__(self, names: Mapping[str, Named], events: Mapping[str, str], language: str) -> None:
        self._names = names
        self._events = events
        self._language = language
        self._zh = language == "zh"

    def condition(self, formula: Formula) -> str:
        """The whole condition, without any case's values."""
        if formula.atom is not None:
            return self._statement(formula.atom.tree, True)
        if formula.kind == "not":
            part = formula.parts[0]
            if part.atom is not None:
                return self._statement(part.atom.tree, False)
            return f"{self._pick('并非', 'not ')}({self.condition(part)})"
        if formula.kind == "or":
            return self._pick("；或", "; or ").join(self.condition(part) for part in formula.parts)
        joint = self._pick(" 且 ", " and ")
        return joint.join(f"({said})" if part.kind == "or" else said for part, said in self._said(formula.parts))

    def because(self, reasons: Iterable[tuple[Compiled, bool]], values: Values, presumed: frozenset[str]) -> str:
        """The statements that made a condition hold, each with the value it looked at; `presumed` were not known."""
        said = dict.fromkeys(self._statement(atom.tree, truth, values, presumed) for atom, truth in reasons)
        return self._pick("，", " and ").join(said)

    def value(self, name: str, value: Any) -> str:
        """A value of `name` as people say it."""
        named = self._names.get(name)
        if isinstance(value, bool):
            return self._pick("是", "yes") if value else self._pick("否", "no")
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M}"
        if isinstance(value, list):
            return self._pick("、", ", ").join(self.value(name, item) for item in value) or self._pick("无", "none")
        if named and named.type is ValueType.MONEY and isinstance(value, int):
            return money_words(value, self._language)
        if named and named.values and named.type is not ValueType.INT:
            return named.value_label(value, self._language)
        return f"{value:,}" if isinstance(value, int) else str(value)

    def label(self, name: str) -> str:
        """What people call `name`."""
        named = self._names.get(name)
        return named.label(self._language) if named else name.replace("_", " ")

    def _pick(self, zh: str, en: str) -> str:
        return zh if self._zh else en

    def _said(self, parts: Iterable[Formula]) -> Iterator[tuple[Formula, str]]:
        return ((part, self.condition(part)) for part in parts)

    def _statement(
        self, node: Node, truth: bool, values: Values | None = None, presumed: frozenset[str] = frozenset()
    ) -> str:
        """One statement (or, with `truth` false, its opposite). With `values`, each name's value stands beside it."""
        if isinstance(node, Name):
            return self._claim(self.label(node.name), truth)
        if isinstance(node, Call):
            if node.function.strip("_") in _OPPOSITE:
                return self._comparison(node, truth, values, presumed)
            if node.function in {"@in", "any_of", "all_of"}:
                return self._membership(node, truth, values)
            if node.function in {"within", "older_than"}:
                return self._age(node, over=(node.function == "older_than") == truth)
            if node.function == "happened" and isinstance(node.args[0], Literal):
                event = self._events.get(str(node.args[0].value), str(node.args[0].value))
                return self._claim(self._pick(f"已{event}", f"{event} has happened"), truth)
        return self._claim(unparse(node), truth)

    def _claim(self, text: str, truth: bool) -> str:
        return text if truth else self._pick(f"非“{text}”", f"not: {text}")

    def _comparison(self, node: Call, truth: bool, values: Values | None, presumed: frozenset[str]) -> str:
        left, right = node.args
        sign = node.function.strip("_")
        if isinstance(left, Literal) and not isinstance(right, Literal):
            left, right, sign = right, left, _MIRRORED.get(sign, sign)
        sign = sign if truth else _OPPOSITE[sign]
        subject = self._term(left)
        if isinstance(left, Name) and values is not None:
            shown = self.value(left.name, values.get(left.name))
            if left.name in presumed:
                subject += self._pick(f"（未知，视为 {shown}）", f" (not known, taken as {shown})")
            elif sign in {"==", "!="}:
                return f"{subject}{self._pick('：', ': ')}{shown}"
            else:
                subject = f"{subject} {shown}"
        written = self._pick(_SIGNS.get(sign, sign), {"==": "is", "!=": "is not"}.get(sign, sign))
        return f"{subject} {written} {self._term(right, of=left)}"

    def _membership(self, node: Call, truth: bool, values: Values | None) -> str:
        first, second = node.args
        subject, wanted = (second, first) if isinstance(second, Name) else (first, second)
        name = subject.name if isinstance(subject, Name) else ""
        parts = wanted.items if isinstance(wanted, Items) else (wanted,)
        named = [part.value for part in parts if isinstance(part, Literal)]
        given = values.get(name) if values is not None else None
        if truth and given is not None:
            shown = [value for value in named if value in given] if isinstance(given, list) else given
            return f"{self.label(name)}{self._pick('：', ': ')}{self.value(name, shown)}"
        listed = self.value(name, named)
        if len(named) > 1:
            every = node.function == "all_of"
            listed = self._pick("全部：" if every else "之一：", "all of: " if every else "any of: ") + listed
        if name in self._names and self._names[name].type is ValueType.SET:
            return (
                self.label(name) + (self._pick("包含", " include ") if truth else self._pick("不含", " lack ")) + listed
            )
        return self.label(name) + (self._pick("为", " is ") if truth else self._pick("不为", " is not ")) + listed

    def _age(self, node: Call, *, over: bool) -> str:
        literal = node.args[-1]
        length = duration_words(Duration.parse(str(getattr(literal, "value", ""))), self._language)
        start = self._term(node.args[0])
        until = self._term(node.args[1]) if len(node.args) == 3 else ""
        if self._zh:
            return f"{start}{f'至{until}' if until else '后'}{'已满' if over else '未满'} {length}"
        ended = "were over" if over else "were not over"
        return f"{length} after {start} {f'{ended} at {until}' if until else ended.replace('were', 'are')}"

    def _term(self, node: Node, of: Node | None = None) -> str:
        if isinstance(node, Name):
            return self.label(node.name)
        if isinstance(node, Literal):
            return self.value(of.name, node.value) if isinstance(of, Name) else self.value("", node.value)
        if isinstance(node, Call) and node.function == "yuan" and isinstance(node.args[0], Literal):
            return money_words(int(node.args[0].value or 0) * 100, self._language)
        if isinstance(node, Call) and node.function == "size":
            return self._pick(f"{self._term(node.args[0])}的数量", f"number of {self._term(node.args[0])}")
        return unparse(node)
