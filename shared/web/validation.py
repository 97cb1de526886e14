"""From what pydantic found wrong to our fields: pointer, code and remedy, never the value that was sent."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import PydanticCustomError

from shared.errors import FieldError, Invalid
from shared.texts.catalogue import exists
from shared.web.json_body import pointer_of

_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "none_required": "not_null",
    "greater_than": "not_above",
    "greater_than_equal": "too_small",
    "less_than": "not_below",
    "less_than_equal": "too_large",
    "multiple_of": "not_multiple",
    "finite_number": "not_a_number",
    "too_short": "too_short",
    "string_too_short": "too_short",
    "too_long": "too_long",
    "string_too_long": "too_long",
    "string_type": "not_text",
    "string_unicode": "not_text",
    "string_pattern_mismatch": "bad_format",
    "string_not_ascii": "bad_format",
    "enum": "not_one_of",
    "literal_error": "not_one_of",
    "union_tag_invalid": "not_one_of",
    "union_tag_not_found": "missing",
    "bool_type": "not_boolean",
    "bool_parsing": "not_boolean",
    "int_type": "not_whole",
    "int_parsing": "not_whole",
    "int_from_float": "not_whole",
    "int_parsing_size": "number_out_of_range",
    "float_type": "not_a_number",
    "float_parsing": "not_a_number",
    "decimal_type": "not_a_number",
    "decimal_parsing": "not_a_number",
    "list_type": "not_list",
    "tuple_type": "not_list",
    "set_type": "not_list",
    "frozen_set_type": "not_list",
    "iterable_type": "not_list",
    "dict_type": "not_object",
    "mapping_type": "not_object",
    "model_type": "not_object",
    "model_attributes_type": "not_object",
    "dataclass_type": "not_object",
    "timezone_aware": "no_time_zone",
    "timezone_offset": "no_time_zone",
    "date_type": "not_a_date",
    "date_parsing": "not_a_date",
    "date_from_datetime_parsing": "not_a_date",
    "date_from_datetime_inexact": "not_a_date",
    "datetime_type": "not_an_instant",
    "datetime_parsing": "not_an_instant",
    "datetime_object_invalid": "not_an_instant",
    "datetime_from_date_parsing": "not_an_instant",
    "uuid_type": "not_a_uuid",
    "uuid_parsing": "not_a_uuid",
    "uuid_version": "not_a_uuid",
}
_PARAMS = {
    "gt": "min",
    "ge": "min",
    "min_length": "min",
    "lt": "max",
    "le": "max",
    "max_length": "max",
    "multiple_of": "of",
    "pattern": "pattern",
    "expected": "expected",
    "expected_tags": "expected",
}
_CHOICE = re.compile(r"'([^']*)'")
_MAX_ERRORS = 20
_NEEDED = {"string_not_ascii": {"pattern": "ASCII"}}


def field_error(code: str, **params: Any) -> PydanticCustomError:
    """An error a validator of ours raises: `raise field_error("too_large", max=5)`; `code` is a `field.…` text."""
    return PydanticCustomError("huiyin", "{code}", {"code": code, "params": params})


def invalid_of(errors: Iterable[Mapping[str, Any]]) -> Invalid:
    """The refusal for pydantic's errors, whose `loc` starts with FastAPI's place: body, query, path, header, cookie."""
    return Invalid(*(_field_error(error["loc"], error) for error, _ in zip(errors, range(_MAX_ERRORS), strict=False)))


def invalid_body(errors: Iterable[Mapping[str, Any]]) -> Invalid:
    """The refusal for pydantic's errors about a body validated by hand, as the lines of a batch are."""
    return Invalid(
        *(_field_error(("body", *error["loc"]), error) for error, _ in zip(errors, range(_MAX_ERRORS), strict=False))
    )


def _field_error(loc: tuple[str | int, ...], error: Mapping[str, Any]) -> FieldError:
    kind: str = error["type"]
    context: Mapping[str, Any] = error.get("ctx") or {}
    pointer = pointer_of(*(loc[1:] if loc[0] == "body" else loc))
    if kind == "huiyin" and exists(f"field.{context['code']}.message"):
        return FieldError(pointer, context["code"], context["params"])
    code = _CODES.get(kind, "impossible")
    params = {ours: _plain(context[theirs]) for theirs, ours in _PARAMS.items() if theirs in context}
    return FieldError(pointer, code, {**_NEEDED.get(kind, {}), **params})


def _plain(value: Any) -> str | int | float | list[str]:
    """A limit as JSON holds it: limits may be dates, decimals or instants, and choices are `'a', 'b' or 'c'`."""
    if isinstance(value, str) and (choices := _CHOICE.findall(value)):
        return list(choices)
    return value if isinstance(value, int | float) else str(value)
