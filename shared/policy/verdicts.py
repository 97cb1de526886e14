"""Asks one decision table of a pack about one case: the first, the gravest, the only row that holds, or all that do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.clock import format_instant
from shared.policy.expressions.condition import Answers, Compiled, Known
from shared.policy.expressions.functions import at
from shared.policy.pack import Pack
from shared.policy.situation import Context, Situation
from shared.policy.tables import Table, TableRow
from shared.policy.words import Reason, reason_of

Value = int | str


@dataclass(frozen=True, slots=True)
class PossibleValue:
    """A value that unknown facts may still bring: which facts to ask, and what they would have to be."""

    value: Value
    missing_facts: tuple[str, ...]
    rule: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a table says. `values` is empty while it says nothing; more than one only where all rows are taken.

    `inputs` are the known values the table looked at, as JSON. `missing_facts`: what it waits for. `also_members` says
    that a measure made a row hold which decides about every case it counted (the third complaint raises all three).
    """

    values: tuple[Value, ...]
    rule: str
    reason: Reason
    inputs: Mapping[str, object] = field(default_factory=dict)
    may_be: tuple[PossibleValue, ...] = ()
    missing_facts: tuple[str, ...] = ()
    also_members: bool = False
    role_as: str | None = None

    @property
    def value(self) -> Value | None:
        """The value taken, the first where there are several."""
        return self.values[0] if self.values else None


class Contradiction(ValueError):
    """Rows of which only one may hold hold together: a fault of the pack, never settled by their order."""


def decide(
    pack: Pack, name: str, facts: Mapping[str, object], measures: Mapping[str, int], context: Context
) -> Verdict:
    """What the table `name` says now, with its reason. Raises KeyError where the pack has no such table, Contradiction,
    and ConditionFault when a condition fails for another reason than an unknown fact.

    A decision whose own `when` does not surely hold says nothing: of this case it need not be made.
    """
    table = pack.tables[name]
    situation = Situation(pack, facts, measures, context)
    with at(situation.moment):
        gate = pack.conditions.get(("decisions", name, "when"))
        if gate is not None and situation.answer(gate) is not True:
            return Verdict((), "", reason_of("not_decided"), missing_facts=situation.missing(gate.names))
        known = situation.known(table.names)
        complete = len(known.values) == len(table.names)
        presumed = known if complete else situation.known(table.names, presuming=True)
        match table.hit:
            case "gravest":
                return _gravest(pack, table, presumed, known, situation)
            case "all":
                return _all(pack, table, presumed, known, situation)
            case "unique":
                return _unique(pack, table, presumed, known, situation)
        return _first(pack, table, presumed, known, situation)


def _gravest(pack: Pack, table: Table, presumed: Known, known: Known, situation: Situation) -> Verdict:
    """Unknown facts count as their `unknown_as` first; a graver row that stays open without that may still come."""
    measures = pack.document.measures.keys()
    taken: TableRow | None = None
    also = False
    for row in table.rows:
        if taken is not None and not row.also_members:
            continue
        if row.condition is not None and not row.condition.value(presumed):
            continue
        taken = taken or row
        if row.also_members and row.condition is not None:
            # Members are decided again only if counting them is what made the row hold.
            also = also or any(atom.names & measures and atom.value(presumed) for atom in row.condition.atoms)
    if taken is None:
        return Verdict((), "", reason_of("not_decided"), _inputs(known))
    may_be = () if presumed is known else _still_open(pack, table, taken, known, situation)
    reason = _reason(pack, table, taken, presumed, known)
    return Verdict((taken.value,), taken.rule, reason, _inputs(known), may_be, also_members=also)


def _first(pack: Pack, table: Table, presumed: Known, known: Known, situation: Situation) -> Verdict:
    """Waits where an unknown fact decides whether an earlier row holds."""
    for row in table.rows:
        holds = True if row.condition is None else row.condition.value(presumed)
        if holds is None:
            missing = situation.missing(row.condition.names if row.condition else ())
            return Verdict((), row.rule, reason_of("facts_missing"), _inputs(known), missing_facts=missing)
        if holds:
            return _taken(pack, table, row, presumed, known)
    return Verdict((), "", reason_of("not_decided"), _inputs(known))


