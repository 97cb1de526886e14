"""What is wrong with a pack: where, what, and what to do about it, in two languages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from shared.policy.texts import MESSAGES

Language = Literal["zh", "en"]
Path = tuple[str | int, ...]
NOTES = frozenset({"not_tried"})
"""Codes that keep no pack from being used."""


def say(code: str, params: Mapping[str, object], language: Language) -> str:
    """The message of `code` in `language`, its placeholders filled from `params`."""
    zh, en = MESSAGES[code]
    return (zh if language == "zh" else en).format_map(params)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a misspelt `word` most likely meant, or None."""
    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def dotted(path: Path) -> str:
    """`decisions.grade.rows[0].when`: a path as people write it."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


@dataclass(frozen=True, slots=True)
class Finding:
    """One error in a pack, or a note about it. Lines and columns count from 1; `rule` is the entry's source, if any."""

    file: str
    line: int
    column: int
    path: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    rule: str | None = None

    @property
    def is_note(self) -> bool:
        """Whether it only says what was not tried; a pack with notes alone is sound."""
        return self.code in NOTES

    def message(self, language: Language = "en") -> str:
        """What is wrong and, where it can be said, what to write instead."""
        text = say(self.code, self.params, language)
        if proposal := self.params.get("meant"):
            text += say("did_you_mean", {"meant": proposal}, language)
        return text

    def render(self, language: Language = "en") -> str:
        """`file:line:column: path: message [rule]`, as editors and terminals can jump to."""
        place = f"{self.file}:{self.line}:{self.column}: "
        where = f"{self.path}: " if self.path else ""
        return place + where + self.message(language) + (f" [{self.rule}]" if self.rule else "")


class PackRefused(ValueError):
    """The pack has errors; `findings` lists all that were found, in the order of the text."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(finding.render() for finding in findings))
        self.findings = findings
