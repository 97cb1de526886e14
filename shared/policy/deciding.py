"""Decides what a pack decides: validity, category, grade, route and any other of its tables, each with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.clock import format_instant
from shared.policy.document.decisions import Choice, Decision
from shared.policy.expressions.condition import Answers, Compiled, Known
from shared.policy.expressions.functions import at
from shared.policy.pack import Pack
from shared.policy.situation import Context, Situation
from shared.policy.tables import Table, TableRow, source_of
from shared.policy.words import Reason, reason_of

Value = int | str


@dataclass(frozen=True, slots=True)
class ChoiceDecision:
    """What a person chooses, as far as the machine may say it: provisional until the role `by` confirms it."""

    value: Value | None
    provisional: bool
    rule: str
    reason: Reason
    by: str | None = None
    matched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PossibleGrade:
    """A graver grade that unknown facts may still bring: which facts to ask, and what they would have to be."""

    value: Value
    missing_facts: tuple[str, ...]
    rule: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class GradeDecision:
    """A grade with its reason. `value` is None where the pack does not grade (this type of contact).

    `inputs` are the known values the table looked at, as JSON; `also_members` says that a measure made a row hold which
    grades every case it counted (the third complaint raises all three).
    """

    value: Value | None
    rule: str
    reason: Reason
    inputs: Mapping[str, object] = field(default_factory=dict)
    may_be: tuple[PossibleGrade, ...] = ()
    also_members: bool = False


@dataclass(frozen=True, slots=True)
class RouteDecision:
    """Where a case goes: the role `to` (a unit), as what if the pack says so. `to` is None while facts are missing."""

    to: str | None
    rule: str
    reason: Reason
    as_: str | None = None
    missing_facts: tuple[str, ...] = ()


def decide_validity(pack: Pack, facts: Mapping[str, object], context: Context | None = None) -> ChoiceDecision:
    """Whether the regime governs the complaint: what stands until a person decides."""
    return _presumed(pack, "validity")


def is_governed(pack: Pack, validity: Value | None) -> bool:
    """Whether the regime governs a complaint of this validity; the others are explained and closed."""
    decision = pack.document.decisions.get("validity")
    choices = decision.choices if decision else ()
    return next((choice.governed for choice in choices if choice.give == validity), True)


def decide_category(pack: Pack, given: str | None, text: str | None) -> ChoiceDecision:
    """The category: the one given if the pack has it, else what most keywords of `text` say, else the presumed one.

    Of equals the one written first in the pack wins; the matched words are kept, so that a correction can teach.
    """
    decision = pack.document.decisions.get("category")
    if decision is None:
        return ChoiceDecision(None, False, "", reason_of("no_categories"))
    choices = {choice.give: choice for choice in decision.choices}
    if given in choices:
        return ChoiceDecision(given, False, _rule(choices[given], decision), reason_of("given"), decision.by)
    words = pack.keywords.get("category")
    found = words.suggest(text) if words and text else None
    if found is None:
        return _presumed(pack, "category")
    listed = found.matched
    reason = reason_of("by_keywords", zh="、".join(listed), en=", ".join(listed))
    return ChoiceDecision(found.value, True, _rule(choices[found.value], decision), reason, decision.by, listed)


def decide_grade(
    pack: Pack, facts: Mapping[str, object], measures: Mapping[str, int], context: Context
) -> GradeDecision:
    """The gravest grade that surely holds, and the graver ones that unknown facts may still bring.

    Unknown facts count as their `unknown_as` first; a graver row that stays open without that is a possible grade.
    Raises ConditionFault when a condition fails for another reason than an unknown fact.
    """
    kind = pack.document.types.get(context.contact_type or "")
    if kind is not None and not kind.grade:
        return GradeDecision(None, source_of(kind.rule), reason_of("not_graded"))
    table = pack.tables.get("grade")
    if table is None:
        presumed = _presumed(pack, "grade")
        return GradeDecision(presumed.value, presumed.rule, presumed.reason)
    situation = Situation(pack, facts, measures, context)
    with at(situation.moment):
        known = situation.known(table.names)
        complete = len(known.values) == len(table.names)
        presumed_known = known if complete else situation.known(table.names, presuming=True)
        taken, also = _gravest(table, presumed_known, frozenset(pack.document.measures))
        if taken is None:
            return GradeDecision(None, "", reason_of("not_decided"), _inputs(known))
        reason = _reason(pack, table, taken, presumed_known, known)
        open_rows = () if complete else _still_open(pack, table, taken, known, situation)
    return GradeDecision(taken.value, taken.rule, reason, _inputs(known), open_rows, also)


def decide_route(pack: Pack, facts: Mapping[str, object], context: Context) -> RouteDecision:
    """The role whose unit handles the case: the first row that holds. Waits where an unknown fact decides."""
    table = pack.tables.get("route")
    if table is None:
        return RouteDecision(None, "", reason_of("no_routes"))
    situation = Situation(pack, facts, {}, context)
    with at(situation.moment):
        presumed = situation.known(table.names, presuming=True)
        known = situation.known(table.names)
        for row in table.rows:
            holds = True if row.condition is None else row.condition.value(presumed)
            if holds is None:
                missing = situation.missing(row.condition.names if row.condition else ())
                return RouteDecision(None, row.rule, reason_of("facts_missing"), None, missing)
            if holds:
                return RouteDecision(str(row.value), row.rule, _reason(pack, table, row, presumed, known), row.role_as)
    return RouteDecision(None, "", reason_of("not_decided"))


def graver(pack: Pack, left: Value | None, right: Value | None) -> bool:
    """Whether grade `left` is graver than `right`; any grade is graver than none."""
    if left is None:
        return False
    order = pack.values_of("grade")
    return right is None or order.index(left) < order.index(right)


def _presumed(pack: Pack, name: str) -> ChoiceDecision:
    decision = pack.document.decisions.get(name)
    if decision is None or decision.presume is None:
        return ChoiceDecision(None, True, "", reason_of("person_decides"), decision.by if decision else None)
    choice = next((choice for choice in decision.choices if choice.give == decision.presume), None)
    rule = _rule(choice, decision) if choice else source_of(decision.rule)
    role = decision.by or ""
    reason = reason_of("stands_until", zh=pack.role_label(role, "zh"), en=pack.role_label(role, "en"))
    return ChoiceDecision(decision.presume, True, rule, reason, decision.by)


def _rule(choice: Choice, decision: Decision) -> str:
    return source_of(choice.rule, decision.rule)


def _gravest(table: Table, known: Known, measures: frozenset[str]) -> tuple[TableRow | None, bool]:
    taken: TableRow | None = None
    also = False
    for row in table.rows:
        if taken is not None and not row.also_members:
            continue
        if row.condition is not None and not row.condition.value(known):
            continue
        taken = taken or row
        if row.also_members and row.condition is not None:
            # Members are graded again only if counting them is what made the row hold.
            also = also or any(atom.names & measures and atom.value(known) for atom in row.condition.atoms)
    return taken, also


def _still_open(
    pack: Pack, table: Table, taken: TableRow, known: Known, situation: Situation
) -> tuple[PossibleGrade, ...]:
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
        names, reason = pack.open_question(value, tuple(rows))
        result.append(PossibleGrade(value, situation.missing(names), ", ".join(rules[value]), reason))
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
