"""`GET /sla/v1/clocks`: what is overdue and what will be next."""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from services.sla.api.clocks import Label
from services.sla.service.reading import BoardItem, Reading
from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, demand, may
from shared.access.principal import Principal
from shared.clock import format_instant
from shared.core import Core
from shared.errors import NotFound, OutOfScope, invalid
from shared.reference.directory import Directory
from shared.web.authentication import Caller
from shared.web.openapi import documented

_CURSOR = re.compile(r"([0-9T:.Z-]{27})~([0-9a-f-]{36})")


class OpenClock(BaseModel):
    """An open clock. unconfirmed: it ran out, but a service does not report, so nobody has been told yet."""

    id: UUID
    case: UUID
    project: str
    name: str
    label: Label
    kind: Literal["limit", "cadence"]
    customer: bool
    round: int
    occurrence: int
    state: Literal["running", "breached"]
    grade: str | None
    started_at: datetime
    due_at: datetime
    provisional: bool
    limit: str | None
    warn_at: datetime | None
    warned: bool
    breached_at: datetime | None
    level: int
    rule: str
    unconfirmed: bool


class OpenClocks(BaseModel):
    """A page, longest due first. next_cursor: None on the last page."""

    items: list[OpenClock]
    next_cursor: str | None


def routes(core: Core, reading: Reading) -> APIRouter:
    router = APIRouter(prefix="/sla/v1", tags=["clocks"])

    @router.get("/clocks", responses=documented(404))
    async def open_clocks(
        caller: Caller,
        project: Annotated[str | None, Query(max_length=64, description="default: all that you may read")] = None,
        state: Literal["running", "breached"] | None = None,
        due_before: Annotated[AwareDatetime | None, Query(description="e.g. 2026-11-20T09:00:00+08:00")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=80, description="`next_cursor` of the page before")] = None,
    ) -> OpenClocks:
        """Open clocks by due instant: the overdue ones first, then those at risk."""
        directory = (await core.book.current()).directory
        projects = readable_projects(caller, project, directory)
        found = await reading.board(projects, state, due_before, _place(cursor), limit + 1)
        page = found[:limit]
        last = page[-1].row if found[limit:] else None
        return OpenClocks(
            items=[_shown(item) for item in page],
            next_cursor=f"{format_instant(last.due_at)}~{last.id}" if last else None,
        )

    return router


def readable_projects(caller: Principal, project: str | None, directory: Directory) -> frozenset[str]:
    """The projects whose clocks `caller` may see: `project` if given. Raises NotFound and OutOfScope."""
    if project is not None:
        demand(caller, Action.READ_CASE, project, directory)
        if project not in directory.nodes:
            raise NotFound("project")
        return frozenset({project})
    whole = WHOLE_GROUP in caller.scopes
    projects = directory.projects_within(
        [node.code for node in directory.nodes.values() if len(node.path) == 1] if whole else caller.scopes
    )
    # Roles hold in every scope alike: what is permitted in one project is permitted in all of them.
    if not projects and not whole:
        raise OutOfScope
    if projects and not may(caller, Action.READ_CASE, next(iter(projects)), directory):
        raise OutOfScope
    return projects


def _place(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    try:
        found = _CURSOR.fullmatch(cursor)
        if found is None:
            raise ValueError(cursor)
        return datetime.fromisoformat(found[1]).astimezone(UTC), UUID(found[2])
    except (ValueError, OverflowError):
        raise invalid("/query/cursor", "bad_format", pattern="next_cursor") from None


def _shown(item: BoardItem) -> OpenClock:
    row = item.row
    return OpenClock(
        id=row.id,
        case=row.case_id,
        project=row.project,
        name=row.name,
        label=Label(zh=item.label[0], en=item.label[1]),
        kind=row.kind,
        customer=row.customer,
        round=row.round,
        occurrence=row.occurrence,
        state=row.state,
        grade=item.grade,
        started_at=row.started_at,
        due_at=row.due_at,
        provisional=row.provisional,
        limit=row.duration,
        warn_at=row.warn_at,
        warned=row.warned_at is not None,
        breached_at=row.breached_at,
        level=row.level,
        rule=row.rule,
        unconfirmed=item.unconfirmed,
    )
