"""The files of cases that have ended, as they are stored, and the events they are made of."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting.domain import Filing, Keeping, Part
from shared.clock import format_instant
from shared.events.codec import parse_after, read_data
from shared.events.envelope import Envelope, Event

_COLUMNS = """case_id, place, project, number, pack_code, pack_version, file, "index", key, separate, by, department,
    parts, ended_at, kept_until, hand_over_at, held, removed_at, rule"""
# Notices are no part of a case, and nothing asks about them.
_EVENTS = text("""
    select id, type, source, case_id, sequence, after, occurred_at, project, cause, actor, payload
    from archive where case_id = any(cast(:cases as uuid[])) and source <> 'notify'
""")
_FORGET = text("delete from case_files where case_id = any(cast(:cases as uuid[]))")
_TYPES = {
    "case": "uuid", "place": "int", "pack_version": "int", "file": "uuid", "separate": "bool", "held": "bool",
    **dict.fromkeys(("ended_at", "kept_until", "hand_over_at", "removed_at"), "timestamptz"),
}  # fmt: skip
_ROWS = ", ".join(f"cast(:{name} as {_TYPES.get(name, 'text')}[])" for name in Filing.__slots__)
_KEEP = text(f"""
    insert into case_files ({_COLUMNS})
    select {_COLUMNS.replace("parts", "cast(parts as jsonb)")} from unnest({_ROWS}) as v({_COLUMNS})
""")
_STATES = {
    Keeping.KEPT: "removed_at is null and (kept_until is null or kept_until > :now)",
    Keeping.DUE_FOR_REMOVAL: "removed_at is null and kept_until <= :now and not held",
    Keeping.HELD: "removed_at is null and kept_until <= :now and held",
    Keeping.REMOVED: "removed_at is not null",
}


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: behind this one."""

    ended_at: datetime
    case: UUID
    place: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases in files are asked for; None: all."""

    state: Keeping | None = None
    file: UUID | None = None
    case: UUID | None = None
    index: str | None = None
    separate: bool | None = None


class FileStorage:
    """The table `case_files` within one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def events(self, cases: Collection[UUID]) -> dict[UUID, list[Event]]:
        """All that has happened in these cases, in no order."""
        found: dict[UUID, list[Event]] = {}
        for row in await self._connection.execute(_EVENTS, {"cases": list(cases)}):
            envelope = Envelope(
                row.id, row.type, row.source, row.case_id, row.sequence, parse_after(row.after), row.occurred_at,
                row.project, row.cause, row.actor,
            )  # fmt: skip
            found.setdefault(row.case_id, []).append(Event(envelope, read_data(row.type, bytes(row.payload))))
        return found

    async def put(self, cases: Collection[UUID], filings: Sequence[Filing]) -> None:
        """These cases are filed so, and not otherwise."""
        await self._connection.execute(_FORGET, {"cases": list(cases)})
        if filings:
            values = {name: [getattr(each, name) for each in filings] for name in Filing.__slots__}
            values["parts"] = [json.dumps([[p.form, format_instant(p.at)] for p in each.parts]) for each in filings]
            await self._connection.execute(_KEEP, values)

    async def page(
        self, projects: Iterable[str], wanted: Wanted, before: Position | None, now: datetime, limit: int
    ) -> list[Filing]:
        """Those of these projects, the last ended first."""
        given: dict[str, Any] = {"projects": sorted(projects), "limit": limit}
        where = ["project = any(cast(:projects as text[]))"]
        if wanted.state is not None:
            where.append(_STATES[wanted.state])
            if wanted.state is not Keeping.REMOVED:
                given["now"] = now
        for column in ("file", "index", "separate"):
            if (value := getattr(wanted, column)) is not None:
                where.append(f'"{column}" = :{column}')
                given[column] = value
        if wanted.case is not None:
            where.append("case_id = :case")
            given["case"] = wanted.case
        if before is not None:
            where.append("(ended_at, case_id, place) < (:ended_at, :before, :place)")
            given |= {"ended_at": before.ended_at, "before": before.case, "place": before.place}
        asked = f"""
            select {_COLUMNS} from case_files where {" and ".join(where)}
            order by ended_at desc, case_id desc, place desc limit :limit
        """
        return [_filing(row) for row in await self._connection.execute(text(asked), given)]


def _filing(row: Row[Any]) -> Filing:
    values: list[Any] = list(row)
    at = Filing.__slots__.index("parts")
    parts = json.loads(row.parts) if isinstance(row.parts, str) else row.parts
    values[at] = tuple(Part(form, datetime.fromisoformat(instant)) for form, instant in parts)
    return Filing(*values)
