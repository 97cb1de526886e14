"""Who left the post of a roster, why, where calls go meanwhile, and when they came back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_NAMES = "id, project, roster, person, reason, forward_to, left_at, back_at"
_OPEN = text(f"select {_NAMES} from absences where project = :project and back_at is null order by left_at")
_LEAVE = text(f"""
    insert into absences ({_NAMES}) values (:id, :project, :roster, :person, :reason, :forward_to, :left_at, null)
""")
_RETURN = text(f"""
    update absences set back_at = :now
    where project = :project and roster = :roster and person = :person and back_at is null returning {_NAMES}
""")


@dataclass(frozen=True, slots=True)
class Absence:
    """One absence. forward_to: one of the places the pack lets calls go to."""

    id: UUID
    project: str
    roster: str
    person: str
    reason: str
    forward_to: str | None
    left_at: datetime
    back_at: datetime | None = None


class AbsenceStorage:
    """The table `absences` within one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, project: str) -> list[Absence]:
        """Who is away now."""
        rows = await self._connection.execute(_OPEN, {"project": project})
        return [Absence(*row) for row in rows]

    async def leave(self, absence: Absence) -> None:
        """Somebody leaves."""
        given = {name: getattr(absence, name) for name in Absence.__slots__ if name != "back_at"}
        await self._connection.execute(_LEAVE, given)

    async def come_back(self, project: str, roster: str, person: str, now: datetime) -> Absence | None:
        """They are back; None if they were never away."""
        given = {"project": project, "roster": roster, "person": person, "now": now}
        row = (await self._connection.execute(_RETURN, given)).one_or_none()
        return Absence(*row) if row else None
