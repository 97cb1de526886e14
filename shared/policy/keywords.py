"""Finds the words that suggest a choice: one pass over a text, however many words there are."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The choice that most different words spoke for, and those words in the order of the text."""

    value: int | str
    matched: tuple[str, ...]


class Keywords:
    """The words of each choice: a Latin word counts where it stands alone, a Chinese one anywhere."""

    def __init__(self, words: Mapping[int | str, Sequence[str]]) -> None:
        self._choice = {word.casefold(): choice for choice, listed in words.items() for word in listed}
        self._rank = {choice: rank for rank, choice in enumerate(words)}
        self._pattern = _pattern(list(self._choice))

    def suggest(self, text: str) -> Suggestion | None:
        """The choice most different words speak for; of equals the one written first; None where no word stands."""
        if self._pattern is None:
            return None
        found: dict[int | str, dict[str, None]] = {}
        for word in self._pattern.findall(text.casefold()):
            found.setdefault(self._choice[word], {})[word] = None
        if not found:
            return None
        best = max(found, key=lambda choice: (len(found[choice]), -self._rank[choice]))
        return Suggestion(best, tuple(found[best]))


def _pattern(words: list[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    # Grouped by first character, so that the matcher leaves a position after one comparison each; longer words first.
    heads: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        heads.setdefault(word[0], []).append(word)
    branches = [f"{re.escape(head)}(?:{'|'.join(_tail(word) for word in group)})" for head, group in heads.items()]
    return re.compile("|".join(branches))


def _tail(word: str) -> str:
    if word.isascii():
        return f"(?<![a-z0-9]{re.escape(word[0])}){re.escape(word[1:])}(?![a-z0-9])"
    return re.escape(word[1:])
