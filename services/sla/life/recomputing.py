"""Reckoning a case anew by another version of its calendar or its pack."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from services.sla.life import changing, starting
from services.sla.life.case import CaseState, Pin, Rest
from services.sla.life.file import CaseFile, Kind, Watched
from services.sla.life.regime import AgeRule, Regime
from shared.values import replace


class Told(NamedTuple):
    """What is known of a case that another version of its pack is to govern: sla keeps only what clocks ask about."""

    grade: str
    facts: Mapping[str, Any]
    happened: Collection[str]


def change_rules(file: CaseFile, regime: Regime, at: datetime, cause: str, told: Told) -> None:
    """Put the case under another version of its pack.

    An event of this round that no clock of the old version asked about is known to have happened, not when: what begins
    with it begins at `at`, unless what stops it has happened too. But for the registration, which has its instant.
    """
    if file.case.state is CaseState.ERASED:
        return
    registered = {"registered": file.case.received_at} if file.case.round == 1 else {}
    known, when = regime.events & set(told.happened), {**registered, **file.case.happened}
    unknown = known - when.keys()
    over = {
        rule.name for event in unknown for rule in regime.starts.get(event, ()) if not known.isdisjoint(rule.spec.until)
    }
    facts = {**file.case.facts, **told.facts}
    file.case = replace(
        file.case,
        facts={name: value for name, value in facts.items() if name in regime.facts},
        decided={**file.case.decided, "grade": told.grade},
        happened={**dict.fromkeys(sorted(unknown), at), **when},
        rests=tuple(_counted(rest, regime, at) for rest in file.case.rests),
    )
    recompute(file, regime, at, cause, "pack", over)


def _counted(rest: Rest, regime: Regime, at: datetime) -> Rest:
    """A span in which time did not count ends where the version lets all of it count."""
    rule = regime.rules.get(rest.clock or "")
    ends = rest.cause == starting.IDLE and rest.to is None and (rule is None or rule.spec.counts_when is None)
    return rest._replace(to=max(at, rest.from_)) if ends else rest


def recompute(
    file: CaseFile, regime: Regime, at: datetime, cause: str, because: str, over: Collection[str] = ()
) -> None:
    """Put the case under `regime` from `at` on; `file` holds all that is to be saved.

    Open clocks keep their start and are reckoned anew: due instants move, breaches that never were are revoked, what
    the new pack does not know is cancelled, and what it asks for since an event of this round begins from that event,
    but for clocks that are `over`.
    Finished clocks keep their history. because: `calendar` or `pack`; what else is known of the case under another
    pack is learned beforehand.
    """
    file.regime = regime
    file.case = replace(
        file.case,
        pack=file.case.pack if because == "calendar" else Pin(regime.pack.document.pack, regime.pack.document.version),
        calendar=Pin(regime.calendar.document.code, regime.calendar.document.version),
    )
    for watched in file.open_clocks():
        name = watched.clock.name
        if (rule := regime.rules.get(name)) is not None and rule.spec.repeats is (watched.kind is Kind.CADENCE):
            if because != "calendar":
                starting.count_or_rest(file, rule, at, at)
            if starting.verdict(file, rule, at) is False:
                changing.cancel(file, watched, at, cause, "condition")
            else:
                changing.adjust(file, rule, watched, at, cause, because)
        elif (age := regime.ages.get(name)) is not None:
            _adjust_age(file, age, watched, at, cause, because)
        else:
            changing.cancel(file, watched, at, cause, because)
    if because != "calendar" and file.case.is_open:
        starting.begin_owed(file, [rule for rule in regime.rules.values() if rule.name not in over], at, cause)
        for age in regime.ages.values():
            if not file.of(age.name):
                starting.begin_age(file, age, at, cause)


def _adjust_age(file: CaseFile, age: AgeRule, watched: Watched, at: datetime, cause: str, because: str) -> None:
    clock, document = watched.clock, age.calendar.document
    moved = replace(
        clock,
        due_at=age.end(clock.started_at, file.zone),
        count=age.count,
        calendar_code=document.code,
        calendar_version=document.version,
    )
    if moved != clock:
        file.write(replace(watched, clock=moved, set_at=file.now), "adjusted", at, cause, because=because)
