"""Every SQL statement of intake."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain import Complaint, Entry, Registration, Track, Update
from shared.clock import format_instant
from shared.events.complaints import ComplaintRegisteredV1

_KNOWN = text("""
    select id, number, registered_at, digest from complaints where id = any(cast(:ids as uuid[]))
""")

# Everyone who registers for a project waits for this row until we commit: taken as late as can be, once a transaction.
_TAKE_NUMBERS = text("""
    insert into case_counters (project, year, n)
    select * from unnest(cast(:projects as text[]), cast(:years as int[]), cast(:counts as bigint[])) order by 1, 2
    on conflict (project, year) do update set n = case_counters.n + excluded.n
    returning project, year, n
""")

_INSERT = text("""
    insert into complaints (id, source, source_id, digest, project, number, pack, pack_version, received_at,
                            registered_at)
    select id, source, source_id, digest, project, number, pack, pack_version, received_at,
           cast(:now as timestamptz)
    from unnest(cast(:ids as uuid[]), cast(:sources as text[]), cast(:source_ids as text[]),
                cast(:digests as bytea[]), cast(:projects as text[]), cast(:numbers as text[]),
                cast(:packs as text[]), cast(:versions as int[]), cast(:received as timestamptz[]))
         as v(id, source, source_id, digest, project, number, pack, pack_version, received_at)
    order by id
    on conflict do nothing
""")

_READ = text("""
    select id, source, project, number, pack, pack_version, received_at, registered_at, withdrawn_at, erased_at
    from complaints where id = :id
""")
_WITHDRAW = text("update complaints set withdrawn_at = :at where id = :id")
_REPIN = text("""
    update complaints c set pack = v.pack, pack_version = v.version
    from unnest(cast(:ids as uuid[]), cast(:packs as text[]), cast(:versions as int[])) as v(id, pack, version)
    where c.id = v.id
""")
_ERASE = text("update complaints set erased_at = :at, source_id = null, digest = null where id = :id")
_COUNT = text("select coalesce(sum(n), 0) from case_counters")

_TRACKS = text("select case_id, state, promises, updates from tracks where case_id = any(cast(:cases as uuid[]))")
_SAVE_TRACKS = text("""
    insert into tracks (case_id, state, promises, updates)
    select case_id, state, cast(promises as jsonb), cast(updates as jsonb)
    from unnest(cast(:cases as uuid[]), cast(:states as text[]), cast(:promises as text[]), cast(:updates as text[]))
         as v(case_id, state, promises, updates)
    on conflict (case_id) do update
        set state = excluded.state, promises = excluded.promises, updates = excluded.updates
""")

_REGISTERED = text("""
    select payload from event_log
    where aggregateid = :case and aggregatetype = 'complaints.v1' and type = 'complaint.registered.v1'
""")
# The facts of a complaint stand in its own events and nowhere else.
_FACTS = text("""
    select payload from event_log
    where aggregateid = :case and aggregatetype = 'complaints.v1'
      and type in ('complaint.registered.v1', 'complaint.amended.v1')
    order by sequence
