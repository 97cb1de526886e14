"""Case files in the database: loaded and saved a batch at a time."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.sla.life.case import Case
from services.sla.life.file import Line, Watched
from services.sla.life.regime import Regime
from services.sla.life.touching import Touched
from services.sla.storage.outdated import MAY_MOVE
from services.sla.storage.rows import (
    CLOCK_COLUMNS,
    case_arrays,
    case_of,
    clock_arrays,
    moved_arrays,
    progress_arrays,
    watched_of,
)

_CASES = text("""
    select case_id, project, pack_code, pack_version, calendar_code, calendar_version, received_at, arisen_at,
           contact_type, channel, contactable, anonymous, history, state, round, facts, decided, happened,
           customer_response, reply_channel, talks, terms
    from case_facts where case_id = any(cast(:cases as uuid[]))
""")

_CLOCK = ", ".join(f"c.{column}" for column in CLOCK_COLUMNS)

_CLOCKS = text(f"""
    select {_CLOCK} from clocks c join case_facts f using (case_id)
    where c.case_id = any(cast(:cases as uuid[])) and c.round = f.round and not c.superseded
""")

# Of a clock that recurs the others of its name tell whether it is the last.
_TOUCHED_CLOCKS = text(f"""
    select {_CLOCK} from clocks c join case_facts f using (case_id)
    where c.case_id = any(cast(:cases as uuid[])) and c.round = f.round and not c.superseded
          and (c.occurrence > 0 or c.kind = 'cadence' or {MAY_MOVE})
""")

_DUE_CLOCKS = text(f"""
    select {_CLOCK} from clocks c
    where c.case_id = any(cast(:cases as uuid[])) and (c.next_at <= :now or c.climb_at <= :sure_until)
""")

_ALL_CLOCKS = text(f"""
    select {_CLOCK} from clocks c where c.case_id = :case_id and c.kind not in ('age', 'ladder')
    order by c.round desc, c.occurrence desc, c.started_at, c.name limit :limit
""")

_HISTORY = text("""
    select clock_id, number, case_id, what, at, due_at, duration, level, rule, because, cause
    from clock_ledger where case_id = :case_id order by recorded_at desc, clock_id, number desc limit :limit
""")

_SAVE_CASES = text("""
    insert into case_facts (case_id, project, pack_code, pack_version, calendar_code, calendar_version, received_at,
                            arisen_at, contact_type, channel, contactable, anonymous, history, state, round, facts,
                            decided, happened, customer_response, reply_channel, talks, terms)
    select case_id, project, pack_code, pack_version, calendar_code, calendar_version, received_at, arisen_at,
           contact_type, channel, contactable, anonymous, history, state, round, cast(facts as jsonb),
           cast(decided as jsonb), cast(happened as jsonb), customer_response, reply_channel,
           talks, cast(terms as jsonb)
    from unnest(cast(:cases as uuid[]), cast(:projects as text[]), cast(:packs as text[]),
                cast(:pack_versions as int[]), cast(:calendars as text[]), cast(:calendar_versions as int[]),
                cast(:received as timestamptz[]), cast(:arisen as timestamptz[]), cast(:types as text[]),
                cast(:channels as text[]), cast(:contactable as bool[]), cast(:anonymous as bool[]),
                cast(:history as bool[]), cast(:states as text[]), cast(:rounds as int[]), cast(:facts as text[]),
                cast(:decided as text[]), cast(:happened as text[]), cast(:responses as text[]),
                cast(:reply_channels as text[]), cast(:talks as int[]), cast(:terms as text[]))
         as v(case_id, project, pack_code, pack_version, calendar_code, calendar_version, received_at, arisen_at,
              contact_type, channel, contactable, anonymous, history, state, round, facts, decided, happened,
              customer_response, reply_channel, talks, terms)
    on conflict (case_id) do update
        set pack_code = excluded.pack_code, pack_version = excluded.pack_version,
            calendar_code = excluded.calendar_code, calendar_version = excluded.calendar_version,
            state = excluded.state, round = excluded.round, facts = excluded.facts, decided = excluded.decided,
            happened = excluded.happened, customer_response = excluded.customer_response,
            reply_channel = excluded.reply_channel, talks = excluded.talks, terms = excluded.terms
