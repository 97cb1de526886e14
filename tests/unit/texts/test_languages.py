"""Which language a caller gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.texts.languages import language_of


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh;q=0.2, en;q=0.7", "en"),
        ("zh;q=0.2,*;q=0.9,en;q=0.5", "en"),
        ("EN-us", "en"),
        ("fr,de;q=0.5", "zh"),
        ("fr, en;q=0.1", "en"),
        ("*", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=0,en;q=0", "zh"),
        ("en;q=0", "zh"),
        ("en;q=0.0, zh", "zh"),
        ("en ; q = 0.9 , zh;q=1.000", "zh"),
        ("en;q=nonsense,zh;q=0.1", "zh"),
        ("zhuang, en;q=0.1", "en"),
    ],
)
def test_the_language_with_the_greatest_weight_is_chosen(header: str | None, language: str) -> None:
    assert language_of(header) == language


@given(st.text(max_size=2000))
def test_no_header_breaks_the_choice(header: str) -> None:
    assert language_of(header) in {"zh", "en"}
