"""`/notify/v1/notices`: the ledger over HTTP."""

import base64
import binascii
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.notify.domain import Entry, Kind, Outcome
from services.notify.service.ledger import Ledger
from services.notify.service.rosters import Rosters
from services.notify.storage.absences import Absence
from services.notify.storage.ledger import Position
from shared.clock import format_instant, require_aware
from shared.database.unit_of_work import Database
from shared.errors import invalid
from shared.policy.document.rosters import Roster
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


class Leaving(BaseModel):
    """reason, forward_to: as far as the pack wants them; forward_to: one of the places it names."""

    model_config = ConfigDict(extra="forbid")

    project: str = Field(max_length=64)
    reason: str | None = Field(None, min_length=1, max_length=500, pattern=r"\S")
    forward_to: str | None = Field(None, max_length=64)


class Returning(BaseModel):
    model_config = ConfigDict(extra="forbid")

    project: str = Field(max_length=64)


class AbsenceDocument(BaseModel):
    """Somebody away from a post. id: notices that nobody is there are listed under it. carry: what the pack has them
    carry meanwhile."""

    id: UUID
    project: str
    roster: str
    person: str
    forward_to: str | None
    carry: str | None
    left_at: datetime
    back_at: datetime | None


class RosterDocument(BaseModel):
    """A roster of the project. cover: the times the pack wants covered; people: who holds the role, away: who of them
    has left the post; uncovered: fewer are there than the pack wants."""

    name: str
    role: str
    cover: list[str]
    people: list[str]
    away: list[str]
    uncovered: bool
    rule: str


class RosterList(BaseModel):
    items: list[RosterDocument]


def roster_routes(rosters: Rosters, database: Database) -> APIRouter:
    """The posts that packs want kept."""
    router = APIRouter(prefix="/notify/v1/rosters", tags=["rosters"])

    @router.get("", responses=documented(404))
    async def show_rosters(caller: Caller, project: Annotated[str, Query(max_length=64)]) -> RosterList:
        """Who is to be there, and who has left."""
        async with database.begin() as unit:
            found = await rosters.list(unit, caller, project)
        return RosterList(
            items=[
                RosterDocument(
                    name=each.name,
                    role=each.roster.role,
                    cover=[time if isinstance(time, str) else ", ".join(time.times()) for time in each.roster.cover],
                    people=list(each.people),
                    away=list(each.away),
                    uncovered=each.uncovered,
                    rule=", ".join(each.roster.rule),
                )
                for each in found
            ]
        )

    @router.post("/{name}/away", responses=documented(404, 409, body=True))
    async def leave_post(name: Annotated[str, Path(max_length=64)], body: Leaving, caller: Caller) -> AbsenceDocument:
        """Leave the post for a while."""
        async with database.begin() as unit:
            left, roster = await rosters.leave(unit, caller, body.project, name, body.reason, body.forward_to)
        return _absence(left, roster)

    @router.post("/{name}/back", responses=documented(404, 409, body=True))
    async def come_back(name: Annotated[str, Path(max_length=64)], body: Returning, caller: Caller) -> AbsenceDocument:
        """Be back at the post."""
        async with database.begin() as unit:
            back, roster = await rosters.come_back(unit, caller, body.project, name)
        return _absence(back, roster)

    return router


def _absence(absence: Absence, roster: Roster) -> AbsenceDocument:
    return AbsenceDocument(
        id=absence.id,
        project=absence.project,
        roster=absence.roster,
        person=absence.person,
        forward_to=absence.forward_to,
        carry=roster.away.carry if roster.away else None,
        left_at=absence.left_at,
        back_at=absence.back_at,
    )


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
