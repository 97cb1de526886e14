"""Surveys and the counts of their ratings, as they are stored."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting.domain import SurveyView
from shared.events.surveys import SurveyAnsweredV1
from shared.policy.surveying import Cell, cells_of

_COLUMNS = """survey_id, project, pack_code, pack_version, name, period, special, topics, target, asked, by_lot, must,
    opened_at, closed_at, not_reached"""
_OPEN = text(f"""
    insert into surveys ({_COLUMNS})
    values (:id, :project, :pack_code, :pack_version, :name, :period, :special, cast(:topics as text[]), :target,
            :asked, :by_lot, :must, :opened_at, :closed_at, :not_reached)
    on conflict do nothing
""")
_CLOSE = text("update surveys set closed_at = :at, not_reached = :not_reached where survey_id = :id")
_COUNT = text("""
    insert into survey_counts (survey_id, mode, topic, rating, answers)
    select * from unnest(cast(:ids as uuid[]), cast(:modes as text[]), cast(:topics as text[]),
                         cast(:ratings as text[]), cast(:answers as bigint[]))
    order by 1, 2, 3, 4
    on conflict (survey_id, mode, topic, rating) do update set answers = survey_counts.answers + excluded.answers
""")
_FIND = text(f"select {_COLUMNS} from surveys where survey_id = :id")
_PAGE = text(f"""
    select {_COLUMNS} from surveys where project = any(cast(:projects as text[]))
    order by opened_at desc, survey_id limit :limit
""")
_COUNTS = text("""
    select survey_id, mode, topic, rating, answers from survey_counts where survey_id = any(cast(:ids as uuid[]))
""")
_ANSWERS = text("select payload from archive where case_id = :id and type = :type")


class SurveyStorage:
    """The tables `surveys` and `survey_counts` within one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, survey: SurveyView) -> None:
        values = {name: getattr(survey, name) for name in SurveyView.__slots__}
        await self._connection.execute(_OPEN, {**values, "topics": list(survey.topics)})

    async def close(self, id_: UUID, at: datetime, not_reached: int) -> None:
        await self._connection.execute(_CLOSE, {"id": id_, "at": at, "not_reached": not_reached})

    async def count(self, cells: Mapping[tuple[UUID, Cell], int]) -> None:
        """Add to the counts."""
        if cells:
            await self._connection.execute(
                _COUNT,
                {
                    "ids": [id_ for id_, _ in cells],
                    "modes": [cell.mode for _, cell in cells],
                    "topics": [cell.topic for _, cell in cells],
                    "ratings": [cell.rating for _, cell in cells],
                    "answers": list(cells.values()),
                },
            )

    async def find(self, id_: UUID) -> SurveyView | None:
        row = (await self._connection.execute(_FIND, {"id": id_})).one_or_none()
        return _view(row) if row else None

    async def page(self, projects: Iterable[str], limit: int) -> Sequence[SurveyView]:
        """Those of these projects, newest first."""
        rows = await self._connection.execute(_PAGE, {"projects": sorted(projects), "limit": limit})
        return [_view(row) for row in rows]

    async def counts(self, ids: Collection[UUID]) -> Mapping[UUID, Counter[Cell]]:
        """The counts of these surveys."""
        found: defaultdict[UUID, Counter[Cell]] = defaultdict(Counter)
        for row in await self._connection.execute(_COUNTS, {"ids": list(ids)}):
            found[row.survey_id][Cell(row.mode, row.topic, row.rating)] = row.answers
        return found

    async def recount(self, id_: UUID) -> Counter[Cell]:
        """The same counts, made afresh from every answer in the archive: what the incremental ones must equal."""
        cells: Counter[Cell] = Counter()
        given = {"id": id_, "type": SurveyAnsweredV1.event_type}
        for payload in (await self._connection.execute(_ANSWERS, given)).scalars():
            answer = SurveyAnsweredV1.model_validate_json(payload)
            cells.update(cells_of(answer.mode, answer.ratings))
        return cells


def _view(row: Row[Any]) -> SurveyView:
    values: list[Any] = list(row)
    return replace(SurveyView(*values), topics=tuple(row.topics))
