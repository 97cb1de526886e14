"""What every construct shares: a strict frozen record, its source, words in two languages, references."""

from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


def as_tuple(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


T = TypeVar("T")
Many = Annotated[tuple[T, ...], BeforeValidator(as_tuple)]
"""One thing, or a list of them."""
ByName = Annotated[dict[str, T], Field(default_factory=dict)]
"""Entries under names of the pack's own choosing."""


class Words(BaseModel):
    """A text in each language. Written short as one text, it stands for both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _of_short_form(cls, data: Any) -> Any:
        return {"zh": data, "en": data} if isinstance(data, str) else data

    def say(self, language: str) -> str:
        """The text in `language`."""
        return self.zh if language == "zh" else self.en


class Entry(BaseModel):
    """A mapping in a pack. Unknown keys are errors; `rule` names its source, `assume` a reading that was chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    rule: Many[str] = ()
    assume: Words | None = None

    @model_validator(mode="before")
    @classmethod
    def _remember_keys(cls, data: Any, info: ValidationInfo) -> Any:
        # A message about an unknown key proposes a known one, so it must know whose keys they are.
        if isinstance(data, dict) and info.context is not None:
            info.context.setdefault(id(data), cls)
        return data

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """The keys this entry may have, as they are written."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())


class Labelled(Entry):
    """An entry with a name in each language."""

    zh: str | None = None
    en: str | None = None

    def label(self, language: str, otherwise: str) -> str:
        """The name in `language`, else in the other one, else `otherwise` with its underscores as spaces."""
        first, second = (self.zh, self.en) if language == "zh" else (self.en, self.zh)
        return first or second or otherwise.replace("_", " ")


class Reference(str):
    """A name that must exist elsewhere in the pack; the subclass says where to look."""

    __slots__ = ()
    names = "name"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(strict=True, min_length=1, max_length=200)
        )


class RoleName(Reference):
    """A role of the pack, or one of the parties every case has."""

    names = "role"


class FormName(Reference):
    """A form of the pack."""

    names = "form"


class StepName(Reference):
    """A step of the pack."""

    names = "step"


class ClockName(Reference):
    """A clock of the pack, or a step with a limit."""

    names = "clock"


class LadderName(Reference):
    """A ladder of the pack."""

    names = "ladder"


class AttributionName(Reference):
    """An attribution of the pack."""

    names = "attribution"


class FactName(Reference):
    """A fact of the pack, or another name that conditions know."""

    names = "fact"


class MeasureName(Reference):
    """A measure of the pack."""

    names = "measure"


class EventName(Reference):
    """Something that happens to a case: an event of its life or of one of its parts."""

    names = "event"


class ActionName(Reference):
    """A move or another act that a guard may forbid or tie to something."""

    names = "action"


class NeedName(Reference):
    """What must be there: a field, a set fact, an event that occurred, a kind of evidence."""

    names = "need"


class Condition(str):
    """A condition in the Common Expression Language, as it is written."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(cls._of_text, core_schema.is_instance_schema(cls))

    @classmethod
    def _of_text(cls, value: Any) -> Self:
        if not isinstance(value, str):
            raise PydanticCustomError("condition_not_text", "{given}", {"given": str(value)})
        if len(value) > 4000:
            raise PydanticCustomError("condition_too_long", "", {})
        return cls(value)


class Expression(Condition):
    """An expression whose type is that of the fact it gives, not true or false."""
