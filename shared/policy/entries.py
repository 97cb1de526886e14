"""Walks a pack's typed document: every entry, and every reference or condition in it, with its path in the text."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from shared.policy.document.channels import Channels
from shared.policy.document.entry import Entry
from shared.policy.document.moves import Moves
from shared.policy.findings import Path

T = TypeVar("T")

_UNWRITTEN = {(Channels, "ways"), (Moves, "named")}
"""Fields that the text does without: their members stand directly in the entry."""


def everything(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value in `value` with its path, outermost first."""
    yield path, value
    if isinstance(value, Entry):
        for name, field in type(value).model_fields.items():
            here = path if (type(value), name) in _UNWRITTEN else (*path, field.alias or name)
            yield from everything(getattr(value, name), here)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from everything(item, (*path, key))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from everything(item, (*path, index))


def all_of(kind: type[T], value: Any, path: Path = ()) -> Iterator[tuple[Path, T]]:
    """Every value of one kind in `value`, with its path."""
    return ((where, item) for where, item in everything(value, path) if isinstance(item, kind))
