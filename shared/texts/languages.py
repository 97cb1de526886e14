"""Which language to answer in: `Accept-Language` with its weights, Chinese where nothing decides."""

import re

from shared.texts.catalogue import DEFAULT_LANGUAGE, LANGUAGES, Language

_RANGE = re.compile(
    r"^\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]{1,40})?\s*(?:;\s*[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$"
)
_LONGEST_HEADER = 1000


def language_of(accept_language: str | None) -> Language:
    """The language an `Accept-Language` header prefers: `en-GB,en;q=0.9,zh;q=0.2` gives `en`.

    Of equal weights the first wins; `*` means Chinese; weight 0 excludes; what cannot be read is passed over.
    """
    weights: dict[Language, float] = {}
    for part in (accept_language or "")[:_LONGEST_HEADER].split(","):
        found = _RANGE.match(part)
        if not found:
            continue
        tag = DEFAULT_LANGUAGE if found[1] == "*" else known(found[1])
        if tag is not None and tag not in weights:
            weights[tag] = float(found[2]) if found[2] else 1.0
    best = max(weights, key=lambda tag: weights[tag], default=DEFAULT_LANGUAGE)
    if weights.get(best, 1.0) > 0:
        return best
    return next((language for language in LANGUAGES if language not in weights), DEFAULT_LANGUAGE)


def known(tag: str | None) -> Language | None:
    """`tag` as a language of the catalogue, by its first subtag, or None."""
    first = (tag or "").partition("-")[0].lower()
    return "zh" if first == "zh" else "en" if first == "en" else None
