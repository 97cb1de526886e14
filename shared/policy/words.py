"""Conditions in words: what a row says, which facts made it hold, and what would have to be known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.policy.document.values import ValueType
from shared.policy.durations import Duration
from shared.policy.expressions.condition import Compiled, Formula, unparse
from shared.policy.expressions.syntax import Call, Items, Literal, Name, Node
from shared.policy.names import Named

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_SIGNS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}
_UNITS = {
    "min": ("分钟", "minute"), "h": ("小时", "hour"), "d": ("天", "day"), "w": ("周", "week"), "mo": ("个月", "month"),
    "y": ("年", "year"), "wh": ("个工作小时", "working hour"), "wd": ("个工作日", "working day"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was decided, in both languages."""

    zh: str
    en: str


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

    def __init__(self, names: Mapping[str, Named], language: str) -> None:
        self._names = names
        self._language = language
        self._zh = language == "zh"

    def condition(self, formula: Formula) -> str:
        """The whole condition, without any case's values."""
        return self._formula(formula, top=True)

    def because(self, reasons: Sequence[tuple[Compiled, bool]], values: Mapping[str, Any], presumed: frozenset[str]) -> str:
        """The statements that made a condition hold, each with the value it looked at; `presumed` names were not known."""
        said = dict.fromkeys(self._atom(atom.tree, truth, values, presumed) for atom, truth in reasons)
        return ("，" if self._zh else " and ").join(said)

    def value(self, name: str, value: Any) -> str:
        """A value of `name` as people say it."""
        named = self._names.get(name)
        kind = named.type if named else ValueType.TEXT
        if isinstance(value, bool):
            return ("是" if value else "否") if self._zh else ("yes" if value else "no")
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M}"
        if isinstance(value, list):
            return ("、" if self._zh else ", ").join(self.value(name, item) for item in value) or ("无" if self._zh else "none")
        if kind is ValueType.MONEY and isinstance(value, int):
            return money_words(value, self._language)
        if named and named.values:
            return named.value_label(value, self._language)
        return f"{value:,}" if isinstance(value, int) else str(value)

    def label(self, name: str) -> str:
        """What people call `name`."""
        named = self._names.get(name)
        return named.label(self._language) if named else name.replace("_", " ")

    def _formula(self, formula: Formula, *, top: bool) -> str:
        if formula.atom is not None:
            return self._atom(formula.atom.tree, True, None, frozenset())
        if formula.kind == "not":
            part = formula.parts[0]
            if part.atom is not None:
                return self._atom(part.atom.tree, False, None, frozenset())
            return f"{'并非' if self._zh else 'not '}({self._formula(part, top=True)})"
        joint = {"and": ("且", " and "), "or": ("，或", " or ")}[formula.kind][0 if self._zh else 1]
        text = joint.join(self._formula(part, top=False) for part in formula.parts)
        return text if top or formula.kind == "and" else f"({text})"

    def _atom(self, node: Node, truth: bool, values: Mapping[str, Any] | None, presumed: frozenset[str]) -> str:
        """One statement (or, with `truth` false, its opposite). With `values`, the value of each name stands beside it."""

        def subject(part: Node) -> str:
            text = self._term(part)
            if not isinstance(part, Name) or values is None:
                return text
            value = self.value(part.name, values.get(part.name))
            if part.name not in presumed:
                return f"{text} {value}"
            return f"{text}（未知，按 {value} 计）" if self._zh else f"{text} (not known, taken as {value})"

        if isinstance(node, Name):
            return self._yes(self.label(node.name), truth)
        if not isinstance(node, Call):
            return self._yes(unparse(node), truth)
        sign = node.function.strip("_")
        if sign in _OPPOSITE:
            left, right = node.args
            if isinstance(left, Literal | Items) and not isinstance(right, Literal | Items):
                left, right, sign = right, left, _MIRRORED.get(sign, sign)
            sign = sign if truth else _OPPOSITE[sign]
            shown = _SIGNS.get(sign, sign) if self._zh else {"==": "=", "!=": "is not"}.get(sign, sign)
            if values is not None and sign == "==":
                return subject(left)
            return f"{subject(left)} {shown} {self._term(right, of=left)}"
        if node.function in {"@in", "any_of", "all_of"}:
            return self._membership(node, truth, values)
        if node.function in {"within", "older_than"}:
            return self._age(node, (node.function == "within") == truth)
        if node.function == "happened" and isinstance(node.args[0], Literal):
            event = str(node.args[0].value)
            return self._yes(f"已发生 {event}" if self._zh else f"{event} has happened", truth)
        return self._yes(unparse(node), truth)

    def _membership(self, node: Call, truth: bool, values: Mapping[str, Any] | None) -> str:
        first, second = node.args
        if node.function == "@in" and isinstance(second, Name):
            subject, wanted = second, [first]
        else:
            subject, wanted = first, list(second.items) if isinstance(second, Items) else [second]
        name = subject.name if isinstance(subject, Name) else ""
        given = values.get(name) if values is not None else None
        named = [part.value for part in wanted if isinstance(part, Literal)]
        if truth and given is not None:
            shown = [value for value in named if value in given] if isinstance(given, list) else given
            return f"{self.label(name)}{'：' if self._zh else ': '}{self.value(name, shown)}"
        one_of = ("、" if self._zh else ", ").join(self.value(name, value) for value in named)
        is_set = name in self._names and self._names[name].type is ValueType.SET
        single = len(named) == 1
        if self._zh:
            verb = ("包含" if truth else "不含") if is_set else ("为" if truth else "不为")
            return f"{self.label(name)}{verb}{'' if single else '全部：' if node.function == 'all_of' else '之一：'}{one_of}"
        verb = ("include" if truth else "do not include") if is_set else ("is" if truth else "is not")
        return f"{self.label(name)} {verb} {'' if single else 'all of: ' if node.function == 'all_of' else 'any of: '}{one_of}"

    def _age(self, node: Call, young: bool) -> str:
        literal = node.args[-1]
        length = duration_words(Duration.parse(str(literal.value)), self._language) if isinstance(literal, Literal) else "?"
        start = self._term(node.args[0])
        until = self._term(node.args[1]) if len(node.args) == 3 else ""
        if self._zh:
            return f"距{start}{f'至{until}' if until else ''}{'未满' if young else '已满'} {length}"
        if until:
            return f"{until} {'within' if young else 'later than'} {length} after {start}"
        return f"{'within' if young else 'later than'} {length} after {start}"

    def _yes(self, text: str, truth: bool) -> str:
        if truth:
            return text
        return f"非“{text}”" if self._zh else f"not: {text}"

    def _term(self, node: Node, of: Node | None = None) -> str:
        if isinstance(node, Name):
            return self.label(node.name)
        if isinstance(node, Literal):
            return self.value(of.name, node.value) if isinstance(of, Name) else self.value("", node.value)
        if isinstance(node, Call) and node.function == "yuan" and isinstance(node.args[0], Literal):
            return money_words(int(node.args[0].value or 0) * 100, self._language)
        if isinstance(node, Call) and node.function == "size":
            return f"{self._term(node.args[0])}{'的数量' if self._zh else ' (number)'}"
        return unparse(node)
