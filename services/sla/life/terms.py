"""What people agree, set, extend or suspend: the terms of one case beside what its pack says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.sla.life.case import Case, Extension, Rest, key_of
from services.sla.life.file import CaseFile
from services.sla.life.happenings import number_of
from services.sla.life.regime import Rule
from shared.events.terms import CaseAgreedV1, CaseExtendedV1, CaseLimitSetV1, CaseResumedV1, CaseSuspendedV1
from shared.values import replace

TERMS = (CaseAgreedV1, CaseLimitSetV1, CaseExtendedV1, CaseSuspendedV1, CaseResumedV1)
Terms = CaseAgreedV1 | CaseLimitSetV1 | CaseExtendedV1 | CaseSuspendedV1 | CaseResumedV1


def learn_terms(file: CaseFile, data: Terms, at: datetime) -> Sequence[Rule]:
    """Keep what `data` says and give the clocks it may move. Clocks the pack does not know are passed over."""
    case, rules = file.case, _meant(file, data.clock)
    match data:
        case CaseAgreedV1():
            rules = [rule for rule in rules if data.clock or (rule.spec.limit and rule.spec.limit.agreed_with)]
            file.case = _fixed(case, _keys(rules, data.run), until=data.until)
        case CaseLimitSetV1():
            file.case = _fixed(case, _keys(rules, data.run), until=data.until, within=data.within)
        case CaseExtendedV1():
            added = tuple(Extension(rule.name, data.by, data.until) for rule in rules)
            file.case = replace(case, extensions=(*case.extensions, *added))
        case CaseSuspendedV1():
            rules = [rule for rule in rules if data.cause in rule.pauses]
            if rules:
                rest = Rest(data.cause, at, None, data.clock)
                file.case = replace(case, rests=(*case.rests, rest))
        case CaseResumedV1():
            file.case = replace(case, rests=tuple(_ended(rest, rules, data.clock, at) for rest in case.rests))
    return rules


def _keys(rules: Sequence[Rule], run: str | None) -> list[str]:
    return [key_of(rule.name, None if run is None else number_of(run)) for rule in rules]


def _fixed(case: Case, keys: Sequence[str], *, until: datetime | None, within: str | None = None) -> Case:
    """The latest word counts: said of a step, it counts for every piece of work of it, whatever was said of one before.
    An instant goes before a duration that was set."""

    def kept(term: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in term.items() if name not in keys and name.partition("#")[0] not in keys}

    if until is not None:
        return replace(case, agreed={**kept(case.agreed), **dict.fromkeys(keys, until)}, set=_without_runs(case, keys))
    if within is not None:
        return replace(case, agreed=kept(case.agreed), set={**kept(case.set), **dict.fromkeys(keys, within)})
    return case


def _without_runs(case: Case, keys: Sequence[str]) -> dict[str, str]:
    return {name: value for name, value in case.set.items() if "#" not in name or name.partition("#")[0] not in keys}


def _ended(rest: Rest, rules: Sequence[Rule], clock: str | None, at: datetime) -> Rest:
    ends = rest.to is None and any(rest.cause in rule.pauses for rule in rules) and clock in (None, rest.clock)
    return rest._replace(to=max(at, rest.from_)) if ends else rest


def _meant(file: CaseFile, clock: str | None) -> list[Rule]:
    rules = file.regime.rules
    return [*rules.values()] if clock is None else [rules[clock]] if clock in rules else []
