"""Every name the conditions of a pack may use, with its type, its values and its words in each language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cel_expr_python import cel

from shared.policy.document.channels import MEDIA
from shared.policy.document.decisions import Decision
from shared.policy.document.entry import Labelled
from shared.policy.document.values import Datum, ValueType
from shared.policy.document.whole import PackDocument
from shared.policy.expressions.condition import Environment
from shared.policy.expressions.functions import EXTENSION, FUNCTIONS
from shared.policy.findings import Path

CEL_WORDS = frozenset(
    {
        "as", "bool", "break", "bytes", "const", "continue", "double", "duration", "dyn", "else", "false", "for",
        "function", "has", "if", "import", "in", "int", "let", "list", "loop", "map", "matches", "namespace", "null",
        "null_type", "package", "return", "size", "string", "timestamp", "true", "type", "uint", "var", "void", "while",
    }
).union(FUNCTIONS)  # fmt: skip

CEL_TYPES = {
    ValueType.BOOL: cel.Type.BOOL,
    ValueType.INT: cel.Type.INT,
    ValueType.MONEY: cel.Type.INT,
    ValueType.TEXT: cel.Type.STRING,
    ValueType.ENUM: cel.Type.STRING,
    ValueType.INSTANT: cel.Type.TIMESTAMP,
    ValueType.DATE: cel.Type.TIMESTAMP,
    ValueType.SET: cel.Type.List(cel.Type.STRING),
}


@dataclass(frozen=True, slots=True)
class Named:
    """One name: what it is, where it is declared, its values and what people call it."""

    name: str
    type: ValueType
    path: Path = ()
    values: Mapping[Any, Labelled] = field(default_factory=dict)
    zh: str | None = None
    en: str | None = None
    source: str = "product"
    unit: str | None = None

    def label(self, language: str) -> str:
        """What people call it in `language`."""
        first, second = (self.zh, self.en) if language == "zh" else (self.en, self.zh)
        return first or second or self.name.replace("_", " ")

    def value_label(self, value: object, language: str) -> str:
        """What people call one of its values."""
        member = self.values.get(value) if isinstance(value, str | int) else None
        return member.label(language, str(value)) if member else str(value)


def _own(name: str, kind: ValueType, zh: str, en: str, values: Mapping[str | int, Labelled] | None = None) -> Named:
    return Named(name, kind, (), values or {}, zh, en)


def _labels(**words: tuple[str, str]) -> dict[str | int, Labelled]:
    return {name: Labelled(zh=zh, en=en) for name, (zh, en) in words.items()}


MEDIUM_VALUES = _labels(
    oral=("口头", "oral"), written=("书面", "written"), forwarded=("转办", "forwarded"), online=("线上", "online")
)
RESPONSE_VALUES = _labels(
    accepted=("接受", "accepted"), rejected=("不接受", "rejected"), dissatisfied=("不满意", "dissatisfied")
)
assert set(MEDIUM_VALUES) == set(MEDIA)  # noqa: S101 -- two lists of one thing

OWN: tuple[Named, ...] = (
    _own("medium", ValueType.ENUM, "来诉方式", "medium", MEDIUM_VALUES),
    _own("reply_medium", ValueType.ENUM, "答复方式", "medium of the reply", MEDIUM_VALUES),
    _own("registered_at", ValueType.INSTANT, "登记时间", "registration"),
    _own("arisen_at", ValueType.INSTANT, "发生时间", "the event complained of"),
    _own("open", ValueType.BOOL, "未关闭", "the case is open"),
    _own("off_hours", ValueType.BOOL, "非工作时间", "outside office hours"),
    _own("contactable", ValueType.BOOL, "有联系方式", "the customer can be contacted"),
    _own("anonymous", ValueType.BOOL, "匿名", "anonymous"),
    _own("agreement", ValueType.BOOL, "已达成一致", "agreement was reached"),
    _own("rounds", ValueType.INT, "协商轮次", "rounds of talks"),
    _own("reopened_count", ValueType.INT, "重新打开次数", "times reopened"),
    _own("customer_response", ValueType.ENUM, "客户回应", "the customer's response", RESPONSE_VALUES),
    _own("compensated", ValueType.BOOL, "已赔偿", "compensation was paid"),
)
"""What the product itself knows of every case."""
EVIDENCE = {
    "evidence": ("证据", "evidence"),
    "photo": ("照片", "a photograph"),
    "recording": ("录音", "a recording"),
    "receipt": ("收据", "a receipt"),
    "contract": ("合同", "the contract"),
    "progress_entry": ("过程记录", "a progress entry"),
}
"""Kinds of evidence a need may ask for."""
PLACES = {
    "project": ("项目", "project"),
    "subtree": ("所辖范围", "subtree"),
    "building": ("楼栋", "building"),
    "unit": ("房号", "unit"),
}
"""What a measure may compare although it is no fact: where the case lies."""
_DECISION_WORDS = {
    "validity": ("有效性", "validity"),
    "category": ("类别", "category"),
    "grade": ("等级", "grade"),
    "route": ("分派", "route"),
}


def declared(pack: PackDocument) -> Iterator[Named]:
    """Every declaration of a name in the pack, repeated ones included; the product's own first."""
    yield from OWN
    yield Named("contact_type", ValueType.ENUM, (), pack.types, "来诉类型", "type of contact")
    yield Named("channel", ValueType.ENUM, (), pack.channels.ways, "渠道", "channel")
    for name, fact in pack.facts.items():
        yield Named(name, fact.type, ("facts", name), fact.members, fact.zh, fact.en, "fact")
    for name, measure in pack.measures.items():
        summed = pack.facts.get(measure.sum or "")
        kind = ValueType.MONEY if summed and summed.type is ValueType.MONEY else ValueType.INT
        yield Named(name, kind, ("measures", name), {}, measure.zh, measure.en, "measure")
    for name, decision in pack.decisions.items():
        yield _decision(name, decision, pack)
    for form, entry in pack.forms.items():
        yield from _fields(entry.fields, ("forms", form, "fields"))
    for name, step in pack.steps.items():
        yield from _fields(step.records, ("steps", name, "records"))
        if step.gives:
            yield Named(name, ValueType.ENUM, ("steps", name), step.gives, step.zh, step.en, "step")
    for name, move in pack.moves.named.items():
        yield from _fields(move.records, ("moves", name, "records"))


