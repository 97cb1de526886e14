"""Can a case be filed by what the archive asks: only by what its events tell."""

from collections.abc import Iterator, Mapping

from shared.policy.expressions.condition import Compiled
from shared.policy.findings import Finding, Path
from shared.policy.reading import Source

_TOLD_BY_NONE = frozenset({"rounds", "reply_medium"})


def check_archive(source: Source, conditions: Mapping[Path, Compiled]) -> Iterator[Finding]:
    """Conditions that ask for what no event tells; a count over cases is refused with those of all other listeners."""
    for path, condition in conditions.items():
        if path[0] == "archive":
            for asked in sorted(condition.names & _TOLD_BY_NONE):
                yield source.finding(path, "not_told_to_archive", at=source.place(path), name=asked)
