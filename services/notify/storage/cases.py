"""Cases as notices need them, loaded and saved a batch at a time."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.domain import CaseState, NoticeCase, Resident, Residents, Waiting
from shared.policy.happenings import Known

LOAD_CASES = text("""
    select case_id as id, number, project, pack_code, pack_version, mode, language, contactable, first_receiver,
           department, person, state, building, segment, reporter, known, waiting
    from cases where case_id = any(cast(:ids as uuid[]))
""")

SAVE_CASES = text("""
    insert into cases (case_id, number, project, pack_code, pack_version, mode, language, contactable, first_receiver,
                       department, person, state, building, segment, reporter, known, waiting)
    select id, number, project, pack_code, pack_version, mode, language, contactable, first_receiver, department,
           person, state, building, segment, reporter, cast(known as jsonb), cast(waiting as jsonb)
    from unnest(cast(:id as uuid[]), cast(:number as text[]), cast(:project as text[]),
                         cast(:pack_code as text[]), cast(:pack_version as int[]), cast(:mode as text[]),
                         cast(:language as text[]), cast(:contactable as boolean[]), cast(:first_receiver as text[]),
                         cast(:department as text[]), cast(:person as text[]), cast(:state as text[]),
                         cast(:building as text[]), cast(:segment as text[]), cast(:reporter as text[]),
                         cast(:known as text[]), cast(:waiting as text[]))
         as v(id, number, project, pack_code, pack_version, mode, language, contactable, first_receiver, department,
              person, state, building, segment, reporter, known, waiting)
    on conflict (case_id) do update
        set department = excluded.department, person = excluded.person, state = excluded.state,
            known = excluded.known, waiting = excluded.waiting, pack_code = excluded.pack_code,
            pack_version = excluded.pack_version
""")

# One row for each person: their newest case stands for them. Without a hash nobody can be told apart.
RESIDENTS = text("""
    select distinct on (coalesce(reporter, case_id::text)) case_id, language
    from cases
    where project = :project and (cast(:building as text) is null or building = :building)
      and (cast(:segment as text) is null or segment = :segment) and state = 'open' and contactable
    order by coalesce(reporter, case_id::text), number desc
    limit :most
""")

_FIELDS = tuple(field.name for field in fields(NoticeCase))


class CaseStorage:
    """The cases, within one transaction that holds their marks."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def load(self, ids: Iterable[UUID]) -> dict[UUID, NoticeCase]:
        """Those of these cases that are known."""
        rows = await self._connection.execute(LOAD_CASES, {"ids": sorted(set(ids))})
        return {row["id"]: _case(row) for row in rows.mappings()}

    async def save(self, cases: Sequence[NoticeCase]) -> None:
        """Store these cases as they are now; where it lies and whose it is never change."""
        if cases:
            await self._connection.execute(
                SAVE_CASES, {name: [_stored(case, name) for case in cases] for name in _FIELDS}
            )

    async def residents(self, asked: Residents, most: int) -> list[Resident]:
        """Everybody known at a place, each once; at most so many."""
        parameters = {**asdict(asked), "most": most}
        return [Resident(row.case_id, row.language) for row in await self._connection.execute(RESIDENTS, parameters)]


def _case(row: Any) -> NoticeCase:
    known = Known(**{**row["known"], "happened": tuple(row["known"].get("happened", ()))})
    waiting = tuple(Waiting(**{**each, "cause": UUID(each["cause"])}) for each in row["waiting"])
    return NoticeCase(**{**row, "state": CaseState(row["state"]), "known": known, "waiting": waiting})


def _stored(case: NoticeCase, name: str) -> object:
    value = getattr(case, name)
    if name == "known":
        return json.dumps(asdict(value))
    if name == "waiting":
        return json.dumps([{**asdict(each), "cause": str(each.cause)} for each in value])
    return value