""")

_SAVE_CLOCKS = text("""
    insert into clocks (id, case_id, project, name, kind, round, occurrence, state, customer, started_at, due_at,
                        duration, rule, provisional, calendar_code, calendar_version, warn_at, warned_at, breached_at,
                        met_at, level, climbs, set_at, next_at, climb_at, entries, superseded)
    select * from unnest(
        cast(:ids as uuid[]), cast(:cases as uuid[]), cast(:projects as text[]), cast(:names as text[]),
        cast(:kinds as text[]), cast(:rounds as int[]), cast(:occurrences as int[]), cast(:states as text[]),
        cast(:customer as bool[]), cast(:started as timestamptz[]), cast(:due as timestamptz[]),
        cast(:durations as text[]), cast(:rules as text[]), cast(:provisional as bool[]), cast(:calendars as text[]),
        cast(:calendar_versions as int[]), cast(:warn as timestamptz[]), cast(:warned as timestamptz[]),
        cast(:breached as timestamptz[]), cast(:met as timestamptz[]), cast(:levels as smallint[]),
        cast(:climbs as bool[]), cast(:set as timestamptz[]), cast(:next as timestamptz[]),
        cast(:climb as timestamptz[]), cast(:entries as int[]), cast(:superseded as bool[]))
    on conflict (id) do update
        set state = excluded.state, started_at = excluded.started_at, due_at = excluded.due_at,
            duration = excluded.duration, rule = excluded.rule, provisional = excluded.provisional,
            calendar_code = excluded.calendar_code, calendar_version = excluded.calendar_version,
            warn_at = excluded.warn_at, warned_at = excluded.warned_at, breached_at = excluded.breached_at,
            met_at = excluded.met_at, level = excluded.level, climbs = excluded.climbs, set_at = excluded.set_at,
            next_at = excluded.next_at, climb_at = excluded.climb_at, entries = excluded.entries,
            superseded = excluded.superseded, customer = excluded.customer
""")

_SAVE_PROGRESS = text("""
    update clocks c
    set state = v.state, warned_at = v.warned_at, breached_at = v.breached_at, met_at = v.met_at, level = v.level,
        next_at = v.next_at, climb_at = v.climb_at, entries = v.entries
    from unnest(cast(:ids as uuid[]), cast(:states as text[]), cast(:warned as timestamptz[]),
                cast(:breached as timestamptz[]), cast(:met as timestamptz[]), cast(:levels as smallint[]),
                cast(:next as timestamptz[]), cast(:climb as timestamptz[]), cast(:entries as int[]))
         as v(id, state, warned_at, breached_at, met_at, level, next_at, climb_at, entries)
    where c.id = v.id
""")

_SAVE_MOVED = text("""
    update clocks c
    set state = v.state, warned_at = v.warned_at, breached_at = v.breached_at, met_at = v.met_at, level = v.level,
        next_at = v.next_at, climb_at = v.climb_at, entries = v.entries, due_at = v.due_at, warn_at = v.warn_at,
        set_at = v.set_at, provisional = v.provisional, calendar_version = v.calendar_version
    from unnest(cast(:ids as uuid[]), cast(:states as text[]), cast(:warned as timestamptz[]),
                cast(:breached as timestamptz[]), cast(:met as timestamptz[]), cast(:levels as smallint[]),
                cast(:next as timestamptz[]), cast(:climb as timestamptz[]), cast(:entries as int[]),
                cast(:due as timestamptz[]), cast(:warn as timestamptz[]), cast(:set as timestamptz[]),
                cast(:provisional as bool[]), cast(:calendar_versions as int[]))
         as v(id, state, warned_at, breached_at, met_at, level, next_at, climb_at, entries, due_at, warn_at, set_at,
              provisional, calendar_version)
    where c.id = v.id
""")

_ADD_LINES = text("""
    insert into clock_ledger (recorded_at, clock_id, number, case_id, what, at, due_at, duration, level, rule, because,
                              cause)
    select cast(:now as timestamptz), * from unnest(
        cast(:clocks as uuid[]), cast(:numbers as int[]), cast(:cases as uuid[]), cast(:whats as text[]),
        cast(:ats as timestamptz[]), cast(:due as timestamptz[]), cast(:durations as text[]),
        cast(:levels as smallint[]), cast(:rules as text[]), cast(:because as text[]), cast(:causes as text[]))
