"""The case library: lessons by project, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain import Lesson

_NAMES = "case_id, run, project, category, at, by, texts_version"
_ADD = text(f"""
    insert into library ({_NAMES}) values (:case_id, :run, :project, :category, :at, :by, :texts_version)
    on conflict (case_id, run) do nothing
""")
_FILTERS = {
    "category": "category = :category",
    "before": "(at, case_id, run) < (:before, cast(:before_case as uuid), :before_run)",
}


@cache
def _list(filters: tuple[str, ...]) -> TextClause:
    where = " and ".join(["project = any(cast(:projects as text[]))", *(_FILTERS[name] for name in filters)])
    return text(f"select {_NAMES} from library where {where} order by at desc, case_id desc, run desc limit :limit")


@dataclass(frozen=True, slots=True)
class LessonPage:
    """What to list. category: None for all. before: the last (at, case, run) of the page before."""

    projects: Sequence[str]
    category: str | None
    before: tuple[datetime, UUID, str] | None
    limit: int


class LibraryStorage:
    """The table `library` within one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, lesson: Lesson) -> None:
        """Enter a lesson, once."""
        await self._connection.execute(
            _ADD,
            {
                "case_id": lesson.case,
                "run": lesson.run,
                "project": lesson.project,
                "category": lesson.category,
                "at": lesson.at,
                "by": lesson.by,
                "texts_version": lesson.texts_version,
            },
        )

    async def page(self, page: LessonPage) -> list[Lesson]:
        """The entries, newest first."""
        given: dict[str, object] = {"projects": list(page.projects), "limit": page.limit}
        if page.category is not None:
            given["category"] = page.category
        if page.before is not None:
            given["before"], given["before_case"], given["before_run"] = page.before
        rows = await self._connection.execute(_list(tuple(name for name in _FILTERS if name in given)), given)
        return [Lesson(*row) for row in rows]
