"""The calendar document: office hours, holidays and make-up working days of one place, as stored, pinned and sent."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

MINUTES_A_DAY = 24 * 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_INTERVAL = re.compile(r"^([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)$")


@dataclass(frozen=True, slots=True)
class Interval:
    """Office hours on one day: minutes after local midnight, `start` included, `end` not.

    An `end` above 1440 lies on the following day (22:00-06:00); the hours belong to the day on which they start.
    """

    start: int
    end: int

    @classmethod
    def parse(cls, text: object) -> "Interval":
        """Read `09:00-12:00`, `22:00-06:00`, `00:00-24:00`. Raises the problem `hours_wrong`."""
        if isinstance(text, Interval):
            return text
        found = _INTERVAL.match(text) if isinstance(text, str) else None
        if not found:
            raise PydanticCustomError("hours_wrong", "{value} are no hours", {"value": str(text)[:40]})
        start = int(found[1]) * 60 + int(found[2])
        end = int(found[3]) * 60 + int(found[4]) if found[3] else MINUTES_A_DAY
        if end == start:
            raise PydanticCustomError("hours_wrong", "{value} are no hours", {"value": text})
        return cls(start, end if end > start else end + MINUTES_A_DAY)

    def __str__(self) -> str:
        end = self.end if self.end <= MINUTES_A_DAY else self.end - MINUTES_A_DAY
        return f"{self.start // 60:02}:{self.start % 60:02}-{end // 60:02}:{end % 60:02}"


def _apart(hours: tuple[Interval, ...]) -> tuple[Interval, ...]:
    ordered = tuple(sorted(hours, key=lambda interval: interval.start))
    for earlier, later in pairwise(ordered):
        if later.start < earlier.end:
            raise PydanticCustomError("hours_overlap", "hours overlap", {"first": str(earlier), "second": str(later)})
    return ordered


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise PydanticCustomError("zone_unknown", "no zone {value}", {"value": name})
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _nothing(value: object) -> object:
    return None if value == "none" else value


Hours = Annotated[
    tuple[Annotated[Interval, BeforeValidator(Interval.parse), PlainSerializer(str)], ...],
    Field(max_length=24),
    AfterValidator(_apart),
]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Version = Annotated[int, Field(ge=1, le=1_000_000)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Words(_Value):
    """One text in both languages."""

    zh: Text
    en: Text


class Week(_Value):
    """Office hours of each weekday; a weekday without hours is a rest day."""

    mon: Hours = ()
    tue: Hours = ()
    wed: Hours = ()
    thu: Hours = ()
    fri: Hours = ()
    sat: Hours = ()
    sun: Hours = ()

    def hours(self) -> Iterator[tuple[Interval, ...]]:
        """The hours of Monday to Sunday, in order."""
        return (getattr(self, name) for name in WEEKDAYS)

    @model_validator(mode="after")
    def _nights_end_before_the_next_morning(self) -> Self:
        days = list(self.hours())
        for index, today in enumerate(days):
            tomorrow = days[(index + 1) % 7]
            if today and tomorrow and today[-1].end - MINUTES_A_DAY > tomorrow[0].start:
                params = {"first": str(today[-1]), "second": str(tomorrow[0]), "at": (WEEKDAYS[(index + 1) % 7],)}
                raise PydanticCustomError("hours_overlap", "hours overlap", params)
        return self


class WorkingDay(Words):
    """A make-up working day (调休上班); without own hours it keeps those of the first weekday that has any."""

    hours: Hours | None = Field(default=None, min_length=1)


class CalendarDocument(_Value):
    """One immutable version of a calendar, complete in itself.

    `holidays` and `working_days` are looked up by local date and win over the week. After `known_until` holidays are
    not announced yet, so due instants there are provisional; None says that the calendar never depends on them.
    `extends` names the calendar and version this one was made from, for reference only.
    """

    calendar: Code
    version: Version
    effective: date
    zone: Zone
    title: Words
    source: Annotated[str, Field(min_length=1, max_length=500)]
    week: Week
    holidays: dict[date, Words] = Field(default_factory=dict)
    working_days: dict[date, WorkingDay] = Field(default_factory=dict)
    known_until: Annotated[date | None, BeforeValidator(_nothing)] = None
    extends: str | None = None

    @property
    def reference(self) -> str:
        """`cn-office@1`: how events, pins and pages name this version."""
        return f"{self.calendar}@{self.version}"

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def usual_hours(self) -> tuple[Interval, ...]:
        """The hours of the first weekday that has any: what a make-up working day keeps."""
        return next(hours for hours in self.week.hours() if hours)

    def hours_on(self, day: date) -> tuple[Interval, ...]:
        """The office hours that start on the local date `day`; none on a holiday or rest day."""
        if made_up := self.working_days.get(day):
            return made_up.hours or self.usual_hours
        if day in self.holidays:
            return ()
        return getattr(self.week, WEEKDAYS[day.weekday()])  # type: ignore[no-any-return]

    def digest(self) -> str:
        """SHA-256 over the canonical JSON: equal for equal content, whatever the order in which it was written."""
        canonical: dict[str, Any] = self.model_dump(mode="json")
        return hashlib.sha256(json.dumps(canonical, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @model_validator(mode="after")
    def _says_one_thing_of_each_day(self) -> Self:
        if not any(self.week.hours()):
            raise PydanticCustomError("week_empty", "no office hours", {"at": ("week",)})
        if both := sorted(self.holidays.keys() & self.working_days.keys()):
            params = {"date": both[0].isoformat(), "at": ("working_days", both[0].isoformat())}
            raise PydanticCustomError("holiday_and_working_day", "both", params)
        if self.known_until is None and (self.holidays or self.working_days):
            raise PydanticCustomError("known_until_missing", "known_until missing", {"at": ()})
        return self


class WeekChange(_Value):
    """The weekdays whose hours an override replaces; an empty list makes a rest day."""

    mon: Hours | None = None
    tue: Hours | None = None
    wed: Hours | None = None
    thu: Hours | None = None
    fri: Hours | None = None
    sat: Hours | None = None
    sun: Hours | None = None


class CalendarOverride(_Value):
    """What a region or project changes in the calendar above it; what it does not name is inherited.

    A date given as None (written `none`) takes away the holiday or make-up working day the base has there.
    """

    calendar: Code
    version: Version
    extends: Code
    effective: date
    title: Words
    source: Annotated[str, Field(min_length=1, max_length=500)]
    zone: Zone | None = None
    week: WeekChange = WeekChange()
    holidays: dict[date, Annotated[Words | None, BeforeValidator(_nothing)]] = Field(default_factory=dict)
    working_days: dict[date, Annotated[WorkingDay | None, BeforeValidator(_nothing)]] = Field(default_factory=dict)
    known_until: date | None = None
