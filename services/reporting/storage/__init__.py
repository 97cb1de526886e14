"""Every SQL statement of reporting."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting.domain import CaseView, CountKey
from shared.events.codec import format_after
from shared.events.envelope import Event

_ARCHIVE = text("""
    insert into archive (archived_at, case_id, source, sequence, id, type, after, occurred_at, project, cause, actor,
                         payload)
    select cast(:now as timestamptz), *
    from unnest(cast(:cases as uuid[]), cast(:sources as text[]), cast(:sequences as int[]), cast(:ids as uuid[]),
                cast(:types as text[]), cast(:afters as text[]), cast(:occurred as timestamptz[]),
                cast(:projects as text[]), cast(:causes as text[]), cast(:actors as text[]),
                cast(:payloads as bytea[]))
""")

_LOAD = text("""
    select case_id, number, project, state, grade, category, mode, received_at, replied_at, closed_at, breached
    from cases where case_id = any(cast(:cases as uuid[]))
""")

# An array column cannot travel inside unnest, which flattens; breached goes as text and comes back as an array.
_SAVE = text("""
    insert into cases (case_id, number, project, state, grade, category, mode, received_at, replied_at, closed_at,
                       breached)
    select case_id, number, project, state, grade, category, mode, received_at, replied_at, closed_at,
           cast(breached as uuid[])
    from unnest(cast(:cases as uuid[]), cast(:numbers as text[]), cast(:projects as text[]), cast(:states as text[]),
                cast(:grades as text[]), cast(:categories as text[]), cast(:modes as text[]),
                cast(:received as timestamptz[]), cast(:replied as timestamptz[]), cast(:closed as timestamptz[]),
                cast(:breached as text[]))
         as v(case_id, number, project, state, grade, category, mode, received_at, replied_at, closed_at, breached)
    on conflict (case_id) do update
        set state = excluded.state, grade = excluded.grade, category = excluded.category,
            replied_at = excluded.replied_at, closed_at = excluded.closed_at, breached = excluded.breached
""")

_COUNT = text("""
    insert into case_counts (project, state, grade, overdue, cases)
    select * from unnest(cast(:projects as text[]), cast(:states as text[]), cast(:grades as text[]),
                         cast(:overdue as bool[]), cast(:deltas as bigint[]))
    order by 1, 2, 3, 4
    on conflict (project, state, grade, overdue) do update set cases = case_counts.cases + excluded.cases
""")

_MEASURE = text("""
    insert into durations (kind, bucket, cases, seconds)
    select * from unnest(cast(:kinds as text[]), cast(:buckets as int[]), cast(:cases as bigint[]),
                         cast(:seconds as float8[]))
    order by 1, 2
    on conflict (kind, bucket) do update
        set cases = durations.cases + excluded.cases, seconds = durations.seconds + excluded.seconds
""")

_COUNTS = text("select project, state, grade, overdue, cases from case_counts where cases <> 0")
_COUNTS_OF = text("""
    select project, state, grade, overdue, cases from case_counts
    where cases <> 0 and project = any(cast(:projects as text[]))
""")
_RECOUNT = text("""
    select project, state, grade, breached <> '{}' and state not in ('closed', 'withdrawn') as overdue,
           count(*) as cases
    from cases group by 1, 2, 3, 4
