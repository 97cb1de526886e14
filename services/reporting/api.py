"""Reporting over HTTP: figures of a subtree."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.reporting.service import summarise
from services.reporting.storage import ReportingStorage
from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, demand
from shared.access.principal import Principal
from shared.core import Core
from shared.errors import NotFound
from shared.reference.directory import Directory
from shared.web.authentication import Caller
from shared.web.openapi import documented


class SummaryDocument(BaseModel):
    """Figures of a subtree. backlog: not closed. overdue: open with an unmet, breached promise to the customer."""

    as_of: datetime
    node: str
    registered: int
    backlog: int
    overdue: int
    overdue_ratio: float = Field(description="overdue / backlog, 0 when the backlog is empty")
    closed: int
    by_grade: dict[str, int] = Field(description="all registered cases; `none` until assessed")
    by_state: dict[str, int] = Field(description="all registered cases")
    lag_s: float = Field(description="how far these figures are behind what has been sent")


def routes(core: Core) -> APIRouter:
    router = APIRouter(prefix="/reporting/v1", tags=["figures"])

    @router.get("/summary", responses=documented(404))
    async def summary(
        caller: Caller, node: Annotated[str | None, Query(max_length=64, description="default: your own node")] = None
    ) -> SummaryDocument:
        """The figures of a node's subtree."""
        directory = (await core.book.current()).directory
        code = node or own_node(caller, directory)
        if code not in directory.nodes:
            raise NotFound("node")
        demand(caller, Action.READ_FIGURES, code, directory)
        async with core.database.read() as connection:
            counts = await ReportingStorage(connection).counts(directory.projects_within([code]))
        figures = summarise(counts)
        return SummaryDocument(
            as_of=core.clock.now(),
            node=code,
            registered=figures.registered,
            backlog=figures.backlog,
            overdue=figures.overdue,
            overdue_ratio=figures.overdue_ratio,
            closed=figures.closed,
            by_grade=figures.by_grade,
            by_state=figures.by_state,
            lag_s=min(core.standing.behind_s(), 1e9),
        )

    return router


def own_node(caller: Principal, directory: Directory) -> str:
    """The node a caller sees first: the widest of its scopes."""
    roots = [code for code, node in directory.nodes.items() if len(node.path) == 1]
    scopes = [scope for scope in caller.scopes if scope in directory.nodes]
    if WHOLE_GROUP in caller.scopes or not scopes:
        return roots[0] if roots else WHOLE_GROUP
    return min(scopes, key=lambda scope: len(directory.path(scope)))
