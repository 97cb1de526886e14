"""Can conditions use the pack's names: no word of the language, and one meaning each."""

import re
from collections.abc import Iterator

from shared.policy.document.whole import PackDocument
from shared.policy.events import bearers_of
from shared.policy.findings import Finding, dotted
from shared.policy.names import CEL_WORDS, Named, declared
from shared.policy.reading import Source

_IDENTIFIER = re.compile(r"^[a-z][a-z0-9_]{0,60}$")
_SHARED = {"field"}
"""Sources that may repeat a name: the same field may stand in several forms."""


def check_names(source: Source, document: PackDocument) -> Iterator[Finding]:
    """Names that conditions cannot have, and names with two meanings."""
    first: dict[str, Named] = {}
    for known in declared(document):
        if known.path and not _IDENTIFIER.match(known.name):
            yield source.finding(known.path, "no_identifier", name=known.name)
        elif known.name in CEL_WORDS:
            yield source.finding(known.path, "word_of_cel", name=known.name)
        earlier = first.setdefault(known.name, known)
        if earlier is not known and not _same(earlier, known):
            where = dotted(earlier.path) or "–"
            yield source.finding(known.path, "other_meaning", name=known.name, type=earlier.type.value, where=where)


def check_events(source: Source, document: PackDocument) -> Iterator[Finding]:
    """Two parts of one name of which the same may happen: nobody could say which of them `NAME.done` speaks of."""
    first: dict[str, str] = {}
    for section, names, endings in bearers_of(document):
        for name in names:
            told = [f"{name}.{ending}" for ending in endings]
            twice = next((event for event in told if event in first), None)
            if twice is not None:
                where = f"{first[twice]}.{name}"
                yield source.finding((section, name), "event_twice", event=twice, where=where)
            first |= dict.fromkeys(told, section)


def _same(earlier: Named, later: Named) -> bool:
    if earlier.type is not later.type or set(earlier.values) != set(later.values):
        return False
    return earlier.source in _SHARED and later.source in _SHARED
