"""The catalogue of texts: a closed set of codes, each in Chinese and English.

Each module beside this one holds `TEXTS`, a table from code to `Text`. A code starts with its module's subject, which
is the module's name up to the first underscore: `problem.py` and `problem_intake.py` both hold `problem.…`.

A placeholder is `{name}`, or `{name:subject}` where the value is itself a code: `{state:state}` with `state="closed"`
reads the text `state.closed`. A value outside the catalogue stands as it is, because packs may name things of their
own. A list is joined the way the language joins it.
"""

import importlib
import pkgutil
import string
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable

import shared.texts

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
DEFAULT_LANGUAGE: Language = "zh"


class Text(NamedTuple):
    """One text in both languages, with the same placeholders."""

    zh: str
    en: str


@runtime_checkable
class Spoken(Protocol):
    """A value that has words of its own in each language, such as a pack's."""

    def say(self, language: str) -> str:
        """The words in `language`."""


class UnknownText(LookupError):
    """No module of the catalogue holds this code."""


def render(code: str, language: str, /, **params: Any) -> str:
    """The text of `code` in `language` (any other than `en` reads Chinese) with `params` filled in.

    Raises UnknownText for a code outside the catalogue and KeyError for a placeholder without a parameter; surplus
    parameters are ignored, so that a stored code may outlive a shortened text.
    """
    text = catalogue().get(code)
    if text is None:
        raise UnknownText(code)
    return (_ENGLISH if language == "en" else _CHINESE).vformat(text.en if language == "en" else text.zh, (), params)


def exists(code: str) -> bool:
    """Whether the catalogue holds `code`."""
    return code in catalogue()


def placeholders(text: str) -> frozenset[tuple[str, str]]:
    """The placeholders of a text as (name, subject); the subject is empty for a plain value."""
    return frozenset((name, spec or "") for _, name, spec, _ in string.Formatter().parse(text) if name is not None)


@cache
def catalogue() -> Mapping[str, Text]:
    """All texts by code. Raises ValueError when a code stands twice or in the wrong module."""
    texts: dict[str, Text] = {}
    for module in pkgutil.iter_modules(shared.texts.__path__):
        table: Mapping[str, Text] = getattr(importlib.import_module(f"shared.texts.{module.name}"), "TEXTS", {})
        for code, text in table.items():
            if code.partition(".")[0] != module.name.partition("_")[0]:
                raise ValueError(f"text {code} does not belong in shared/texts/{module.name}.py")
            if code in texts:
                raise ValueError(f"text {code} stands twice, again in shared/texts/{module.name}.py")
            texts[code] = text
    return texts


class _Filling(string.Formatter):
    """Fills placeholders in one language."""

    def __init__(self, language: Language, joint: str) -> None:
        self.language = language
        self.joint = joint

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, str):  # most are, and the other questions cost more
            pass
        elif isinstance(value, Spoken):
            return value.say(self.language)
        elif isinstance(value, Iterable) and not isinstance(value, bytes | Mapping):
            return self.joint.join(self.format_field(item, format_spec) for item in value)
        if format_spec:
            text = catalogue().get(f"{format_spec}.{value}")
            if text is not None:
                return text.en if self.language == "en" else text.zh
        return str(value)


_CHINESE = _Filling("zh", "、")
_ENGLISH = _Filling("en", ", ")
