"""The case library: what was learnt from which case, read by whoever handles the next one."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.routing.domain import CaseFile, Lesson
from services.routing.service.desk import Desk
from services.routing.storage.cases import CaseStorage
from services.routing.storage.library import LessonPage, LibraryStorage
from shared.access.permissions import Action, demand, may
from shared.access.principal import Principal
from shared.clock import format_instant
from shared.database.unit_of_work import UnitOfWork
from shared.errors import invalid
from shared.events.records import CaseTextsV1, StaffText
from shared.policy.pack import Pack
from shared.policy.work_specs import WorkSpec
from shared.reference.book import Reference

LESSON = "lesson"
"""The label of a step whose words are kept as a lesson (C-80)."""


@dataclass(frozen=True, slots=True)
class LessonView:
    """A lesson as somebody sees it. words: what was written; empty for whoever may not read it, or once erased."""

    lesson: Lesson
    file: CaseFile
    pack: Pack
    words: Sequence[StaffText]


async def keep_lesson(desk: Desk, spec: WorkSpec, run: str, filled: Sequence[str], texts_version: int | None) -> None:
    """Enter what a step of this label left; one that left nothing taught nothing."""
    if spec.do == LESSON and filled:
        file = desk.file
        lesson = Lesson(file.id, run, file.project, file.assessment.category.code, desk.now, desk.actor, texts_version)
        await LibraryStorage(desk.docket.unit.connection).add(lesson)


async def list_lessons(
    unit: UnitOfWork,
    reference: Reference,
    principal: Principal,
    *,
    project: str,
    category: str | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[LessonView], str | None]:
    """A page of the lessons of a project, or of all projects of a region, newest first, and the cursor of the next.
    Those of cases about the caller are left out. Raises OutOfScope, and Invalid for a cursor that is none."""
    tree = reference.directory
    demand(principal, Action.READ_CASE, project, tree)
    projects = sorted(tree.projects_within([project]))
    page = LessonPage(projects, category, _read_cursor(cursor), limit + 1)
    found = await LibraryStorage(unit.connection).page(page)
    more, found = len(found) > limit, found[:limit]
    files = await CaseStorage(unit.connection).load({lesson.case for lesson in found})
    texts = await _texts(unit, reference, principal, files)
    views = [
        LessonView(
            lesson,
            file := files[lesson.case],
            reference.pack(file.registration.pack.code, file.registration.pack.version),
            [text for text in texts.get(lesson.case, ()) if text.version == lesson.texts_version],
        )
        for lesson in found
        if principal.actor not in files[lesson.case].accused
    ]
    return views, _cursor(found[-1]) if more else None


async def _texts(
    unit: UnitOfWork, reference: Reference, principal: Principal, files: dict[UUID, CaseFile]
) -> dict[UUID, Sequence[StaffText]]:
    readable = {
        ("personal", f"case:{id_}"): id_
        for id_, file in files.items()
        if may(principal, Action.READ_PERSONAL, file.project, reference.directory, accused=file.accused)
    }
    records = await unit.delivery.records(readable) if readable else {}
    return {
        readable[place]: CaseTextsV1.model_validate_json(record.body).texts
        for place, record in records.items()
        if record.body is not None
    }


def _cursor(lesson: Lesson) -> str:
    place = f"{format_instant(lesson.at)} {lesson.case} {lesson.run}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None) -> tuple[datetime, UUID, str] | None:
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        at, case, run = text.split(" ")
        return datetime.fromisoformat(at), UUID(case), run
    except (ValueError, binascii.Error):
        raise invalid("/query/cursor", "impossible") from None
