"""`POST /routing/v1/packs:apply`: open cases under another version of their pack."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from services.routing.service.changing_rules import FIRST, Judged, change_rules
from shared.core import Core
from shared.texts.catalogue import Language, render
from shared.web.authentication import Caller
from shared.web.openapi import documented
from shared.web.requests import language_of_request


class Application(BaseModel):
    """cursor: `next_cursor` of the page before. limit: cases looked at."""

    model_config = ConfigDict(extra="forbid")

    pack: Annotated[str, Field(max_length=64)]
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    dry_run: bool = Field(True, description="only say what would become of the cases")
    cursor: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 200


class ObstaclePart(BaseModel):
    """Something of the case that the version does not know, or cannot take."""

    what: str
    name: str
    text: str


class KnownPart(BaseModel):
    """What the version's clocks may ask about; hand it to `POST /sla/v1/packs:try`."""

    grade: str
    facts: dict[str, Any]
    happened: list[str]


class JudgedCase(BaseModel):
    """moves: it goes, or went, under the version; else `obstacles` says why it stays."""

    case: UUID
    number: str
    project: str
    from_version: int
    old_grade: str
    new_grade: str
    moves: bool
    obstacles: list[ObstaclePart]
    known: KnownPart


class Applied(BaseModel):
    """One page of the open cases that another version of the pack governs. Add the counts of all pages."""

    pack: str
    version: int
    dry_run: bool
    moved: int
    stayed: int
    items: list[JudgedCase]
    next_cursor: UUID | None


def routes(core: Core) -> APIRouter:
    router = APIRouter(tags=["packs"])

    @router.post("/routing/v1/packs:apply", responses=documented(404, body=True))
    async def apply_pack(caller: Caller, request: Request, body: Application) -> Applied:
        """Put open cases under a published version of their pack, or say what that would do.

        Cases keep the version they were registered under until this is asked for. Grade, route, work and limits are
        decided again; what happened stays as it was.
        """
        async with core.database.begin() as unit:
            page = await change_rules(
                unit, core.book, caller, body.pack, body.version, dry_run=body.dry_run, after=body.cursor or FIRST,
                limit=body.limit,
            )  # fmt: skip
        language = language_of_request(request)
        moved = sum(not each.obstacles for each in page.cases)
        return Applied(
            pack=body.pack,
            version=body.version,
            dry_run=body.dry_run,
            moved=moved,
            stayed=len(page.cases) - moved,
            items=[_case(each, language) for each in page.cases],
            next_cursor=page.end,
        )

    return router


def _case(judged: Judged, language: Language) -> JudgedCase:
    known, after = judged.before.registration, judged.after
    return JudgedCase(
        case=known.id,
        number=known.number,
        project=known.project,
        from_version=known.pack.version,
        old_grade=judged.before.assessment.grade.value,
        new_grade=after.assessment.grade.value,
        moves=not judged.obstacles,
        obstacles=[
            ObstaclePart(what=each.what, name=each.name, text=render(f"obstacle.{each.what}", language, name=each.name))
            for each in judged.obstacles
        ],
        known=KnownPart(grade=after.assessment.grade.value, facts=judged.facts, happened=list(judged.happened)),
    )
