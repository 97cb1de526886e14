"""Reading JSON from outside: what passes here can be validated, stored and sent on without surprises.

Strict UTF-8 and RFC 8259 grammar, bounded depth, numbers that survive a double (RFC 7493), text without control
characters. PostgreSQL refuses NUL and halves of surrogate pairs; other control characters hide in lists and logs.
"""

import json
import re
from typing import Any

from shared.errors import FieldError, Invalid, Malformed

MAX_DEPTH = 64
MAX_EXACT = 2**53 - 1
_MAX_ERRORS = 20
_LONGEST_POINTER = 200

_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_CONTROLS = re.compile(f"[{_CONTROL}]")
_SUSPECT = re.compile(f"[{_CONTROL}\ud800-\udfff]")
_STRING_OR_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(-?Infinity|NaN)', re.DOTALL)

# Where a value stands: (place of what encloses it, key or index, depth). Pointers are spelt out only for errors.
_Place = tuple[Any, str | int, int]


class _NotFinite(ValueError):
    """The parser met NaN or Infinity."""


def parse_json(raw: bytes) -> Any:
    """The JSON value in `raw`.

    Raises Malformed (not UTF-8, not JSON, too deep, halves of surrogate pairs) with the position, or Invalid naming
    the fields with control characters or with numbers beyond ±(2^53 - 1).
    """
    value = _decode(raw)
    malformed, invalid = _examine(value)
    if malformed:
        raise Malformed(*malformed)
    if invalid:
        raise Invalid(*invalid)
    return value


def has_control_character(text: str) -> bool:
    """Whether `text` holds a control character other than tab, line feed and carriage return."""
    return _CONTROLS.search(text) is not None


def pointer_of(*keys: str | int) -> str:
    """The RFC 6901 pointer of nested keys. Bounded, and free of what cannot be shown: a caller may choose its keys."""
    pointer = "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)
    return _SUSPECT.sub("\ufffd", pointer[:_LONGEST_POINTER])


def _decode(raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(FieldError("", "json_not_utf8", {"position": error.start + 1})) from None
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise Malformed(FieldError("", "json_syntax", {"line": error.lineno, "column": error.colno})) from None
    except _NotFinite:
        raise Malformed(FieldError("", "json_not_finite", _position_of_constant(text))) from None
    except RecursionError:
        raise Malformed(FieldError("", "json_too_deep", {"max": MAX_DEPTH})) from None
    except ValueError:  # an integer with more digits than Python reads
        raise Invalid(FieldError("", "number_out_of_range")) from None


def _refuse_constant(_: str) -> Any:
    raise _NotFinite


def _position_of_constant(text: str) -> dict[str, int]:
    at = next((found.start(1) for found in _STRING_OR_CONSTANT.finditer(text) if found[1]), 0)
    return {"line": text.count("\n", 0, at) + 1, "column": at - text.rfind("\n", 0, at)}


def _examine(value: Any) -> tuple[list[FieldError], list[FieldError]]:
    """What makes the value malformed and what makes it invalid, at most 20 of each."""
    malformed: list[FieldError] = []
    invalid: list[FieldError] = []
    waiting: list[tuple[Any, _Place | None]] = [(value, None)]
    while waiting and len(malformed) < _MAX_ERRORS and len(invalid) < _MAX_ERRORS:
        item, place = waiting.pop()
        if isinstance(item, str):
            if found := _SUSPECT.search(item):
                if found[0] >= "\ud800":
                    malformed.append(FieldError(_pointer(place), "json_surrogate"))
                else:
                    invalid.append(FieldError(_pointer(place), "control_character"))
        elif isinstance(item, dict | list):
            depth = place[2] + 1 if place else 1
            if depth > MAX_DEPTH:
                return [FieldError(_pointer(place), "json_too_deep", {"max": MAX_DEPTH})], invalid
            if isinstance(item, dict):
                waiting.extend((key, (place, key, depth)) for key in item if _SUSPECT.search(key))
                waiting.extend((inner, (place, key, depth)) for key, inner in item.items())
            else:
                waiting.extend((inner, (place, index, depth)) for index, inner in enumerate(item))
        elif isinstance(item, int | float) and not -MAX_EXACT <= item <= MAX_EXACT:
            invalid.append(FieldError(_pointer(place), "number_out_of_range"))
    return malformed, invalid


def _pointer(place: _Place | None) -> str:
    keys: list[str | int] = []
    while place is not None:
        place, key, _ = place
        keys.append(key)
    return pointer_of(*reversed(keys))
