"""The JSON Schema of a pack, by which editors complete and check what is written.

`python -m shared.policy.schema` writes `pack.schema.json` anew. It is made from the typed model, and widened by what
the model reads beside its own form: one thing for a list of one, the short forms, entries directly under `channels` and
`moves`, modules. Names, conditions and everything across entries are checked by the loader alone.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from shared.policy.document.channels import Channels
from shared.policy.document.clocks import Starts
from shared.policy.document.contact_types import Start
from shared.policy.document.entry import Words, as_tuple
from shared.policy.document.facts import Derivation, Fact
from shared.policy.document.identity import Pausing
from shared.policy.document.limits import Limit
from shared.policy.document.moves import Moves
from shared.policy.document.needs import Need
from shared.policy.document.notices import NoticeMedium
from shared.policy.document.steps import Performer
from shared.policy.document.values import Datum, ValueType, members_of
from shared.policy.document.whole import PackDocument

FILE = Path(__file__).with_name("pack.schema.json")

_TEXT: JsonSchemaValue = {"type": "string"}
_NAMES: JsonSchemaValue = {"type": "array", "items": _TEXT, "uniqueItems": True}
_TYPE_NAMES = [kind.value for kind in ValueType if kind not in {ValueType.ENUM, ValueType.SET}]
_SHORT: dict[type, JsonSchemaValue] = {
    Words: _TEXT,
    Limit: _TEXT,
    Performer: _TEXT,
    Need: _TEXT,
    Derivation: _TEXT,
    Start: {"enum": ["case", "record"]},
    Starts: {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
    NoticeMedium: {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
    Datum: {"enum": _TYPE_NAMES},
    Fact: {"enum": _TYPE_NAMES},
}
"""What each entry may be written as, short."""
_OPTIONAL: dict[type, tuple[str, ...]] = {Start: ("kind",)}
"""Keys that the longer of the short forms leaves out."""
_UNWRITTEN: dict[type, str] = {Channels: "ways", Moves: "named"}
"""Fields that the text does without: their members stand directly in the entry."""
_IN_MODULES = ("types", "channels")
"""What a pack in one piece must have, and a pack of modules has in them."""
_OF_ITSELF = ("pack", "title", "implements", "version", "effective")
"""What a pack says even if it extends a group's."""


class _PackSchema(GenerateJsonSchema):
    """Knows what the model's own validators accept beside the model."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        function: Any = schema["function"]["function"]
        inner = self.generate_inner(schema["schema"])
        if function is as_tuple and "items" in inner:
            return {"anyOf": [inner["items"], inner]}
        if function is members_of:
            return {"anyOf": [_NAMES, inner]}
        if getattr(function, "__name__", "") == Pausing.none_is_empty.__name__:
            return {"anyOf": [{"const": "none"}, inner]}
        return inner

    def is_instance_schema(self, schema: core_schema.IsInstanceSchema) -> JsonSchemaValue:
        return dict(_TEXT)  # a condition

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        written = super().model_schema(schema)
        kind = schema["cls"]
        if issubclass(kind, Datum):
            for key in ("enum", "set"):
                written["properties"][key] = {"anyOf": [_NAMES, written["properties"][key]]}
        if field := _UNWRITTEN.get(kind):
            written["additionalProperties"] = written["properties"].pop(field)["additionalProperties"]
            written["required"] = [key for key in written.get("required", []) if key != field]
        for key in _OPTIONAL.get(kind, ()):
            written["required"].remove(key)
        return {"anyOf": [_SHORT[kind], written]} if kind in _SHORT else written


def pack_schema() -> dict[str, Any]:
    """The schema of a pack in one piece or in modules."""
    schema = PackDocument.model_json_schema(schema_generator=_PackSchema)
    sections = _sections(schema["properties"])
    part = {"type": "object", "additionalProperties": False, "properties": sections}
    schema["$defs"] |= {
        "Names": {"anyOf": [_TEXT, _NAMES]},
        "Sections": part,
        "Module": {**part, "properties": {**sections, "with": {"$ref": "#/$defs/Names"}}},
    }
    schema["properties"] |= {
        "shared": {"$ref": "#/$defs/Sections", "description": "What belongs to every module."},
        "modules": {
            "type": "object",
            "additionalProperties": {"$ref": "#/$defs/Module"},
            "description": "Regimes that one office runs at once, each a pack of its own.",
        },
    }
    inherited = [key for key in schema["required"] if key not in {*_IN_MODULES, *_OF_ITSELF}]
    schema["required"] = list(_OF_ITSELF)
    schema["anyOf"] = [
        {"required": [*inherited, *_IN_MODULES]},
        {"required": [*inherited, "modules"]},
        {"required": ["extends"]},
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:huiyin:schema:pack",
        **schema,
        "title": "Policy pack",
    }


def _sections(properties: dict[str, Any]) -> dict[str, Any]:
    """What a module may fill: everything but the identity of the pack and the settling of its modules."""
    own = {*_OF_ITSELF, "extends", "compose"}
    return {key: value for key, value in properties.items() if key not in own}


def text_of(schema: dict[str, Any]) -> str:
    """The schema as it stands in its file."""
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write the schema."""
    FILE.write_text(text_of(pack_schema()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
