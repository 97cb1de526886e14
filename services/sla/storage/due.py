"""What the monitor asks: which cases have something due, and when the next thing will be."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

# A case whose events are held or parked is left alone: what we wait for may be among them (delivery rule 3).
_AT_WORK = """m.parked_at is null and not exists (select 1 from held_events h where h.case_id = c.case_id)"""


def _claim(instant: str) -> TextClause:
    # The mark is what is locked: whoever changes a case's clocks holds it. Taken in the order of the due instants and
    # skipping what others hold, so that no two transactions ever wait for each other here. `offset 0` keeps the
    # database beginning with the index of instants, whatever it believes of the tables' sizes.
    return text(f"""
        select c.case_id
        from (select case_id, {instant} from clocks where {instant} <= :until order by {instant} offset 0) c
        join case_marks m using (case_id)
        where {_AT_WORK} and c.case_id <> all(cast(:aside as uuid[]))
        order by c.{instant} limit :limit for update of m skip locked
    """)


_CLAIM_DUE = _claim("next_at")
_CLAIM_CLIMBING = _claim("climb_at")

_NEXT = text("""
    select least((select min(next_at) from clocks where next_at > :now),
                 (select min(climb_at) from clocks where climb_at > :now))
""")

_WAITING = text(f"""
    select count(*) from clocks c join case_marks m using (case_id)
    where (c.next_at <= :now or c.climb_at <= :now) and {_AT_WORK}
""")

_UNCONFIRMED = text("select count(*) as clocks, min(climb_at) as since from clocks where climb_at <= :before")

UNCONFIRMED_AFTER = timedelta(seconds=60)


class DueStorage:
    """The monitor's questions within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, until: datetime, limit: int, aside: Collection[UUID]) -> Sequence[UUID]:
        """Lock cases with a warning, breach or age due by `until`, longest due first; others' are passed over."""
        return await self._claim(_CLAIM_DUE, until, limit, aside)

    async def claim_climbing(self, until: datetime, limit: int, aside: Collection[UUID]) -> Sequence[UUID]:
        """Likewise cases with a ladder level due by `until`."""
        return await self._claim(_CLAIM_CLIMBING, until, limit, aside)

    async def _claim(
        self, statement: TextClause, until: datetime, limit: int, aside: Collection[UUID]
    ) -> Sequence[UUID]:
        rows = await self._connection.execute(statement, {"until": until, "limit": limit, "aside": list(aside)})
        return list(dict.fromkeys(rows.scalars()))

    async def next_due(self, now: datetime) -> datetime | None:
        """The next instant after `now` at which anything is due."""
        found: datetime | None = (await self._connection.execute(_NEXT, {"now": now})).scalar_one()
        return found

    async def waiting(self, now: datetime) -> int:
        """How many clocks have something due that nobody has dealt with yet; cases left alone are not counted."""
        return int((await self._connection.execute(_WAITING, {"now": now})).scalar_one())

    async def unconfirmed(self, now: datetime) -> tuple[int, datetime | None]:
        """Breaches that could not be confirmed for a minute, and since when the oldest waits (delivery rule 6)."""
        row = (await self._connection.execute(_UNCONFIRMED, {"before": now - UNCONFIRMED_AFTER})).one()
        return row.clocks, row.since
