"""Reading your own write (delivery rule 11): `?after=intake=1,routing=2` waits until this service has come so far."""

import asyncio
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from starlette.responses import JSONResponse, Response

from shared.clock import monotonic
from shared.database.unit_of_work import Database
from shared.delivery import statements as sql
from shared.events.codec import parse_after
from shared.events.envelope import SOURCES

WAIT_S = 1.5
_LOOK_EVERY_S = 0.025
_ONE = rf"(?:{'|'.join(SOURCES)})=[0-9]{{1,9}}"


def _after(
    value: Annotated[
        str | None,
        Query(
            alias="after",
            pattern=rf"^{_ONE}(?:,{_ONE})*$",
            max_length=200,
            description="what a write answered as `at`: waits up to 1.5 s for it, then 202 with Retry-After",
        ),
    ] = None,
) -> Mapping[str, int]:
    return parse_after(value or "")


After = Annotated[Mapping[str, int], Depends(_after)]
"""The parameter of a route that reads a case: source -> sequence that must have been applied; empty for any."""


async def not_yet(
    database: Database, case: UUID, after: Mapping[str, int], *, wait_s: float = WAIT_S
) -> Response | None:
    """None once this service has applied (or, of itself, emitted) so much of the case; after `wait_s` the answer to
    give instead: 202, come back in a second. Never 404: what is on its way is not missing."""
    deadline = monotonic() + wait_s
    while not await _has_come(database, case, after):
        if monotonic() >= deadline:
            return JSONResponse({"id": str(case), "state": "on_its_way"}, 202, {"Retry-After": "1"})
        await asyncio.sleep(_LOOK_EVERY_S)
    return None


async def _has_come(database: Database, case: UUID, after: Mapping[str, int]) -> bool:
    if not after:
        return True
    async with database.read() as connection:
        marks = (await connection.execute(sql.READ_MARKS, {"case_id": case})).mappings().one_or_none()
    if marks is None:
        return False
    return all(marks["emitted" if source == database.service else source] >= n for source, n in after.items())