def _decision(name: str, decision: Decision, pack: PackDocument) -> Named:
    entries: list[tuple[int | str | None, Labelled]] = [(choice.give, choice) for choice in decision.choices]
    entries += [(row.give, row) for row in decision.rows if row.give is not None]
    entries += [(row.to, pack.roles.get(row.to, row)) for row in decision.rows if row.to is not None]
    values: dict[str | int, Labelled] = {}
    for value, labelled in entries:
        if value is not None and (value not in values or labelled.zh or labelled.en):
            values[value] = labelled
    whole = bool(values) and all(isinstance(value, int) for value in values)
    zh, en = _DECISION_WORDS.get(name, (None, None))
    kind = ValueType.INT if whole else ValueType.ENUM
    return Named(name, kind, ("decisions", name), values, decision.zh or zh, decision.en or en, "decision")


def _fields(fields: Mapping[str, Datum], path: Path) -> Iterator[Named]:
    for name, datum in fields.items():
        yield Named(name, datum.type, (*path, name), datum.members, datum.zh, datum.en, "field")


def name_table(pack: PackDocument) -> dict[str, Named]:
    """The names by name; of several declarations the first."""
    table: dict[str, Named] = {}
    for known in declared(pack):
        table.setdefault(known.name, known)
    return table


def environment_of(table: Mapping[str, Named]) -> Environment:
    """The compiler for conditions over `table`, less the names that CEL cannot have (findings elsewhere)."""
    variables = {
        name: CEL_TYPES[known.type] for name, known in table.items() if name not in CEL_WORDS and name.isidentifier()
    }
    return Environment(cel.NewEnv(variables=variables, extensions=[EXTENSION]))
