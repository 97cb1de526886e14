"""Climbing the ladder of a breached clock."""

from dataclasses import replace
from datetime import datetime

from services.sla.life import announcements
from services.sla.life.changing import cause_of
from services.sla.life.file import CaseFile, Watched, levels_of
from services.sla.policy import on_time


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
