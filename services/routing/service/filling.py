"""Fills fields of forms and steps: checks values by the pack, keeps words with the personal records."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from services.routing.domain import FILLED
from services.routing.service.checking import field_error
from services.routing.service.desk import Desk
from shared.errors import FieldError, Invalid
from shared.policy.names import EVIDENCE
from shared.policy.working import field_schema, is_text
from shared.values import replace

LONGEST = 5000
"""Characters of a field's words, as of a move's."""


def checked_fields(desk: Desk, given: Mapping[str, Any], known: Collection[str], at: str = "/fields") -> dict[str, Any]:
    """The values to keep, words standing as FILLED. known: the fields that may be filled here, beside evidence.
    Raises Invalid."""
    pack = desk.regime.pack
    wrong = [FieldError(f"{at}/{name}", "unknown") for name in given if name not in known and name not in EVIDENCE]
    values = {name: value for name, value in given.items() if name in known and not is_text(pack, name)}
    kept, errors = field_schema(pack).validate(values, "handling")
    wrong += [field_error(error, at) for error in errors]
    for name, value in given.items():
        if name in values or f"{at}/{name}" in {error.pointer for error in wrong}:
            continue
        if code := _wrong_words(value):
            wrong.append(FieldError(f"{at}/{name}", code, {"max": LONGEST} if code == "too_long" else {}))
        kept[name] = FILLED
    if wrong:
        raise Invalid(*wrong)
    return dict(json.loads(json.dumps(kept, default=str)))


def write_fields(desk: Desk, given: Mapping[str, Any], kept: Mapping[str, Any]) -> int | None:
    """Keep what was filled in: words with the personal records, values in the case. Returns where the words stand."""
    version = None
    for name, value in kept.items():
        if value == FILLED:
            for words in given[name] if isinstance(given[name], list) else [given[name]]:
                version = desk.write(words, name)
    records = {**desk.file.course.records, **kept}
    desk.file = replace(desk.file, course=replace(desk.file.course, records=records))
    return version


def fill(desk: Desk, given: Mapping[str, Any]) -> None:
    """Fill any fields of the pack in passing. Raises Invalid."""
    if given:
        write_fields(desk, given, checked_fields(desk, given, field_schema(desk.regime.pack).names))


def _wrong_words(value: Any) -> str | None:
    for words in value if isinstance(value, list) and 0 < len(value) <= 20 else [value]:
        if not isinstance(words, str):
            return "not_text"
        if not words.strip():
            return "missing"
        if len(words) > LONGEST:
            return "too_long"
    return None
