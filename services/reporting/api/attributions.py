"""Who answers for cases over HTTP: counts by party, kind and share, a month of a part of the organisation."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.reporting.api.labels import Label
from services.reporting.api.nodes import own_node
from services.reporting.domain import AttributionCount
from services.reporting.service.attributing import count_attributions, group_zone
from services.reporting.storage.attributions import AttributionStorage
from shared.core import Core
from shared.errors import NotFound
from shared.policy.attributing import attributions_of
from shared.policy.pack import Pack
from shared.reference.book import Reference
from shared.web.authentication import Caller
from shared.web.openapi import documented


class AttributionFigure(BaseModel):
    """Cases for which the same party answers in the same way. kind: handling, causing, delaying. party: person,
    department, third_party, customer, or a role of the pack. penalty: what the pack says follows; people carry it out.
    """

    project: str
    kind: str
    attribution: str
    label: Label = Field(description="as the pack in force calls it")
    party: str
    person: str | None
    department: str | None
    cases: int
    share: float = Field(description="in percent, the mean of these cases")
    whole_cases: float = Field(description="the shares added up, in whole cases")
    penalty: Label | None


class AttributionFigures(BaseModel):
    """By project and kind, the most frequent first. more: there are further ones than `limit`."""

    node: str
    month: str = Field(examples=["2026-03"], description="of the cases' reception, in the group's zone")
    items: list[AttributionFigure]
    more: bool


def attribution_routes(core: Core) -> APIRouter:
    router = APIRouter(prefix="/reporting/v1", tags=["figures"])

    @router.get("/attributions", responses=documented(404))
    async def attributions(
        caller: Caller,
        node: Annotated[str | None, Query(max_length=64, description="default: your own node")] = None,
        month: Annotated[
            str | None, Query(pattern=r"^2[01][0-9]{2}-(0[1-9]|1[0-2])$", description="`2026-03`; default: this month")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    ) -> AttributionFigures:
        """Who answers for the cases that came in a month: for handling, causing and delaying, and by which share."""
        reference = await core.book.current()
        directory = reference.directory
        code = node or own_node(caller, directory)
        if code not in directory.nodes:
            raise NotFound("node")
        today = core.clock.now().astimezone(group_zone(code, directory)).date()
        day = date.fromisoformat(f"{month}-01") if month else today
        async with core.database.read() as connection:
            # One more than asked for tells whether there are more.
            found = await count_attributions(AttributionStorage(connection), code, day, caller, directory, limit + 1)
        return AttributionFigures(
            node=code,
            month=f"{day:%Y-%m}",
            items=[_figure(count, reference, today) for count in found[:limit]],
            more=len(found) > limit,
        )

    return router


def _figure(count: AttributionCount, reference: Reference, today: date) -> AttributionFigure:
    record = reference.pack_of(count.project, today)
    pack = reference.pack(record.code, record.version) if record else None
    penalty = count.penalty_zh is not None and count.penalty_en is not None
    return AttributionFigure(
        project=count.project,
        kind=count.kind,
        attribution=count.attribution,
        label=_label(pack, count.attribution),
        party=count.party,
        person=count.person or None,
        department=count.department or None,
        cases=count.cases,
        share=round(count.shares / count.cases, 1),
        whole_cases=count.shares / 100,
        penalty=Label(zh=count.penalty_zh or "", en=count.penalty_en or "") if penalty else None,
    )


def _label(pack: Pack | None, name: str) -> Label:
    spec = attributions_of(pack).get(name) if pack else None
    return Label(zh=spec.zh, en=spec.en) if spec else Label(zh=name, en=name)
