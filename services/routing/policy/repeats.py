"""Who counts with whom for a measure: R-001-18/r16, three different people with one complaint in a month.

A measure of the pack says what must be equal (`same`, `within`, `per`), which cases count (`where`) and what each of
them brings in. What they come to in its window stands in `windows`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from json import dumps

from services.routing.domain import CaseFile, State
from services.routing.policy.hearing import happened
from services.routing.policy.regime import Regime, decided
from shared.policy.document.measures import CALENDAR_WINDOWS, Measure
from shared.policy.expressions.condition import Known
from shared.policy.measuring import (
    brought_by,
    counted_by,
    counts,
    followed_in,
    period_of,
    value_for,
)
from shared.policy.pack import Pack
from shared.policy.reacting import speaks_of
from shared.policy.situation import Context
from shared.values import replace


@dataclass(frozen=True, slots=True)
class Scope:
    """Where cases count together: a measure, a place and equal values. key: its name in storage. amount: what the case
    brings into it, None where that is unknown."""

    measure: str
    key: str
    amount: int | None = 1


def scopes_of(file: CaseFile, regime: Regime, bound_at: str) -> Iterator[Scope]:
    """The scopes in which the case counts. bound_at: the node the pack is bound to, for measures within a subtree.

    What is not known is equal to nothing: without a building a complaint repeats no other. Of a measure `per` employee
    a case counts once for each whom it is about.
    """
    if file.erased or file.state is State.WITHDRAWN:
        return
    pack, moment = regime.pack, file.registration.received_at
    for name, measure in counted_by(pack).items():
        if measure.count == "distinct_reporters" and file.reporter is None:
            continue
        place = file.project if measure.within == "project" else bound_at
        values = [_compared(field, file, regime) for field in measure.same]
        if None in values or not _counts(file, regime, name):
            continue
        period = period_of(pack, name, moment, regime.zone)
        fixed = [period.key] if period else []
        for subject in _subjects(measure, file, regime):
            key = dumps([pack.code, name, place, *values, *subject, *fixed], ensure_ascii=False, default=str)
            yield Scope(name, key, _brought(file, regime, name))


def decides_anew(pack: Pack, measure: str, before: int | None, value: int) -> bool:
    """Whether the rows that grade all members (`also: members`) say something else of the new value; a count or sum
    that is no higher than one that decided says nothing."""
    share = pack.document.measures[measure].share is not None
    if not share and before is not None and value <= before:
        return False
    return _says(pack, measure, value) != _says(pack, measure, before)


@lru_cache(maxsize=64)
def summed_up(pack: Pack) -> frozenset[str]:
    """The measures of which only the whole is wanted: of a calendar window, and no row asks to grade its members."""
    rows = pack.tables["grade"].rows if "grade" in pack.tables else ()
    raising = frozenset[str]().union(*(row.condition.names for row in rows if row.also_members and row.condition))
    return frozenset(
        name for name, measure in counted_by(pack).items() if measure.window in CALENDAR_WINDOWS and name not in raising
    )


@lru_cache(maxsize=65_536)
def _says(pack: Pack, measure: str, value: int | None) -> tuple[bool, ...]:
    known = Known(pack.environment, {} if value is None else {measure: value})
    rows = pack.tables["grade"].rows if "grade" in pack.tables else ()
    return tuple(
        atom.value(known) is True
        for row in rows
        if row.also_members and row.condition is not None
        for atom in row.condition.atoms
        if atom.names == {measure}
    )


def with_counts(file: CaseFile, pack: Pack, measures: Mapping[str, int] | None) -> CaseFile:
    """The case with new counts; what is followed and no longer has a value is gone. None: it was not counted.

    A measure has crossed (`monthly.crossed`) when a condition that compares it begins to hold.
    """
    if measures is None:
        return file
    followed = followed_in(pack)
    known = {name: value for name, value in file.measures.items() if name not in followed} | dict(measures)
    crossed = [
        f"{name}.crossed"
        for name, value in known.items()
        if value != file.measures.get(name) and speaks_of(pack, f"{name}.crossed") and not file.ended
        if _begins(pack, name, file.measures.get(name), value)
    ]
    file = replace(file, measures=known)
    return happened(file, *crossed) if crossed else file


def _begins(pack: Pack, measure: str, before: int | None, value: int) -> bool:
    was, now = (Known(pack.environment, {} if each is None else {measure: each}) for each in (before, value))
    atoms = (atom for condition in pack.conditions.values() for atom in condition.atoms if atom.names == {measure})
    return any(atom.value(now) is True and atom.value(was) is not True for atom in atoms)


def _counts(file: CaseFile, regime: Regime, measure: str) -> bool:
    return counts(regime.pack, measure, regime.facts_of(file), _context(file, regime))


def _brought(file: CaseFile, regime: Regime, measure: str) -> int | None:
    if regime.pack.document.measures[measure].of_neighbours:
        return 1
    return brought_by(regime.pack, measure, regime.facts_of(file), _context(file, regime))


def _context(file: CaseFile, regime: Regime) -> Context:
    # As old as it was when it came: so a case counts the same whenever it is asked.
    return regime.context_of(file, file.registration.received_at)


def _subjects(measure: Measure, file: CaseFile, regime: Regime) -> list[tuple[object, ...]]:
    """For whom or what the case counts; without `per` once."""
    match measure.per:
        case None:
            return [()]
        case "employee":
            found: object = sorted(file.accused)
        case "role" | "department":
            found = file.department
        case "customer":
            found = file.reporter
        case name:
            found = _compared(name, file, regime)
    if isinstance(found, list | tuple):
        return [(each,) for each in dict.fromkeys(found)]
    return [] if found is None else [(found,)]


def _compared(name: str, file: CaseFile, regime: Regime) -> object:
    registration = file.registration
    match name:
        case "project":
            return registration.project
        case "building":
            return registration.building
        case "contact_type":
            return registration.contact_type
        case "channel":
            return registration.channel
        case "validity" | "category" | "grade":
            return decided(regime.pack, file).get(name)
    facts = regime.facts_of(file)
    return facts[name] if name in facts else value_for(regime.pack, name, facts, _context(file, regime))
