"""A local pack that extends a group's: it inherits everything, may add to it and tighten it, and drops nothing.

What a local pack may write of what the group has: a shorter limit or cadence of a clock (`within`, `every`), a tighter
figure of a parameter (`value`), further rows of a decision in which the gravest row wins, further items of lists. Its
identity (title, version, numbering, calendar) is its own. Anything else is refused at its place: the group decides it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.policy.durations import Duration
from shared.policy.findings import Finding, PackRefused, Path
from shared.policy.reading import Source, find

_OWN = frozenset(
    {
        "pack",
        "title",
        "version",
        "effective",
        "number",
        "governance",
        "calendar",
        "extends",
        "rule",
        "assume",
        "compose",
    }
)
"""What a local pack says of itself."""
_SOURCES = frozenset({"rule", "assume", "zh", "en"})
_TIGHTENED = {"clocks": ("within", "every"), "params": ("value",), "decisions": ("rows",)}
"""The keys by which an entry of a section may be tightened."""
_MEASURED = {
    "min": ("elapsed", 1), "h": ("elapsed", 60), "d": ("days", 1), "w": ("weeks", 1), "mo": ("months", 1),
    "y": ("months", 12), "wh": ("office", 1), "wd": ("office days", 1), "same_day": ("days", 0),
}  # fmt: skip
"""Units that can be compared with one another, and how long each is among them."""


def extended(local: Source, group: Source) -> Source:
    """The local pack with all it inherits. Raises PackRefused for what is neither added nor tightened.

    What is inherited has no place in the local text: a message about it points to the nearest entry around it.
    """
    made = Source(local.file, local.text, {}, local.places, local.keys, local.styles)
    united = _Union(local, group.data)
    made.data = united.pack()
    if united.findings:
        raise PackRefused(united.findings)
    return made


class _Union:
    def __init__(self, local: Source, group: Mapping[str, Any]) -> None:
        self.local = local
        self.group = group
        self.findings: list[Finding] = []

    def pack(self) -> dict[str, Any]:
        whole = {key: value for key, value in self.local.data.items() if key != "extends"}
        for key, theirs in self.group.items():
            if key not in whole:
                whole[key] = theirs
            elif key == "implements":
                whole[key] = list(dict.fromkeys([*_listed(theirs), *_listed(whole[key])]))
            elif key not in _OWN:
                whole[key] = self.section((key,), whole[key], theirs)
        return whole

    def section(self, path: Path, mine: Any, theirs: Any) -> Any:
        if isinstance(mine, list) and isinstance(theirs, list):
            return [*mine, *theirs]  # the local ones first, so that their places in the text stay true
        if not isinstance(mine, dict) or not isinstance(theirs, dict) or path[0] in {"count", "on_regrade", "pause"}:
            if mine != theirs:
                self.findings.append(self.local.finding(path, "group_decides", slot=path[0]))
            return theirs
        united = {**mine}
        for name, entry in theirs.items():
            united[name] = self.entry((*path, name), mine[name], entry) if name in mine else entry
        return united

    def entry(self, path: Path, mine: Any, theirs: Any) -> Any:
        """One entry that both have."""
        if isinstance(mine, list) and isinstance(theirs, list):
            return [*mine, *theirs]
        if not isinstance(mine, dict) or not isinstance(theirs, dict):
            self.findings.append(self.local.finding(path, "group_decides", slot=".".join(map(str, path))))
            return theirs
        keys = {key for key in _TIGHTENED.get(str(path[0]), ()) if key in theirs}
        if path[0] == "decisions" and theirs.get("hit") != "gravest":
            keys = set()  # where the first row wins, a new one could take the place of an old one
        for other in mine.keys() - _SOURCES - keys:
            here = (*path, other)
            self.findings.append(self.local.finding(here, "group_decides", slot=".".join(map(str, here))))
        united = {**theirs, **{key: value for key, value in mine.items() if key in _SOURCES}}
        for key in keys & mine.keys():
            if key == "rows":
                united[key] = [*_listed(mine[key]), *_listed(theirs[key])]
            else:
                united[key] = mine[key]
                self.tightens((*path, key), mine[key], theirs[key])
        return united

    def tightens(self, path: Path, mine: Any, theirs: Any) -> None:
        longest = [str(self.figure(each)) for each in _limits(theirs)]
        if not all(_is_tighter(str(self.figure(mine)), limit) for limit in longest):
            self.findings.append(self.local.finding(path, "not_tighter", given=mine, limit=", ".join(longest)))

    def figure(self, value: Any) -> Any:
        """A limit, with the parameter that stands for it replaced by its value: the local one before the group's."""
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        path: Path = ("params", value[1:], "value")
        mine = find(self.local.data, path)
        return find(self.group, path) if mine is None else mine


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _limits(value: Any) -> Iterator[Any]:
    """Every limit the group may set here."""
    if not isinstance(value, dict):
        yield value
        return
    for row in value.get("pick", []):
        yield row.get("within")
    yield from (value[key] for key in ("within", "default", "max") if key in value)


def _is_tighter(mine: str, theirs: str) -> bool:
    """Whether a limit is no longer than another; what cannot be compared is not."""
    if mine == theirs or theirs in {"none", "None"}:
        return True
    try:
        short, long = Duration.parse(mine), Duration.parse(theirs)
    except ValueError:
        return False
    (kind, unit), (other, other_unit) = _MEASURED[short.unit], _MEASURED[long.unit]
    return kind == other and short.amount * unit <= long.amount * other_unit
