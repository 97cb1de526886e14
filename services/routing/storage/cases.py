"""Case files and their timelines: loaded and saved whole batches at a time."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain import Assessment, CaseFile, Course, Entry, Registration, State
from shared.events.cases import Category, Grade, Validity
from shared.events.complaints import CalendarPin, PackPin

# name in the table -> PostgreSQL type of the array it travels in
_FIXED = {
    "case_id": "uuid", "number": "text", "project": "text", "building": "text", "contact_type": "text",
    "channel": "text", "segment": "text", "first_receiver": "text", "anonymous": "bool", "contactable": "bool",
    "received_at": "timestamptz", "happened_at": "timestamptz", "opened_at": "timestamptz", "pack": "text",
    "pack_version": "int", "pack_digest": "text", "calendar": "text", "calendar_version": "int",
    "calendar_digest": "text", "mode": "text",
}  # fmt: skip
_CHANGING = {
    "state": "text", "version": "int", "round": "int", "entries": "int", "reporter": "text", "facts": "text",
    "assessment": "text", "measures": "text", "course": "text", "grade": "text", "category": "text",
    "department": "text", "person": "text", "hops": "int", "closed_at": "timestamptz", "ground": "text",
    "erased": "bool",
}  # fmt: skip
_COLUMNS = {**_FIXED, **_CHANGING}
NAMES = ", ".join(_COLUMNS)


def _arrays(columns: Mapping[str, str]) -> str:
    return ", ".join(f"cast(:{name} as {type_}[])" for name, type_ in columns.items())


LOAD = text(f"select {NAMES} from cases where case_id = any(cast(:cases as uuid[]))")

INSERT = text(f"insert into cases ({NAMES}) select * from unnest({_arrays(_COLUMNS)})")

_SETS = ", ".join(f"{name} = v.{name}" for name in _CHANGING)
_KEYED = {"case_id": "uuid", **_CHANGING}
UPDATE = text(f"""
    update cases c set {_SETS} from unnest({_arrays(_KEYED)}) as v({", ".join(_KEYED)}) where c.case_id = v.case_id
""")

_ENTRY = {
    "case_id": "uuid", "place": "int", "occurred_at": "timestamptz", "round": "int", "code": "text", "actor": "text",
    "params": "text", "texts_version": "bigint",
}  # fmt: skip
ADD_ENTRIES = text(f"""
    insert into timeline (recorded_at, {", ".join(_ENTRY)}) select cast(:now as timestamptz), *
    from unnest({_arrays(_ENTRY)})
""")
READ_TIMELINE = text("""
    select case_id, place, occurred_at, round, code, actor, params, texts_version
    from timeline where case_id = :case_id order by place
""")


class CaseStorage:
    """The tables `cases` and `timeline` within one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def load(self, cases: Iterable[UUID]) -> dict[UUID, CaseFile]:
        """The files of these cases, as far as there are any."""
        rows = await self._connection.execute(LOAD, {"cases": list(cases)})
        return {row.case_id: file_of(row) for row in rows}

    async def insert(self, files: Sequence[CaseFile]) -> None:
        """Store new files."""
        if files:
            await self._connection.execute(INSERT, _columns(files, _COLUMNS))

    async def update(self, files: Sequence[CaseFile]) -> None:
        """Store changed files."""
        if files:
            await self._connection.execute(UPDATE, _columns(files, _KEYED))

    async def add_entries(self, entries: Sequence[Entry], now: datetime) -> None:
        """Append lines to timelines."""
        if entries:
            rows = [(e.case, e.place, e.occurred_at, e.round, e.code, e.actor, _json(e.params), e.texts_version)
                    for e in entries]  # fmt: skip
            columns = dict(zip(_ENTRY, map(list, zip(*rows, strict=True)), strict=True))
            await self._connection.execute(ADD_ENTRIES, {**columns, "now": now})

    async def timeline(self, case: UUID) -> list[Entry]:
        """A case's timeline, oldest first."""
        rows = await self._connection.execute(READ_TIMELINE, {"case_id": case})
        return [
            Entry(r.case_id, r.place, r.occurred_at, r.round, r.code, r.actor, json.loads(r.params), r.texts_version)
            for r in rows
        ]


def file_of(row: Row[Any]) -> CaseFile:
    """The case file of a row of `cases`."""
    r = row._mapping  # noqa: SLF001  # SQLAlchemy's public name for the mapping of a row
    registration = Registration(
        id=r["case_id"],
        pack=PackPin(code=r["pack"], version=r["pack_version"], digest=r["pack_digest"]),
        calendar=CalendarPin(code=r["calendar"], version=r["calendar_version"], digest=r["calendar_digest"]),
        **{name: r[name] for name in _PLAIN},
    )
    course = json.loads(r["course"])
    decided = json.loads(r["assessment"])
    return CaseFile(
        registration=registration,
        reporter=r["reporter"],
        facts=json.loads(r["facts"]),
        assessment=Assessment(
            Validity.model_validate(decided["validity"]),
            Category.model_validate(decided["category"]),
            Grade.model_validate(decided["grade"]),
        ),
        state=State(r["state"]),
        measures=json.loads(r["measures"]),
        course=Course(**{**course, "happened": frozenset(course["happened"]), "records": frozenset(course["records"])}),
        **{name: r[name] for name in ("version", "round", "entries", *_HANDLING)},
    )


_PLAIN = ("number", "project", "building", "contact_type", "channel", "segment", "first_receiver", "anonymous",
          "contactable", "received_at", "happened_at", "opened_at", "mode")  # fmt: skip
_HANDLING = ("department", "person", "hops", "closed_at", "ground", "erased")


def _columns(files: Sequence[CaseFile], names: Iterable[str]) -> dict[str, list[Any]]:
    rows = [_values(file) for file in files]
    return {name: [row[name] for row in rows] for name in names}


def _values(file: CaseFile) -> dict[str, Any]:
    known, standing, course = file.registration, file.assessment, file.course
    return {
        "case_id": known.id,
        **{name: getattr(known, name) for name in _PLAIN},
        "pack": known.pack.code,
        "pack_version": known.pack.version,
        "pack_digest": known.pack.digest,
        "calendar": known.calendar.code,
        "calendar_version": known.calendar.version,
        "calendar_digest": known.calendar.digest,
        "state": file.state.value,
        "version": file.version,
        "round": file.round,
        "entries": file.entries,
        "reporter": file.reporter,
        "facts": _json(file.facts),
        "assessment": f'{{"validity":{standing.validity.model_dump_json()},'
        f'"category":{standing.category.model_dump_json()},"grade":{standing.grade.model_dump_json()}}}',
        "measures": _json(file.measures),
        "course": _json({**asdict(course), "happened": sorted(course.happened), "records": sorted(course.records)}),
        "grade": standing.grade.value,
        "category": standing.category.code,
        **{name: getattr(file, name) for name in _HANDLING},
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
