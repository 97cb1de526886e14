"""Replacing fields of a value."""

import dataclasses
from typing import Any

import pytest

from shared.values import replace


@dataclasses.dataclass(frozen=True, slots=True)
class _Pair:
    left: int
    right: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True)
class _Single:
    only: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Named:
    left: int
    right: int = 2


@dataclasses.dataclass
class _Counted:
    left: int
    right: int
    both: int = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.both = self.left + self.right


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        (_Pair(1, (2,)), {}),
        (_Pair(1, (2,)), {"right": (3, 4)}),
        (_Single(1), {"only": 5}),
        (_Named(left=1), {"left": 7}),
        (_Counted(1, 2), {"left": 5}),
    ],
)
def test_it_does_what_the_standard_library_does(value: Any, changes: dict[str, Any]) -> None:
    assert replace(value, **changes) == dataclasses.replace(value, **changes)


def test_a_value_stays_as_it_is() -> None:
    before = _Pair(1)
    assert replace(before, left=2).left == 2
    assert before.left == 1


@pytest.mark.parametrize("value", [_Pair(1), _Single(1), _Named(left=1)])
def test_a_field_it_does_not_have_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="up"):
        replace(value, up=1)


def test_only_values_can_be_replaced() -> None:
    with pytest.raises(TypeError):
        replace(object(), left=1)
