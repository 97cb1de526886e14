"""Dead letters in words: reason and places are stored as codes, people read them in their language."""

from collections.abc import Mapping
from typing import Any

from shared.texts.catalogue import Language, catalogue, exists, placeholders, render


def told(letter: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """The letter with `message`, what is wrong with the record, and `remedy`, what to do about it."""
    reason = letter["reason"] if exists(f"letter.{letter['reason']}.message") else "other"
    detail = (", " if language == "en" else "；").join(
        _place_in_words(place, language) for place in letter["detail"].split(", ")
    )
    return {
        **letter,
        "message": render(f"letter.{reason}.message", language, detail=detail),
        "remedy": render(f"letter.{reason}.remedy", language),
    }


def _place_in_words(place: str, language: Language) -> str:
    """`/channel not_one_of` with the words of its code, where those need no figures; anything else as it stands."""
    pointer, _, code = place.partition(" ")
    text = catalogue().get(f"field.{code}.message")
    if not pointer.startswith("/") or text is None or placeholders(text.zh):
        return place
    return f"{pointer} {render(f'field.{code}.message', language)}"