def _unique(pack: Pack, table: Table, presumed: Known, known: Known, situation: Situation) -> Verdict:
    """Taken at once where it surely holds: no other can. A last row without `when` is for the case that none does."""
    guarded = [row for row in table.rows if row.condition is not None]
    answers = [(row, row.condition.value(presumed) if row.condition else True) for row in guarded]
    holding = [row for row, holds in answers if holds]
    if len(holding) > 1:
        raise Contradiction(f"{table.name}: {', '.join(str(row.value) for row in holding)}")
    if holding:
        return _taken(pack, table, holding[0], presumed, known)
    unknown = frozenset[str]().union(
        *(row.condition.names for row, holds in answers if holds is None and row.condition)
    )
    if unknown:
        missing = situation.missing(unknown)
        return Verdict((), "", reason_of("facts_missing"), _inputs(known), missing_facts=missing)
    for row in table.rows:
        if row.condition is None:
            return _taken(pack, table, row, presumed, known)
    return Verdict((), "", reason_of("not_decided"), _inputs(known))


def _all(pack: Pack, table: Table, presumed: Known, known: Known, situation: Situation) -> Verdict:
    """Every value that surely holds, in the order of the pack; the others wait for their facts."""
    holding: dict[Value, TableRow] = {}
    unknown: set[str] = set()
    for row in table.rows:
        holds = True if row.condition is None else row.condition.value(presumed)
        if holds:
            holding.setdefault(row.value, row)
        elif holds is None and row.condition is not None:
            unknown |= row.condition.names
    missing = situation.missing(unknown)
    if not holding:
        reason = reason_of("facts_missing" if missing else "not_decided")
        return Verdict((), "", reason, _inputs(known), missing_facts=missing)
    reasons = [_reason(pack, table, row, presumed, known) for row in holding.values()]
    reason = Reason("；".join(each.zh for each in reasons), "; ".join(each.en for each in reasons))
    rules = dict.fromkeys(rule for row in holding.values() for rule in row.rule.split(", ") if rule)
    return Verdict(tuple(holding), ", ".join(rules), reason, _inputs(known), missing_facts=missing)


def _taken(pack: Pack, table: Table, row: TableRow, presumed: Known, known: Known) -> Verdict:
    reason = _reason(pack, table, row, presumed, known)
    return Verdict((row.value,), row.rule, reason, _inputs(known), role_as=row.role_as)


def _still_open(
    pack: Pack, table: Table, taken: TableRow, known: Known, situation: Situation
) -> tuple[PossibleValue, ...]:
    possible: dict[Value, list[tuple[Compiled, Answers]]] = {}
    rules: dict[Value, dict[str, None]] = {}
    for row in table.rows:
        if table.rank[row.value] >= table.rank[taken.value]:
            break
        if row.condition is None:
            continue
        answers = row.condition.answers(known)
        if row.condition.outcome(answers) is None:
            possible.setdefault(row.value, []).append((row.condition, answers))
            rules.setdefault(row.value, {})[row.rule] = None
    result = []
    for value, rows in possible.items():
        names, reason = pack.open_question(table.name, value, tuple(rows))
        result.append(PossibleValue(value, situation.missing(names), ", ".join(rules[value]), reason))
    return tuple(result)


def _reason(pack: Pack, table: Table, row: TableRow, presumed: Known, known: Known) -> Reason:
    head = f"{row.rule}: " if row.rule else ""
    if row.condition is None:
        return reason_of("nothing_graver" if table.hit == "gravest" else "nothing_earlier", rule=head)
    because: list[tuple[Compiled, bool]] = row.condition.formula.because(row.condition.answers(presumed))
    guessed = frozenset(presumed.values.keys() - known.values.keys())
    zh, en = (wording.because(because, presumed.values, guessed) for wording in (pack.wording_zh, pack.wording_en))
    return reason_of("because", rule=head, zh=zh, en=en)


def _inputs(known: Known) -> dict[str, object]:
    return {
        name: format_instant(value) if isinstance(value, datetime) else value
        for name, value in sorted(known.values.items())
    }
