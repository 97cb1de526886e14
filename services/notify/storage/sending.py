"""What the senders do to the ledger: claim, settle, count."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.domain import CaseState, ChannelName, Claim, Kind, Outcome, Revocation, Verdict
from services.notify.storage.rows import NOTICE_COLUMNS, notice_of, revocation_of

CLAIM = text(f"""
    with due as materialized (
        select id from notices
        where outcome = 'pending' and channel = :channel and next_attempt_at <= :now
        order by next_attempt_at limit :limit for update skip locked
    )
    update notices n
    set claimed = true, next_attempt_at = :until, attempts = n.attempts + case when n.suppress is null then 1 else 0 end
    from due, cases c
    where n.id = due.id and c.case_id = n.case_id
    returning {NOTICE_COLUMNS}, n.attempts, n.revoked_by, n.runs_until, c.number, c.pack_code, c.pack_version, c.state
""")

NEXT_DUE = text("select min(next_attempt_at) from notices where outcome = 'pending' and channel = :channel")

# Only what was not claimed again meanwhile: a claim that lapsed and was taken over is the other's to settle.
LOCK_CLAIMED = text("""
    select n.id, n.revoked_by, n.runs_until
    from notices n join unnest(cast(:ids as uuid[]), cast(:attempts as int[])) as v(id, attempts)
      on n.id = v.id and n.attempts = v.attempts
    where n.outcome = 'pending'
    order by n.id for update of n
""")

SETTLE = text("""
    update notices n
    set outcome = v.outcome, reason = v.reason, next_attempt_at = v.retry_at, claimed = false,
        settled_at = case when v.outcome = 'pending' then null else cast(:now as timestamptz) end
    from unnest(cast(:ids as uuid[]), cast(:outcomes as text[]), cast(:reasons as text[]),
                cast(:retries as timestamptz[])) as v(id, outcome, reason, retry_at)
    where n.id = v.id
""")

COUNT = text("""
    insert into notice_counts (kind, outcome, count)
    select * from unnest(cast(:kinds as text[]), cast(:outcomes as text[]), cast(:counts as bigint[])) order by 1, 2
    on conflict (kind, outcome) do update set count = notice_counts.count + excluded.count
""")

TOTALS = text("select outcome, sum(count)::bigint as total from notice_counts group by outcome")

# Bounded: beyond it the figure says "very many", which is all that is asked.
WAITING = text("""
    select count(*) from (
        select 1 from notices where outcome = 'pending' and channel = any(cast(:channels as text[]))
          and next_attempt_at <= :until limit 100000
    ) waiting
""")


class SendingStorage:
    """The ledger as a sender sees it, within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, channel: ChannelName, limit: int, now: datetime, until: datetime) -> list[Claim]:
        """Take what is due on `channel`, oldest first, away from every other sender until the instant `until`."""
        result = await self._connection.execute(CLAIM, {"channel": channel, "limit": limit, "now": now, "until": until})
        claims = [
            Claim(
                notice=notice_of(row),
                attempts=row.attempts,
                revocation=revocation_of(row),
                number=row.number,
                pack_code=row.pack_code,
                pack_version=row.pack_version,
                state=CaseState(row.state),
            )
            for row in result
        ]
        return sorted(claims, key=lambda claim: (claim.notice.at, claim.notice.id))

    async def next_due(self, channel: ChannelName) -> datetime | None:
        """When something will be due next on `channel`."""
        due: datetime | None = (await self._connection.execute(NEXT_DUE, {"channel": channel})).scalar_one()
        return due

    async def lock_claimed(self, claims: Sequence[Claim]) -> dict[UUID, Revocation | None]:
        """Those of these that are still this sender's to settle, each with what revoked it meanwhile."""
        result = await self._connection.execute(
            LOCK_CLAIMED,
            {"ids": [claim.notice.id for claim in claims], "attempts": [claim.attempts for claim in claims]},
        )
        return {row.id: revocation_of(row) for row in result}

    async def settle(self, verdicts: Mapping[UUID, Verdict], now: datetime) -> None:
        """Write down what became of these notices."""
        if verdicts:
            await self._connection.execute(
                SETTLE,
                {
                    "ids": list(verdicts),
                    "outcomes": [verdict.outcome for verdict in verdicts.values()],
                    "reasons": [verdict.reason for verdict in verdicts.values()],
                    "retries": [verdict.retry_at for verdict in verdicts.values()],
                    "now": now,
                },
            )

    async def count(self, changes: Mapping[tuple[Kind, Outcome], int]) -> None:
        """Add to the totals. Last of a transaction: every sender updates the same few rows."""
        if changes:
            await self._connection.execute(
                COUNT,
                {
                    "kinds": [kind for kind, _ in changes],
                    "outcomes": [outcome for _, outcome in changes],
                    "counts": list(changes.values()),
                },
            )

    async def totals(self) -> dict[Outcome, int]:
        """How many notices had each outcome."""
        return {Outcome(row.outcome): row.total for row in await self._connection.execute(TOTALS)}

    async def waiting(self, until: datetime) -> int:
        """How many notices are due by `until`; at most 100,000."""
        parameters = {"channels": list(ChannelName), "until": until}
        found: int = (await self._connection.execute(WAITING, parameters)).scalar_one()
        return found
