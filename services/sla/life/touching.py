"""Which spans two versions of a calendar may reckon differently: whatever lies outside need not be looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shared.calendars.document import CalendarDocument

_EVER = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Touched:
    """The span outside which both versions agree: on office hours, on working days and on what is provisional."""

    since: datetime
    until: datetime

    def meets(self, start: datetime, end: datetime) -> bool:
        """Whether a clock from `start` to `end` may run out at another instant by the other version."""
        return min(start, end) < self.until and max(start, end) >= self.since


def hull(spans: Iterable[Touched]) -> Touched:
    """The shortest span that holds all of these, of which there is at least one."""
    found = list(spans)
    return Touched(min(each.since for each in found), max(each.until for each in found))


def touched(old: CalendarDocument, new: CalendarDocument) -> Touched | None:
    """Where the versions differ, a day more on each side for night shifts and zones; None where nowhere."""
    if old.zone != new.zone or old.week != new.week:
        return Touched(*_EVER)
    named = (*old.holidays, *old.working_days, *new.holidays, *new.working_days)
    days = [day for day in set(named) if old.hours_on(day) != new.hours_on(day)]
    if old.known_until != new.known_until:
        known = [day for day in (old.known_until, new.known_until) if day is not None]
        if len(known) == 1:  # one of them is never provisional
            return Touched(_midnight(old, min((*known, *days))) - _DAY, _EVER[1])
        days += known
    if not days:
        return None
    return Touched(_midnight(old, min(days)) - _DAY, _midnight(old, max(days)) + 3 * _DAY)


def _midnight(document: CalendarDocument, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=document.time_zone).astimezone(UTC)
