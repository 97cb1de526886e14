"""Reckoning a case anew by another version of its calendar or its pack."""

from collections.abc import Sequence
from datetime import datetime

from services.sla.life import changing, starting
from services.sla.life.case import Pin
from services.sla.life.file import CaseFile, Watched
from services.sla.life.regime import AgeRule, Regime
from shared.values import replace


def recompute(file: CaseFile, regime: Regime, at: datetime, cause: str, because: str) -> Sequence[Watched]:
    """Put the case under `regime` from `at` on and give the clocks that changed; `file` holds all that is to be saved.

    Open clocks keep their start and are reckoned anew: due instants move, breaches that never were are revoked, what
    the new pack does not know is cancelled, and what it asks for since an event of this round begins from that event.
    Finished clocks keep their history. because: `calendar` or `pack`. Facts that the old pack's clocks did not ask
    about are not known here until they are told again.
    """
    before = dict(file.clocks)
    file.regime = regime
    file.case = replace(
        file.case,
        pack=file.case.pack if because == "calendar" else Pin(regime.pack.document.pack, regime.pack.document.version),
        calendar=Pin(regime.calendar.document.code, regime.calendar.document.version),
    )
    for watched in file.open_clocks():
        name = watched.clock.name
        if (rule := regime.rules.get(name)) is not None:
            if starting.verdict(file, rule, at) is False:
                changing.cancel(file, watched, at, cause, "condition")
            else:
                changing.adjust(file, rule, watched, at, cause, because)
        elif (age := regime.ages.get(name)) is not None:
            _adjust_age(file, age, watched, at, cause, because)
        else:
            changing.cancel(file, watched, at, cause, because)
    if because != "calendar" and file.case.is_open:
        starting.begin_owed(file, regime.rules.values(), at, cause)
        for age in regime.ages.values():
            if not file.of(age.name):
                starting.begin_age(file, age, at, cause)
    return [watched for id_, watched in file.clocks.items() if before.get(id_) != watched]


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
