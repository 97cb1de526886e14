"""Members of scopes, for counts over cases; turns, for whose case the next one is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain import Member

MOST_MEMBERS = 2000
"""Of a rolling count no more than the newest so many are looked at: a count beyond says nothing more."""

READ_MEMBERS = text("""
    select m.scope, m.case_id, m.at, m.reporter, m.amount, m.counted
    from unnest(cast(:scopes as text[]), cast(:froms as timestamptz[]), cast(:tos as timestamptz[]),
                cast(:most as bigint[]))
             as v(scope, starts, ends, most)
    cross join lateral (
        select scope, case_id, at, reporter, amount, counted from members
        where scope = v.scope and at >= v.starts and at <= v.ends order by at desc limit v.most
    ) m
    order by m.scope, m.at, m.case_id
""")

PUT_MEMBERS = text("""
    insert into members (scope, case_id, at, reporter, amount, counted)
    select * from unnest(cast(:scopes as text[]), cast(:cases as uuid[]), cast(:ats as timestamptz[]),
                         cast(:reporters as text[]), cast(:amounts as bigint[]), cast(:counted as bigint[]))
    on conflict (scope, case_id) do update set amount = excluded.amount, counted = excluded.counted
""")

READ_TOTALS = text("""
    select v.scope, t.cases, t.reporters, t.amount from unnest(cast(:scopes as text[])) as v(scope)
    cross join lateral (
        select count(amount) as cases, count(distinct reporter) filter (where amount is not null) as reporters,
               coalesce(sum(amount), 0) as amount
        from members where scope = v.scope
    ) t
""")

DROP_MEMBERS = text("""
    delete from members m using unnest(cast(:cases as uuid[]), cast(:kept as text[])) as v(case_id, kept)
    where m.case_id = v.case_id and not (m.scope = any(cast(v.kept as text[])))
""")

MAKE_TURNS = text("""
    insert into turns (project, department, taken)
    select project, department, 0 from unnest(cast(:projects as text[]), cast(:departments as text[]))
        as v(project, department)
    order by 1, 2 on conflict do nothing
""")
READ_TURNS = text("""
    select t.project, t.department, t.taken from turns t
    join unnest(cast(:projects as text[]), cast(:departments as text[])) as v(project, department)
         on t.project = v.project and t.department = v.department
    order by t.project, t.department for update of t
""")
SAVE_TURNS = text("""
    update turns t set taken = v.taken
    from unnest(cast(:projects as text[]), cast(:departments as text[]), cast(:taken as bigint[]))
         as v(project, department, taken)
    where t.project = v.project and t.department = v.department
""")

Place = tuple[str, str]


class Span(NamedTuple):
    """From when to when members of a scope are wanted; most: the newest so many, None for all."""

    starts: datetime
    ends: datetime
    most: int | None = MOST_MEMBERS


class NeighbourStorage:
    """The tables `members` and `turns` within one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def members(self, spans: Mapping[str, Span]) -> dict[str, list[Member]]:
        """The members of these scopes within their spans, by instant."""
        found: dict[str, list[Member]] = {scope: [] for scope in spans}
        parameters = {
            "scopes": list(spans),
            "froms": [span.starts for span in spans.values()],
            "tos": [span.ends for span in spans.values()],
            "most": [span.most for span in spans.values()],
        }
        for row in await self._connection.execute(READ_MEMBERS, parameters):
            found[row.scope].append(Member(row.case_id, row.at, row.reporter, row.amount, row.counted))
        return found

    async def totals(self, scopes: Iterable[str]) -> dict[str, tuple[int, int, int]]:
        """What is known of all members of each scope: how many they are, their reporters, the sum of their amounts."""
        rows = await self._connection.execute(READ_TOTALS, {"scopes": list(scopes)})
        return {row.scope: (row.cases, row.reporters, int(row.amount)) for row in rows}

    async def put_members(self, members: Sequence[tuple[str, Member]]) -> None:
        """Add (scope, member) pairs, or note what decided about them."""
        if members:
            await self._connection.execute(
                PUT_MEMBERS,
                {
                    "scopes": [scope for scope, _ in members],
                    "cases": [member.case for _, member in members],
                    "ats": [member.at for _, member in members],
                    "reporters": [member.reporter for _, member in members],
                    "amounts": [member.amount for _, member in members],
                    "counted": [member.counted for _, member in members],
                },
            )

    async def keep_members(self, scopes: Mapping[UUID, Iterable[str]]) -> None:
        """Take these cases out of every scope but the ones named."""
        if scopes:
            kept = ["{" + ",".join(_quoted(scope) for scope in named) + "}" for named in scopes.values()]
            await self._connection.execute(DROP_MEMBERS, {"cases": list(scopes), "kept": kept})

    async def lock_turns(self, places: Sequence[Place]) -> dict[Place, int]:
        """How many turns were taken at each (project, department), locked until commit."""
        if not places:
            return {}
        parameters = {"projects": [project for project, _ in places], "departments": [d for _, d in places]}
        await self._connection.execute(MAKE_TURNS, parameters)
        rows = await self._connection.execute(READ_TURNS, parameters)
        return {(row.project, row.department): row.taken for row in rows}

    async def save_turns(self, taken: Mapping[Place, int]) -> None:
        """Note the turns taken."""
        if taken:
            await self._connection.execute(
                SAVE_TURNS,
                {
                    "projects": [project for project, _ in taken],
                    "departments": [department for _, department in taken],
                    "taken": list(taken.values()),
                },
            )


def _quoted(text_: str) -> str:
    escaped = text_.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
