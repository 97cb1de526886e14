"""Whether a schema still accepts everything an older one did (delivery rule 9): fields come, none goes or narrows."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

# Keyword -> whether a higher value accepts less.
_BOUNDS = {
    "minimum": True,
    "exclusiveMinimum": True,
    "minLength": True,
    "minItems": True,
    "minProperties": True,
    "maximum": False,
    "exclusiveMaximum": False,
    "maxLength": False,
    "maxItems": False,
    "maxProperties": False,
}
# Keywords that accept less as soon as they are there, or say something else.
_FIXED = ("format", "pattern", "multipleOf", "uniqueItems", "prefixItems", "discriminator")


def breaks(old: Schema, new: Schema) -> list[str]:
    """What makes `new` refuse a document that `old` accepted, each with its place; empty if nothing does."""
    return list(_breaks(old, new, old, new, ""))


def _breaks(old: Schema, new: Schema, old_root: Schema, new_root: Schema, place: str) -> Iterator[str]:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    choices, offered = _choices(old), _choices(new)
    if len(choices) > 1 or len(offered) > 1:
        for choice in choices:
            if all(list(_breaks(choice, offer, old_root, new_root, place)) for offer in offered):
                yield f"{place or '/'}: {_kind(choice)} is accepted no more"
        return
    if new.get("type") not in {None, old.get("type")} and (old.get("type"), new.get("type")) != ("integer", "number"):
        yield f"{place or '/'}: {_kind(new)} instead of {_kind(old)}"
        return
    yield from _narrowed(old, new, place)
    yield from _fields(old, new, old_root, new_root, place)
    for keyword in ("items", "additionalProperties"):
        before, after = old.get(keyword, True), new.get(keyword, True)
        if after is False and before is not False:
            yield f"{place}/*: accepted no more"
        elif isinstance(after, Mapping) and before is not False:
            yield from _breaks(before if isinstance(before, Mapping) else {}, after, old_root, new_root, f"{place}/*")


def _fields(old: Schema, new: Schema, old_root: Schema, new_root: Schema, place: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before:
        if name not in after:
            yield f"{place}/{name}: removed or renamed"
        else:
            yield from _breaks(before[name], after[name], old_root, new_root, f"{place}/{name}")
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{place}/{name}: newly required"


def _narrowed(old: Schema, new: Schema, place: str) -> Iterator[str]:
    for keyword, higher_is_less in _BOUNDS.items():
        if (after := new.get(keyword)) is None:
            continue
        before = old.get(keyword)
        if before is None or (after > before if higher_is_less else after < before):
            yield f"{place or '/'}: {keyword} {after} instead of {before}"
    for keyword in _FIXED:
        if keyword in new and new[keyword] != old.get(keyword):
            yield f"{place or '/'}: {keyword} {new[keyword]} instead of {old.get(keyword)}"
    allowed = _values(new)
    if allowed is not None:
        before_values = _values(old)
        if before_values is None or not set(map(repr, before_values)) <= set(map(repr, allowed)):
            yield f"{place or '/'}: only {allowed} instead of {before_values or 'anything'}"


def _values(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    return list(schema["enum"]) if "enum" in schema else None


def _choices(schema: Schema) -> list[Schema]:
    choices: list[Schema] = list(schema.get("anyOf") or schema.get("oneOf") or [schema])
    return choices


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def _kind(schema: Schema) -> str:
    return str(schema.get("type") or schema.get("$ref", "anything").rpartition("/")[2])
