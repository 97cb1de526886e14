"""Golden schemas and examples: what every event and record of every version looks like on the wire, for good.

`python -m shared.events.golden` writes the schemas anew and drafts an example for what has none yet. It refuses to
write a schema that no longer accepts what the written one did: that needs a new version of the type (delivery rule 9).
An example, once written, is never written again: what was sent then must be read for ever.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from shared.events.compatibility import breaks
from shared.events.records import RECORD_TYPES
from shared.events.registry import EVENT_TYPES

SCHEMAS = Path(__file__).with_name("schemas")
EXAMPLES = Path(__file__).with_name("examples")

MODELS: Mapping[str, type[BaseModel]] = {**EVENT_TYPES, **RECORD_TYPES}

# What a new example is filled with, to be made readable by hand.
_BY_FORMAT = {
    "date-time": "2026-11-20T01:00:00Z",
    "date": "2026-11-20",
    "uuid": "0194c1f6-1111-7222-8333-444455556666",
}
_BY_TYPE: dict[str, Any] = {"boolean": True, "null": None}


def schema_of(type_: str) -> dict[str, Any]:
    """The JSON Schema of a type as it is now: what a reader accepts."""
    schema = MODELS[type_].model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:huiyin:schema:{type_}",
        **schema,
    }


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def draft_example(type_: str) -> Any:
    """A document of this type with every field filled."""
    schema = schema_of(type_)
    return _filled(schema, schema)


def _filled(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        return _filled(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "anyOf" in schema:
        return _filled(next(choice for choice in schema["anyOf"] if choice.get("type") != "null"), root)
    if schema.get("type") == "array":
        return [_filled(schema.get("items", {}), root)]
    if schema.get("type") == "object":
        return {field: _filled(of, root) for field, of in schema.get("properties", {}).items()}
    if schema.get("type") in {"integer", "number"}:
        return max(1, schema.get("minimum", 1))
    return _BY_FORMAT.get(schema.get("format", "")) or _BY_TYPE.get(schema.get("type", ""), "…")


def main() -> int:
    """Write what may be written; returns how many types were refused."""
    refused = 0
    for type_ in sorted(MODELS):
        schema, path = schema_of(type_), SCHEMAS / f"{type_}.json"
        if path.exists() and (broken := breaks(read(path), schema)):
            refused += 1
            sys.stderr.write(f"{type_}: give it a new version, for readers of this one would be surprised:\n")
            sys.stderr.writelines(f"  {line}\n" for line in broken)
            continue
        _write(path, schema)
        if not (example := EXAMPLES / f"{type_}.json").exists():
            _write(example, draft_example(type_))
            sys.stdout.write(f"{example.name}: a draft, to be made readable by hand\n")
    return refused


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
