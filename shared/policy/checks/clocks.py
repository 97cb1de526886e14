"""Are the clocks sound: a start, a stop, one limit that is always known, warnings that mean something."""

import re
from collections.abc import Iterator, Mapping

from shared.policy.ages import WORKING
from shared.policy.checks.references import is_duration
from shared.policy.document.clocks import Clock, Forewarning
from shared.policy.document.limits import Limit
from shared.policy.document.measures import CALENDAR_WINDOWS
from shared.policy.document.reactions import Effect
from shared.policy.document.values import ValueType
from shared.policy.document.whole import PackDocument
from shared.policy.durations import Duration
from shared.policy.entries import all_of
from shared.policy.expressions.condition import Compiled
from shared.policy.findings import Finding, Path
from shared.policy.names import Named
from shared.policy.reading import Source

_SHARE = re.compile(r"^[1-9][0-9]?%$")
_OFTEN_UNKNOWN = frozenset({"reply_medium", "customer_response", "arisen_at"})
"""What the product itself may not know of a case."""


def check_clocks(
    source: Source, document: PackDocument, conditions: Mapping[Path, Compiled], names: Mapping[str, Named]
) -> Iterator[Finding]:
    """What is wrong with clocks, limits and warnings."""
    ordered = {effect.start for _, effect in all_of(Effect, document) if effect.start}
    for name, clock in document.clocks.items():
        yield from _clock(source, ("clocks", name), clock, is_ordered=name in ordered)
        yield from _counted_back(source, ("clocks", name), clock, document)
        if name in document.steps and document.steps[name].within:
            yield source.finding(("clocks", name), "clock_twice")
    for name in document.ladders:
        # A level that an event climbed is watched, shown and told of under the name of its ladder.
        for kind, others in (("clocks", document.clocks), ("steps", document.steps)):
            if name in others:
                yield source.finding(("ladders", name), "ladder_twice", where=f"{kind}.{name}")
    for path, limit in all_of(Limit, document):
        yield from _limit(source, path, limit)
        yield from _unknowns(source, document, path, limit, conditions, names)
    for name, measure in document.measures.items():
        if measure.window not in CALENDAR_WINDOWS and not _is_plain(measure.window, document):
            window: Path = ("measures", name, "window")
            yield source.finding(window, "no_window", at=source.place(window), given=measure.window)
    for path, warning in all_of(Forewarning, document):
        if not _SHARE.match(warning.at) and not is_duration(warning.at):
            here = (*path, "at")
            yield source.finding(here, "no_share", at=source.place(here), given=warning.at)


def _is_plain(window: str, document: PackDocument) -> bool:
    param = document.params.get(window.removeprefix("$"))
    text = str(param.value) if param else window
    return is_duration(text) and Duration.parse(text).unit not in WORKING


def _clock(source: Source, path: Path, clock: Clock, *, is_ordered: bool) -> Iterator[Finding]:
    starts = clock.from_ is not None and (clock.from_.first_of or clock.from_.later_of)
    if not starts and not is_ordered:
        yield source.finding(path, "no_start")
    if not clock.until:
        yield source.finding(path, "no_stop")
    limits = [limit for limit in (clock.within, clock.every, clock.due_at) if limit is not None]
    if not limits:
        yield source.finding(path, "no_limit")
    elif len(limits) > 1:
        yield source.finding(path, "many_limits")


def _counted_back(source: Source, path: Path, clock: Clock, document: PackDocument) -> Iterator[Finding]:
    """What a clock is due at is told of the case, and is a time; what is ahead of it can be counted backwards."""
    fact, here = document.facts.get(clock.due_at or ""), (*path, "due_at")
    if clock.due_at is not None and (fact is None or fact.type not in (ValueType.DATE, ValueType.INSTANT)):
        yield source.finding(here, "due_at_no_time", at=source.place(here), name=clock.due_at)
    if clock.ahead is None:
        return
    here = (*path, "ahead")
    if clock.due_at is None:
        yield source.finding(here, "ahead_of_nothing", at=source.place(here))
    param = document.params.get(clock.ahead.removeprefix("$"))
    if str(param.value if param else clock.ahead) == "same_day":
        yield source.finding(here, "ahead_same_day", at=source.place(here))


def _limit(source: Source, path: Path, limit: Limit) -> Iterator[Finding]:
    here = source.written(path)
    ways = [limit.within, limit.pick or None, limit.agreed_with, limit.set_by]
    if sum(way is not None for way in ways) != 1:
        yield source.finding(here, "one_limit")
    for index, row in enumerate(limit.pick):
        last = index == len(limit.pick) - 1
        if last and row.when is not None:
            yield source.finding((*path, "pick"), "pick_without_last")
        elif not last and row.when is None:
            yield source.finding((*path, "pick", index), "pick_too_early")


def _unknowns(
    source: Source,
    document: PackDocument,
    path: Path,
    limit: Limit,
    conditions: Mapping[Path, Compiled],
    names: Mapping[str, Named],
) -> Iterator[Finding]:
    for index in range(len(limit.pick)):
        where = (*path, "pick", index, "when")
        compiled = conditions.get(where)
        for name in sorted(compiled.names) if compiled else ():
            if _may_stay_unknown(name, document, conditions, names):
                yield source.finding(where, "limit_unknown", at=source.place(where), name=name)


def _may_stay_unknown(
    name: str, document: PackDocument, conditions: Mapping[Path, Compiled], names: Mapping[str, Named]
) -> bool:
    fact = document.facts.get(name)
    if fact is None:
        return name in _OFTEN_UNKNOWN or names[name].source in {"field", "step"}
    if fact.unknown_as is not None:
        return False
    expression = conditions.get(("facts", name, "derive", "expression"))
    if expression is None:
        return True
    return any(part != name and _may_stay_unknown(part, document, conditions, names) for part in expression.names)
