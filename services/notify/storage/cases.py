"""Cases as notices need them, loaded and saved a batch at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.domain import CaseState, NoticeCase

LOAD_CASES = text("""
    select case_id as id, number, project, pack_code, pack_version, mode, language, contactable, first_receiver,
           department, person, state
    from cases where case_id = any(cast(:ids as uuid[]))
""")

SAVE_CASES = text("""
    insert into cases (case_id, number, project, pack_code, pack_version, mode, language, contactable, first_receiver,
                       department, person, state)
    select * from unnest(cast(:id as uuid[]), cast(:number as text[]), cast(:project as text[]),
                         cast(:pack_code as text[]), cast(:pack_version as int[]), cast(:mode as text[]),
                         cast(:language as text[]), cast(:contactable as boolean[]), cast(:first_receiver as text[]),
                         cast(:department as text[]), cast(:person as text[]), cast(:state as text[]))
    on conflict (case_id) do update
        set department = excluded.department, person = excluded.person, state = excluded.state
""")

_FIELDS = tuple(field.name for field in fields(NoticeCase))


class CaseStorage:
    """The cases, within one transaction that holds their marks."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def load(self, ids: Iterable[UUID]) -> dict[UUID, NoticeCase]:
        """Those of these cases that are known."""
        rows = await self._connection.execute(LOAD_CASES, {"ids": sorted(set(ids))})
        return {row["id"]: NoticeCase(**{**row, "state": CaseState(row["state"])}) for row in rows.mappings()}

    async def save(self, cases: Sequence[NoticeCase]) -> None:
        """Store these cases as they are now; only department, person and state ever change."""
        if cases:
            await self._connection.execute(
                SAVE_CASES, {name: [getattr(case, name) for case in cases] for name in _FIELDS}
            )
