"""Boards and counts: open clocks by due instant, and how many there are."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ITEM = """c.id, c.case_id, c.project, c.name, c.kind, c.round, c.occurrence, c.state, c.customer, c.started_at,
    c.due_at, c.duration, c.rule, c.provisional, c.warn_at, c.warned_at, c.breached_at, c.level, c.climb_at"""
_SHOWN = "c.state in ('running', 'breached') and c.kind <> 'age'"
_WANTED = f"""{_SHOWN} and c.state = any(cast(:states as text[])) and c.due_at < :due_before
    and (c.due_at, c.id) > (cast(:after as timestamptz), cast(:after_id as uuid))"""

# Few projects: the beginning of each one's part of the index, merged.
_OF_PROJECTS = text(f"""
    select i.*, f.decided ->> 'grade' as grade, f.pack_code, f.pack_version
    from (
        select c.* from unnest(cast(:projects as text[])) as p(project) cross join lateral (
            select {_ITEM} from clocks c where c.project = p.project and {_WANTED}
            order by c.due_at, c.id limit :limit
        ) c order by c.due_at, c.id limit :limit
    ) i join case_facts f using (case_id) order by i.due_at, i.id
""")

# Many projects: most rows of the index by due instant belong to one of them.
_OF_MANY_PROJECTS = text(f"""
    select i.*, f.decided ->> 'grade' as grade, f.pack_code, f.pack_version
    from (
        select {_ITEM} from clocks c where c.project = any(cast(:projects as text[])) and {_WANTED}
        order by c.due_at, c.id limit :limit
    ) i join case_facts f using (case_id) order by i.due_at, i.id
""")
_MANY = 50

_FIRST = datetime(1, 1, 1, tzinfo=UTC), UUID(int=0)
_LAST = datetime(9999, 1, 1, tzinfo=UTC)
STATES = ("running", "breached")

_COUNTS = text(f"""
    select count(*) as open, count(*) filter (where c.state = 'running' and c.warned_at is not null) as warned,
           count(*) filter (where c.state = 'breached') as breached
    from clocks c where {_SHOWN}
""")

# An invariant: a clock runs only while its case does, or after its closing (follow-ups).
_ORPHANS = text("""
    select count(*) from clocks c left join case_facts f using (case_id)
    where (c.next_at is not null or c.climb_at is not null) and coalesce(f.state, 'unknown') not in ('open', 'closed')
""")


class Counts(NamedTuple):
    """open: running or breached and not met, ages left out; the others are part of it."""

    open: int
    warned: int
    breached: int


class BoardStorage:
    """Reading open clocks."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(
        self,
        projects: Collection[str],
        state: str | None,
        due_before: datetime | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[Any]:
        """Open clocks of these projects by due instant, at most `limit`, behind the place `after`."""
        statement = _OF_PROJECTS if len(projects) <= _MANY else _OF_MANY_PROJECTS
        parameters = {
            "projects": sorted(projects),
            "states": [state] if state else list(STATES),
            "due_before": due_before or _LAST,
            "after": (after or _FIRST)[0],
            "after_id": (after or _FIRST)[1],
            "limit": limit,
        }
        return (await self._connection.execute(statement, parameters)).all()

    async def counts(self) -> Counts:
        """How many clocks are open."""
        return Counts(*(await self._connection.execute(_COUNTS)).one())

    async def orphans(self) -> int:
        """Clocks that run although their case does not: always none."""
        return int((await self._connection.execute(_ORPHANS)).scalar_one())
