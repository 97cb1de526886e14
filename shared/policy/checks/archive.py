"""Can a case be filed by what the archive asks: only by what its events tell."""

from collections.abc import Iterator, Mapping

from shared.policy.document.whole import PackDocument
from shared.policy.expressions.condition import Compiled
from shared.policy.findings import Finding, Path
from shared.policy.reading import Source

_TOLD_BY_NONE = frozenset({"rounds"})


def check_archive(source: Source, document: PackDocument, conditions: Mapping[Path, Compiled]) -> Iterator[Finding]:
    """Conditions that ask for a count over cases, or for what no event tells."""
    unknown = _TOLD_BY_NONE | document.measures.keys()
    for path, condition in conditions.items():
        if path[0] == "archive":
            for asked in sorted(condition.names & unknown):
                yield source.finding(path, "not_told_to_archive", at=source.place(path), name=asked)
