"""A working calendar as conditions of a pack ask it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.calendars.due import due_at
from shared.calendars.working import WorkingCalendar
from shared.policy.durations import Count, Duration

_A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Counting:
    """Ages in working days and hours, and whether the office is open, on one calendar."""

    calendar: WorkingCalendar

    def end_of(self, start: datetime, duration: Duration, count: Count) -> datetime:
        """The instant at which `duration` from `start` is over."""
        return due_at(self.calendar, start, duration, count).instant

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in office hours."""
        return self.calendar.working_time(at, at + _A_MOMENT) > timedelta()
