"""Working time on a calendar: prefix sums over office hours, so that any span is two look-ups, however long."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from shared.calendars.document import FIRST_YEAR, LAST_YEAR, CalendarDocument
from shared.calendars.wall import DAY, EPOCH_ORDINAL, MINUTE, TICK, first_instant, from_micros, micros, steady_spans


@dataclass(frozen=True, slots=True)
class _Compiled:
    """Office hours of whole years as sorted runs; `before[i]` is the working time of all runs earlier than run i."""

    first_year: int
    last_year: int
    begin: int
    end: int
    starts: list[int]
    ends: list[int]
    before: list[int]  # one longer than starts: the last entry is the total
    days: list[int]  # ordinals of the working days

    def worked(self, at: int) -> int:
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return 0
        return self.before[index] + min(at, self.ends[index]) - self.starts[index]


class WorkingCalendar:
    """A calendar document ready for arithmetic. An instant is working time if the wall clock then shows office hours.

    Years are compiled when first asked for (about 2 ms each) and kept. Instants are aware datetimes, results UTC.
    Raises ValueError for spans that leave the years 1970 to 2199.
    """

    def __init__(self, document: CalendarDocument) -> None:
        self.document = document
        self.zone = document.time_zone
        self._day_ends: dict[date, datetime] = {}  # every limit in days asks for one
        self._closings: dict[date, datetime] = {}
        known = document.known_until
        self._known_end = None if known is None else self.day_end(known)
        self._compiled: _Compiled | None = None

    @classmethod
    def compile(cls, document: CalendarDocument) -> "WorkingCalendar":
        return cls(document)

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Office hours in [start, end); nothing if `end` is not later."""
        a, b = micros(start), micros(end)
        if b <= a:
            return timedelta(0)
        compiled = self._covering(a, b)
        return timedelta(microseconds=compiled.worked(b) - compiled.worked(a))

    def after_working_time(self, start: datetime, time: timedelta) -> datetime:
        """The first instant by which `time` in office hours has passed since `start`."""
        if time <= timedelta(0):
            return start
        at = micros(start)
        compiled = self._covering(at, at)
        target = compiled.worked(at) + time // TICK
        while target > compiled.before[-1]:
            compiled = self._further(compiled)
        index = bisect_left(compiled.before, target) - 1
        return from_micros(compiled.starts[index] + target - compiled.before[index])

    def before_working_time(self, end: datetime, time: timedelta) -> datetime:
        """The last instant from which `time` in office hours passes until `end`."""
        if time <= timedelta(0):
            return end
        at = micros(end)
        compiled = self._covering(at, at)
        while (target := compiled.worked(at) - time // TICK) < 0:
            compiled = self._earlier(compiled)
        index = bisect_right(compiled.before, target) - 1
        return from_micros(compiled.starts[index] + target - compiled.before[index])

    def working_seconds(self, start: datetime, end: datetime) -> float:
        """`working_time` in seconds."""
        return self.working_time(start, end).total_seconds()

    def add_working(self, start: datetime, seconds: float) -> datetime:
        """`after_working_time` in seconds."""
        return self.after_working_time(start, timedelta(seconds=seconds))

    def nth_working_day(self, start: datetime, n: int, start_day: Literal["excluded", "included"]) -> date:
        """The local date of the nth working day (n >= 1) from `start`.

        An included start day is the first one only if some of its office hours are still to come: who comes on a
        holiday or after closing is served from the next working day on.
        """
        local = start.astimezone(self.zone).date()
        compiled = self._for_years(local.year, local.year + 1)
        index = bisect_right(compiled.days, local.toordinal()) + n - 1
        if start_day == "included" and self.is_working_day(local) and start < self.office_close(local):
            index -= 1
        while index >= len(compiled.days):
            compiled = self._further(compiled)
        return date.fromordinal(compiled.days[index])

    def nth_working_day_before(self, day: date, n: int) -> date:
        """The nth working day (n >= 1) before the local date `day`, which itself is not counted."""
        compiled = self._for_years(day.year - 1, day.year)
        while (index := bisect_left(compiled.days, day.toordinal()) - n) < 0:
            compiled = self._earlier(compiled)
        return date.fromordinal(compiled.days[index])

    def is_working_day(self, day: date) -> bool:
        """Whether office hours start on the local date `day`."""
        return bool(self.document.hours_on(day))

    def office_close(self, day: date) -> datetime:
        """When the office closes on the local date `day` (after a night shift: the next morning).

        Raises ValueError where `day` is no working day.
        """
        if (closing := self._closings.get(day)) is None:
            hours = self.document.hours_on(day)
            if not hours:
                raise ValueError(f"{day} is no working day of {self.document.reference}")
            closing = self._closings[day] = first_instant(day, timedelta(minutes=hours[-1].end), self.zone)
        return closing

    def day_start(self, day: date) -> datetime:
        """0:00 of the local date `day`."""
        return first_instant(day, timedelta(0), self.zone)

    def day_end(self, day: date) -> datetime:
        """24:00 of the local date `day`."""
        if (end := self._day_ends.get(day)) is None:
            end = self._day_ends[day] = first_instant(day, timedelta(days=1), self.zone)
        return end

    def is_provisional(self, at: datetime | date) -> bool:
        """Whether holidays up to this instant or local date may still be announced (beyond `known_until`)."""
        if self._known_end is None or self.document.known_until is None:
            return False
        return at > self._known_end if isinstance(at, datetime) else at > self.document.known_until

    def office_hours(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The runs of office hours within [start, end), in order, apart."""
        a, b = micros(start), micros(end)
        if b <= a:
            return []
        compiled = self._covering(a, b)
        first = max(bisect_right(compiled.starts, a) - 1, 0)
        last = bisect_left(compiled.starts, b)
        runs = ((max(compiled.starts[i], a), min(compiled.ends[i], b)) for i in range(first, last))
        return [(from_micros(low), from_micros(high)) for low, high in runs if low < high]

    def _covering(self, low: int, high: int) -> _Compiled:
        compiled = self._compiled
        if compiled is not None and compiled.begin <= low and high < compiled.end:
            return compiled
        # A year more on each side: local and UTC years part by some hours, and limits usually look forward.
        return self._for_years(from_micros(low).year - 1, from_micros(high).year + 1)

    def _further(self, compiled: _Compiled) -> _Compiled:
        """Twice as many years forward, so that a far limit costs few recompilations."""
        if compiled.last_year == LAST_YEAR:
            raise self._out_of_range()
        twice = 2 * compiled.last_year - compiled.first_year + 1
        return self._for_years(compiled.first_year, min(twice, LAST_YEAR))

    def _earlier(self, compiled: _Compiled) -> _Compiled:
        """Twice as many years backward."""
        if compiled.first_year == FIRST_YEAR:
            raise self._out_of_range()
        twice = 2 * compiled.first_year - compiled.last_year - 1
        return self._for_years(max(twice, FIRST_YEAR), compiled.last_year)

    def _out_of_range(self) -> ValueError:
        return ValueError(f"{self.document.reference} reckons from {FIRST_YEAR} to {LAST_YEAR}; give a shorter limit")

    def _for_years(self, first: int, last: int) -> _Compiled:
        """Years `first` to `last` compiled, with those compiled before; replaced as a whole, so threads may share."""
        if (compiled := self._compiled) is not None:
            if compiled.first_year <= first and last <= compiled.last_year:
                return compiled
            first, last = min(first, compiled.first_year), max(last, compiled.last_year)
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise self._out_of_range()
        self._compiled = compiled = _compile(self, first, last)
        return compiled


def _compile(calendar: WorkingCalendar, first: int, last: int) -> _Compiled:
    document = calendar.document
    first_day, after = date(first, 1, 1).toordinal(), date(last + 1, 1, 1).toordinal()
    days: list[int] = []
    shown: list[tuple[int, int]] = []  # office hours as wall clocks show them, in microseconds since 1970
    for ordinal in range(first_day - 1, after + 1):  # last night's hours may reach into the first morning
        hours = document.hours_on(date.fromordinal(ordinal))
        if hours and first_day <= ordinal < after:
            days.append(ordinal)
        midnight = (ordinal - EPOCH_ORDINAL) * DAY
        shown.extend((midnight + run.start * MINUTE, midnight + run.end * MINUTE) for run in hours)
    runs = _united(shown)
    begin = micros(first_instant(date(first, 1, 1), timedelta(0), calendar.zone))
    end = micros(calendar.day_end(date(last, 12, 31)))
    starts: list[int] = []
    ends: list[int] = []
    before = [0]
    for low, high, offset in steady_spans(calendar.zone, begin, end):
        index = bisect_right(runs, (low + offset,)) - 1
        for run_start, run_end in runs[max(index, 0) :]:
            a, b = max(run_start - offset, low), min(run_end - offset, high)
            if run_start - offset >= high:
                break
            if a >= b:
                continue
            if ends and ends[-1] == a:
                ends[-1], before[-1] = b, before[-1] + b - a
            else:
                starts.append(a)
                ends.append(b)
                before.append(before[-1] + b - a)
    return _Compiled(first, last, begin, end, starts, ends, before, days)


def _united(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    united: list[tuple[int, int]] = []
    for start, end in sorted(runs):
        if united and start <= united[-1][1]:
            united[-1] = united[-1][0], max(united[-1][1], end)
        else:
            united.append((start, end))
    return united
