"""What people agree, set, extend or suspend: the terms of one case beside what its pack says."""

from collections.abc import Sequence
from datetime import datetime

from services.sla.life.case import Extension, Rest
from services.sla.life.file import CaseFile
from services.sla.life.regime import Rule
from shared.events.terms import CaseAgreedV1, CaseExtendedV1, CaseLimitSetV1, CaseResumedV1, CaseSuspendedV1
from shared.values import replace

TERMS = (CaseAgreedV1, CaseLimitSetV1, CaseExtendedV1, CaseSuspendedV1, CaseResumedV1)
Terms = CaseAgreedV1 | CaseLimitSetV1 | CaseExtendedV1 | CaseSuspendedV1 | CaseResumedV1


def learn_terms(file: CaseFile, data: Terms, at: datetime) -> Sequence[Rule]:
    """Keep what `data` says and give the clocks it may move. Clocks the pack does not know are passed over."""
    case, rules = file.case, _meant(file, data.clock)
    names = [rule.name for rule in rules]
    match data:
        case CaseAgreedV1():
            rules = [rule for rule in rules if data.clock or (rule.spec.limit and rule.spec.limit.agreed_with)]
            file.case = replace(case, agreed={**case.agreed, **dict.fromkeys((r.name for r in rules), data.until)})
        case CaseLimitSetV1(until=until) if until is not None:
            file.case = replace(case, agreed={**case.agreed, **dict.fromkeys(names, until)})
        case CaseLimitSetV1(within=within) if within is not None:
            agreed = {name: instant for name, instant in case.agreed.items() if name not in names}
            file.case = replace(case, agreed=agreed, set={**case.set, **dict.fromkeys(names, within)})
        case CaseExtendedV1():
            added = tuple(Extension(name, data.by, data.until) for name in names)
            file.case = replace(case, extensions=(*case.extensions, *added))
        case CaseSuspendedV1():
            rules = [rule for rule in rules if data.cause in rule.pauses]
            if rules:
                rest = Rest(data.cause, at, None, data.clock)
                file.case = replace(case, rests=(*case.rests, rest))
        case CaseResumedV1():
            file.case = replace(case, rests=tuple(_ended(rest, rules, data.clock, at) for rest in case.rests))
    return rules


def _ended(rest: Rest, rules: Sequence[Rule], clock: str | None, at: datetime) -> Rest:
    ends = rest.to is None and any(rest.cause in rule.pauses for rule in rules) and clock in (None, rest.clock)
    return rest._replace(to=max(at, rest.from_)) if ends else rest


def _meant(file: CaseFile, clock: str | None) -> list[Rule]:
    rules = file.regime.rules
    return [*rules.values()] if clock is None else [rules[clock]] if clock in rules else []
