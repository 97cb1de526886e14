"""Open cases on an older version of their calendar: claimed, told apart and moved on, a batch at a time."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.sla.life.touching import Touched

# Like the monitor's claim: the mark is locked, what others hold is passed over, and so are cases with waiting events.
_CLAIM = text("""
    select f.case_id, f.calendar_version
    from case_facts f join case_marks m using (case_id)
    where f.state = 'open' and f.calendar_code = :code and f.calendar_version < :version
          and m.parked_at is null and not exists (select 1 from held_events h where h.case_id = f.case_id)
          and f.case_id <> all(cast(:aside as uuid[]))
    order by f.calendar_version, f.case_id limit :limit for update of m skip locked
""")

# Follow-ups outlive their case. There are few, and no index leads to them: asked seldom.
_CLAIM_CLOSED = text("""
    select f.case_id, f.calendar_version
    from case_facts f join case_marks m using (case_id)
    where f.state = 'closed' and f.calendar_code = :code and f.calendar_version < :version
          and f.case_id in (select case_id from clocks
                            where not superseded and state in ('running', 'paused', 'breached'))
          and m.parked_at is null and not exists (select 1 from held_events h where h.case_id = f.case_id)
          and f.case_id <> all(cast(:aside as uuid[]))
    order by f.case_id limit :limit for update of m skip locked
""")

_PAGE = text("""
    select case_id, calendar_version from case_facts
    where state = 'open' and calendar_code = :code
          and (calendar_version, case_id) > (:after_version, cast(:after as uuid))
    order by calendar_version, case_id limit :limit
""")

# Of follow-ups that outlive their case, as for claims; asked once the open cases are through.
_CLOSED_PAGE = text("""
    select case_id, calendar_version from case_facts
    where state = 'closed' and calendar_code = :code
          and (calendar_version, case_id) > (:after_version, cast(:after as uuid))
          and case_id in (select case_id from clocks
                          where not superseded and state in ('running', 'paused', 'breached'))
    order by calendar_version, case_id limit :limit
""")

_OPEN = text("select count(*) from case_facts where state = 'open' and calendar_code = :code")

# A paused clock's due instant says nothing; a ladder goes on beyond it. What is counted back from an instant, and has
# no duration of its own, depends on the days between its due instant and that one.
MAY_MOVE = """(c.state = 'paused' or c.climb_at >= :since or (c.duration is null and c.due_at < :until)
    or (least(c.started_at, c.due_at) < :until and greatest(c.started_at, c.due_at) >= :since))"""

_TOUCHED = text(f"""
    select distinct case_id from clocks c
    where case_id = any(cast(:cases as uuid[])) and not superseded and state in ('running', 'paused', 'breached')
          and {MAY_MOVE}
""")

_MOVE = text("""
    update case_facts set calendar_version = :version where case_id = any(cast(:cases as uuid[]))
""")


class OutdatedStorage:
    """Questions about cases by the version of their calendar."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(
        self, code: str, version: int, limit: int, aside: Collection[UUID], *, closed: bool = False
    ) -> Sequence[Any]:
        """Lock open cases, or `closed` ones with a clock that still runs, on a version of the calendar `code` before
        `version`: (case_id, calendar_version)."""
        parameters = {"code": code, "version": version, "limit": limit, "aside": list(aside)}
        return (await self._connection.execute(_CLAIM_CLOSED if closed else _CLAIM, parameters)).all()

    async def page(self, code: str, after: tuple[int, UUID], limit: int, *, closed: bool = False) -> Sequence[Any]:
        """Open cases, or `closed` ones with a clock that still runs, on any version of the calendar behind the place
        `after`: (case_id, calendar_version)."""
        parameters = {"code": code, "after_version": after[0], "after": after[1], "limit": limit}
        return (await self._connection.execute(_CLOSED_PAGE if closed else _PAGE, parameters)).all()

    async def open_cases(self, code: str) -> int:
        """How many open cases the calendar has."""
        return int((await self._connection.execute(_OPEN, {"code": code})).scalar_one())

    async def touched(self, cases: Collection[UUID], span: Touched) -> set[UUID]:
        """Those of `cases` with an open clock that a change within `span` may move."""
        parameters = {"cases": list(cases), "since": span.since, "until": span.until}
        return set((await self._connection.execute(_TOUCHED, parameters)).scalars())

    async def move(self, cases: Collection[UUID], version: int) -> None:
        """Put cases on a version that changes nothing for them."""
        if cases:
            await self._connection.execute(_MOVE, {"cases": list(cases), "version": version})
