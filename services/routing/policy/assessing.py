"""Validity, category and grade of a case: what stands provisionally, what people said, and what only ever rises."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from services.routing.domain import NONE, Assessment, CaseFile
from services.routing.policy.beside import decided_beside
from services.routing.policy.regime import Regime, value_of
from services.routing.policy.repeats import with_counts
from shared.events.cases import Category, Decided, Grade, PossibleGrade, Validity, Words
from shared.policy.deciding import ChoiceDecision, GradeDecision, decide_category, decide_grade, decide_validity, graver
from shared.policy.pack import Pack
from shared.policy.tables import rules_of
from shared.policy.words import Reason
from shared.values import replace

_UNGRADED = Grade(value=NONE, reason=Words(zh="", en=""))


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says about validity and category; None leaves what stands. words: who decided. grade: the graver
    one it is raised to. decisions: the pack's other choices."""

    validity: str | None
    category: str | None
    words: Words
    grade: str | None = None
    decisions: Mapping[str, str] = field(default_factory=dict)


def presumed(pack: Pack, given: str | None, text: str | None) -> Assessment:
    """What stands at first: validity as the pack presumes it, the category given or told from `text`, no grade yet.

    R-001-18/r13, /r02: what a person must decide is presumed or suggested, so that nothing waits for a desk.
    """
    category = decide_category(pack, given, text)
    return Assessment(
        _validity(decide_validity(pack, {})),
        Category(code=_text(category.value), provisional=category.provisional, matched=category.matched),
        _UNGRADED,
    )


def graded(file: CaseFile, regime: Regime, now: datetime, measures: Mapping[str, int] | None = None) -> CaseFile:
    """The case with the grade its facts and counts give now; by itself a grade only rises (R-001-18/r16).

    measures: new counts to decide with; they are kept, for a later decision rests on them too.
    """
    file = decided_beside(with_counts(file, regime.pack, measures), regime, now)
    decision = decide_grade(regime.pack, regime.facts_of(file), file.measures, regime.context_of(file, now))
    before = file.assessment
    grade = _standing(regime.pack, before.grade, decision)
    # What rests on the grade is decided after it.
    return decided_beside(replace(file, assessment=Assessment(before.validity, before.category, grade)), regime, now)


def graded_under(
    file: CaseFile, old: Regime, new: Regime, now: datetime, measures: Mapping[str, int] | None = None
) -> CaseFile:
    """The case graded by another version of its pack. What the old version's rules alone gave makes way for what the
    new ones give, graver or not; what stands above it, raised by a person or never fallen, only rises."""
    ruled = decide_grade(old.pack, old.facts_of(file), file.measures, old.context_of(file, now))
    if _text(ruled.value) == file.assessment.grade.value:
        file = replace(file, assessment=replace(file.assessment, grade=_UNGRADED))
    return graded(file, new, now, measures)


def corrected(file: CaseFile, pack: Pack, correction: Correction) -> CaseFile:
    """The case with what a person decided. Naming what stood provisionally confirms it."""
    standing = file.assessment
    if correction.validity is not None:
        rules = {str(choice.give): choice.rule for choice in pack.document.decisions["validity"].choices}
        rule = rules.get(correction.validity, ())
        validity = Validity(value=correction.validity, provisional=False, rule=rule, reason=correction.words)
        standing = replace(standing, validity=validity)
    if correction.category is not None:
        # The words that had suggested it stay with a confirmed category: they are what a correction teaches.
        matched = standing.category.matched if correction.category == standing.category.code else ()
        category = Category(code=correction.category, provisional=False, matched=matched)
        standing = replace(standing, category=category)
    if correction.grade is not None:
        rule = tuple(pack.document.decisions["grade"].rule)
        grade = standing.grade.model_copy(update={"value": correction.grade, "rule": rule, "reason": correction.words})
        standing = replace(standing, grade=grade)
    chosen = {
        name: Decided(
            values=(value,), rule=_rule_of_choice(pack, name, value), reason=correction.words, inputs={}, missing=()
        )
        for name, value in correction.decisions.items()
    }
    return replace(file, assessment=standing, decisions={**file.decisions, **chosen})


def may_raise(pack: Pack, before: str, to: str) -> bool:
    """Whether a person may raise the grade so (R-002-07/r09): the pack lets somebody, and it is graver."""
    entry = pack.document.decisions.get("grade")
    if entry is None or not (entry.raise_by or entry.propose_by) or value_of(pack, "grade", to) is None:
        return False
    return graver(pack, value_of(pack, "grade", to), value_of(pack, "grade", before))


@lru_cache(maxsize=64)
def deciders_of(pack: Pack) -> Mapping[str, str]:
    """The role that says what a decision, or a fact of this name, is; what the pack gives to nobody is left out."""
    found = {
        name: entry.raise_by or entry.propose_by if name == "grade" else entry.by
        for name, entry in pack.document.decisions.items()
    }
    found |= {name: fact.decide for name, fact in pack.document.facts.items()}
    return {name: str(role) for name, role in found.items() if role}


def _rule_of_choice(pack: Pack, name: str, value: str) -> tuple[str, ...]:
    entry = pack.document.decisions[name]
    return next((tuple(choice.rule) for choice in entry.choices if str(choice.give) == value), ()) or tuple(entry.rule)


def _standing(pack: Pack, old: Grade, decision: GradeDecision) -> Grade:
    new = _grade(decision)
    if old is _UNGRADED or old.value == new.value or pack.document.on_regrade.direction == "any":
        return new
    was = value_of(pack, "grade", old.value)
    if graver(pack, decision.value, was):
        return new
    still = tuple(p for p in new.may_be if graver(pack, value_of(pack, "grade", p.value), was))
    return old.model_copy(update={"may_be": still})


def _grade(decision: GradeDecision) -> Grade:
    return Grade(
        value=_text(decision.value),
        rule=rules_of(decision.rule),
        reason=_words(decision.reason),
        may_be=tuple(
            PossibleGrade(value=str(p.value), missing=p.missing_facts, reason=_words(p.reason)) for p in decision.may_be
        ),
    )


def _validity(decision: ChoiceDecision) -> Validity:
    return Validity(
        value=_text(decision.value),
        provisional=decision.provisional,
        rule=rules_of(decision.rule),
        reason=_words(decision.reason),
    )


def _words(reason: Reason) -> Words:
    return Words(zh=reason.zh, en=reason.en)


def _text(value: int | str | None) -> str:
    return NONE if value is None else str(value)
