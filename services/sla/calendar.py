"""Calendars as sla uses them. The arithmetic is shared: the ages in routing's conditions end by the same rules."""

from shared.calendars.document import CalendarDocument
from shared.calendars.due import Due, due_at
from shared.calendars.working import WorkingCalendar

__all__ = ["CalendarDocument", "Due", "WorkingCalendar", "due_at"]
