"""Does the text have the shape of a pack: known keys, the right kinds of values, nothing missing."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.policy.document.entry import Entry
from shared.policy.document.whole import PackDocument
from shared.policy.findings import Finding, Path, nearest
from shared.policy.reading import Source, find
from shared.policy.texts import MESSAGES

_WANTED = {
    "string_type": ("text", "文字"),
    "int_type": ("a whole number", "整数"),
    "bool_type": ("true or false", "true 或 false"),
    "dict_type": ("a mapping", "映射"),
    "tuple_type": ("a list", "列表"),
    "model_type": ("a mapping", "映射"),
    "date_type": ("a date", "日期"),
    "date_from_datetime_parsing": ("a date", "日期"),
    "float_type": ("a number", "数"),
}


def read_shape(source: Source) -> tuple[PackDocument | None, list[Finding]]:
    """The typed document, or what keeps the data from being one."""
    owners: dict[int, type[Entry]] = {}
    try:
        return PackDocument.model_validate(source.data, context=owners), []
    except ValidationError as refused:
        findings: dict[Path, Finding] = {}
        for error in refused.errors(include_url=False):
            path = _real_path(source.data, error["loc"], missing=error["type"] == "missing")
            findings.setdefault(path, _finding(source, path, error, owners))
        return None, list(findings.values())


def _real_path(data: Any, loc: tuple[str | int, ...], *, missing: bool) -> Path:
    """`loc` as the text has it: without the steps that only the typed model takes (short forms, unions)."""
    path: Path = ()
    for part in loc:
        here = find(data, path)
        if (isinstance(here, dict) and part in here) or (isinstance(here, list) and isinstance(part, int)):
            path = (*path, part)
    return (*path, loc[-1]) if missing else path


def _finding(source: Source, path: Path, error: ErrorDetails, owners: dict[int, type[Entry]]) -> Finding:
    kind, context, given = error["type"], error.get("ctx", {}), error.get("input")
    match kind:
        case "extra_forbidden":
            key = str(error["loc"][-1])
            parent = find(source.data, path[:-1])
            owner = owners.get(id(parent))
            return source.finding(path, "unknown_key", key=key, meant=nearest(key, owner.keys() if owner else ()))
        case "missing":
            return source.finding(path, "missing_key", at=source.place(path[:-1]), key=path[-1])
        case "literal_error":
            values = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
            meant = nearest(str(given), values.split(", "))
            return source.finding(path, "not_one_of", at=source.place(path), given=given, values=values, meant=meant)
        case "string_pattern_mismatch":
            return source.finding(path, "does_not_match", given=given, pattern=context.get("pattern"))
        case "string_too_long":
            return source.finding(path, "too_long", limit=context.get("max_length"))
        case "greater_than_equal" | "less_than_equal" | "string_too_short":
            limit = context.get("ge", context.get("le", context.get("min_length")))
            return source.finding(path, "out_of_range", given=given, limit=limit)
        case _ if kind in MESSAGES:
            return source.finding(path, kind, at=source.place(path), **context)
    en, zh = _WANTED.get(kind, (kind, kind))
    return source.finding(path, "wrong_shape", at=source.place(path), wanted=en, wanted_zh=zh, given=_short(given))


def _short(given: object) -> str:
    text = "a list" if isinstance(given, list) else "a mapping" if isinstance(given, dict) else str(given)
    return text[:60]
