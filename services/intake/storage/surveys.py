"""Surveys as they are stored: what was drawn, what was answered, and what complaints say of a household."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain import Asked, Past, Progress, Survey
from shared.events.complaints import ComplaintAmendedV1, ComplaintRegisteredV1, CustomerRespondedV1
from shared.events.envelope import EventData
from shared.policy.words import Reason

_OWN = (ComplaintRegisteredV1, ComplaintAmendedV1, CustomerRespondedV1)

_SURVEY = """id, project, pack, pack_version, name, period, special, topics, frame, seed, since, unplaced, digest,
    opened_at, opened_by, closed_at"""
_ADD = text(f"""
    insert into surveys ({_SURVEY})
    values (:id, :project, :pack, :pack_version, :name, :period, :special, cast(:topics as text[]),
            cast(:frame as text[]), :seed, :since, :unplaced, :digest, :opened_at, :opened_by, null)
""")
_ADD_ASKED = text("""
    insert into survey_households (survey_id, place, household, by_lot, must)
    select :id, place, household, by_lot, cast(must as jsonb)
    from unnest(cast(:places as int[]), cast(:households as text[]), cast(:lots as bool[]), cast(:musts as text[]))
         as v(place, household, by_lot, must)
""")
_FIND = text(f"select {_SURVEY} from surveys where id = :id")
_PAGE = text(f"""
    select {_SURVEY} from surveys
    where (cast(:projects as text[]) is null or project = any(cast(:projects as text[])))
      and (cast(:closed as bool) is null or (closed_at is not null) = :closed)
    order by opened_at desc, id limit :limit
""")
_CLOSE = text("update surveys set closed_at = :now where id = :id")
_ASKED = "place, household, by_lot, must, mode, ratings, comment, not_reached, complaint_id"
_SAMPLE = text(f"select {_ASKED} from survey_households where survey_id = :id order by place")
_PROGRESS = text("""
    select survey_id, must is not null as must, count(*) as asked, count(ratings) as answered,
           count(*) filter (where not_reached is not null) as not_reached
    from survey_households where survey_id = any(cast(:ids as uuid[])) group by 1, 2
""")
_ONE = text(f"select {_ASKED} from survey_households where survey_id = :id and household = :household")
_SAY = text("""
    update survey_households
    set mode = :mode, ratings = cast(:ratings as jsonb), comment = :comment, not_reached = :not_reached,
        complaint_id = :complaint, said_at = :now, said_by = :person
    where survey_id = :id and place = :place
""")
_PREVIOUS = text("select max(opened_at) from surveys where project = :project and name = :name and id <> :id")
_LAST_RATINGS = text("""
    select distinct on (h.household) h.household, h.ratings
    from surveys s join survey_households h on h.survey_id = s.id
    where s.project = :project and s.id <> :id and h.household is not null and h.ratings is not null
    order by h.household, h.said_at desc
""")
# A record says the unit in its body alone; a survey is opened a few times a year, so no column repeats it.
_PAST = text("""
    select c.id, convert_from(r.body, 'UTF8')::jsonb ->> 'unit' as unit
    from complaints c join records r on r.topic = 'personal' and r.key = c.id::text
    where c.project = :project and c.registered_at >= :registered and c.received_at >= :received
      and r.body is not null
    order by c.received_at, c.id
""")
_SAID = text("""
    select aggregateid, type, payload from event_log
    where aggregateid = any(cast(:cases as text[])) and aggregatetype = 'complaints.v1'
      and type = any(cast(:types as text[]))
    order by aggregateid, sequence
""")
_FORGET_ANSWER = text("""
    update survey_households set household = null, comment = null, not_reached = null where complaint_id = :complaint
""")
_FORGET = text("""
    update survey_households h set household = null, comment = null, not_reached = null
    from surveys s where s.id = h.survey_id and s.project = :project and h.household = :household
""")
_FORGET_FRAME = text("""
    update surveys set frame = array_remove(frame, :household)
    where project = :project and :household = any(frame)
