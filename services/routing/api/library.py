"""`GET /routing/v1/library`: what was learnt from which case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from services.routing.api.documents import WordsPart
from services.routing.service.library import LessonView, list_lessons
from shared.core import Core
from shared.policy.work_specs import works_of
from shared.texts.catalogue import Language
from shared.web.authentication import Caller
from shared.web.openapi import documented
from shared.web.requests import language_of_request


class LessonItem(BaseModel):
    """A lesson of a case. category: as it stood when the lesson was written; grade: as it stands, with its rule."""

    case: UUID
    number: str
    project: str
    category: str
    grade: str
    grade_rule: str
    step: str
    text: str = Field(description="what the step is called")
    rule: str
    at: datetime
    by: str
    words: Sequence[WordsPart] = Field(description="only for those who may read what is personal")


class LessonPage(BaseModel):
    items: Sequence[LessonItem]
    next_cursor: str | None


def routes(core: Core) -> APIRouter:
    router = APIRouter(prefix="/routing/v1/library", tags=["library"])

    @router.get("", responses=documented())
    async def show_library(
        request: Request,
        caller: Caller,
        project: Annotated[str, Query(max_length=64, description="a project, or a region for all of its projects")],
        category: Annotated[str | None, Query(max_length=64)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=300)] = None,
    ) -> LessonPage:
        """Lessons that were written down of cases, newest first."""
        async with core.database.begin() as unit:
            views, next_cursor = await list_lessons(
                unit,
                await core.book.within(unit.connection),
                caller,
                project=project,
                category=category,
                cursor=cursor,
                limit=limit,
            )
        language = language_of_request(request)
        return LessonPage(items=[_item(view, language) for view in views], next_cursor=next_cursor)

    return router


def _item(view: LessonView, language: Language) -> LessonItem:
    lesson, standing = view.lesson, view.file.assessment
    name = lesson.run.partition(".")[0]
    spec = works_of(view.pack).get(name)  # another version of the pack may have it no more
    return LessonItem(
        case=lesson.case,
        number=view.file.registration.number,
        project=lesson.project,
        category=lesson.category,
        grade=standing.grade.value,
        grade_rule=", ".join(standing.grade.rule),
        step=lesson.run,
        text=spec.label(language) if spec else name,
        rule=spec.rule if spec else "",
        at=lesson.at,
        by=lesson.by,
        words=[WordsPart(part=text.move.rpartition(":")[2] or None, text=text.text) for text in view.words],
    )
