"""What is done by the calendar, as it is stored: from when on a project owes it, and each period of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

_BEGIN = text("""
    insert into duty_starts (project, pack_code, since)
    select p, c, cast(:now as timestamptz) from unnest(cast(:projects as text[]), cast(:codes as text[])) as t(p, c)
    on conflict do nothing
""")
_STARTS = text("select project, pack_code, since from duty_starts")
_NAMES = "id, project, pack_code, pack_version, name, kind, period, due_at, about"
_OPEN = text(f"""
    insert into duties ({_NAMES}, state)
    select id, project, code, version, name, kind, period, due_at, string_to_array(about, ','), 'due' from unnest(
        cast(:ids as uuid[]), cast(:projects as text[]), cast(:codes as text[]), cast(:versions as int[]),
        cast(:names as text[]), cast(:kinds as text[]), cast(:periods as text[]), cast(:dues as timestamptz[]),
        cast(:abouts as text[])
    ) as v(id, project, code, version, name, kind, period, due_at, about)
    on conflict do nothing returning id
""")
_MISS = text(f"""
    update duties set state = 'missed' where state = 'due' and due_at <= :now
    returning {_NAMES}, state, done_at, done_by
""")
_NEXT = text("select min(due_at) from duties where state = 'due'")
_ONE = text(f"select {_NAMES}, state, done_at, done_by from duties where id = :id for update")
_DONE = text("update duties set state = 'done', done_at = :now, done_by = :person where id = :id")
_LIST = text(f"""
    select {_NAMES}, state, done_at, done_by from duties
    where (cast(:projects as text[]) is null or project = any(cast(:projects as text[])))
      and (cast(:state as text) is null or state = :state)
    order by period desc, project, name limit :limit
""")


@dataclass(frozen=True, slots=True)
class Duty:
    """One period of an obligation of a project, or an improvement that a survey called for. state: due, done or missed;
    what was missed may be done late. about: of an improvement, the topics that lie below the target."""

    id: UUID
    project: str
    pack_code: str
    pack_version: int
    name: str
    kind: str
    period: str
    due_at: datetime | None
    about: tuple[str, ...] = ()
    state: str = "due"
    done_at: datetime | None = None
    done_by: str | None = None


class DutyStorage:
    """The tables `duties` and `duty_starts` within one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def begin(self, places: Sequence[tuple[str, str]], now: datetime) -> dict[tuple[str, str], datetime]:
        """Note from when on these projects owe what these packs say; returns since when they do."""
        if places:
            projects, codes = [project for project, _ in places], [code for _, code in places]
            await self._connection.execute(_BEGIN, {"projects": projects, "codes": codes, "now": now})
        rows = await self._connection.execute(_STARTS)
        return {(row.project, row.pack_code): row.since for row in rows}

    async def open(self, duties: Sequence[Duty]) -> set[UUID]:
        """Store what is not there yet; returns the ids of those that were new."""
        if not duties:
            return set()
        rows = await self._connection.execute(
            _OPEN,
            {
                "ids": [each.id for each in duties],
                "projects": [each.project for each in duties],
                "codes": [each.pack_code for each in duties],
                "versions": [each.pack_version for each in duties],
                "names": [each.name for each in duties],
                "kinds": [each.kind for each in duties],
                "periods": [each.period for each in duties],
                "dues": [each.due_at for each in duties],
                "abouts": [",".join(each.about) for each in duties],
            },
        )
        return {UUID(str(row.id)) for row in rows}

    async def miss(self, now: datetime) -> list[Duty]:
        """Mark what was due by now and not done; returns it."""
        return [_duty(row) for row in await self._connection.execute(_MISS, {"now": now})]

    async def next_due(self) -> datetime | None:
        """When the next of what is open is due."""
        found: datetime | None = (await self._connection.execute(_NEXT)).scalar_one()
        return found

    async def find(self, id_: UUID) -> Duty | None:
        """One, locked."""
        row = (await self._connection.execute(_ONE, {"id": id_})).one_or_none()
        return _duty(row) if row else None

    async def done(self, id_: UUID, person: str, now: datetime) -> None:
        """Mark it as done."""
        await self._connection.execute(_DONE, {"id": id_, "person": person, "now": now})

    async def page(self, projects: Sequence[str] | None, state: str | None, limit: int) -> list[Duty]:
        """Those of these projects (None: of all), newest period first."""
        given = {"projects": None if projects is None else list(projects), "state": state, "limit": limit}
        return [_duty(row) for row in await self._connection.execute(_LIST, given)]


def _duty(row: Row[Any]) -> Duty:
    return Duty(
        UUID(str(row.id)), row.project, row.pack_code, row.pack_version, row.name, row.kind, row.period, row.due_at,
        tuple(row.about), row.state, row.done_at, row.done_by,
    )  # fmt: skip
