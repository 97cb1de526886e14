"""The types a datum can have: facts, form fields and the records of a step share them."""

from enum import StrEnum
from typing import Any

from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from shared.policy.document.entry import Condition, Labelled, Words


class ValueType(StrEnum):
    """`date` is a local day, `instant` a moment; `money` is in fen."""

    BOOL = "bool"
    INT = "int"
    MONEY = "money"
    TEXT = "text"
    INSTANT = "instant"
    DATE = "date"
    ENUM = "enum"
    SET = "set"


class Member(Labelled):
    """One value of an enum or a set."""

    help: Words | None = None


def members_of(value: Any) -> Any:
    """The members written as a list of names, as a mapping of names to their words."""
    if isinstance(value, list):
        if not all(isinstance(name, str) for name in value):
            raise PydanticCustomError("member_not_text", "", {})
        repeated = {str(name) for name in value if value.count(name) > 1}
        if repeated:
            raise PydanticCustomError("member_twice", "", {"value": min(repeated)})
        return {name: {} for name in value}
    return value


class Datum(Labelled):
    """A typed place for a value. Written short as the type's name (`text`), or long (`{text: true, when: …}`)."""

    bool_: StrictBool = Field(default=False, alias="bool")
    int_: StrictBool = Field(default=False, alias="int")
    money: StrictBool = False
    text: StrictBool = False
    instant: StrictBool = False
    date: StrictBool = False
    enum: dict[str, Member] | None = None
    set_: dict[str, Member] | None = Field(default=None, alias="set")
    when: Condition | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_short_form(cls, data: Any) -> Any:
        if isinstance(data, str):
            return {data: True}
        if isinstance(data, dict):
            return {key: members_of(value) if key in {"enum", "set"} else value for key, value in data.items()}
        return data

    @model_validator(mode="after")
    def _one_type(self) -> "Datum":
        if len(self._types()) != 1:
            raise PydanticCustomError("one_type", "", {"given": ", ".join(self._types()) or "–"})
        return self

    def _types(self) -> list[ValueType]:
        given = {
            ValueType.BOOL: self.bool_,
            ValueType.INT: self.int_,
            ValueType.MONEY: self.money,
            ValueType.TEXT: self.text,
            ValueType.INSTANT: self.instant,
            ValueType.DATE: self.date,
            ValueType.ENUM: self.enum is not None,
            ValueType.SET: self.set_ is not None,
        }
        return [kind for kind, is_given in given.items() if is_given]

    @property
    def type(self) -> ValueType:
        """The one type written."""
        return self._types()[0]

    @property
    def members(self) -> dict[str, Member]:
        """The values of an enum or a set, in the order written; else nothing."""
        return self.enum or self.set_ or {}
