"""When a clock of a case runs out, by all that is known of it: its limit, what was agreed, extensions and rests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from services.sla.calendar import Due, due_at
from services.sla.domain import Named, Pause
from services.sla.life.case import Case, Extension
from services.sla.life.file import CaseFile
from services.sla.life.regime import Rule
from services.sla.pauses import due_with_pauses
from shared.policy.durations import Duration
from shared.policy.timing import ChosenLimit


@dataclass(frozen=True, slots=True)
class Reckoned:
    """due: when the clock runs out, were it to run on from the last pause on. still: it stands still now."""

    due: Due
    still: bool = False


def pauses_of(case: Case, rule: Rule) -> Sequence[Pause]:
    """The spans in which the clock stands still: only for causes its pack switches on."""
    return [
        Pause(rest.from_, rest.to, Named(rest.cause, rest.cause))
        for rest in case.rests
        if rest.clock == rule.name or (rest.clock is None and rest.cause in rule.pauses)
    ]


def extensions_of(file: CaseFile, rule: Rule) -> Sequence[Extension]:
    """The clock's extensions as far as its pack bounds their number; a pack that says nothing allows none."""
    extend = rule.spec.extend
    if extend is None:
        return ()
    found = [each for each in file.case.extensions if each.clock == rule.name]
    return found if extend.max == "none" else found[: extend.max]


def reckon(file: CaseFile, rule: Rule, started_at: datetime, chosen: ChosenLimit) -> Reckoned | None:
    """When the clock runs out that began at `started_at`; None where there is no limit (yet). A cap bounds extensions
    too."""
    pauses = pauses_of(file.case, rule)
    found = _told(file, rule, started_at)
    if found is not None:
        reckoned = Reckoned(found, any(each.to is None and each.from_ < found.instant for each in pauses))
    elif chosen.duration is None or rule.spec.due_at:
        return None
    else:
        most = rule.spec.limit.max_ if rule.spec.limit and rule.name in file.case.set else None
        reckoned = _run(rule, started_at, chosen.duration, pauses, rule.cut_off, rule.cap or most)
    for extension in extensions_of(file, rule):
        if extension.until is not None:
            reckoned = Reckoned(Due(extension.until, provisional=False), reckoned.still)
        elif extension.by is not None and not reckoned.still:
            reckoned = _run(rule, reckoned.due.instant, Duration.parse(extension.by), pauses)
        if rule.cap is not None and not reckoned.still:
            capped = _run(rule, started_at, rule.cap, pauses)
            reckoned = min(reckoned, capped, key=lambda each: each.due.instant)
    return reckoned


def _run(
    rule: Rule,
    start: datetime,
    limit: Duration,
    pauses: Sequence[Pause],
    cut_off: time | None = None,
    cap: Duration | None = None,
) -> Reckoned:
    due = due_with_pauses(rule.calendar, start, limit, rule.count, pauses, cut_off=cut_off, cap=cap)
    if due is not None:
        return Reckoned(due)
    return Reckoned(due_at(rule.calendar, start, limit, rule.count, cut_off=cut_off, cap=cap), still=True)


def _told(file: CaseFile, rule: Rule, started_at: datetime) -> Due | None:
    """The instant that people agreed or set, or that a fact gives; no later than the pack's bounds from the start."""
    spec = rule.spec
    if spec.due_at:
        fact = file.facts.get(spec.due_at)
        if isinstance(fact, datetime):
            due = Due(fact, provisional=False)
        elif isinstance(fact, date):
            due = Due(rule.calendar.day_end(fact), provisional=False)
        else:
            return None
    elif (agreed := file.case.agreed.get(rule.name)) is not None:
        due = Due(agreed, provisional=False)
    else:
        return None
    bounds = (rule.cap, spec.limit.max_ if spec.limit else None)
    dues = [due_at(rule.calendar, started_at, each, rule.count) for each in bounds if each is not None]
    return min((due, *dues), key=lambda each: each.instant)
