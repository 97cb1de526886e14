"""Golden schemas and examples of every event and record: they grow, and what was ever sent stays readable (rule 9)."""

from typing import Any

import pytest

from shared.events import golden
from shared.events.compatibility import breaks
from shared.events.envelope import EventData
from shared.events.golden import EXAMPLES, MODELS, SCHEMAS, read, schema_of
from shared.events.records import RecordData
from shared.events.registry import KNOWN_NAMES

TYPES = sorted(MODELS)
HOW = "run `python -m shared.events.golden` if the change is meant"


@pytest.mark.parametrize("type_", TYPES)
def test_the_schema_on_file_is_the_schema_of_the_code(type_: str) -> None:
    path = SCHEMAS / f"{type_}.json"
    assert path.exists(), f"{type_} has no golden schema: {HOW}"
    assert _shape(read(path)) == _shape(schema_of(type_)), f"{type_} is not as it is on file: {HOW}"


@pytest.mark.parametrize("type_", TYPES)
def test_the_code_reads_whatever_the_schema_on_file_allows(type_: str) -> None:
    assert breaks(read(SCHEMAS / f"{type_}.json"), schema_of(type_)) == []


@pytest.mark.parametrize("type_", TYPES)
def test_the_example_is_read_and_says_what_it_says(type_: str) -> None:
    path = EXAMPLES / f"{type_}.json"
    assert path.exists(), f"{type_} has no golden example: {HOW}"
    example = read(path)
    understood = MODELS[type_].model_validate(example, strict=False).model_dump(mode="json", exclude_unset=True)
    assert understood == example


@pytest.mark.parametrize("type_", TYPES)
def test_fields_from_the_future_are_passed_over(type_: str) -> None:
    example = read(EXAMPLES / f"{type_}.json")
    MODELS[type_].model_validate({**example, "from_the_future": {"a": 1}})


def test_no_type_was_taken_away() -> None:
    assert {path.stem for path in (*SCHEMAS.glob("*.json"), *EXAMPLES.glob("*.json"))} <= set(TYPES)


@pytest.mark.parametrize("type_", TYPES)
def test_a_type_says_its_name_and_version(type_: str) -> None:
    name, _, version = type_.rpartition(".v")
    assert name
    assert int(version) >= 1
    model = MODELS[type_]
    assert name in KNOWN_NAMES if issubclass(model, EventData) else issubclass(model, RecordData)


def _shape(schema: Any) -> Any:
    """Without the words that explain it: they may be improved at any time."""
    if isinstance(schema, dict):
        return {key: _shape(value) for key, value in schema.items() if key != "description" or isinstance(value, dict)}
    return [_shape(value) for value in schema] if isinstance(schema, list) else schema


# -- what counts as breaking -----------------------------------------------------------------------------------------


def of(required: tuple[str, ...] = (), defs: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "$defs": defs or {}}


TEXT, NUMBER, NULL = {"type": "string"}, {"type": "integer"}, {"type": "null"}
INNER = {"$ref": "#/$defs/Inner"}

HARMLESS = {
    "nothing": (of(a=TEXT), of(a=TEXT)),
    "a new optional field": (of(a=TEXT), of(a=TEXT, b=NUMBER)),
    "required no more": (of(("a",), a=TEXT), of(a=TEXT)),
    "null is accepted too": (of(a=TEXT), of(a={"anyOf": [TEXT, NULL]})),
    "whole numbers become any": (of(a=NUMBER), of(a={"type": "number"})),
    "a bound is loosened": (of(a={"type": "integer", "minimum": 2}), of(a={"type": "integer", "minimum": 1})),
    "a bound is dropped": (of(a={"type": "string", "maxLength": 2}), of(a=TEXT)),
    "one more value": (of(a={"enum": ["x"]}), of(a={"enum": ["x", "y"]})),
    "a constant becomes a set": (of(a={"const": "x"}), of(a={"enum": ["x", "y"]})),
    "another name for an inner shape": (
        of(a=INNER, defs={"Inner": of(b=TEXT)}),
        of(a={"$ref": "#/$defs/Other"}, defs={"Other": of(b=TEXT)}),
    ),
}
BREAKING = {
    "removed": (of(a=TEXT, b=TEXT), of(a=TEXT), "/b: removed"),
    "renamed": (of(a=TEXT), of(z=TEXT), "/a: removed or renamed"),
    "newly required": (of(a=TEXT), of(("a",), a=TEXT), "/a: newly required"),
    "new and required": (of(a=TEXT), of(("b",), a=TEXT, b=TEXT), "/b: newly required"),
    "another type": (of(a=TEXT), of(a=NUMBER), "/a: integer instead of string"),
    "null no more": (of(a={"anyOf": [TEXT, NULL]}), of(a=TEXT), "/a: null is accepted no more"),
    "a choice is gone": (of(a={"anyOf": [TEXT, NUMBER]}), of(a={"anyOf": [TEXT, NULL]}), "/a: integer is accepted"),
    "a lower bound": (of(a=NUMBER), of(a={"type": "integer", "minimum": 1}), "/a: minimum 1"),
    "a tighter bound": (
        of(a={"type": "string", "maxLength": 9}),
        of(a={"type": "string", "maxLength": 8}),
        "/a: maxLength 8 instead of 9",
    ),
    "a pattern": (of(a=TEXT), of(a={"type": "string", "pattern": "^x"}), "/a: pattern"),
    "a format": (of(a=TEXT), of(a={"type": "string", "format": "uuid"}), "/a: format uuid"),
    "a value is gone": (of(a={"enum": ["x", "y"]}), of(a={"enum": ["x"]}), "/a: only"),
    "values are fixed": (of(a=TEXT), of(a={"type": "string", "const": "x"}), "/a: only"),
    "unknown fields are refused": (of(a=TEXT), {**of(a=TEXT), "additionalProperties": False}, "/*: accepted no more"),
    "items of a list": (
        of(a={"type": "array", "items": TEXT}),
        of(a={"type": "array", "items": NUMBER}),
        "/a/*: integer instead of string",
    ),
    "values of a map": (
        of(a={"type": "object", "additionalProperties": TEXT}),
        of(a={"type": "object", "additionalProperties": NUMBER}),
        "/a/*: integer instead of string",
    ),
    "within an inner shape": (
        of(a=INNER, defs={"Inner": of(b=TEXT)}),
        of(a=INNER, defs={"Inner": of(("b",), b=TEXT)}),
        "/a/b: newly required",
    ),
}


@pytest.mark.parametrize(("old", "new"), HARMLESS.values(), ids=HARMLESS)
def test_what_readers_do_not_notice_is_no_break(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert breaks(old, new) == []


@pytest.mark.parametrize(("old", "new", "said"), BREAKING.values(), ids=BREAKING)
def test_what_readers_would_trip_over_is_refused(old: dict[str, Any], new: dict[str, Any], said: str) -> None:
    found = breaks(old, new)
    assert len(found) == 1
    assert said in found[0]


def test_the_generator_refuses_to_write_a_breaking_change(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(golden, "SCHEMAS", tmp_path / "schemas")
    monkeypatch.setattr(golden, "EXAMPLES", tmp_path / "examples")
    assert golden.main() == 0
    path = tmp_path / "schemas" / "case.assigned.v1.json"
    older = read(path)
    older["properties"]["team"] = {"type": "string"}
    golden._write(path, older)
    assert golden.main() == 1
    assert "/team: removed or renamed" in capsys.readouterr().err
    assert read(path) == older
    for example in (tmp_path / "examples").glob("*.json"):
        MODELS[example.stem].model_validate(read(example))
