"""`/notify/v1/notices`: the ledger over HTTP."""

import base64
import binascii
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import Response

from services.notify.domain import Entry, Kind, Outcome
from services.notify.service.ledger import Ledger
from services.notify.storage.ledger import Position
from shared.clock import format_instant, require_aware
from shared.database.unit_of_work import Database
from shared.errors import invalid
from shared.web.after import After, not_yet
from shared.web.authentication import Caller
from shared.web.openapi import documented
from shared.web.parameters import IdempotencyKey

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before")]


class To(BaseModel):
    """role: `customer`, or a role of the pack or the product. person: staff id; absent for the customer and where
    nobody holds the role."""

    role: str
    person: str | None


class Notice(BaseModel):
    """One intended notice. cause: id of the event that called for it. reason: why it was not sent, or not yet.

    at: when it was intended. settled_at: when it was sent, given up or decided against.
    name: the pack's, of one of its own notices. ack: the pack asks for an acknowledgement.
    """

    id: UUID
    case: UUID
    project: str
    kind: Kind
    to: To
    channel: str
    language: str
    outcome: Outcome
    reason: str | None
    attempts: int
    cause: UUID
    at: datetime
    next_attempt_at: datetime | None
    settled_at: datetime | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    name: str | None = None
    ack: bool = False


class Notices(BaseModel):
    """A page, newest first. next_cursor: None on the last page."""

    items: list[Notice]
    next_cursor: str | None


def routes(ledger: Ledger, database: Database) -> APIRouter:
    """Notify's routes."""
    router = APIRouter(prefix="/notify/v1/notices", tags=["notices"])

    @router.get(
        "", responses={**documented(), 202: {"description": "Not here yet; see Retry-After"}}, response_model=Notices
    )
    async def list_notices(
        caller: Caller,
        after: After,
        case: UUID | None = None,
        kind: Kind | None = None,
        outcome: Outcome | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Notices | Response:
        """Notices of the caller's part of the organisation, newest first. `after` needs `case`."""
        before = _position(cursor) if cursor else Position()
        projects = await ledger.readable(caller)
        if after and case is None:
            raise invalid("/query/case", "missing")
        if case is not None and (early := await not_yet(database, case, after)):
            return early
        # One more than asked for tells whether there is another page.
        found = await ledger.page(projects, case=case, kind=kind, outcome=outcome, before=before, limit=limit + 1)
        page = found[:limit]
        return Notices(items=[_shown(entry) for entry in page], next_cursor=_cursor(page) if found[limit:] else None)

    @router.post("/{id}/acknowledge", responses=documented(404, 409))
    async def acknowledge(caller: Caller, id: UUID, key: IdempotencyKey = None) -> Notice:  # noqa: A002  # its name in the path
        """Say that a notice to staff has been read; the first acknowledgement counts."""
        return _shown(await ledger.acknowledge(caller, id, key))

    @router.post("/{id}/retry", responses=documented(404, 409))
    async def retry(caller: Caller, id: UUID, key: IdempotencyKey = None) -> Notice:  # noqa: A002  # likewise
        """Try a failed notice once more; for operators."""
        return _shown(await ledger.retry(caller, id, key))

    return router


def _shown(entry: Entry) -> Notice:
    notice = entry.notice
    return Notice(
        id=notice.id,
        case=notice.case,
        project=notice.project,
        kind=notice.kind,
        to=To(role=notice.recipient.role, person=notice.recipient.person),
        channel=notice.channel,
        language=notice.language,
        outcome=entry.outcome,
        reason=entry.reason,
        attempts=entry.attempts,
        cause=notice.cause,
        at=notice.at,
        next_attempt_at=notice.due_at if entry.outcome is Outcome.PENDING else None,
        settled_at=entry.settled_at,
        acknowledged_by=entry.acknowledged_by,
        acknowledged_at=entry.acknowledged_at,
        name=str(notice.params["notice"]) if "notice" in notice.params else None,
        ack="ack" in notice.params,
    )


def _cursor(page: list[Entry]) -> str:
    last = page[-1].notice
    return base64.urlsafe_b64encode(f"{format_instant(last.at)} {last.id}".encode()).decode()


def _position(cursor: str) -> Position:
    try:
        at, _, id_ = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().partition(" ")
        return Position(require_aware(datetime.fromisoformat(at)), UUID(id_))
    except (ValueError, binascii.Error, OverflowError):
        raise invalid("/query/cursor", "bad_format", pattern="next_cursor") from None
