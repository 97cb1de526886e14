"""When a clock of a case runs out, by all that is known of it: its limit, what was agreed, extensions and rests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from services.sla.calendar import Due, due_at
from services.sla.domain import Named, Pause
from services.sla.life.case import Case, Extension
from services.sla.life.file import CaseFile
from services.sla.life.regime import Rule
from services.sla.pauses import due_with_pauses
from shared.calendars.ahead import ahead_of
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


def reckon(
    file: CaseFile, rule: Rule, started_at: datetime, chosen: ChosenLimit, run: int | None = None
) -> Reckoned | None:
    """When the clock runs out that began at `started_at`; None where there is no limit (yet). A cap bounds extensions
    too. run: which piece of work of a step it is about."""
    pauses = pauses_of(file.case, rule)
    agreed, written = file.case.terms_of(rule.name, run)
    found = _told(file, rule, started_at, agreed)
    if found is not None:
        reckoned = Reckoned(found, any(each.to is None and each.from_ < found.instant for each in pauses))
    elif chosen.duration is None or rule.spec.due_at:
        return None
    else:
        most = rule.spec.limit.max_ if rule.spec.limit and written is not None else None
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


def _told(file: CaseFile, rule: Rule, started_at: datetime, agreed: datetime | None) -> Due | None:
    """The instant that people agreed or set, or that a fact gives; no later than the pack's bounds from the start."""
    spec = rule.spec
    if spec.due_at:
        due = _of_fact(file, rule, started_at)
    elif agreed is not None:
        due = Due(agreed, provisional=False)
    else:
        return None
    if due is None:
        return None
    bounds = (rule.cap, spec.limit.max_ if spec.limit else None)
    dues = [due_at(rule.calendar, started_at, each, rule.count) for each in bounds if each is not None]
    return min((due, *dues), key=lambda each: each.instant)


def _of_fact(file: CaseFile, rule: Rule, started_at: datetime) -> Due | None:
    """At the instant the fact names, or the pack's while ahead of it: then at once where that has passed already when
    the clock starts, or when the fact was told."""
    target, ahead = target_of(file.facts, rule), rule.spec.ahead
    if target is None:
        return None
    if ahead is None:
        return Due(target, provisional=False)
    due = counted_back(rule, target, ahead)
    if due is None:
        return None
    told_at = file.case.happened.get(when_told(str(rule.spec.due_at)), started_at)
    return max(due, Due(max(started_at, told_at), due.provisional), key=lambda each: each.instant)


def counted_back(rule: Rule, target: datetime, ahead: Duration) -> Due | None:
    """The last instant that is `ahead` of `target`; None where no calendar reckons, as with the year 9999."""
    try:
        return ahead_of(rule.calendar, target, ahead, rule.count)
    except (ValueError, OverflowError):
        return None


def target_of(facts: Mapping[str, object], rule: Rule) -> datetime | None:
    """The instant that the clock's fact names: of a date its end, or its beginning where it is counted back from."""
    fact = facts.get(rule.spec.due_at or "")
    if isinstance(fact, datetime):
        return fact
    if not isinstance(fact, date):
        return None
    return rule.calendar.day_start(fact) if rule.spec.ahead else rule.calendar.day_end(fact)


def when_told(fact: str) -> str:
    """As what it is remembered when in this round the fact got its present value."""
    return f"{fact}.told"
