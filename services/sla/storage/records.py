"""Published calendars as they are stored: reference records that sla owns."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.events.records import CalendarV1

# ';' follows ':' in every collation by code point, and codes hold neither.
_CALENDARS = text("""
    select body from records
    where topic = 'reference' and key collate "C" >= :prefix and key collate "C" < :end and body is not null
""")


class RecordStorage:
    """Calendar records within one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def calendars(self, code: str | None = None) -> list[CalendarV1]:
        """Every published version of a calendar, or of all, by code and version."""
        prefix, end = ("calendar:", "calendar;") if code is None else (f"calendar:{code}@", f"calendar:{code}A")
        rows = await self._connection.execute(_CALENDARS, {"prefix": prefix, "end": end})
        found = [CalendarV1.model_validate_json(body) for body in rows.scalars()]
        return sorted(found, key=lambda each: (each.code, each.version))