""")


class IntakeStorage:
    """Intake's tables within one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    # -- the register ------------------------------------------------------------------------------------------------

    async def known(self, ids: Collection[UUID]) -> dict[UUID, Entry]:
        """What is registered of these."""
        rows = await self._connection.execute(_KNOWN, {"ids": list(ids)})
        return {row.id: Entry(row.number, row.registered_at, row.digest) for row in rows}

    async def take_numbers(self, wanted: Counter[tuple[str, int]]) -> dict[tuple[str, int], int]:
        """Take so many numbers of each (project, year); returns the first of each."""
        places = list(wanted)
        rows = await self._connection.execute(
            _TAKE_NUMBERS,
            {
                "projects": [project for project, _ in places],
                "years": [year for _, year in places],
                "counts": [wanted[place] for place in places],
            },
        )
        return {(row.project, row.year): row.n - wanted[row.project, row.year] + 1 for row in rows}

    async def insert(self, registrations: Sequence[Registration], numbers: Sequence[str], now: datetime) -> int:
        """Enter new complaints; returns how many were entered, fewer when another was faster with one."""
        result = await self._connection.execute(
            _INSERT,
            {
                "ids": [r.id for r in registrations],
                "sources": [r.source for r in registrations],
                "source_ids": [r.source_id for r in registrations],
                "digests": [r.digest for r in registrations],
                "projects": [r.project for r in registrations],
                "numbers": list(numbers),
                "packs": [r.data.pack.code for r in registrations],
                "versions": [r.data.pack.version for r in registrations],
                "received": [r.data.received_at for r in registrations],
                "now": now,
            },
        )
        return result.rowcount

    async def complaint(self, id_: UUID) -> Complaint | None:
        """One row of the register."""
        row = (await self._connection.execute(_READ, {"id": id_})).one_or_none()
        return Complaint(*row) if row else None

    async def withdraw(self, id_: UUID, at: datetime) -> None:
        await self._connection.execute(_WITHDRAW, {"id": id_, "at": at})

    async def erase(self, id_: UUID, at: datetime) -> None:
        """Forget what might point to the person: the feeding system's own id, and the digest of what was sent."""
        await self._connection.execute(_ERASE, {"id": id_, "at": at})

    async def repin(self, pins: Mapping[UUID, tuple[str, int]]) -> None:
        """The pack (code, version) by which facts of these complaints are judged from now on."""
        if pins:
            await self._connection.execute(
                _REPIN,
                {
                    "ids": list(pins),
                    "packs": [code for code, _ in pins.values()],
                    "versions": [version for _, version in pins.values()],
                },
            )

    async def count(self) -> int:
        """How many complaints were ever registered: the sum of the counters, which grow with each and only then."""
        return int((await self._connection.execute(_COUNT)).scalar_one())

    async def facts(self, case: UUID) -> dict[str, Any]:
        """The facts of a complaint as registered and amended."""
        found: dict[str, Any] = {}
        for payload in (await self._connection.execute(_FACTS, {"case": str(case)})).scalars():
            found.update(json.loads(payload)["facts"])
        return found

    async def registered(self, case: UUID) -> ComplaintRegisteredV1 | None:
        """What was said of a complaint when it was registered."""
        payload = (await self._connection.execute(_REGISTERED, {"case": str(case)})).scalar_one_or_none()
        return None if payload is None else ComplaintRegisteredV1.model_validate_json(payload)

    # -- tracks ------------------------------------------------------------------------------------------------------

    async def tracks(self, cases: Collection[UUID]) -> dict[UUID, Track]:
        """How far these have come; those nobody has said anything about are left out."""
        rows = await self._connection.execute(_TRACKS, {"cases": list(cases)})
        return {row.case_id: _track(row) for row in rows}

    async def save_tracks(self, tracks: Collection[Track]) -> None:
        """Insert or replace; the cases are locked by the caller."""
        await self._connection.execute(
            _SAVE_TRACKS,
            {
                "cases": [track.case for track in tracks],
                "states": [track.state for track in tracks],
                "promises": [_promises(track.promises) for track in tracks],
                "updates": [json.dumps([[format_instant(u.at), u.code] for u in track.updates]) for track in tracks],
            },
        )


def _promises(promises: Mapping[str, datetime]) -> str:
    return json.dumps({clock: format_instant(due) for clock, due in promises.items()})


def _track(row: Any) -> Track:
    promises, updates = (_parsed(column) for column in (row.promises, row.updates))
    return Track(
        row.case_id,
        row.state,
        {clock: datetime.fromisoformat(due) for clock, due in promises.items()},
        tuple(Update(datetime.fromisoformat(at), code) for at, code in updates),
    )


def _parsed(column: Any) -> Any:
    return json.loads(column) if isinstance(column, str) else column
