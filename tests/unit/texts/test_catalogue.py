"""The catalogue is closed, complete in both languages, and holds every code the source names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import shared
from shared.texts.catalogue import UnknownText, catalogue, exists, placeholders, render

ROOT = Path(shared.__file__).parent.parent
HAN = re.compile(r"[\u4e00-\u9fff]")

# Which texts a raised refusal needs: by the name called, the position of its code and the texts' pattern.
CODES = {
    "Refused": (1, ("problem.{}.title", "problem.{}.detail")),
    "Conflict": (0, ("problem.{}.title", "problem.{}.detail")),
    "FieldError": (1, ("field.{}.message", "field.{}.remedy")),
    "invalid": (1, ("field.{}.message", "field.{}.remedy")),
    "field_error": (0, ("field.{}.message", "field.{}.remedy")),
    "NotFound": (0, ("thing.{}",)),
    "CannotStart": (0, ("startup.{}",)),
}


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    """The calls of what CODES names, where a module has the name from the shared errors."""
    for folder in ("services", "shared", "deploy"):
        for path in (ROOT / folder).rglob("*.py"):
            nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
            ours = {
                alias.asname or alias.name
                for node in nodes
                if isinstance(node, ast.ImportFrom) and node.module in {"shared.errors", "shared.web.validation"}
                for alias in node.names
            }
            for node in nodes:
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ours & set(CODES):
                    yield node.func.id, node, f"{path.relative_to(ROOT)}:{node.lineno}"


def given_params(name: str, call: ast.Call) -> set[str] | None:
    """The parameters a call gives its texts, or None where they are not written out."""
    if name in {"invalid", "field_error", "CannotStart"}:
        return {keyword.arg for keyword in call.keywords if keyword.arg} if all(k.arg for k in call.keywords) else None
    table = call.args[CODES[name][0] + 1] if len(call.args) > CODES[name][0] + 1 else None
    if table is None:
        return set()
    if isinstance(table, ast.Dict) and all(isinstance(key, ast.Constant) for key in table.keys):
        return {key.value for key in table.keys if isinstance(key, ast.Constant)}
    return None


def test_every_code_named_in_the_source_has_its_texts_and_their_parameters() -> None:
    checked = 0
    for name, call, place in calls():
        position, patterns = CODES[name]
        if len(call.args) <= position or not isinstance(code := call.args[position], ast.Constant):
            continue
        params = given_params(name, call)
        for pattern in patterns:
            text = pattern.format(code.value)
            assert exists(text), f"{place} names {text}, which no module of shared/texts holds"
            wanted = {placeholder for placeholder, _ in placeholders(catalogue()[text].zh)}
            if params is not None and name != "NotFound":
                assert wanted <= params, f"{place}: {text} needs {wanted - params}"
        checked += 1
    assert checked > 20


def test_every_text_has_both_languages_with_the_same_placeholders() -> None:
    for code, text in catalogue().items():
        assert text.zh.strip(), code
        assert text.en.strip(), code
        assert placeholders(text.zh) == placeholders(text.en), code


def test_every_text_is_written_in_its_language() -> None:
    for code, text in catalogue().items():
        if code == "page.language.switch":  # names the other language in its own words
            continue
        assert HAN.search(text.zh), f"{code}: no Chinese in {text.zh}"
        assert not HAN.search(text.en), f"{code}: Chinese in {text.en}"


def test_placeholders_are_plain_names_and_their_subjects_exist() -> None:
    subjects = {code.partition(".")[0] for code in catalogue()}
    for code, text in catalogue().items():
        for name, subject in placeholders(text.zh):
            assert name.isidentifier(), f"{code}: {{{name}}}"
            assert not subject or subject in subjects, f"{code}: {{{name}:{subject}}}"


@pytest.mark.parametrize(("subject", "parts"), [("problem", {"title", "detail"}), ("field", {"message", "remedy"})])
def test_problems_and_fields_have_all_their_parts(subject: str, parts: set[str]) -> None:
    found: dict[str, set[str]] = {}
    for code in catalogue():
        if code.startswith(f"{subject}."):
            _, name, part = code.split(".")
            found.setdefault(name, set()).add(part)
    assert found
    assert {name: have for name, have in found.items() if have != parts} == {}


def test_an_unknown_language_reads_chinese() -> None:
    assert render("state.closed", "fr") == render("state.closed", "zh") == "已关闭"
    assert render("state.closed", "en") == "closed"


def test_codes_as_parameters_are_rendered_in_the_same_language() -> None:
    params = {"state": "closed", "allowed": ["reopen", "follow-up"]}
    assert "“closed”. What can be done now: reopen, follow up." in render(
        "problem.move_not_allowed.detail", "en", **params
    )
    assert "“已关闭”，现在可以进行的操作：重新打开、回访。" in render("problem.move_not_allowed.detail", "zh", **params)


def test_a_name_only_a_pack_knows_stands_as_it_is() -> None:
    text = render("problem.move_not_allowed.detail", "en", state="closed", allowed=["send_to_court"])
    assert text.endswith("send_to_court.")


def test_values_are_never_read_as_templates() -> None:
    assert render("page.error.trace", "en", trace_id="{trace_id.__class__}") == "Reference: {trace_id.__class__}"


def test_a_code_outside_the_catalogue_is_an_error() -> None:
    with pytest.raises(UnknownText):
        render("problem.nonsense.title", "zh")


def test_a_missing_parameter_is_an_error() -> None:
    with pytest.raises(KeyError):
        render("page.error.trace", "zh")