""")

RegimeOf = Callable[[Case], Regime]


class FileStorage:
    """Cases, clocks and ledger lines within one transaction; the cases are locked by who calls."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def cases(self, cases: Iterable[UUID]) -> dict[UUID, Case]:
        """These cases, as far as they are known."""
        rows = await self._connection.execute(_CASES, {"cases": list(cases)})
        return {row.case_id: case_of(row) for row in rows}

    async def clocks(self, cases: dict[UUID, Case], regime_of: RegimeOf) -> dict[UUID, list[Watched]]:
        """The clocks of their present round that may still change, by case."""
        return self._by_case(await self._connection.execute(_CLOCKS, {"cases": list(cases)}), cases, regime_of)

    async def touched_clocks(
        self, cases: dict[UUID, Case], regime_of: RegimeOf, span: Touched
    ) -> dict[UUID, list[Watched]]:
        """Those of their clocks that a change of the calendar within `span` may move, by case."""
        parameters = {"cases": list(cases), "since": span.since, "until": span.until}
        return self._by_case(await self._connection.execute(_TOUCHED_CLOCKS, parameters), cases, regime_of)

    async def due_clocks(
        self, cases: dict[UUID, Case], regime_of: RegimeOf, now: datetime, sure_until: datetime
    ) -> dict[UUID, list[Watched]]:
        """Those of their clocks that have something due, by case."""
        parameters = {"cases": list(cases), "now": now, "sure_until": sure_until}
        return self._by_case(await self._connection.execute(_DUE_CLOCKS, parameters), cases, regime_of)

    async def all_clocks(self, case: Case, regime: Regime, limit: int) -> list[Watched]:
        """Every clock the case ever had, ages left out; the newest rounds and intervals first."""
        rows = await self._connection.execute(_ALL_CLOCKS, {"case_id": case.id, "limit": limit})
        return [watched_of(row, regime) for row in rows]

    async def history(self, case: UUID, limit: int) -> list[Line]:
        """The newest lines of the case's ledger, oldest first."""
        rows = await self._connection.execute(_HISTORY, {"case_id": case, "limit": limit})
        return [
            Line(
                row.clock_id, row.case_id, row.number, row.what, row.at, row.due_at, row.duration, row.level, row.rule,
                row.because, row.cause,
            )
            for row in reversed(rows.all())
        ]  # fmt: skip

    def _by_case(self, rows: Iterable[Any], cases: dict[UUID, Case], regime_of: RegimeOf) -> dict[UUID, list[Watched]]:
        found: dict[UUID, list[Watched]] = {case: [] for case in cases}
        regimes = {id_: regime_of(case) for id_, case in cases.items()}
        for row in rows:
            found[row.case_id].append(watched_of(row, regimes[row.case_id]))
        return found

    async def save_cases(self, cases: Sequence[Case]) -> None:
        """Insert or replace."""
        if cases:
            await self._connection.execute(_SAVE_CASES, case_arrays(cases))

    async def save_clocks(self, clocks: Sequence[tuple[str, Watched]]) -> None:
        """Insert or replace (project, clock)."""
        if clocks:
            await self._connection.execute(_SAVE_CLOCKS, clock_arrays(clocks))

    async def save_progress(self, clocks: Sequence[Watched]) -> None:
        """How far these stored clocks have come; their due instants, and what these rest on, are as they were."""
        if clocks:
            await self._connection.execute(_SAVE_PROGRESS, progress_arrays(clocks))

    async def save_moved(self, clocks: Sequence[Watched]) -> None:
        """Until when these stored clocks run now, by the limits they had."""
        if clocks:
            await self._connection.execute(_SAVE_MOVED, moved_arrays(clocks))

    async def add_lines(self, lines: Sequence[Line], now: datetime) -> None:
        """Append to the ledger."""
        if lines:
            await self._connection.execute(
                _ADD_LINES,
                {
                    "now": now,
                    "clocks": [line.clock for line in lines],
                    "numbers": [line.number for line in lines],
                    "cases": [line.case for line in lines],
                    "whats": [line.what for line in lines],
                    "ats": [line.at for line in lines],
                    "due": [line.due_at for line in lines],
                    "durations": [line.limit for line in lines],
                    "levels": [line.level for line in lines],
                    "rules": [line.rule for line in lines],
                    "because": [line.because for line in lines],
                    "causes": [line.cause for line in lines],
                },
            )
