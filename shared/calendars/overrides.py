"""Calendars of regions and projects: what an override changes, laid upon the calendar it extends."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from shared.calendars.document import (
    WEEKDAYS,
    CalendarDocument,
    Code,
    Day,
    Source,
    Value,
    Version,
    Words,
    WorkingDay,
    Zone,
    none_written,
)
from shared.calendars.hours import Hours
from shared.calendars.problems import CalendarError, CalendarProblem


class WeekChange(Value):
    """The weekdays whose hours an override replaces; an empty list makes a rest day."""

    mon: Hours | None = None
    tue: Hours | None = None
    wed: Hours | None = None
    thu: Hours | None = None
    fri: Hours | None = None
    sat: Hours | None = None
    sun: Hours | None = None


class CalendarOverride(Value):
    """What a region or project changes in the calendar above it; what it does not name is inherited.

    A date given as None (written `none`) takes away the holiday or make-up working day the base has there.
    """

    code: Code
    version: Version
    extends: Code
    effective: Day
    title: Words
    source: Source
    zone: Zone | None = None
    week: WeekChange = WeekChange()
    holidays: dict[Day, Annotated[Words | None, BeforeValidator(none_written)]] = Field(default_factory=dict)
    working_days: dict[Day, Annotated[WorkingDay | None, BeforeValidator(none_written)]] = Field(default_factory=dict)
    known_until: Day | None = None


def resolve(override: CalendarOverride, base: CalendarDocument) -> CalendarDocument:
    """One flat document: `base` with the changes of `override`.

    The override's own days win: a working day it adds ends a holiday of the base, and the other way round. Raises
    CalendarError where it takes away what the base does not have, and pydantic's ValidationError where the result
    contradicts itself (overlapping nights and the like).
    """
    problems = [
        CalendarProblem(
            "nothing_to_remove", (name, day.isoformat()), params={"base": base.reference, "date": day.isoformat()}
        )
        for name, changed, existing in (
            ("holidays", override.holidays, base.holidays),
            ("working_days", override.working_days, base.working_days),
        )
        for day, entry in changed.items()
        if entry is None and day not in existing
    ]
    if problems:
        raise CalendarError(problems)
    week = {name: hours for name in WEEKDAYS if (hours := getattr(override.week, name)) is not None}
    return CalendarDocument.model_validate(
        {
            "code": override.code,
            "version": override.version,
            "effective": override.effective,
            "zone": override.zone or base.zone,
            "title": override.title,
            "source": override.source,
            "week": {**{name: getattr(base.week, name) for name in WEEKDAYS}, **week},
            "holidays": _laid(base.holidays, override.holidays, override.working_days),
            "working_days": _laid(base.working_days, override.working_days, override.holidays),
            "known_until": override.known_until or base.known_until,
            "derived_from": base.reference,
        }
    )


def _laid(base: dict[Any, Any], changed: dict[Any, Any], displacing: dict[Any, Any]) -> dict[Any, BaseModel]:
    kept = {day: entry for day, entry in base.items() if displacing.get(day) is None}
    return {day: entry for day, entry in {**kept, **changed}.items() if entry is not None}
