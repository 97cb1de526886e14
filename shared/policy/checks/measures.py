"""Can a measure be worked out, and is it asked for only where its value is known."""

from collections.abc import Iterator, Mapping

from shared.policy.checks.surveys import check_share
from shared.policy.document.measures import CALENDAR_WINDOWS, Measure
from shared.policy.document.values import ValueType
from shared.policy.document.whole import PackDocument
from shared.policy.expressions.condition import Compiled
from shared.policy.findings import Finding, Path, nearest
from shared.policy.measuring import ACCUSED
from shared.policy.names import Named
from shared.policy.reading import Source

_SUMMED = {ValueType.INT, ValueType.MONEY}
_ELSEWHERE = frozenset({"clocks", "ladders", "notices", "duties", "rosters", "reports", "archive"})
"""Sections whose conditions other services ask: cases are counted by routing alone."""


def check_measures(
    source: Source, document: PackDocument, conditions: Mapping[Path, Compiled], names: Mapping[str, Named]
) -> Iterator[Finding]:
    """What is wrong with the measures, and conditions that ask for one where nobody knows it."""
    for name, measure in document.measures.items():
        yield from _measure(source, document, ("measures", name), measure, names)
        yield from _quota(source, document, ("measures", name), measure)
    quotas = {name for name, measure in document.measures.items() if measure.is_quota}
    behind = {name: _measures_behind(name, document, conditions, set()) for name in names}
    for path, condition in conditions.items():
        for name in sorted({part for asked in condition.names for part in behind.get(asked, ())}):
            written = source.written(path)
            if name in quotas:
                yield source.finding(written, "quota_no_fact", at=source.place(written), name=name)
            elif _is_elsewhere(path):
                yield source.finding(written, "counted_elsewhere", at=source.place(written), name=name)


def _measure(
    source: Source, document: PackDocument, path: Path, measure: Measure, names: Mapping[str, Named]
) -> Iterator[Finding]:
    written = [key for key in ("count", "share", "sum") if getattr(measure, key) is not None]
    if len(written) != 1:
        yield source.finding(path, "one_way_to_measure", given=", ".join(written) or "-")
    summed = names.get(measure.sum) if measure.sum else None
    if summed and (summed.type not in _SUMMED or summed.name in document.measures):
        yield source.finding((*path, "sum"), "not_summable", at=source.place((*path, "sum")), name=measure.sum)
    if measure.share == "cases" and measure.where is None:
        yield source.finding((*path, "share"), "share_of_what", at=source.place((*path, "share")))
    if measure.per == "employee" and ACCUSED not in document.facts:
        yield source.finding((*path, "per"), "nobody_accused", at=source.place((*path, "per")), name=ACCUSED)


def _quota(source: Source, document: PackDocument, path: Path, measure: Measure) -> Iterator[Finding]:
    if measure.alarm and not measure.at_least:
        yield source.finding((*path, "alarm"), "alarm_without_shares", at=source.place((*path, "alarm")))
    if not measure.is_quota:
        return
    done = {f"{name}.done" for name in document.steps}
    if not {str(measure.share), str(measure.over)} <= done or not measure.at_least:
        yield source.finding(path, "quota_of_steps")
    if measure.window not in CALENDAR_WINDOWS or measure.where or measure.same or measure.per not in (None, "role"):
        yield source.finding(path, "quota_of_all")
    for role, share in measure.at_least.items():
        here = (*path, "at_least", role)
        if role not in document.roles:
            meant = nearest(role, document.roles)
            yield source.finding(here, "no_role", at=source.place(here), name=role, meant=meant)
        yield from check_share(source, here, share, document)


def _measures_behind(
    name: str, document: PackDocument, conditions: Mapping[Path, Compiled], seen: set[str]
) -> frozenset[str]:
    """The measures that the value of `name` rests on at once: itself, or those a derived fact asks for."""
    if name in document.measures:
        return frozenset({name})
    derived = conditions.get(("facts", name, "derive", "expression"))
    fact = document.facts.get(name)
    parts = {*(derived.names if derived else ()), *(fact.derive.max_known if fact and fact.derive else ())} - seen
    found = (_measures_behind(str(part), document, conditions, seen | {name}) for part in parts)
    return frozenset[str]().union(*found)


def _is_elsewhere(path: Path) -> bool:
    # The limit of a step is sla's, and what a measure counts cannot rest on another count.
    return path[0] in _ELSEWHERE or "within" in path or path[:3:2] == ("measures", "where")
