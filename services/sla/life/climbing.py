"""Climbing ladders: of a clock that is breached, and by events such as dissatisfaction."""

from datetime import datetime

from services.sla.domain import Clock, ClockState
from services.sla.life import announcements
from services.sla.life.changing import cause_of
from services.sla.life.file import CaseFile, Kind, Watched, levels_of
from services.sla.policy import on_time
from shared.ids import clock_id
from shared.policy.timing import LadderSpec
from shared.values import replace


def climb(file: CaseFile, watched: Watched, sure_until: datetime) -> bool:
    """Raise the highest level due by `sure_until`: until then nothing can contradict the breach any more.

    Returns whether a level was raised. Levels passed over meanwhile are not raised: after an outage the highest alone
    tells everybody it concerns.
    """
    if watched.climb_at is None or watched.climb_at > sure_until:
        return False
    rule = file.regime.rules[watched.clock.name]
    tick = on_time(watched.clock, sure_until, levels_of(rule, watched.clock))
    if tick.level is None or rule.ladder is None:
        return False
    said = announcements.escalated(tick.clock, rule.ladder)
    file.write(replace(watched, clock=tick.clock), "escalated", file.now, cause_of(tick.clock), said)
    return True


def climb_by_event(file: CaseFile, name: str, at: datetime, cause: str) -> None:
    """Raise the next level of every ladder that the event `name` climbs (R-001-15/r12), each level once a round.

    What the ladder's late clocks have raised counts: whoever was told of those is not told again. The event is certain,
    so nobody waits; history tells nobody.
    """
    if file.case.history:
        return
    for ladder in file.regime.climbs.get(name, ()):
        own = file.of(ladder.name)
        late = [w for rule in file.regime.rules.values() if rule.ladder == ladder for w in file.of(rule.name)]
        level = 1 + max((watched.clock.level for watched in (*own, *late)), default=0)
        if level > len(ladder.levels):
            continue
        kept = own[-1] if own else Watched(_as_clock(file, ladder, at), Kind.LADDER, file.now, climbs=False)
        clock = replace(kept.clock, level=level, due_at=at, met_at=at)
        said = announcements.escalated(clock, ladder)
        file.write(replace(kept, clock=clock, set_at=file.now), "escalated", at, cause, said, because=name)


def _as_clock(file: CaseFile, ladder: LadderSpec, at: datetime) -> Clock:
    case, document = file.case, file.regime.calendar.document
    return Clock(
        id=clock_id(case.id, ladder.name, case.round),
        case=case.id,
        name=ladder.name,
        round=case.round,
        occurrence=0,
        state=ClockState.MET,
        started_at=at,
        due_at=at,
        provisional=False,
        limit=None,
        count=file.regime.pack.count,
        calendar_code=document.code,
        calendar_version=document.version,
        rule=ladder.rule,
        customer=False,
        met_at=at,
    )
