"""Lists and counts of cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain import CaseFile
from services.routing.storage.cases import NAMES, file_of

_FILTERS = {
    "projects": "project = any(cast(:projects as text[]))",
    "state": "state = :state",
    "grade": "grade = :grade",
    "person": "person = :person",
    "before": "(received_at, case_id) < (:before, cast(:before_case as uuid))",
}


@cache
def _list(filters: tuple[str, ...]) -> TextClause:
    """A statement for each combination of filters, so that each can have the plan that suits it."""
    where = " and ".join(_FILTERS[name] for name in filters) or "true"
    return text(f"select {NAMES} from cases where {where} order by received_at desc, case_id desc limit :limit")


COUNT = text("select state, grade, count(*) as cases from cases group by state, grade")

# The business invariant "every registered complaint is assigned within 60 s" and what waits for a holder of the role.
UNASSIGNED = text("""
    select state, project, department, category, count(*) as cases,
           count(*) filter (where opened_at < cast(:before as timestamptz)) as late
    from cases where person is null and state <> 'closed' and state <> 'withdrawn'
    group by state, project, department, category
""")

ASSIGNABLE = text("""
    select case_id from cases c
    join unnest(cast(:projects as text[]), cast(:departments as text[]), cast(:categories as text[]))
         as v(project, department, category)
         on c.project = v.project and c.department = v.department and c.category = v.category
    where c.person is null and c.state = 'assigned' order by c.opened_at, c.case_id limit :limit
""")

# The pin stands in the registration, which nothing else asks: whoever changes rules reads through all open cases once.
UNDER_PACK = text(f"""
    select {NAMES} from cases
    where case_id > cast(:after as uuid) and state <> 'closed' and state <> 'withdrawn'
          and cast(registration as jsonb) #>> '{{pack,code}}' = :code
          and (cast(registration as jsonb) #>> '{{pack,version}}')::int <> :version
    order by case_id limit :limit
""")

# Work of the year before the window: once a window and project, through the index by project.
WORK_DONE = text("""
    select work ->> 'name' as name, work ->> 'role' as role, count(*) as times
    from cases cross join lateral jsonb_array_elements(cast(standing as jsonb) -> 'works') as work
    where project = :project and received_at >= cast(:start as timestamptz) - interval '1 year'
          and received_at < cast(:end as timestamptz) and cast(registration as jsonb) ->> 'mode' <> 'history'
          and work ->> 'name' = any(cast(:names as text[])) and work ->> 'state' = 'done'
          and cast(work ->> 'ended_at' as timestamptz) >= cast(:start as timestamptz)
          and cast(work ->> 'ended_at' as timestamptz) < cast(:end as timestamptz)
    group by 1, 2
""")

ASSIGNED_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Page:
    """What to list. projects: None for all. before: the last (received_at, case) of the page before."""

    projects: Sequence[str] | None
    state: str | None
    grade: str | None
    person: str | None
    before: tuple[datetime, UUID] | None
    limit: int


@dataclass(frozen=True, slots=True)
class Unassigned:
    """Open cases that nobody has. late: those of them that routing has known for more than 60 s."""

    state: str
    project: str
    department: str | None
    category: str
    cases: int
    late: int


class CaseLists:
    """The table `cases`, many at a time."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(self, page: Page) -> list[CaseFile]:
        """Cases, newest received first."""
        before, before_case = page.before or (None, None)
        given = {
            "projects": None if page.projects is None else list(page.projects),
            "state": page.state,
            "grade": page.grade,
            "person": page.person,
            "before": before,
        }
        parameters: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        statement = _list(tuple(parameters))
        if before is not None:
            parameters["before_case"] = before_case
        rows = await self._connection.execute(statement, {**parameters, "limit": page.limit})
        return [file_of(row) for row in rows]

    async def under_pack(self, code: str, version: int, after: UUID, limit: int) -> list[CaseFile]:
        """Open cases behind `after`, by id, that another version of the pack `code` than `version` governs."""
        parameters = {"code": code, "version": version, "after": after, "limit": limit}
        return [file_of(row) for row in await self._connection.execute(UNDER_PACK, parameters)]

    async def work_done(
        self, project: str, names: Sequence[str], start: datetime, end: datetime
    ) -> dict[tuple[str, str | None], int]:
        """How often each of these pieces of work was done from `start` on, before `end`, by (name, role)."""
        parameters = {"project": project, "names": list(names), "start": start, "end": end}
        rows = await self._connection.execute(WORK_DONE, parameters)
        return {(row.name, row.role): row.times for row in rows}

    async def counts(self) -> dict[tuple[str, str], int]:
        """How many cases there are of each (state, grade)."""
        return {(row.state, row.grade): row.cases for row in await self._connection.execute(COUNT)}

    async def unassigned(self, now: datetime) -> list[Unassigned]:
        """Open cases without a person, by where they wait."""
        rows = await self._connection.execute(UNASSIGNED, {"before": now - ASSIGNED_WITHIN})
        return [Unassigned(r.state, r.project, r.department, r.category, r.cases, r.late) for r in rows]

    async def assignable(self, places: Sequence[Unassigned], limit: int) -> list[UUID]:
        """Cases that wait at these places, longest first."""
        rows = await self._connection.execute(
            ASSIGNABLE,
            {
                "projects": [p.project for p in places],
                "departments": [p.department for p in places],
                "categories": [p.category for p in places],
                "limit": limit,
            },
        )
        return list(rows.scalars())
