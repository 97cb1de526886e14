"""A second, slow reckoning of limits: it walks minute by minute and looks at the clock on the wall.

It shares no arithmetic with the product: no prefix sums, no microseconds, no look-up of offsets, only "what would the
clock on the wall show in this minute".
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.sla.domain import Pause
from shared.calendars.document import CalendarDocument
from shared.calendars.hours import Hours
from shared.calendars.overrides import CalendarOverride
from shared.policy.durations import Count, Duration

MINUTE = timedelta(minutes=1)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Oracle:
    def __init__(self, document: CalendarDocument) -> None:
        self.document = document
        self.zone = ZoneInfo(document.zone)

    def hours(self, day: date) -> list[tuple[int, int]]:
        document = self.document
        if day in document.working_days:
            own = document.working_days[day].hours
            if own is None:
                own = next(each for name in NAMES if (each := getattr(document.week, name)))
        elif day in document.holidays:
            own = ()
        else:
            own = getattr(document.week, NAMES[day.weekday()])
        return [(each.start, each.end) for each in own]

    def shows(self, instant: datetime) -> datetime:
        """What the wall clock shows, without a zone."""
        return instant.astimezone(self.zone).replace(tzinfo=None)

    def is_open(self, instant: datetime) -> bool:
        shown = self.shows(instant)
        minute = shown.hour * 60 + shown.minute
        if any(start <= minute < end for start, end in self.hours(shown.date())):
            return True
        return any(minute + 1440 < end for _, end in self.hours(shown.date() - timedelta(days=1)))

    def working_minutes(self, start: datetime, end: datetime) -> int:
        return sum(self.is_open(minute) for minute in walk(start, end))

    def due(self, start: datetime, limit: Duration, count: Count, pauses: tuple[Pause, ...] = ()) -> datetime:
        """The due instant of a limit: the first end of what recurs so often."""
        return next(self.recurring(start, limit, count, pauses))

    def recurring(
        self, start: datetime, limit: Duration, count: Count, pauses: tuple[Pause, ...] = ()
    ) -> Iterator[datetime]:
        """The end of each interval in one walk: minutes that count are counted, or ends of days that count."""
        if limit.unit in ("min", "h", "wh"):
            whole = left = limit.amount * (1 if limit.unit == "min" else 60)
            for minute in walk(start):
                if left == 0:
                    yield minute
                    left = whole
                if not _stands_still(minute, pauses) and (limit.unit != "wh" or self.is_open(minute)):
                    left -= 1
        whole = left = limit.amount * (7 if limit.unit == "w" else 1)
        for end in self.working_day_ends(start, count) if limit.unit == "wd" else self.day_ends(start, count):
            left -= not _ends_in_pause(end, pauses)
            if left == 0:
                yield end
                left = whole

    def ahead(self, target: datetime, limit: Duration, count: Count) -> datetime:
        """The last minute that is `limit` ahead of `target`, found by walking backwards."""
        minute, left = target.astimezone(UTC), limit.amount
        if limit.unit in ("min", "h", "wh"):
            left *= 1 if limit.unit == "min" else 60
            while left:
                minute -= MINUTE
                left -= limit.unit != "wh" or self.is_open(minute)
            return minute
        left *= 7 if limit.unit == "w" else 1
        day = self.shows(minute).date()
        while left:
            minute -= MINUTE
            if self.shows(minute).date() < day:
                day -= timedelta(days=1)
                left -= limit.unit != "wd" or bool(self.hours(day))
        ends = count if limit.unit == "wd" else Count(working_day=count.day)
        end = self._end(day, ends, self.shows(target).time())
        return min(self.first_showing(end), target.astimezone(UTC))

    def instant(self, told: datetime | date) -> datetime:
        """When a visit told by its day begins: with the first minute of that day."""
        return told if isinstance(told, datetime) else self.first_showing(datetime.combine(told, time()))

    def first_showing(self, shown: datetime) -> datetime:
        """The first minute in which the wall clock shows this, or more."""
        return next(
            minute for minute in walk(shown.replace(tzinfo=UTC) - timedelta(days=1)) if self.shows(minute) >= shown
        )

    def day_ends(self, start: datetime, count: Count) -> Iterator[datetime]:
        """The ends of the plain days that count, found by watching the date change."""
        shown = self.shows(start)
        if count.day == "same_time":
            day = shown.date()
            for minute in walk(start):
                if self.shows(minute) >= datetime.combine(day + timedelta(days=1), shown.time()):
                    day += timedelta(days=1)
                    yield minute
        latest, first = shown.date(), count.start_day == "excluded"
        for minute in walk(start):
            if self.shows(minute).date() > latest:
                latest += timedelta(days=1)
                if not first:
                    yield minute
                first = False

    def working_day_ends(self, start: datetime, count: Count) -> Iterator[datetime]:
        shown = self.shows(start)
        day = shown.date()
        waiting = False
        for minute in walk(start):
            now = self.shows(minute)
            if minute == start and count.start_day == "included" and count.working_day != "same_time":
                waiting = bool(self.hours(day)) and now < self._closing(day)
            if waiting and now >= self._end(day, count, shown.time()):
                waiting = False
                yield minute
            # A closing after midnight is waited for before the next day is begun: ends come in order.
            while not waiting and now.date() > day:
                day += timedelta(days=1)
                waiting = bool(self.hours(day))
                if waiting and now >= self._end(day, count, shown.time()):
                    waiting = False
                    yield minute

    def _closing(self, day: date) -> datetime:
        return datetime.combine(day, time()) + timedelta(minutes=max(end for _, end in self.hours(day)))

    def _end(self, day: date, count: Count, of_start: time) -> datetime:
        if count.working_day == "end_of_office":
            return self._closing(day)
        if count.working_day == "end_of_day":
            return datetime.combine(day + timedelta(days=1), time())
        return datetime.combine(day, of_start)


def walk(start: datetime, end: datetime | None = None) -> Iterator[datetime]:
    minute = start.astimezone(UTC)
    while end is None or minute < end:
        yield minute
        minute += MINUTE


def _stands_still(minute: datetime, pauses: tuple[Pause, ...]) -> bool:
    return any(pause.from_ <= minute and (pause.to is None or minute < pause.to) for pause in pauses)


def _ends_in_pause(end: datetime, pauses: tuple[Pause, ...]) -> bool:
    return any(pause.from_ < end and (pause.to is None or end <= pause.to) for pause in pauses)


class LayeredOracle(Oracle):
    """The calendar of a project whose region and group have their own: each day is looked up from the top down."""

    def __init__(self, base: CalendarDocument, overrides: Sequence[CalendarOverride]) -> None:
        super().__init__(base)
        self.layers = (*reversed(overrides), base)

    def hours(self, day: date) -> list[tuple[int, int]]:
        no_holiday = no_working_day = False
        for layer in self.layers:
            if day in layer.working_days:
                made_up = layer.working_days[day]
                if made_up is not None and no_working_day:
                    break  # what is taken away had ended whatever holiday lies below
                if made_up is not None:
                    own = made_up.hours or next(each for name in NAMES if (each := self.of_weekday(name)))
                    return [(each.start, each.end) for each in own]
                no_working_day = True
            if day in layer.holidays:
                if layer.holidays[day] is None:
                    no_holiday = True
                elif no_holiday:
                    break
                else:
                    return []
        return [(each.start, each.end) for each in self.of_weekday(NAMES[day.weekday()])]

    def of_weekday(self, name: str) -> Hours:
        return next(hours for layer in self.layers if (hours := getattr(layer.week, name)) is not None)
