"""Case files and their timelines: loaded and saved whole batches at a time."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain import (
    FILLED,
    Assessment,
    Attribution,
    CaseFile,
    Course,
    Demand,
    Entry,
    Keeper,
    Link,
    Registration,
    State,
    Work,
    WorkState,
)
from shared.events.cases import Category, Decided, Grade, Validity
from shared.events.complaints import CalendarPin, PackPin

# name in the table -> PostgreSQL type of the array it travels in
_FIXED = {
    "case_id": "uuid", "registration": "text", "project": "text", "received_at": "timestamptz",
    "opened_at": "timestamptz",
}  # fmt: skip
_CHANGING = {
    "state": "text", "version": "int", "round": "int", "entries": "int", "standing": "text", "grade": "text",
    "category": "text", "department": "text", "person": "text", "hops": "int", "closed_at": "timestamptz",
    "ground": "text", "reporter": "text", "erased": "bool",
}  # fmt: skip
_COLUMNS = {**_FIXED, **_CHANGING}
NAMES = ", ".join(_COLUMNS)


def _arrays(columns: Mapping[str, str]) -> str:
    return ", ".join(f"cast(:{name} as {type_}[])" for name, type_ in columns.items())


# In a fixed order: of several cases at once the first may raise the others, or take its turn before them.
LOAD = text(f"select {NAMES} from cases where case_id = any(cast(:cases as uuid[])) order by case_id")

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
_REPINNED = {"case_id": "uuid", "registration": "text"}
REPIN = text(f"""
    update cases c set registration = v.registration
    from unnest({_arrays(_REPINNED)}) as v(case_id, registration) where c.case_id = v.case_id
""")
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

    async def repin(self, files: Sequence[CaseFile]) -> None:
        """Store the pack and calendar that govern these files from now on."""
        if files:
            await self._connection.execute(REPIN, _columns(files, _REPINNED))

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
    said, standing = json.loads(row.registration), json.loads(row.standing)
    happened_at, previous = said.pop("happened_at"), said.pop("previous_id", None)
    return CaseFile(
        registration=Registration(
            id=row.case_id,
            project=row.project,
            received_at=row.received_at,
            opened_at=row.opened_at,
            happened_at=datetime.fromisoformat(happened_at) if happened_at else None,
            pack=PackPin(**said.pop("pack")),
            calendar=CalendarPin(**said.pop("calendar")),
            previous_id=UUID(previous) if previous else None,
            **said,
        ),
        reporter=row.reporter,
        facts=standing["facts"],
        assessment=Assessment(
            Validity.model_validate(standing["validity"]),
            Category.model_validate(standing["category"]),
            Grade.model_validate(standing["grade"]),
        ),
        measures=standing["measures"],
        course=Course(
            frozenset(standing["happened"]),
            _records(standing["records"]),
            standing["customer_response"],
            standing["agreement"],
            standing["talks"],
            frozenset(standing.get("waiting", ())),
            tuple(Demand(at, tuple(needs), tuple(rule)) for at, needs, rule in standing.get("required", ())),
        ),
        decisions={name: Decided.model_validate(said) for name, said in standing.get("decisions", {}).items()},
        links=tuple(Link(**link) for link in standing.get("links", ())),
        keeper=Keeper(**kept) if (kept := standing.get("keeper")) else None,
        works=tuple(map(_read_work, standing.get("works", ()))),
        attributions=tuple(
            Attribution(**{**each, "rule": tuple(each["rule"])}) for each in standing.get("attributions", ())
        ),
        state=State(row.state),
        version=row.version,
        round=row.round,
        entries=row.entries,
        department=row.department,
        person=row.person,
        hops=row.hops,
        closed_at=row.closed_at,
        ground=row.ground,
        erased=row.erased,
    )


_SAID = ("number", "building", "contact_type", "channel", "segment", "first_receiver", "anonymous", "contactable",
         "mode")  # fmt: skip
_PLAIN = ("version", "round", "entries", "department", "person", "hops", "closed_at", "ground", "reporter", "erased")


def _columns(files: Sequence[CaseFile], names: Iterable[str]) -> dict[str, list[Any]]:
    read: dict[str, Callable[[CaseFile], Any]] = {
        "case_id": lambda file: file.id,
        "registration": _registration,
        "project": lambda file: file.project,
        "received_at": lambda file: file.registration.received_at,
        "opened_at": lambda file: file.registration.opened_at,
        "state": lambda file: file.state.value,
        "standing": _standing,
        "grade": lambda file: file.assessment.grade.value,
        "category": lambda file: file.assessment.category.code,
        **{name: attrgetter(name) for name in _PLAIN},
    }
    return {name: [read[name](file) for file in files] for name in names}


def _registration(file: CaseFile) -> str:
    known = file.registration
    said = {name: getattr(known, name) for name in _SAID}
    pins = {"pack": known.pack.model_dump(), "calendar": known.calendar.model_dump()}
    happened_at = known.happened_at.isoformat() if known.happened_at else None
    previous = {"previous_id": str(known.previous_id)} if known.previous_id else {}
    return _json({**said, **pins, **previous, "happened_at": happened_at})


def _standing(file: CaseFile) -> str:
    decided, course = file.assessment, file.course
    plain = _json(
        {
            "facts": file.facts,
            "measures": file.measures,
            "happened": sorted(course.happened),
            "records": dict(course.records),
            "customer_response": course.customer_response,
            "agreement": course.agreement,
            "talks": course.talks,
            "waiting": sorted(course.waiting),
            "required": [(each.at, each.needs, each.rule) for each in course.required],
            "decisions": {name: decision.model_dump(mode="json") for name, decision in file.decisions.items()},
            "links": [asdict(link) for link in file.links],
            "keeper": asdict(file.keeper) if file.keeper else None,
            "works": [_work(work) for work in file.works],
            "attributions": [asdict(each) for each in file.attributions],
        }
    )
    models = (("validity", decided.validity), ("category", decided.category), ("grade", decided.grade))
    return plain[:-1] + "".join(f', "{name}": {model.model_dump_json()}' for name, model in models) + "}"


def _records(stored: Mapping[str, Any] | list[str]) -> Mapping[str, Any]:
    # Files of an older version name the fields that were filled, without their values.
    return dict.fromkeys(stored, FILLED) if isinstance(stored, list) else stored


_UNTOUCHED = Work("", "", "", 0)


def _work(work: Work) -> dict[str, Any]:
    """Only what was set: most works are short."""
    return {name: value for name, value in asdict(work).items() if value != getattr(_UNTOUCHED, name)}


def _read_work(stored: dict[str, Any]) -> Work:
    state, marks = WorkState(stored.pop("state", "open")), tuple(stored.pop("marks", ()))
    return Work(**stored, state=state, marks=marks)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
