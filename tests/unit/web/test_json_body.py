"""JSON from outside is read strictly, and what is wrong is named by its place."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid, Malformed, Refused
from shared.web.json_body import MAX_DEPTH, MAX_EXACT, parse_json, pointer_of


def faults(raw: bytes, kind: type[Refused]) -> list[tuple[str, str, dict[str, Any]]]:
    with pytest.raises(kind) as refused:
        parse_json(raw)
    return [(error.pointer, error.code, dict(error.params)) for error in refused.value.errors]


@pytest.mark.parametrize(
    ("raw", "code", "params"),
    [
        (b'{"a":}', "json_syntax", {"line": 1, "column": 6}),
        (b'{\n  "a" 1\n}', "json_syntax", {"line": 2, "column": 7}),
        (b"", "json_syntax", {"line": 1, "column": 1}),
        (b"{} {}", "json_syntax", {"line": 1, "column": 4}),
        (b'{"a": "tab\there"}', "json_syntax", {"line": 1, "column": 11}),
        (b"{'a': 1}", "json_syntax", {"line": 1, "column": 2}),
        (b'{"a": NaN}', "json_not_finite", {"line": 1, "column": 7}),
        (b'{"NaN": "\\"NaN",\n "a": [1, -Infinity]}', "json_not_finite", {"line": 2, "column": 11}),
        (b'{"a": "\xff"}', "json_not_utf8", {"position": 8}),
        ('{"a": 1}'.encode("utf-16"), "json_not_utf8", {"position": 1}),
        (b"[" * 100_000, "json_too_deep", {"max": MAX_DEPTH}),
        (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "json_too_deep", {"max": MAX_DEPTH}),
    ],
)
def test_what_is_no_json_is_malformed_at_a_position(raw: bytes, code: str, params: dict[str, Any]) -> None:
    assert [(c, p) for _, c, p in faults(raw, Malformed)] == [(code, params)]


@pytest.mark.parametrize("escape", [r"\ud800", r"\udfff", r"\ude00\ud83d", r"x\ud83dx"])
def test_halves_of_surrogate_pairs_are_malformed(escape: str) -> None:
    raw = f'{{"reporter": {{"name": "{escape}"}}}}'.encode()
    assert faults(raw, Malformed) == [("/reporter/name", "json_surrogate", {})]


def test_whole_surrogate_pairs_and_escaped_backslashes_are_text() -> None:
    assert parse_json(rb'["\ud83d\ude00", "\\ud800", "\\u0000"]') == ["😀", "\\ud800", "\\u0000"]


@pytest.mark.parametrize(
    "escape", [r"\u0000", r"\u0001", r"\b", r"\f", r"\u001f", r"\u007f", r"\u0085", "\x7f", "\x9f"]
)
def test_control_characters_are_invalid_and_their_field_is_named(escape: str) -> None:
    raw = f'{{"facts": {{"a/b~c": ["x", "{escape}"]}}}}'.encode()
    assert faults(raw, Invalid) == [("/facts/a~1b~0c/1", "control_character", {})]


def test_control_characters_in_names_are_invalid_and_not_repeated_in_the_pointer() -> None:
    assert faults(rb'{"a\u0000": 1}', Invalid) == [("/a\ufffd", "control_character", {})]


def test_line_breaks_and_tabs_are_text() -> None:
    assert parse_json(rb'"a\n\r\tb"') == "a\n\r\tb"


@pytest.mark.parametrize("number", ["9007199254740992", "-9007199254740992", "1e400", "-1e999", "1e17", "9" * 5000])
def test_numbers_beyond_exactness_are_invalid(number: str) -> None:
    ((pointer, code, _),) = faults(f'{{"amount": {number}}}'.encode(), Invalid)
    assert code == "number_out_of_range"
    assert pointer in {"/amount", ""}  # a number too long to be read at all has no place


def test_the_largest_exact_number_passes() -> None:
    assert parse_json(str(MAX_EXACT).encode()) == MAX_EXACT


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_the_deepest_allowed_nesting_passes() -> None:
    parse_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


def test_many_faults_are_named_up_to_twenty() -> None:
    assert len(faults(json.dumps(["\x01"] * 500).encode(), Invalid)) == 20


def test_a_pointer_is_bounded() -> None:
    assert len(pointer_of("x" * 5000)) == 200


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_EXACT, MAX_EXACT)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs", "Cc"])), inner),
)


@given(JSON, st.booleans())
def test_whatever_is_clean_comes_through_unchanged(value: Any, ascii_only: bool) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_refusal(raw: bytes) -> None:
    with suppress(Malformed, Invalid):
        parse_json(raw)


@given(st.text(st.sampled_from('{}[]":,\\u0d8eNaN1') | st.characters()))
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    with suppress(Malformed, Invalid):
        parse_json(text.encode("utf-8", "surrogatepass"))