""")


class SurveyStorage:
    """The tables `surveys` and `survey_households` within one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, survey: Survey, sample: Sequence[Asked]) -> None:
        """Store a new survey and whom it asks."""
        values = {name: getattr(survey, name) for name in Survey.__slots__ if name != "closed_at"}
        values |= {"topics": list(survey.topics), "frame": list(survey.frame)}
        await self._connection.execute(_ADD, values)
        await self._connection.execute(
            _ADD_ASKED,
            {
                "id": survey.id,
                "places": [asked.place for asked in sample],
                "households": [asked.household for asked in sample],
                "lots": [asked.by_lot for asked in sample],
                "musts": [_reason(asked.must) for asked in sample],
            },
        )

    async def find(self, id_: UUID) -> Survey | None:
        row = (await self._connection.execute(_FIND, {"id": id_})).one_or_none()
        return _survey(row) if row else None

    async def page(self, projects: Sequence[str] | None, closed: bool | None, limit: int) -> list[Survey]:
        """Those of these projects (None: of all), newest first."""
        given = {"projects": None if projects is None else list(projects), "closed": closed, "limit": limit}
        return [_survey(row) for row in await self._connection.execute(_PAGE, given)]

    async def sample(self, id_: UUID) -> list[Asked]:
        """Whom the survey asks, and what was said."""
        return [_asked(row) for row in await self._connection.execute(_SAMPLE, {"id": id_})]

    async def progress(self, ids: Collection[UUID]) -> dict[tuple[UUID, bool], Progress]:
        """How far these surveys have come: (survey, whether they must be asked) -> counts."""
        rows = await self._connection.execute(_PROGRESS, {"ids": list(ids)})
        return {(row.survey_id, row.must): Progress(row.asked, row.answered, row.not_reached) for row in rows}

    async def asked(self, id_: UUID, household: str) -> Asked | None:
        """One household of a sample."""
        row = (await self._connection.execute(_ONE, {"id": id_, "household": household})).one_or_none()
        return _asked(row) if row else None

    async def say(self, id_: UUID, asked: Asked, person: str, now: datetime) -> None:
        """Store what a household said, or why it could not be asked."""
        await self._connection.execute(
            _SAY,
            {
                "id": id_,
                "place": asked.place,
                "mode": asked.mode,
                "ratings": None if asked.ratings is None else json.dumps(dict(asked.ratings)),
                "comment": asked.comment,
                "not_reached": asked.not_reached,
                "complaint": asked.complaint,
                "person": person,
                "now": now,
            },
        )

    async def close(self, id_: UUID, now: datetime) -> None:
        await self._connection.execute(_CLOSE, {"id": id_, "now": now})

    async def forget_answer(self, complaint: UUID) -> None:
        """Forget whose answer started a complaint, and the words of it; its ratings stay."""
        await self._connection.execute(_FORGET_ANSWER, {"complaint": complaint})

    async def forget(self, project: str, household: str) -> int:
        """Forget which household it was that was asked and what it wrote; ratings stay. Returns in how many surveys."""
        place = {"project": project, "household": household}
        await self._connection.execute(_FORGET_FRAME, place)
        return (await self._connection.execute(_FORGET, place)).rowcount

    # -- looking back ------------------------------------------------------------------------------------------------

    async def previous(self, project: str, name: str, but: UUID) -> datetime | None:
        """When the last survey of that name was opened in the project, leaving out `but`."""
        given = {"project": project, "name": name, "id": but}
        found: datetime | None = (await self._connection.execute(_PREVIOUS, given)).scalar_one()
        return found

    async def last_ratings(self, project: str, but: UUID) -> dict[str, Mapping[str, int | str]]:
        """What each household answered when it was last asked, leaving out the survey `but`."""
        rows = await self._connection.execute(_LAST_RATINGS, {"project": project, "id": but})
        return {row.household: _parsed(row.ratings) for row in rows}

    async def past(self, project: str, received: datetime, registered: datetime) -> list[Past]:
        """The project's complaints received since `received`, oldest first; erased ones are left out. None of them
        was registered before `registered`."""
        given = {"project": project, "received": received, "registered": registered}
        units = {row.id: row.unit for row in await self._connection.execute(_PAST, given)}
        types = {type_.event_type: type_ for type_ in _OWN}
        said: defaultdict[str, list[EventData]] = defaultdict(list)
        for row in await self._connection.execute(_SAID, {"cases": list(map(str, units)), "types": list(types)}):
            said[row.aggregateid].append(types[row.type].model_validate_json(row.payload))
        return [Past(id_, unit, said[str(id_)]) for id_, unit in units.items()]


def _survey(row: Row[Any]) -> Survey:
    values: list[Any] = list(row)
    return replace(Survey(*values), topics=tuple(row.topics), frame=tuple(row.frame))


def _asked(row: Row[Any]) -> Asked:
    must = _parsed(row.must)
    return Asked(
        row.place, row.household, row.by_lot, Reason(must["zh"], must["en"]) if must else None, row.mode,
        _parsed(row.ratings), row.comment, row.not_reached, row.complaint_id,
    )  # fmt: skip


def _reason(reason: Reason | None) -> str | None:
    return json.dumps({"zh": reason.zh, "en": reason.en}, ensure_ascii=False) if reason else None


def _parsed(column: Any) -> Any:
    return json.loads(column) if isinstance(column, str) else column
