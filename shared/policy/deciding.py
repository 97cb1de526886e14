"""Decides what a pack decides: validity, category, grade, route and any other of its tables, each with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from shared.policy.document.decisions import Choice, Decision
from shared.policy.pack import Pack
from shared.policy.situation import Context
from shared.policy.tables import source_of
from shared.policy.verdicts import PossibleValue, Value, decide
from shared.policy.words import Reason, reason_of


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
class GradeDecision:
    """A grade with its reason. `value` is None where the pack does not grade (this type of contact).

    `inputs` are the known values the table looked at, as JSON; `also_members` says that a measure made a row hold which
    grades every case it counted (the third complaint raises all three).
    """

    value: Value | None
    rule: str
    reason: Reason
    inputs: Mapping[str, object] = field(default_factory=dict)
    may_be: tuple[PossibleValue, ...] = ()
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
    return presumed_choice(pack, "validity")


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
        return presumed_choice(pack, "category")
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
        presumed = presumed_choice(pack, "grade")
        return GradeDecision(presumed.value, presumed.rule, presumed.reason)
    verdict = decide(pack, "grade", facts, measures, context)
    return GradeDecision(
        verdict.value, verdict.rule, verdict.reason, verdict.inputs, verdict.may_be, verdict.also_members
    )


def decide_route(
    pack: Pack, facts: Mapping[str, object], measures: Mapping[str, int], context: Context
) -> RouteDecision:
    """The role whose unit handles the case: the first row that holds. Waits where an unknown fact decides."""
    table = pack.tables.get("route")
    if table is None:
        return RouteDecision(None, "", reason_of("no_routes"))
    verdict = decide(pack, "route", facts, measures, context)
    to = None if verdict.value is None else str(verdict.value)
    return RouteDecision(to, verdict.rule, verdict.reason, verdict.role_as, verdict.missing_facts)


def graver(pack: Pack, left: Value | None, right: Value | None) -> bool:
    """Whether grade `left` is graver than `right`; any grade is graver than none."""
    if left is None:
        return False
    order = pack.values_of("grade")
    return right is None or order.index(left) < order.index(right)


@lru_cache(maxsize=256)
def presumed_choice(pack: Pack, name: str) -> ChoiceDecision:
    """What the decision `name` presumes until a person decides; no value where it presumes nothing."""
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
