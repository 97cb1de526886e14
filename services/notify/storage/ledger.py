"""The ledger as people read it, acknowledge it and ask for another try."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.domain import Entry, Kind, Outcome
from services.notify.storage.rows import NOTICE_COLUMNS, notice_of

_ENTRY = f"{NOTICE_COLUMNS}, n.outcome, n.reason, n.attempts, n.settled_at, n.acknowledged_by, n.acknowledged_at"

_BEFORE = "(at, id) < (cast(:before_at as timestamptz), cast(:before_id as uuid))"
_NEWEST = "order by at desc, id desc limit :limit"
_KINDS = """
    unnest(cast(:kinds as text[])) as k(kind) cross join unnest(cast(:outcomes as text[])) as o(outcome)
"""

# One walk down an index for each kind and outcome (and project), newest first: the cost follows the page, not the
# ledger. Of many projects each walk would find a page of its own, so there the projects are a filter instead.
LIST_OF_FEW = text(f"""
    select {_ENTRY} from unnest(cast(:projects as text[])) as p(project) cross join {_KINDS}
    cross join lateral (
        select * from notices
        where project = p.project and kind = k.kind and outcome = o.outcome and {_BEFORE} {_NEWEST}
    ) n
    order by n.at desc, n.id desc limit :limit
""")
LIST_OF_MANY = text(f"""
    select {_ENTRY} from {_KINDS}
    cross join lateral (
        select * from notices
        where kind = k.kind and outcome = o.outcome and {_BEFORE}
          and (cast(:projects as text[]) is null or project = any(cast(:projects as text[]))) {_NEWEST}
    ) n
    order by n.at desc, n.id desc limit :limit
""")
LIST_OF_CASE = text(f"""
    select {_ENTRY} from notices n
    where n.case_id = :case_id and n.kind = any(cast(:kinds as text[])) and n.outcome = any(cast(:outcomes as text[]))
      and (cast(:projects as text[]) is null or n.project = any(cast(:projects as text[]))) and {_BEFORE} {_NEWEST}
""")
_FEW = 100

FIND = text(f"select {_ENTRY} from notices n where n.id = :id")
LOCK = text(f"select {_ENTRY} from notices n where n.id = :id for update")

ACKNOWLEDGE = text("update notices set acknowledged_by = :person, acknowledged_at = :now where id = :id")

RETRY = text("""
    update notices set outcome = 'pending', reason = null, settled_at = null, claimed = false, next_attempt_at = :now
    where id = :id
""")


_LAST = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a listing, newest first: what follows lies before this instant and id."""

    at: datetime = datetime(9999, 1, 1, tzinfo=UTC)
    id: UUID = _LAST


class LedgerStorage:
    """The ledger for reading and for single rows, within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(
        self,
        projects: Collection[str] | None,
        *,
        case: UUID | None,
        kind: Kind | None,
        outcome: Outcome | None,
        before: Position,
        limit: int,
    ) -> list[Entry]:
        """The newest notices before a position. projects: None for all."""
        few = projects is not None and len(projects) <= _FEW
        statement = LIST_OF_CASE if case else LIST_OF_FEW if few else LIST_OF_MANY
        parameters: dict[str, Any] = {
            "projects": None if projects is None else sorted(projects),
            "kinds": [kind] if kind else list(Kind),
            "outcomes": [outcome] if outcome else list(Outcome),
            "before_at": before.at,
            "before_id": before.id,
            "limit": limit,
        }
        if case:
            parameters["case_id"] = case
        return [_entry(row) for row in await self._connection.execute(statement, parameters)]

    async def find(self, id_: UUID, *, lock: bool = False) -> Entry | None:
        """One notice; `lock` keeps others from changing it until commit."""
        row = (await self._connection.execute(LOCK if lock else FIND, {"id": id_})).one_or_none()
        return _entry(row) if row else None

    async def acknowledge(self, id_: UUID, person: str, now: datetime) -> None:
        await self._connection.execute(ACKNOWLEDGE, {"id": id_, "person": person, "now": now})

    async def retry(self, id_: UUID, now: datetime) -> None:
        """Make a failed notice due once more."""
        await self._connection.execute(RETRY, {"id": id_, "now": now})


def _entry(row: Any) -> Entry:
    return Entry(
        notice=notice_of(row),
        outcome=Outcome(row.outcome),
        reason=row.reason,
        attempts=row.attempts,
        settled_at=row.settled_at,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
    )
