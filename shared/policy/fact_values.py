"""Validates the facts a case is given, before any condition sees them: a wrong type must never reach a condition."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    TypeAdapter,
    ValidationError,
)

from shared.clock import require_aware
from shared.policy.document.facts import Fact
from shared.policy.document.values import ValueType
from shared.policy.findings import Language, nearest, say

LARGEST_MONEY = 10**12
"""Fen: ten thousand million yuan, above which an amount is a slip of the keyboard."""
LARGEST_INT = 10**9
LONGEST_TEXT = 2000
GIVEN_AT: dict[str, tuple[str, ...]] = {
    "intake": ("intake",),
    "handling": ("intake", "handling", "decide"),
    "directory": ("from",),
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one value: a JSON pointer below the facts, a code, and what the message needs."""

    pointer: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: Language = "en") -> str:
        """The message in `language`."""
        text = say(self.code, self.params, language)
        return text + say("did_you_mean", self.params, language) if self.params.get("meant") else text


class FactSchema:
    """The facts of one pack and the values each may have."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._facts = facts
        self._adapters = {name: _adapter(fact) for name, fact in facts.items()}

    @property
    def names(self) -> frozenset[str]:
        """Every name that may have a value."""
        return frozenset(self._facts)

    def validate(self, raw: object, source: str) -> tuple[dict[str, object], list[FieldError]]:
        """The valid facts by name, in the order of the pack, and the errors."""
        if not isinstance(raw, dict):
            return {}, [FieldError("", "must_be_object")]
        given: dict[str, object] = {}
        errors: list[FieldError] = []
        for name, value in raw.items():
            pointer = "/" + str(name)[:100].replace("~", "~0").replace("/", "~1")
            fact = self._facts.get(name)
            if fact is None:
                errors.append(
                    FieldError(
                        pointer,
                        "unknown_fact",
                        {"name": str(name)[:100], "meant": nearest(str(name)[:100], self._facts)},
                    )
                )
            elif _source(fact) not in GIVEN_AT[source]:
                errors.append(FieldError(pointer, "fact_not_given_here", {"name": name, "source": _source(fact)}))
            elif value is not None:
                try:
                    given[name] = self._adapters[name].validate_python(value)
                except ValidationError as refused:
                    errors.append(_error(pointer, fact, value, refused))
        return {name: given[name] for name in self._facts if name in given}, errors

    def accepts(self, name: str, value: object) -> bool:
        """Whether `value` may be a value of the fact `name`."""
        try:
            self._adapters[name].validate_python(value)
        except ValidationError:
            return False
        return True


def _source(fact: Fact) -> str:
    return fact.ask if fact.ask is not None else next(iter(fact.sources), "")


def _adapter(fact: Fact) -> TypeAdapter[Any]:
    names = tuple(fact.members)
    kinds: dict[ValueType, Any] = {
        ValueType.BOOL: StrictBool,
        ValueType.INT: Annotated[
            StrictInt,
            Field(ge=fact.min if fact.min is not None else 0, le=fact.max if fact.max is not None else LARGEST_INT),
        ],
        ValueType.MONEY: Annotated[
            StrictInt, Field(ge=fact.min or 0, le=fact.max if fact.max is not None else LARGEST_MONEY)
        ],
        ValueType.TEXT: Annotated[StrictStr, Field(max_length=LONGEST_TEXT)],
        ValueType.ENUM: Annotated[StrictStr, AfterValidator(_one_of(names))],
        ValueType.SET: Annotated[
            list[Annotated[StrictStr, AfterValidator(_one_of(names))]],
            Field(max_length=200),
            AfterValidator(_in_order(names)),
        ],
        ValueType.INSTANT: Annotated[AwareDatetime, BeforeValidator(_no_number), AfterValidator(require_aware)],
        ValueType.DATE: Annotated[date, BeforeValidator(_no_number)],
    }
    return TypeAdapter(kinds[fact.type])


def _no_number(value: object) -> object:
    # pydantic would take a number for seconds since 1970.
    if not isinstance(value, str | date):
        raise ValueError(value)  # noqa: TRY004 -- pydantic reports ValueError as the field's error
    return value


def _one_of(names: tuple[str, ...]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in names:
            raise ValueError(value)
        return value

    return check


def _in_order(names: tuple[str, ...]) -> Callable[[list[str]], list[str]]:
    return lambda given: [name for name in names if name in given]


_TYPE_CODES = {
    ValueType.BOOL: "must_be_bool",
    ValueType.INT: "must_be_int",
    ValueType.MONEY: "must_be_fen",
    ValueType.TEXT: "must_be_text",
    ValueType.ENUM: "must_be_text",
    ValueType.SET: "must_be_list",
    ValueType.INSTANT: "must_be_instant",
    ValueType.DATE: "must_be_date",
}


def _error(pointer: str, fact: Fact, value: object, refused: ValidationError) -> FieldError:
    error = refused.errors(include_url=False)[0]
    pointer += "".join(f"/{part}" for part in error["loc"])
    context = error.get("ctx", {})
    match error["type"]:
        case "value_error" if fact.members:
            given = str(error["input"])[:100]
            return FieldError(
                pointer,
                "not_allowed",
                {"given": given, "values": ", ".join(fact.members), "meant": nearest(given, fact.members)},
            )
        case "greater_than_equal":
            return FieldError(pointer, "too_small", {"limit": context["ge"]})
        case "less_than_equal":
            return FieldError(pointer, "too_great", {"limit": context["le"]})
        case "string_too_long":
            return FieldError(pointer, "text_too_long", {"limit": LONGEST_TEXT})
    inside_set = fact.type is ValueType.SET and error["loc"]
    return FieldError(pointer, "must_be_text" if inside_set else _TYPE_CODES[fact.type])