""")
_DURATIONS = text("select kind, bucket, cases, seconds from durations")
_APPLIED = text("select coalesce(sum(next_offset), 0) from positions where topic = 'complaints.v1'")
_ARCHIVED = text("select count(*) from archive")


class ReportingStorage:
    """Reporting's tables within one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def archive(self, events: Sequence[Event], now: datetime) -> None:
        """Keep these events as they came."""
        envelopes = [event.envelope for event in events]
        await self._connection.execute(
            _ARCHIVE,
            {
                "now": now,
                "cases": [e.case for e in envelopes],
                "sources": [e.source for e in envelopes],
                "sequences": [e.sequence for e in envelopes],
                "ids": [e.id for e in envelopes],
                "types": [e.type for e in envelopes],
                "afters": [format_after(e.after) for e in envelopes],
                "occurred": [e.occurred_at for e in envelopes],
                "projects": [e.project for e in envelopes],
                "causes": [e.cause for e in envelopes],
                "actors": [e.actor for e in envelopes],
                "payloads": [event.value or b"" for event in events],
            },
        )

    async def load(self, cases: Iterable[UUID]) -> dict[UUID, CaseView]:
        """The views of these cases, as far as there are any."""
        rows = await self._connection.execute(_LOAD, {"cases": list(cases)})
        return {row.case_id: _view(row) for row in rows}

    async def save(self, views: Sequence[CaseView]) -> None:
        """Insert or replace views."""
        await self._connection.execute(
            _SAVE,
            {
                "cases": [v.id for v in views],
                "numbers": [v.number for v in views],
                "projects": [v.project for v in views],
                "states": [v.state for v in views],
                "grades": [v.grade for v in views],
                "categories": [v.category for v in views],
                "modes": [v.mode for v in views],
                "received": [v.received_at for v in views],
                "replied": [v.replied_at for v in views],
                "closed": [v.closed_at for v in views],
                "breached": ["{" + ",".join(sorted(map(str, v.breached))) + "}" for v in views],
            },
        )

    async def count(self, deltas: Mapping[CountKey, int]) -> None:
        """Add to the counts; cells in one order, so that two batches never wait for each other in a circle."""
        changed = [(key, delta) for key, delta in deltas.items() if delta]
        if changed:
            await self._connection.execute(
                _COUNT,
                {
                    "projects": [key.project for key, _ in changed],
                    "states": [key.state for key, _ in changed],
                    "grades": [key.grade for key, _ in changed],
                    "overdue": [key.overdue for key, _ in changed],
                    "deltas": [delta for _, delta in changed],
                },
            )

    async def measure(self, cells: Mapping[tuple[str, int], tuple[int, float]]) -> None:
        """Add to the durations: (kind, bucket) -> (cases, seconds)."""
        if cells:
            await self._connection.execute(
                _MEASURE,
                {
                    "kinds": [kind for kind, _ in cells],
                    "buckets": [bucket for _, bucket in cells],
                    "cases": [cases for cases, _ in cells.values()],
                    "seconds": [seconds for _, seconds in cells.values()],
                },
            )

    async def counts(self, projects: Iterable[str] | None = None) -> Counter[CountKey]:
        """The counts of these projects, or of all."""
        if projects is None:
            rows = await self._connection.execute(_COUNTS)
        else:
            rows = await self._connection.execute(_COUNTS_OF, {"projects": sorted(projects)})
        return Counter({CountKey(r.project, r.state, r.grade, r.overdue): r.cases for r in rows})

    async def recount(self) -> Counter[CountKey]:
        """The same counts, made afresh from every case: what the incremental ones must equal."""
        rows = await self._connection.execute(_RECOUNT)
        return Counter({CountKey(r.project, r.state, r.grade, r.overdue): r.cases for r in rows})

    async def durations(self) -> dict[tuple[str, int], tuple[int, float]]:
        """(kind, bucket) -> (cases, seconds)."""
        return {(r.kind, r.bucket): (r.cases, r.seconds) for r in await self._connection.execute(_DURATIONS)}

    async def applied(self) -> int:
        """A number that changes whenever the figures may have."""
        return int((await self._connection.execute(_APPLIED)).scalar_one())

    async def archived(self) -> int:
        """How many events the archive holds."""
        return int((await self._connection.execute(_ARCHIVED)).scalar_one())


def _view(row: Any) -> CaseView:
    return CaseView(
        id=row.case_id,
        number=row.number,
        project=row.project,
        state=row.state,
        grade=row.grade,
        category=row.category,
        mode=row.mode,
        received_at=row.received_at,
        replied_at=row.replied_at,
        closed_at=row.closed_at,
        breached=frozenset(row.breached),
    )
