"""FA: the facts that conditions may test, each with its type and exactly one source."""

from typing import Any

from pydantic import Field, StrictBool, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from shared.policy.document.entry import Entry, Expression, FactName, Many, RoleName, Words
from shared.policy.document.values import Datum


class Derivation(Entry):
    """How a fact follows from others: an expression of its own type, or the highest of those that are known."""

    expression: Expression | None = None
    max_known: Many[FactName] = ()

    @model_validator(mode="after")
    def _one_way(self) -> "Derivation":
        if (self.expression is None) == (not self.max_known):
            raise PydanticCustomError("one_way_to_derive", "", {})
        return self

    @model_validator(mode="before")
    @classmethod
    def _of_short_form(cls, data: Any) -> Any:
        return data if isinstance(data, dict) else {"expression": data}


class Fact(Datum):
    """A fact. `ask` at intake or handling, `decide` by a role, `derive` from others, or `from` the directory."""

    ask: str | None = None
    decide: RoleName | None = None
    derive: Derivation | None = None
    from_: str | None = Field(default=None, alias="from")
    unknown_as: Any = None
    history: StrictBool = False
    help: Words | None = None
    min: StrictInt | None = None
    max: StrictInt | None = None
    demand: Many[str] = ()

    @property
    def sources(self) -> list[str]:
        """The sources written; a sound fact has one."""
        written = {"ask": self.ask, "decide": self.decide, "derive": self.derive, "from": self.from_}
        return [key for key, value in written.items() if value is not None]
