"""The JSON Schema of packs: as the code has it, true to what the loader reads, and of use to an editor."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest

from shared.policy.reading import read_source
from shared.policy.schema import FILE, pack_schema, text_of
from tests.unit.policy.test_composing import OFFICE

PACKS = {path.name: path.read_text(encoding="utf-8") for path in files("shared.policy").joinpath("packs").iterdir()}
TEXTS = {**{name: text for name, text in PACKS.items() if name.endswith(".yaml")}, "modules": OFFICE}


@pytest.fixture(scope="module")
def validator() -> Any:
    return jsonschema_rs.validator_for(pack_schema())


def as_json(text: str) -> Any:
    return json.loads(json.dumps(read_source(text, "pack.yaml").data, default=str))


def test_the_schema_on_file_is_the_schema_of_the_code() -> None:
    written = FILE.read_text(encoding="utf-8")
    assert written == text_of(pack_schema()), "run `python -m shared.policy.schema`"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_it_accepts_a_sound_pack(validator: Any, text: str) -> None:
    assert [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(as_json(text))] == []


def put(path: str, value: Any) -> Any:
    data = as_json(OFFICE)
    keys = path.split("/")
    target = data
    for key in keys[:-1]:
        target = target[key]
    target[keys[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("versoin", 1),
        ("version", "one"),
        ("admits", "nobody"),
        ("count/day", "noon"),
        ("modules/M1/clocks/reply/untill", "replied"),
        ("modules/M1/clocks/reply/until", 3),
        ("modules/M1/decisions/owner/hit", "best"),
        ("modules/M1/moves/close", [{"needs": ["replied"]}]),
        ("modules/M1/pack", "a-pack-in-a-pack"),
        ("shared/channels/phone/medium", "smoke"),
        ("compose/settle", [{"slots": "decisions.owner"}]),
    ],
)
def test_it_refuses_what_the_model_refuses(validator: Any, path: str, value: Any) -> None:
    assert not validator.is_valid(put(path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("modules/M1/clocks/reply/until", ["replied", "closed"]),
        ("modules/M1/clocks/reply/from", {"later_of": ["registered", "assigned"]}),
        ("modules/M1/clocks/reply/within", {"pick": [{"within": "1wd", "when": "open"}, {"within": "3wd"}]}),
        ("modules/M1/facts", {"kinds": {"set": ["a", "b"], "ask": "intake", "rule": "R-1/r01"}}),
        ("modules/M1/forms", {"book": {"fields": {"content": "text", "due": {"instant": True, "when": "open"}}}}),
        ("modules/M1/types/question/starts", {"link": "work_order"}),
        ("pause/causes", ["customer"]),
    ],
)
def test_it_accepts_the_short_and_the_long_form(validator: Any, path: str, value: Any) -> None:
    assert validator.is_valid(put(path, value))


def test_every_construct_is_explained_to_the_editor() -> None:
    entries: Mapping[str, Any] = pack_schema()["$defs"]
    explained = {name for name, entry in entries.items() if "description" in json.dumps(entry)}
    assert {"Clock", "Step", "Decision", "Fact", "Measure", "Roster", "Duty", "Survey", "Link"} <= explained
