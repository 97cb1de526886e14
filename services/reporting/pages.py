"""The start page: backlog and overdue by project, and the way to the APIs."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.reporting.api.nodes import own_node
from services.reporting.service import Summary, by_project, summarise
from services.reporting.storage import ReportingStorage
from shared.access.permissions import Action, demand
from shared.core import Core
from shared.reference.directory import Directory
from shared.web.authentication import Caller
from shared.web.pages import Pages

_MOST_ROWS = 200
_SERVICES = ("intake", "routing", "sla", "notify", "reporting")


@dataclass(frozen=True, slots=True)
class Row:
    """One project of the table. share: its backlog against the largest one, for the bar."""

    code: str
    name_zh: str
    name_en: str
    figures: Summary
    share: float
    overdue_share: float


def routes(core: Core, pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    async def overview(request: Request, caller: Caller) -> HTMLResponse:
        directory = (await core.book.current()).directory
        node = own_node(caller, directory)
        demand(caller, Action.READ_FIGURES, node, directory)
        projects, zone = directory.projects_within([node]), directory.zone(node)
        async with core.database.read() as connection:
            counts = await ReportingStorage(connection).counts(projects)
        return pages.response(
            request,
            "overview.html",
            node=directory.nodes.get(node),
            total=summarise(counts),
            rows=_rows(by_project(counts), directory),
            as_of=core.clock.now().astimezone(ZoneInfo(zone)),
            zone=zone,
            apis=_SERVICES,
        )

    router.add_api_route("/", overview, methods=["GET"])
    router.add_api_route("/reporting/", overview, methods=["GET"])
    return router


def _rows(found: dict[str, Summary], directory: Directory) -> list[Row]:
    """Most overdue first, then the largest backlog: who needs attention stands on top."""
    largest = max((figures.backlog for figures in found.values()), default=0) or 1
    ordered = sorted(found.items(), key=lambda item: (-item[1].overdue, -item[1].backlog, item[0]))
    return [
        Row(
            code=code,
            name_zh=directory.nodes[code].name.zh if code in directory.nodes else code,
            name_en=directory.nodes[code].name.en if code in directory.nodes else code,
            figures=figures,
            share=figures.backlog / largest,
            overdue_share=figures.overdue / largest,
        )
        for code, figures in ordered[:_MOST_ROWS]
    ]
