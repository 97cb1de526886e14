"""From rows of the ledger to what they mean."""

from typing import Any

from services.notify.domain import ChannelName, Kind, Notice, Reason, Recipient, Revocation

# The columns of a notice, as `notice_of` reads them.
NOTICE_COLUMNS = """
    n.id, n.case_id, n.project, n.kind, n.role, n.person, n.channel, n.language, n.cause, n.code, n.params, n.clock,
    n.suppress, n.next_attempt_at, n.at, n.traceparent, n.origin
"""


def notice_of(row: Any) -> Notice:
    """The notice in a row with NOTICE_COLUMNS."""
    return Notice(
        id=row.id,
        case=row.case_id,
        project=row.project,
        kind=Kind(row.kind),
        recipient=Recipient(row.role, row.person),
        channel=ChannelName(row.channel),
        language=row.language,
        cause=row.cause,
        code=row.code,
        params=row.params,
        clock=row.clock,
        suppress=Reason(row.suppress) if row.suppress else None,
        due_at=row.next_attempt_at or row.at,
        at=row.at,
        traceparent=row.traceparent,
        origin=row.origin,
    )


def revocation_of(row: Any) -> Revocation | None:
    """The revocation in a row with `revoked_by` and `runs_until`."""
    return Revocation(row.revoked_by, row.runs_until) if row.revoked_by else None
