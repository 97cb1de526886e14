"""The calendar document: office hours, holidays and make-up working days of one place, as stored, pinned and sent."""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.calendars.hours import MINUTES_A_DAY, Hours, Interval

FIRST_YEAR, LAST_YEAR = 1970, 2199
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise PydanticCustomError("zone_unknown", "no zone {value}", {"value": name})
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def none_written(value: object) -> object:
    """`none` in the file is None: nothing, said on purpose."""
    return None if value == "none" else value


def _iso_day(value: object) -> object:
    # Pydantic would also take a number for seconds since 1970.
    if isinstance(value, str) and not _DAY.match(value):
        raise PydanticCustomError("not_a_date", "{value} is no date", {"value": value[:40]})
    return value


def _reckonable(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PydanticCustomError("date_far", "{value} is too far", {"value": day.isoformat()})
    return day


Day = Annotated[date, BeforeValidator(_iso_day), AfterValidator(_reckonable)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Version = Annotated[int, Field(ge=1, le=1_000_000)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Source = Annotated[str, Field(min_length=1, max_length=500)]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class Value(BaseModel):
    """What all parts of a calendar share: immutable, and no field we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Words(Value):
    """One text in both languages."""

    zh: Text
    en: Text


class Week(Value):
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


class CalendarDocument(Value):
    """One immutable version of a calendar, complete in itself.

    `holidays` and `working_days` are looked up by local date and win over the week. After `known_until` holidays are
    not announced yet, so due instants there are provisional; None says that the calendar never depends on them.
    `derived_from` names the calendar version an override was laid upon (`cn-office@1`), for reference only.
    """

    code: Code
    version: Version
    effective: Day
    zone: Zone
    title: Words
    source: Source
    week: Week
    holidays: dict[Day, Words] = Field(default_factory=dict)
    working_days: dict[Day, WorkingDay] = Field(default_factory=dict)
    known_until: Annotated[Day | None, BeforeValidator(none_written)] = None
    derived_from: str | None = None

    @property
    def reference(self) -> str:
        """`cn-office@1`: how events, pins and pages name this version."""
        return f"{self.code}@{self.version}"

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
