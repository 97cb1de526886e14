"""What is intended: rows added to the ledger, and what later events change about those still pending."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.domain import Notice, Outcome, Reason, Revocation
from services.notify.storage.rows import NOTICE_COLUMNS, notice_of

ADD_NOTICES = text("""
    insert into notices (id, case_id, project, kind, role, person, channel, language, cause, code, params, clock,
                         suppress, outcome, next_attempt_at, at, traceparent, origin)
    select id, case_id, project, kind, role, person, channel, language, cause, code, cast(params as jsonb), clock,
           suppress, 'pending', due_at, at, traceparent, origin
    from unnest(cast(:ids as uuid[]), cast(:cases as uuid[]), cast(:projects as text[]), cast(:kinds as text[]),
                cast(:roles as text[]), cast(:people as text[]), cast(:channels as text[]), cast(:languages as text[]),
                cast(:causes as uuid[]), cast(:codes as text[]), cast(:params as text[]), cast(:clocks as uuid[]),
                cast(:suppress as text[]), cast(:due as timestamptz[]), cast(:at as timestamptz[]),
                cast(:traceparents as text[]), cast(:origins as uuid[]))
         as v(id, case_id, project, kind, role, person, channel, language, cause, code, params, clock, suppress, due_at,
              at, traceparent, origin)
    on conflict (id) do nothing
""")

# What is under way is left alone: its sender sees the case's state when the attempt is over.
SUPPRESS_PENDING = text("""
    update notices n set suppress = v.reason, next_attempt_at = :now
    from unnest(cast(:cases as uuid[]), cast(:reasons as text[])) as v(case_id, reason)
    where n.case_id = v.case_id and n.outcome = 'pending' and n.suppress is null and not n.claimed
""")

# A notice that says the same anew takes the place of the one that has not gone out yet.
SUPERSEDE = text("""
    update notices n set suppress = :reason, next_attempt_at = :now
    from unnest(cast(:cases as uuid[]), cast(:names as text[]), cast(:causes as uuid[])) as v(case_id, name, cause)
    where (n.case_id = v.case_id or n.origin = v.case_id) and n.kind = 'notice' and n.params->>'notice' = v.name
      and n.cause <> v.cause and n.outcome = 'pending' and n.suppress is null and not n.claimed
""")

PROMISE = text("""
    update notices n set code = :code, params = cast(v.params as jsonb), next_attempt_at = :now
    from unnest(cast(:cases as uuid[]), cast(:params as text[])) as v(case_id, params)
    where n.case_id = v.case_id and n.kind = 'acknowledgement' and n.outcome = 'pending' and n.suppress is null
      and n.attempts = 0
""")

REVOKE = text(f"""
    update notices n
    set revoked_by = v.event, runs_until = v.runs_until,
        suppress = case when n.outcome = 'pending' and not n.claimed then coalesce(n.suppress, :reason)
                   else n.suppress end,
        next_attempt_at = case when n.outcome = 'pending' and not n.claimed then :now else n.next_attempt_at end
    from unnest(cast(:cases as uuid[]), cast(:clocks as uuid[]), cast(:events as uuid[]),
                cast(:runs_until as timestamptz[])) as v(case_id, clock, event, runs_until)
    where n.case_id = v.case_id and n.clock = v.clock and n.kind in ('breach', 'escalation')
      and n.outcome in ('pending', 'sent') and n.revoked_by is null
    returning {NOTICE_COLUMNS}, n.outcome, n.revoked_by, n.runs_until
""")


class IntendedStorage:
    """The ledger as applying sees it, within one transaction that holds the marks of the cases."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, notices: Sequence[Notice]) -> None:
        """Add these intended notices; one that is there already stays as it is."""
        if not notices:
            return
        await self._connection.execute(
            ADD_NOTICES,
            {
                "ids": [n.id for n in notices],
                "cases": [n.case for n in notices],
                "projects": [n.project for n in notices],
                "kinds": [n.kind for n in notices],
                "roles": [n.recipient.role for n in notices],
                "people": [n.recipient.person for n in notices],
                "channels": [n.channel for n in notices],
                "languages": [n.language for n in notices],
                "causes": [n.cause for n in notices],
                "codes": [n.code for n in notices],
                "params": [json.dumps(dict(n.params)) for n in notices],
                "clocks": [n.clock for n in notices],
                "suppress": [n.suppress for n in notices],
                "due": [n.due_at for n in notices],
                "at": [n.at for n in notices],
                "traceparents": [n.traceparent for n in notices],
                "origins": [n.origin for n in notices],
            },
        )

    async def suppress_pending(self, cases: Mapping[UUID, Reason], now: datetime) -> None:
        """Decide against everything of these cases that is pending and not under way."""
        if cases:
            await self._connection.execute(
                SUPPRESS_PENDING, {"cases": list(cases), "reasons": list(cases.values()), "now": now}
            )

    async def supersede(self, anew: Sequence[tuple[UUID, str, UUID]], now: datetime) -> None:
        """Decide against what is pending of these notices (case, name) for another cause than the one given."""
        if anew:
            await self._connection.execute(
                SUPERSEDE,
                {
                    "cases": [case for case, _, _ in anew],
                    "names": [name for _, name, _ in anew],
                    "causes": [cause for _, _, cause in anew],
                    "reason": Reason.SUPERSEDED,
                    "now": now,
                },
            )

    async def promise(self, code: str, promises: Mapping[UUID, Mapping[str, str | int]], now: datetime) -> None:
        """Let the acknowledgements of these cases, if not yet attempted, name what was promised, and go out now."""
        if promises:
            parameters = [json.dumps(dict(params)) for params in promises.values()]
            await self._connection.execute(
                PROMISE, {"code": code, "cases": list(promises), "params": parameters, "now": now}
            )

    async def revoke(
        self, revoked: Sequence[tuple[UUID, UUID, Revocation]], now: datetime
    ) -> list[tuple[Revocation, Notice]]:
        """Take back the alarms about these clocks: (case, clock, by what). Those not under way are decided against.
        Returns those that were sent already, for correction."""
        if not revoked:
            return []
        result = await self._connection.execute(
            REVOKE,
            {
                "cases": [case for case, _, _ in revoked],
                "clocks": [clock for _, clock, _ in revoked],
                "events": [revocation.event for _, _, revocation in revoked],
                "runs_until": [revocation.runs_until for _, _, revocation in revoked],
                "reason": Reason.REVOKED,
                "now": now,
            },
        )
        return [
            (Revocation(row.revoked_by, row.runs_until), notice_of(row))
            for row in result
            if row.outcome == Outcome.SENT
        ]
