"""Calendars for tests, as short as the YAML allows."""

from shared.calendars.document import CalendarDocument
from shared.calendars.loading import load_calendar

OFFICE = """\
code: office
version: 1
effective: 2026-01-01
zone: Europe/Berlin
title: {zh: 办公室, en: Office}
source: drawn for tests
known_until: none
week:
  mon: ["09:00-12:00", "13:30-18:00"]
"""


def every_day(hours: str, zone: str) -> CalendarDocument:
    """The same hours every day of the week, no holidays: `01:30-02:30` or `09:00-12:00, 13:00-17:00`."""
    quoted = ", ".join(f'"{each.strip()}"' for each in hours.split(","))
    week = "".join(f"  {day}: [{quoted}]\n" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    return load_calendar(OFFICE.replace("Europe/Berlin", zone).partition("  mon:")[0] + week)
