"""Who answers for cases, as it is stored, and the figures of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting.domain import AttributionCount, AttributionView

_TYPES = {"case": "uuid", "received_at": "timestamptz", "share": "int"}
_ROWS = ", ".join(f"cast(:{name} as {_TYPES.get(name, 'text')}[])" for name in AttributionView.__slots__)
_COLUMNS = """case_id, attribution, person, department, project, received_at, kind, party, share, penalty_zh,
    penalty_en"""
_PUT = text(f"""
    insert into case_attributions ({_COLUMNS}) select * from unnest({_ROWS}) order by 1, 2, 3, 4
    on conflict (case_id, attribution, person, department) do update
        set kind = excluded.kind, party = excluded.party, share = excluded.share, penalty_zh = excluded.penalty_zh,
            penalty_en = excluded.penalty_en
""")
_COUNTS = text("""
    select project, kind, attribution, party, person, department, penalty_zh, penalty_en, count(*) as cases,
           sum(share) as shares
    from case_attributions
    where project = any(cast(:projects as text[])) and received_at >= :first and received_at < :after
    group by 1, 2, 3, 4, 5, 6, 7, 8
    order by project, kind, cases desc, shares desc, attribution, party, person, department
    limit :limit
""")


class AttributionStorage:
    """The table `case_attributions` within one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, views: Sequence[AttributionView]) -> None:
        """Each in place of the same one of before."""
        if views:
            values = {name: [getattr(view, name) for view in views] for name in AttributionView.__slots__}
            await self._connection.execute(_PUT, values)

    async def counts(
        self, projects: Iterable[str], first: datetime, after: datetime, limit: int
    ) -> list[AttributionCount]:
        """Of cases of these projects received from `first` on and before `after`, the most frequent first."""
        given = {"projects": sorted(projects), "first": first, "after": after, "limit": limit}
        return [AttributionCount(*row) for row in await self._connection.execute(_COUNTS, given)]
